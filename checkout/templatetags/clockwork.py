"""The admin's front page: what runs by the clock, and what waits for a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.tasks import TaskResultStatus
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from checkout.models import Alert, Difference
from store.jobs.models import Schedule, Worker
from store.jobs.recovery import PARKED, lease
from store.jobs.schedules import Plan, plans

register = template.Library()


@register.inclusion_tag("admin/_clockwork.html", takes_context=True)
def clockwork(context: template.Context) -> dict[str, Any]:
    """When each schedule ran last, whether that is too long ago, and how much waits, for those who may see it."""
    now = timezone.now()
    rows = {row.name: row for row in Schedule.objects.all()}
    ended = _last_ends([row.task_id for row in rows.values() if row.task_id])
    runs = [_tell(plan, rows.get(plan.name), ended, now) for plan in plans()]
    can = context["request"].user.has_perm
    open_alerts, open_differences = Alert.objects.filter(resolved_at=None), Difference.objects.open()
    given_up = DBTaskResult.objects.failed().filter(queue_name=PARKED)
    waiting = [
        (label, count, reverse(f"admin:{page}_changelist") + query)
        for label, right, found, page, query in (
            ("Open alerts", "checkout.view_alert", open_alerts, "checkout_alert", "?resolved_at__isempty=1"),
            (
                "Open differences",
                "checkout.view_difference",
                open_differences,
                "checkout_difference",
                "?resolved_at__isempty=1",
            ),
            ("Jobs given up", "store.view_job", given_up, "store_job", f"?queue_name={PARKED}"),
        )
        if can(right) and (count := found.count())
    ]
    return {"runs": runs, "waiting": waiting, "is_staffed": Worker.objects.filter(beat_at__gt=now - lease()).exists()}


def _tell(plan: Plan, row: Schedule | None, ended: dict[str, DBTaskResult[Any, Any]], now: datetime) -> dict[str, Any]:
    """How a schedule stands: by its own report or, where it gives none, by how its last task ended."""
    last = ended.get(row.task_id) if row else None
    ran_at = max((at for at in (row and row.ran_at, last and last.finished_at) if at), default=None)
    return {
        "name": plan.name,
        "ran_at": ran_at,
        "is_late": ran_at is not None and now - ran_at > plan.longest_silence,
        "is_good": (row is None or row.is_good) and (last is None or last.status == TaskResultStatus.SUCCESSFUL),
        "report": row.report if row else "",
    }


def _last_ends(ids: list[str]) -> dict[str, DBTaskResult[Any, Any]]:
    return {str(task.pk): task for task in DBTaskResult.objects.finished().filter(pk__in=ids)}
