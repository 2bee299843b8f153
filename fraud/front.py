"""What the merchant sees of the call desk first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Min, Q, Sum

from fraud.models import CallTask
from store.charts import Chart, Kind, Series
from store.watch.facts import span

# How soon, in words, and from when on until when.
_SOON: Final = (
    ("Past its deadline", None, timedelta(0)),
    ("Within 4 hours", timedelta(0), timedelta(hours=4)),
    ("Within 24 hours", timedelta(hours=4), timedelta(hours=24)),
    ("Within 3 days", timedelta(hours=24), timedelta(days=3)),
    ("Later", timedelta(days=3), None),
)


def call_figures(*, now: datetime) -> tuple[int, str, list[Chart]]:
    """How many calls wait, what is said of the nearest deadline, and all by how soon they are due; one query."""

    def due(after: timedelta | None, until: timedelta | None) -> Q:
        from_then = Q(due_at__gt=now + after) if after is not None else Q()
        return from_then & (Q(due_at__lte=now + until) if until is not None else Q())

    counts = {f"c{at}": Count("pk", filter=due(after, until)) for at, (_, after, until) in enumerate(_SOON)}
    found = CallTask.objects.waiting().aggregate(nearest=Min("due_at"), waiting=Count("pk"), at_risk=Sum("value"), **counts)
    note = "nobody is to be rung"
    if found["nearest"]:
        left = (found["nearest"] - now).total_seconds()
        note = f"the nearest deadline is in {span(left)}" if left > 0 else f"the nearest deadline passed {span(-left)} ago"
    chart = Chart(
        title="Calls by deadline",
        about="After it the card's authorisation lapses, and with it the sale.",
        labels=[words for words, *_ in _SOON],
        series=[Series("Calls", [found[f"c{at}"] for at in range(len(_SOON))])],
        kind=Kind.ROWS,
        of="Due",
    )
    return found["waiting"], note, [chart] if found["waiting"] else []
