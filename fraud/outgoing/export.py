"""What reviewers decided, as a file: ids, codes and amounts. Neither names nor notes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from fraud.models import Decision
from store.csv_files import Cell

SCHEMA: Final = "ringback.decisions/1"
HEAD: Final = (
    "decision_id", "at", "order_id", "order_number", "order_status", "kind", "reason", "by_id", "points", "cause", "value",
    "currency", "flagged_at", "due_at", "closed_at",
)  # fmt: skip
_PATHS: Final = (
    "pk", "at", "task__order_id", "task__order__number", "task__order__status", "kind", "reason", "by_id", "task__points",
    "task__cause", "task__value", "task__order__currency", "task__created_at", "task__due_at", "task__closed_at",
)  # fmt: skip


def decision_rows(*, since: datetime) -> Iterator[list[Cell]]:
    """Yield the decisions from `since` on, the oldest first, without holding them all."""
    found = Decision.objects.filter(at__gte=since).order_by("at", "pk").values_list(*_PATHS)
    for row in found.iterator(chunk_size=1000):
        yield [value if value is None or isinstance(value, int | datetime) else str(value) for value in row]


def decision_json(*, since: datetime, now: datetime) -> Iterator[str]:
    """Yield the same as one JSON document, piece by piece."""
    yield f'{{"schema": "{SCHEMA}", "made_at": "{now.isoformat()}", "decisions": ['
    for at, row in enumerate(decision_rows(since=since)):
        values = [value.isoformat() if isinstance(value, datetime) else value for value in row]
        yield (",\n" if at else "\n") + json.dumps(dict(zip(HEAD, values, strict=True)))
    yield "\n]}\n"
