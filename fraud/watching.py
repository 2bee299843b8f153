"""What the call desk tells of itself to those who watch (receiver of `store.signals.facts_wanted`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q

from fraud.models import CallTask
from store.watch.facts import Fact, span


def tell_of_calls(*, now: datetime, **_: Any) -> list[Fact]:
    """Tell how many calls wait and when the first must be made; one query."""
    found = CallTask.objects.waiting().aggregate(
        waiting=Count("pk"), overdue=Count("pk", filter=Q(due_at__lte=now)), nearest=Min("due_at")
    )
    left = (found["nearest"] - now).total_seconds() if found["nearest"] else None
    overdue = found["overdue"]
    return [
        Fact(name="calls_waiting", about="Customers to ring", value=found["waiting"], group="Calls"),
        Fact(
            name="calls_overdue",
            about="Of them, past their deadline",
            value=overdue,
            group="Calls",
            trouble=f"{overdue} should have been rung by now: an authorisation lapses." if overdue else "",
        ),
        Fact(
            name="call_nearest_deadline_seconds",
            about="Time to the nearest deadline",
            value=left,
            group="Calls",
            trouble=f"The nearest is in {span(left)}. Ring now." if left is not None and 0 < left < 3600 else "",
        ),
    ]
