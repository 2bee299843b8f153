"""How each rule has done: what it hit, and what became of those orders. For whoever sets the points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q

from checkout.models import Dispute, GatewayNotice
from checkout.states import DisputeStatus
from fraud.models import CallTask, Finding
from fraud.rules import RULES
from fraud.rules.links import GOOD, STOPPED


@dataclass(frozen=True, slots=True)
class Score:
    """One rule over some days. Every number counts orders, however often each was looked at."""

    code: str
    title: str
    is_trust: bool  # it speaks for the customer: here a stopped order is a miss
    hits: int = 0
    released: int = 0  # rung about, then released or shipped
    stopped: int = 0  # cancelled as a theft
    disputed: int = 0  # the cardholder or their bank complained later
    last_useful: datetime | None = None  # when it last hit an order that was stopped or disputed

    @property
    def share_stopped(self) -> float | None:
        """Of the orders that a call decided, the share that was stopped; None when there are none."""
        decided = self.released + self.stopped
        return self.stopped / decided if decided else None


def scorecard(*, since: datetime, until: datetime) -> list[Score]:
    """Every rule, the one that hit most first. One query, however many rules and orders there are."""
    order = "assessment__order"
    disputed = Dispute.objects.filter(payment__order=OuterRef("assessment__order_id")).exclude(status=DisputeStatus.WON)
    warned = GatewayNotice.objects.filter(
        payment__order=OuterRef("assessment__order_id"), kind=GatewayNotice.Kind.EARLY_WARNING
    )
    called = CallTask.objects.filter(order=OuterRef("assessment__order_id"))
    is_stopped = Q(**{f"{order}__cancel_reason__in": STOPPED})
    is_good = Q(**{f"{order}__status__in": [*GOOD]})
    complained = Q(is_disputed=True) | Q(is_warned=True)
    rows: Any = (
        Finding.objects.filter(
            answer=Finding.Answer.HIT, assessment__assessed_at__gte=since, assessment__assessed_at__lt=until
        )
        .annotate(is_disputed=Exists(disputed), is_warned=Exists(warned), is_called=Exists(called))
        .values("code")
        .annotate(
            hits=Count(order, distinct=True),
            released=Count(order, distinct=True, filter=is_good & Q(is_called=True)),
            stopped=Count(order, distinct=True, filter=is_stopped),
            disputed=Count(order, distinct=True, filter=complained),
            last_useful=Max("assessment__assessed_at", filter=is_stopped | complained),
        )
    )
    found = {row.pop("code"): row for row in rows}
    scores = [
        Score(rule.code, rule.title, all(points < 0 for points in rule.points.values()), **found.pop(rule.code, {}))
        for rule in RULES
    ]
    scores += [Score(code, code, is_trust=False, **row) for code, row in found.items()]  # rules that are gone
    return sorted(scores, key=lambda one: (-one.hits, one.title))
