"""Reads whose SQL is put together once: for these few rows Django takes longer over it than the database to answer.

Only for what is read for every order that is judged. The queryset stays the definition: Django compiles it with a mark in
the place of every value, the SQL is kept as long as the process lives, and from then on only the values change.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.db import connection, models

# Stand in querysets where the values come; nothing real is equal to them.
ID = uuid.UUID("5f6e1d2c-3b4a-4978-8796-a5b4c3d2e1f0")
NUMBER = 30_517


class Prepared[M: models.Model]:
    """A queryset with ID and, if need be, NUMBER in it; called with their values it gives the rows.

    Rows come as plain instances, annotations as attributes; relations are not joined (`select_related`). What locks rows
    must be called inside a transaction, from the first time on.
    """

    def __init__(self, model: type[M], make: Callable[[], models.QuerySet[M]]) -> None:
        self._model = model
        self._make = make
        self._compiled: dict[str, tuple[str, tuple[Any, ...]]] = {}

    def __call__(self, order_id: uuid.UUID, number: int = 0) -> list[M]:
        """Read the rows for these values: one query."""
        if connection.vendor not in self._compiled:
            self._compiled[connection.vendor] = self._make().query.sql_with_params()
        sql, params = self._compiled[connection.vendor]
        values = {_stored(ID): _stored(order_id), NUMBER: number}
        return list(self._model._default_manager.raw(sql, [values.get(param, param) for param in params]))  # noqa: SLF001 - public


def _stored(value: uuid.UUID) -> object:
    """An id as the database keeps it."""
    return value if connection.features.has_native_uuid_field else value.hex
