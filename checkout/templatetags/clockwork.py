"""The admin's front page: what runs by the clock, and what waits for a person."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from checkout.models import Alert, Difference
from store.jobs.models import Worker
from store.jobs.recovery import PARKED, lease
from store.jobs.runs import last_runs
from store.watch.views import RIGHT

register = template.Library()


@register.inclusion_tag("admin/_clockwork.html", takes_context=True)
def clockwork(context: template.Context) -> dict[str, Any]:
    """When each schedule ran last, whether that is too long ago, and how much waits, for those who may see it."""
    now = timezone.now()
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
    return {
        "runs": last_runs(now=now),
        "waiting": waiting,
        "is_told": can(RIGHT),  # among the warnings above it
        "is_staffed": Worker.objects.filter(beat_at__gt=now - lease()).exists(),
    }
