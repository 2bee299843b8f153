"""How what runs by the clock ran last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from store.jobs.models import Schedule
from store.jobs.schedules import Plan, plans


@dataclass(frozen=True, slots=True)
class LastRun:
    """One schedule and how it stands: by its own report or, where it gives none, by how its last task ended."""

    name: str
    ran_at: datetime | None
    is_late: bool
    is_good: bool
    report: str


def last_runs(*, now: datetime) -> list[LastRun]:
    """Tell how each schedule stands, in two queries."""
    rows = {row.name: row for row in Schedule.objects.all()}
    ids = [row.task_id for row in rows.values() if row.task_id]
    ended = {str(task.pk): task for task in DBTaskResult.objects.finished().filter(pk__in=ids)}
    return [_tell(plan, rows.get(plan.name), ended, now) for plan in plans()]


def _tell(plan: Plan, row: Schedule | None, ended: dict[str, DBTaskResult[Any, Any]], now: datetime) -> LastRun:
    last = ended.get(row.task_id) if row else None
    ran_at = max((at for at in (row and row.ran_at, last and last.finished_at) if at), default=None)
    return LastRun(
        name=plan.name,
        ran_at=ran_at,
        is_late=ran_at is not None and now - ran_at > plan.longest_silence,
        is_good=(row is None or row.is_good) and (last is None or last.status == TaskResultStatus.SUCCESSFUL),
        report=row.report if row else "",
    )
