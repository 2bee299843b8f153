"""What runs by the clock. `settings.SCHEDULES` says when; a row for each says when next, so that nobody runs it twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.tasks import Task, TaskResultStatus
from django.tasks.exceptions import TaskResultDoesNotExist
from django.utils.module_loading import import_string

from store.jobs.models import Schedule

# Before mails and such: a long queue must not keep the sweep waiting.
PRIORITY: Final = 10


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One entry of `settings.SCHEDULES`: a task, and either `every` so many seconds or `at` a time of the shop's day."""

    name: str
    task: str
    every: int | None = None
    at: str | None = None

    def next_after(self, moment: datetime) -> datetime:
        """When it runs next."""
        if self.every:
            return moment + timedelta(seconds=self.every)
        local = moment.astimezone(ZoneInfo(settings.SHOP_TIME_ZONE))
        hour = time.fromisoformat(self.at or "03:00")
        today = datetime.combine(local.date(), hour, local.tzinfo)
        return today if today > moment else datetime.combine(local.date() + timedelta(days=1), hour, local.tzinfo)

    @property
    def longest_silence(self) -> timedelta:
        """A last run longer ago than this is a fault."""
        return timedelta(seconds=max(600, 5 * self.every)) if self.every else timedelta(hours=26)


def plans() -> Iterator[Plan]:
    """All that runs by the clock."""
    for name, entry in settings.SCHEDULES.items():
        yield Plan(name=name, **entry)


def enqueue_due(*, now: datetime) -> list[str]:
    """Enqueue all that is due and name it. Of several callers at once one alone enqueues each: it has moved the row on."""
    rows = {row.name: row for row in Schedule.objects.all()}
    wanted = list(plans())
    if new := [_first(plan, now) for plan in wanted if plan.name not in rows]:
        Schedule.objects.bulk_create(new, ignore_conflicts=True)
        rows = {row.name: row for row in Schedule.objects.all()}
    return [plan.name for plan in wanted if _is_due(plan, rows[plan.name], now) and _enqueue(plan, rows[plan.name], now)]


def record_run(name: str, *, report: str, now: datetime, is_good: bool = True) -> None:
    """Keep when something ran last and what it did, whoever had it run."""
    run: dict[str, Any] = {"ran_at": now, "report": report[:300], "is_good": is_good}
    Schedule.objects.update_or_create(name=name, defaults=run, create_defaults={**run, "due_at": now})


def _first(plan: Plan, now: datetime) -> Schedule:
    """What runs every minute begins now; what runs at night waits for the night."""
    return Schedule(name=plan.name, due_at=now if plan.every else plan.next_after(now))


def _is_due(plan: Plan, row: Schedule, now: datetime) -> bool:
    # Later than the plan says: it was given a shorter time since.
    return row.due_at <= now or row.due_at > plan.next_after(now)


def _enqueue(plan: Plan, row: Schedule, now: datetime) -> bool:
    """Move the row on and enqueue the task, both or neither; False when another scheduler has done it."""
    task: Task[[], None] = import_string(plan.task)
    with transaction.atomic():
        is_ours = Schedule.objects.filter(name=row.name, due_at=row.due_at).update(due_at=plan.next_after(now))
        if not is_ours or row.due_at > now or _is_waiting(task, row.task_id):
            return False
        result = task.using(priority=PRIORITY).enqueue()
        Schedule.objects.filter(name=row.name).update(task_id=str(result.id))
    return True


def _is_waiting(task: Task[[], None], task_id: str) -> bool:
    """Whether the one before has not even begun: the workers are behind, and one more would not help."""
    if not task_id:
        return False
    try:
        return task.get_result(task_id).status == TaskResultStatus.READY
    except TaskResultDoesNotExist:
        return False
