"""A model field for personal data: encrypted at rest, opened when it is read.

    class Address(models.Model):
        id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
        name = EncryptedTextField(max_length=120)

`address.name` is plain text in Python and `v1.<kid>.<token>` in the database. Loading a row decrypts nothing; reading an
attribute decrypts that one. The database can't compare, sort or change such a column, so everything that would ask it to
(`filter`, `order_by`, `F`, functions, `update`) raises. To find a row by its value, put a `BlindIndexField` beside it.
`values()` gives `Sealed` objects, which open only with the id of their row.
"""

# ruff: noqa: SLF001, ARG002 - _meta is Django's public secret, and it sets the signatures
from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, cast
from uuid import UUID

from django import forms
from django.core import checks
from django.core.exceptions import FieldError
from django.core.validators import MaxLengthValidator
from django.db import NotSupportedError, models
from django.db.models.constants import OnConflict
from django.db.models.expressions import Col
from django.db.models.lookups import IsNull, Lookup
from django.db.models.query_utils import DeferredAttribute

from store.keyring import ColumnCipher, get_keyring, kid_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler


class Sealed:
    """A stored value nobody has opened yet. Using it as if it were text raises `TypeError`."""

    __slots__ = ("_record", "_stored", "column", "table")

    def __init__(self, table: str, column: str, stored: str) -> None:
        self.table, self.column, self._stored = table, column, stored
        self._record: UUID | None = None  # the row it was loaded with, once known

    def open(self, record: UUID) -> str:
        """Return the plaintext, given the primary key of the row. Raises `UnableToDecrypt`."""
        return get_keyring().cipher(self.table, self.column).open(record, self._stored)

    @property
    def kid(self) -> str | None:
        """The name of the key it was written with; None if it is not ciphertext at all."""
        return kid_of(self._stored)

    def belongs_to(self, record: UUID) -> None:
        """Remember the row this value came with, the first time it is told."""
        if self._record is None:
            self._record = record

    def may_be_written_back(self, record: UUID) -> bool:
        """Say whether it can go back unopened: same row, current key."""
        return self._record == record and self.kid == get_keyring().writer

    def __repr__(self) -> str:
        return f"<Sealed {self.table}.{self.column}>"

    def __copy__(self) -> Sealed:
        return self

    def __deepcopy__(self, memo: object) -> Sealed:
        return self

    def _refuse(self, *args: object) -> NoReturn:
        raise TypeError(
            f"{self.table}.{self.column} is sealed: read it as an attribute of its model, or call .open(primary_key)."
        )

    __str__ = __format__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __bool__ = __len__ = __iter__ = __contains__ = __getitem__ = __add__ = __radd__ = __mod__ = _refuse
    __hash__ = __reduce_ex__ = __reduce__ = __bytes__ = _refuse


class SealedAttribute(DeferredAttribute):
    """Opens the value on first reading and keeps the plaintext on the instance."""

    field: EncryptedTextField

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        """Return the plaintext or None. Raises `UnableToDecrypt`."""
        if instance is None:
            return self
        name = self.field.attname
        value = instance.__dict__[name] if name in instance.__dict__ else super().__get__(instance, cls)
        if type(value) is Sealed:
            value = instance.__dict__[name] = value.open(instance.pk)
        return value

    def __set__(self, instance: models.Model, value: object) -> None:
        if type(value) is Sealed:
            record = instance.__dict__.get(instance._meta.pk.attname)
            if type(record) is UUID:
                value.belongs_to(record)
        instance.__dict__[self.field.attname] = value


class _NotForExpressions(tuple[object, ...]):  # noqa: SLOT001 - it carries a name
    """Query parameters that refuse to be merged into a larger expression.

    A column that is selected or grouped by has its parameters replaced (`SealedCol.select_format`); every other use of it,
    be it a function, an ordering, an `F()` in an update or a subquery, adds them to its own and so ends here.
    """

    column: str

    def _refuse(self, *args: object) -> NoReturn:
        raise FieldError(
            f"{self.column} is encrypted: the database can't sort, compare, compute with or copy it. "
            "Find rows through the blind index beside it, or work on the opened value in Python."
        )

    __iter__ = __add__ = __radd__ = __mul__ = __rmul__ = __getitem__ = __hash__ = _refuse


class SealedCol(Col):
    """The column in a query: it may be selected, nothing else."""

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        """Return the column's SQL with parameters that refuse to become part of anything."""
        sql, _ = super().as_sql(compiler, connection)
        refusal = _NotForExpressions(("",))
        refusal.column = cast("EncryptedTextField", self.target).label
        return sql, refusal

    def select_format(self, compiler: SQLCompiler, sql: str, params: Any) -> tuple[str, Any]:
        """Allow the bare column in a SELECT list, where equal values need not be equal."""
        query: Any = compiler.query
        compares = not query.default_cols and (query.distinct or query.subquery or isinstance(query.group_by, tuple))
        if compares or self._orders(query):
            params._refuse()
        return sql, ()

    def _orders(self, query: Any) -> bool:
        """Say whether the query sorts by this very column: a selected one is sorted by position, not compiled again."""
        for item in query.order_by:
            name = getattr(item, "expression", item)
            name = getattr(name, "name", name)
            if not isinstance(name, str):
                continue
            name = name.lstrip("+-")
            source = (query.selected or {}).get(name, name)
            column = query.select[source] if isinstance(source, int) else query.annotation_select.get(source)
            if column is self:
                return True
        return False


class SealedIsNull(IsNull):
    """`isnull`, the one thing the database can say about the column."""

    def process_lhs(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, lhs: Any = None) -> tuple[str, Any]:
        """Return the column without the parameters that refuse."""
        if type(self.lhs) is not SealedCol:
            sql, params = super().process_lhs(compiler, connection, lhs)
            return sql, list(params)
        return Col.as_sql(self.lhs, compiler, connection)


class RefusedLookup(Lookup[Any]):
    """Any other question about the column."""

    def __init__(self, lhs: Any, rhs: Any) -> None:
        """Raise `FieldError`."""
        lhs.output_field.refuse_lookup()


class EncryptedTextField(models.Field[Any, Any]):
    """Text that is encrypted with the key of its column and the id of its row. Needs a UUID primary key."""

    description = "Encrypted text"
    descriptor_class = SealedAttribute
    # For the type checker: what may be assigned, and what is read.
    _pyi_private_set_type: str
    _pyi_private_get_type: str

    def __init__(self, *args: Any, multiline: bool = False, sealed_as: str = "", **kwargs: Any) -> None:
        """`max_length` counts characters. `sealed_as="table.column"` keeps old values readable after a rename."""
        self.multiline, self.sealed_as = multiline, sealed_as
        super().__init__(*args, **kwargs)
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """Learn the name that the subkey is derived from: `table.column`."""
        super().contribute_to_class(cls, name, private_only)
        self.label = self.sealed_as or f"{cls._meta.db_table}.{self.column}"
        self._table, _, self._column = self.label.partition(".")

    def cipher(self) -> ColumnCipher:
        """Return the cipher of this column under the keyring in force."""
        return get_keyring().cipher(self._table, self._column)

    # -- What Django asks of a field -----------------------------------------------------------------------------------

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Name the options for migrations."""
        name, path, args, kwargs = super().deconstruct()
        if self.multiline:
            kwargs["multiline"] = True
        if self.sealed_as:
            kwargs["sealed_as"] = self.sealed_as
        return name, path, args, kwargs

    def get_internal_type(self) -> str:
        """Store as text without a limit: a token is longer than its value."""
        return "TextField"

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        """Refuse models and options under which the field can't keep its promise."""
        return [*super().check(**kwargs), *self._check_primary_key(), *self._check_options()]

    def _check_primary_key(self) -> Iterable[checks.CheckMessage]:
        key: Any = self.model._meta.pk
        while key is not None and key.remote_field is not None:
            key = key.remote_field.model._meta.pk
        if not isinstance(key, models.UUIDField) or not key.has_default():
            yield checks.Error(
                "A model with an encrypted field needs a UUID primary key that Python assigns.",
                hint="id = models.UUIDField(primary_key=True, default=uuid4, editable=False)",
                obj=self,
                id="store.E001",
            )

    def _check_options(self) -> Iterable[checks.CheckMessage]:
        if self.unique or getattr(self, "db_index", False) or self.has_db_default():
            yield checks.Error(
                "An encrypted field can't be unique, indexed or have a database default.",
                hint="Put a BlindIndexField beside it.",
                obj=self,
                id="store.E002",
            )

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        """Return a text input, or a text area when `multiline`."""
        defaults: dict[str, Any] = {"max_length": self.max_length}
        if self.multiline:
            defaults["widget"] = forms.Textarea
        if self.null:
            defaults["empty_value"] = None
        return super().formfield(**{**defaults, **kwargs})

    def to_python(self, value: Any) -> str | None:
        """Return text. A sealed value has no business in a form."""
        return value if isinstance(value, str) or value is None else str(value)

    def value_to_string(self, obj: models.Model) -> str:
        """Refuse to be serialised: a fixture would hold plaintext, or ciphertext that no other row can read."""
        raise TypeError(
            f"{self.label} is personal: it isn't serialised. Use `backup` for a copy, `export_customer` for a person's data."
        )

    # -- To and from the database --------------------------------------------------------------------------------------

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Sealed | None:
        """Wrap what was stored; nothing is decrypted yet."""
        if value is None:
            return None
        return Sealed(self._table, self._column, value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        """Seal the value for this row. Raises `UnableToDecrypt` rather than carry another row's value over."""
        value = model_instance.__dict__.get(self.attname, self)
        if type(value) is Sealed and not add and value.may_be_written_back(model_instance.pk):
            return value
        if value is self or type(value) is Sealed:
            value = getattr(model_instance, self.attname)
        if value is None:
            return None
        if not isinstance(value, str):
            raise TypeError(f"{self.label} takes text or None, not {type(value).__name__}.")
        if not isinstance(model_instance.pk, UUID):
            raise TypeError(f"{self.label} needs a UUID primary key before it can be saved.")
        return Sealed(self._table, self._column, self.cipher().seal(model_instance.pk, value))

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> str | None:
        """Let through only what `pre_save` sealed: `update()` and `bulk_update()` don't know the row."""
        if value is None:
            return None
        if type(value) is Sealed:
            return value._stored
        raise TypeError(
            f"{self.label} is encrypted for each row: save the instances, or use bulk_create(). "
            "update() and bulk_update() can only set it to None."
        )

    def get_placeholder_sql(
        self, value: Any, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, Sequence[object]]:
        """Refuse an upsert: on conflict the row keeps its id, and the value was sealed for another."""
        query: Any = compiler.query
        if getattr(query, "on_conflict", None) == OnConflict.UPDATE and self in query.update_fields:
            raise NotSupportedError(f"{self.label} is encrypted for each row: it can't be part of an upsert.")
        return "%s", (value,)

    def get_prep_value(self, value: Any) -> None:
        """Refuse to become a query parameter."""
        if value is not None:
            raise FieldError(f"{self.label} is encrypted: no query can hold its value.")

    def get_col(self, alias: str | None, output_field: models.Field[Any, Any] | None = None) -> SealedCol:
        """Return the column as one that may only be selected."""
        return SealedCol(cast("str", alias), self, output_field or self)

    def get_lookup(self, lookup_name: str) -> Any:
        """Allow `isnull` alone; any other raises `FieldError` that says what to use instead, when a query is built."""
        return SealedIsNull if lookup_name == "isnull" else RefusedLookup

    def get_transform(self, lookup_name: str) -> Any:
        """Allow none."""
        self.refuse_lookup()

    def refuse_lookup(self) -> NoReturn:
        """Raise `FieldError` that names the blind index to use."""
        raise FieldError(f"{self.label} is encrypted: no query can look at its value. {self._where_to_look()}")

    def _where_to_look(self) -> str:
        from store.blind_index import BlindIndexField  # noqa: PLC0415 - the index knows its source, not the other way

        indexes = [
            f.name
            for f in self.model._meta.concrete_fields
            if isinstance(f, BlindIndexField) and self.name in f.source_names
        ]
        if not indexes:
            return "No blind index covers it."
        kind = cast("BlindIndexField", self.model._meta.get_field(indexes[0])).kind
        return f'Use filter({indexes[0]}=blind_index("{kind}", value)).'
