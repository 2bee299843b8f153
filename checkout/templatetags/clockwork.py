"""The admin's front page: what runs by the clock, and what waits for a person."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from checkout.models import Alert, Difference
from store.jobs.models import Schedule, Worker
from store.jobs.recovery import PARKED, lease
from store.jobs.schedules import plans

register = template.Library()


@register.inclusion_tag("admin/_clockwork.html", takes_context=True)
def clockwork(context: template.Context) -> dict[str, Any]:
    """When each schedule ran last, whether that is too long ago, and how much waits, for those who may see it."""
    now = timezone.now()
    seen = {row.name: row for row in Schedule.objects.all()}
    runs = []
    for plan in plans():
        row = seen.get(plan.name)
        ran_at = row.ran_at if row else None
        runs.append({"name": plan.name, "row": row, "is_late": ran_at is None or now - ran_at > plan.longest_silence})
    can = context["request"].user.has_perm
    open_alerts, open_differences = Alert.objects.filter(resolved_at=None), Difference.objects.open()
    given_up = DBTaskResult.objects.failed().filter(queue_name=PARKED)
    waiting = [
        (label, rows.count(), reverse(f"admin:{page}_changelist") + query)
        for label, right, rows, page, query in (
            ("open alerts", "checkout.view_alert", open_alerts, "checkout_alert", "?resolved_at__isempty=1"),
            (
                "open differences",
                "checkout.view_difference",
                open_differences,
                "checkout_difference",
                "?resolved_at__isempty=1",
            ),
            ("jobs given up", "store.view_job", given_up, "store_job", f"?queue_name={PARKED}"),
        )
        if can(right)
    ]
    return {"runs": runs, "waiting": waiting, "is_staffed": Worker.objects.filter(beat_at__gt=now - lease()).exists()}
