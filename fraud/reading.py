"""Reads whose SQL is put together once: for these few rows Django takes longer over it than the database to answer.

Only for what is read for every order that is judged. The queryset stays the definition: Django compiles it with a mark in
the place of every value, the SQL is kept as long as the process lives, and from then on only the values change.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

# Stand in querysets where the values come; nothing real is equal to them.
ID = uuid.UUID("5f6e1d2c-3b4a-4978-8796-a5b4c3d2e1f0")
NUMBER = 30_517
MOMENT = datetime(1907, 3, 5, 7, 11, 13, 170_519, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Part:
    """The columns of a row that make one instance."""

    model: type[models.Model]
    columns: tuple[int, ...]
    names: tuple[str, ...]
    key: int  # the column of its primary key: empty where the join found no row


@dataclass(frozen=True, slots=True)
class _Compiled:
    """One queryset as SQL, and what becomes of its columns."""

    sql: str
    params: tuple[Any, ...]
    converters: tuple[tuple[int, tuple[Callable[..., Any], ...], Any], ...]
    parts: tuple[_Part, ...]
    annotations: Mapping[str, int]


class Prepared[M: models.Model]:
    """A queryset with marks in it; called with what comes in their place it gives the rows.

    `make` may take arguments that change the SQL itself, such as how many values an IN has: each is compiled once. Rows come
    as plain instances, annotations as attributes. What locks rows is called inside a transaction, from the first time on.
    """

    def __init__(self, make: Callable[..., models.QuerySet[M]]) -> None:
        self._make = make
        self._compiled: dict[tuple[object, ...], _Compiled] = {}

    def __call__(self, values: Mapping[Any, Any], *shape: object) -> list[M]:
        """Read the rows for these values, by mark: one query."""
        return [row[0] for row in self.joined(values, *shape)]

    def joined(self, values: Mapping[Any, Any], *shape: object) -> list[tuple[Any, ...]]:
        """As above, each row with what `select_related` joined to it, in that order; None where there was nothing."""
        here = connections[DEFAULT_DB_ALIAS]  # not by way of the proxy, which is asked for every column
        known = (here.vendor, *shape)
        if (this := self._compiled.get(known)) is None:
            this = self._compiled[known] = _compile(self._make(*shape))
        stored = {_stored(mark): _stored(value) for mark, value in values.items()}
        with here.cursor() as cursor:
            cursor.execute(this.sql, [stored.get(param, param) for param in this.params])
            found = cursor.fetchall()
        return [_instances(this, list(row), here) for row in found]


def _compile(queryset: models.QuerySet[Any]) -> _Compiled:
    compiler: Any = queryset.query.get_compiler(using=connection.alias)
    sql, params = compiler.as_sql()
    select = [column for column, _, _ in compiler.select]
    converters = tuple((at, tuple(each), column) for at, (each, column) in compiler.get_converters(select).items())
    info = compiler.klass_info
    parts = []
    for each in (info, *info.get("related_klass_infos", ())):
        columns = tuple(each["select_fields"])
        fields = [select[at].target for at in columns]
        (key,) = (at for at, field in zip(columns, fields, strict=True) if field.primary_key)
        parts.append(_Part(each["model"], columns, tuple(field.attname for field in fields), key))
    return _Compiled(sql, tuple(params), converters, tuple(parts), dict(compiler.annotation_col_map or {}))


def _instances(this: _Compiled, row: list[Any], here: BaseDatabaseWrapper) -> tuple[Any, ...]:
    for at, each, column in this.converters:
        for convert in each:
            row[at] = convert(row[at], column, here)
    found = [
        part.model.from_db(here.alias, part.names, [row[at] for at in part.columns]) if row[part.key] is not None else None
        for part in this.parts
    ]
    for name, at in this.annotations.items():
        setattr(found[0], name, row[at])
    return tuple(found)


def _stored(value: object) -> Any:
    """A value as the database keeps it."""
    if isinstance(value, uuid.UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


@cache
def marks(count: int) -> tuple[str, ...]:
    """So many marks for digests, for an IN."""
    return tuple(sha256(f"mark {number}".encode()).hexdigest() for number in range(count))
