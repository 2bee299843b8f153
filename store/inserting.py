"""Writing new rows of one model in one statement, without putting that statement together anew each time.

For what is written in the course of every order: Django takes longer over such a statement than the database. Values go
through their fields (encryption, digests, defaults of the model) as in `save()`; no signal is sent, as in `bulk_create()`.
"""

# ruff: noqa: SLF001, S608 - _meta is Django's public secret; the names in the SQL are our own, all values parameters
from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models


def insert_rows(rows: Sequence[models.Model]) -> None:
    """Write new instances of one model whose keys are known, such as UUIDs. One query, or none without rows."""
    if rows:
        _insert(rows, "")


def insert_unless_there(row: models.Model) -> bool:
    """Write a new instance unless a unique constraint says that it was written before; say which. It then has its key."""
    found = _insert([row], f" ON CONFLICT DO NOTHING RETURNING {_name(row._meta.pk.column)}")
    if found:
        row.pk = row._meta.pk.to_python(found[0])
    return found is not None


def _insert(rows: Sequence[models.Model], end: str) -> tuple[Any, ...] | None:
    start, fields, marks = _start(type(rows[0]))
    here = connections[DEFAULT_DB_ALIAS]  # not by way of the proxy, which each field would ask anew
    values = [field.get_db_prep_save(field.pre_save(row, True), here) for row in rows for field in fields]
    with here.cursor() as cursor:
        cursor.execute(start + ", ".join([marks] * len(rows)) + end, values)
        found: tuple[Any, ...] | None = cursor.fetchone() if end else None
    if found or not end:
        for row in rows:
            row._state.adding, row._state.db = False, here.alias
    return found


@cache
def _start(model: type[models.Model]) -> tuple[str, tuple[models.Field[Any, Any], ...], str]:
    """The statement up to its values, the fields they are of, and the marks for one row."""
    fields = tuple(field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField))
    columns = ", ".join(_name(field.column) for field in fields)
    return f"INSERT INTO {_name(model._meta.db_table)} ({columns}) VALUES ", fields, f"({', '.join(['%s'] * len(fields))})"


def _name(name: str | None) -> str:
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(str(name))
