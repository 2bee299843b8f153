"""Finding a row by a value that is encrypted: a keyed digest of the normalised value, stored beside it.

A digest is HMAC-SHA256 under a subkey of `settings.INDEX_KEY` for each *kind* of value, not for each column: the same
e-mail gives the same digest on a user, an order and a block list, so they can be linked. Blank values give no digest and
link nothing.

| kind          | what counts as the same                                                                                 |
|---------------|---------------------------------------------------------------------------------------------------------|
| email         | case, width and Unicode composition; accents and dots are kept, as they may name another mailbox        |
| phone         | every spelling of one E.164 number; a national spelling is read as one of `SHOP_COUNTRY`                |
| last_name     | the last word of a name; case, accents, width, punctuation                                              |
| address       | street words and directions shortened, the flat's number on either line, postcode (`store.postal`)        |
| name_postcode | the same, over the name and the postcode                                                                |
| ip            | every spelling of one address                                                                           |

`INDEX_KEY` may hold two keys, "new,old", while it is being changed (`store.reindexing`): the first makes the digests, and a
look-up by a digest made here finds rows of either.
"""

# ruff: noqa: SLF001, ARG002 - _meta is Django's public secret, and it sets the signatures
from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, Final, Self

import phonenumbers
from django.conf import settings
from django.core import checks
from django.db import models
from django.db.models.lookups import Exact, In

from store.fields import Sealed
from store.keyring import derive, index_keys, read_key
from store.postal import normalise_address

_DIGEST = re.compile(r"[0-9a-f]{64}")
# What people see as a space or not at all, and what `str.split` does not treat as one.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")


def _fold(value: str) -> str:
    """Fold case, width and composition, to a form that folding again leaves alone."""
    for _ in range(4):  # casefolding can undo the composition and the other way round; three rounds settle all of Unicode
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold())
        if folded == value:
            break
        value = folded
    return value


def _letters_and_digits(value: str) -> str:
    """Fold, and drop accents, punctuation and repeated spaces."""
    folded = "".join(c for c in unicodedata.normalize("NFKD", _fold(value)) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in _fold(folded)).split())


def normalise_email(value: str) -> str:
    """Fold case, width and composition; drop white space around it. Dots and accents stay."""
    return _fold(_INVISIBLE.sub("", value)).strip()


def normalise_phone(value: str) -> str:
    """Return `+` and digits: E.164 where the number says its country or is a valid one of `SHOP_COUNTRY`."""
    text = _fold(value).replace("(0)", "")
    digits = "".join(str(unicodedata.digit(c)) for c in text if c.isdecimal())
    first = text.strip().lstrip("(")[:1]
    if first == "+":
        return f"+{digits}" if digits else ""
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    try:
        number = phonenumbers.parse(digits, settings.SHOP_COUNTRY)
    except phonenumbers.NumberParseException:
        return digits
    if not phonenumbers.is_valid_number(number):
        return digits
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normalise_last_name(value: str) -> str:
    """Return the last word of a name, folded: "Dana de la Cruz" is found by "Cruz" and by "de la Cruz"."""
    return (_letters_and_digits(value).split() or [""])[-1]


def normalise_ip(value: str) -> str:
    """Return the one spelling of an IP address; an IPv4 address inside IPv6 comes out as IPv4."""
    try:
        address = ipaddress.ip_address(_fold(value).strip())
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)


def _each(normalise: Callable[[str], str]) -> Callable[..., list[str]]:
    """Every value for itself."""
    return lambda *values: [normalise(value) for value in values]


# From the values to the parts of a digest.
KINDS: Final[dict[str, Callable[..., list[str]]]] = {
    "email": _each(normalise_email),
    "phone": _each(normalise_phone),
    "last_name": _each(normalise_last_name),
    "address": normalise_address,
    "name_postcode": _each(_letters_and_digits),
    "ip": _each(normalise_ip),
}
# The parts without which a digest would link strangers: an address without a street, a name without a postcode.
_ALL_PARTS_NEEDED: Final = {"name_postcode"}


@lru_cache(maxsize=64)
def _subkey(index_key: str, kind: str) -> bytes:
    return derive(read_key(index_key, name="INDEX_KEY"), "index", kind)


class Digest(str):
    """A digest that knows the same value's digests under the other index keys, while there are some."""

    __slots__ = ("others",)
    others: tuple[str, ...]

    def __new__(cls, digests: Sequence[str]) -> Self:
        """Take the digest by which rows are written, and then the others."""
        made = super().__new__(cls, digests[0])
        made.others = tuple(digests[1:])
        return made


def all_digests(digest: str) -> list[str]:
    """Return a digest and those of the same value under the other index keys."""
    return [str(digest), *digest.others] if isinstance(digest, Digest) else [digest]


def blind_index(kind: str, *values: str) -> str:
    """Return the digest of a value (64 hex digits), or "" for a blank one. Several values make one digest, in that order.

    Raises `KeyError` for a kind that isn't in `KINDS`.
    """
    parts = KINDS[kind](*values)
    if not parts or not parts[0] or (kind in _ALL_PARTS_NEEDED and not all(parts)):
        return ""
    return keyed_digest(kind, *parts)


def keyed_digest(purpose: str, *parts: str) -> str:
    """Return a digest of `parts` as they are (64 hex digits) that nobody without the index key can compute."""
    message = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    digests = [hmac.digest(_subkey(key, purpose), message, hashlib.sha256).hex() for key in index_keys()]
    return digests[0] if len(digests) == 1 else Digest(digests)


class BlindIndexField(models.CharField[Any, Any]):
    """The digest of other fields of the same row, kept up to date by `save()`; NULL for a blank value.

    email_index = BlindIndexField(kind="email", source="email", unique=True)
    """

    description = "Blind index"
    _pyi_private_set_type: str | None  # type: ignore[assignment]  # always nullable
    _pyi_private_get_type: str | None  # type: ignore[assignment]  # same

    def __init__(self, *args: Any, kind: str, source: str | Sequence[str], **kwargs: Any) -> None:
        """`source` names one field of the model or several; the first of several must not be blank."""
        self.kind = kind
        self.source_names: tuple[str, ...] = (source,) if isinstance(source, str) else tuple(source)
        kwargs.update(max_length=64, null=True, blank=True, editable=False)
        if not kwargs.get("unique"):
            kwargs.setdefault("db_index", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Name the options for migrations."""
        name, path, args, kwargs = super().deconstruct()
        for implied in ("max_length", "null", "blank", "editable"):
            kwargs.pop(implied, None)
        # An index is the rule here, not the exception as for Django.
        if kwargs.pop("db_index", False) is False and not self.unique:
            kwargs["db_index"] = False
        return name, path, args, {**kwargs, "kind": self.kind, "source": self.source_names}

    def db_type(self, connection: Any) -> str:
        """Store as `char`: for `varchar`, PostgreSQL gets a second index for LIKE, which nobody asks of a digest."""
        return "char(64)"

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        """Refuse an unknown kind or source."""
        return [*super().check(**kwargs), *self._check_kind_and_source()]

    def _check_kind_and_source(self) -> Iterable[checks.CheckMessage]:
        if self.kind not in KINDS:
            yield checks.Error(f"There is no blind index of kind {self.kind!r}.", obj=self, id="store.E003")
        known = {field.name for field in self.model._meta.get_fields()}
        for name in self.source_names:
            if name not in known:
                yield checks.Error(f"The blind index is made from {name!r}, which isn't a field.", obj=self, id="store.E004")

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """Watch saves that would leave the digest behind."""
        super().contribute_to_class(cls, name, private_only)
        if not cls._meta.abstract:
            models.signals.pre_save.connect(self._refuse_to_go_stale, sender=cls, weak=False)

    def _refuse_to_go_stale(self, update_fields: frozenset[str] | None, raw: bool = False, **kwargs: object) -> None:
        if update_fields is None or raw or self.name in update_fields:
            return
        if changed := sorted(update_fields.intersection(self.source_names)):
            raise ValueError(f"save(update_fields=...) names {changed[0]!r}: name {self.name!r} too, or it would go stale.")

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:
        """Compute the digest, unless no source was touched since the row was loaded."""
        state = model_instance.__dict__
        # Sealed means untouched; missing means deferred.
        untouched = all(name not in state or type(state[name]) is Sealed for name in self.source_names)
        if not add and untouched and self.attname in state:
            return state[self.attname] or None
        digest = self.make_digest(model_instance)
        setattr(model_instance, self.attname, digest)
        return digest

    def make_digest(self, model_instance: models.Model) -> str | None:
        """Return the digest of the row as it is, under the key that writes; None for a blank value."""
        values = [getattr(model_instance, name) or "" for name in self.source_names]
        return str(blind_index(self.kind, *values)) or None

    def get_prep_value(self, value: Any) -> Any:
        """Refuse anything but a digest: comparing with plaintext would find nothing and say so to nobody."""
        if value is None or value == "" or hasattr(value, "as_sql"):
            return value
        if isinstance(value, str) and _DIGEST.fullmatch(value):
            return value
        raise ValueError(f'{self.name} holds digests. Use blind_index("{self.kind}", value).')

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Store NULL for blank: two blanks are no match, and don't collide where the index is unique."""
        return super().get_db_prep_save(str(value) if value else None, connection)


@BlindIndexField.register_lookup
class _SameDigest(Exact[Any]):
    """`= digest`, or one of several while the index key is being changed."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        if isinstance(self.rhs, Digest):
            return In(self.lhs, all_digests(self.rhs)).as_sql(compiler, connection)
        return super().as_sql(compiler, connection)


@BlindIndexField.register_lookup
class _OneOfDigests(In):
    """`IN (digests)`, with those under the other index keys."""

    def __init__(self, lhs: Any, rhs: Any) -> None:
        if isinstance(rhs, Iterable) and not isinstance(rhs, str) and not hasattr(rhs, "as_sql"):
            rhs = [digest for value in rhs for digest in (all_digests(value) if isinstance(value, str) else [value])]
        super().__init__(lhs, rhs)
