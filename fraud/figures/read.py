"""The figures of the call desk, summed by the database: seven queries, however many orders there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from checkout.models import Dispute, Order, OrderEvent
from checkout.states import OrderStatus
from fraud.figures.periods import Period
from fraud.models import Assessment, Call, CallTask
from fraud.models.call_log import UNANSWERED
from fraud.rules.links import STOPPED
from fraud.states import CallTaskStatus

# Nobody decided: the authorisation lapsed, and a sale was lost that may have been good. There must be none.
LOST_TO_THE_CLOCK: Final = (Order.CancelReason.DEADLINE, Order.CancelReason.AUTHORISATION_LOST)
# How long cases wait: up to so many hours, in the words of the page.
AGES: Final = (("Under an hour", 0, 1), ("1 to 4 hours", 1, 4), ("4 to 24 hours", 4, 24), ("Over a day", 24, 10**6))

type ByPiece = Mapping[date, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Sums by piece of the period. Money is minor units of the shop's currency."""

    period: Period
    assessed: ByPiece  # orders assessed for the first time: "orders"
    flagged: ByPiece  # cases that came onto the desk: "cases"
    calls: ByPiece  # "reached", "unanswered", "wrong", "refused", "cases" with a timed call, and their "time"
    closed: ByPiece  # cases decided: "accepted" and "cancelled", of those that were rung about; "waited" of all, "cases"
    stopped: ByPiece  # orders unmasked as theft: "orders", "amount"
    released: ByPiece  # orders released: "rung", "unrung"; of them disputed since: "rung_disputed", "unrung_disputed"
    lost: ByPiece  # cases lost to the clock: "orders"
    reasons: Mapping[str, int]  # why orders were cancelled
    waiting: Mapping[str, Any]  # now: "cases", "oldest" and one count for each of AGES

    def series(self, name: str, what: str) -> list[int]:
        """One figure for each piece; nought where nothing happened."""
        rows: ByPiece = getattr(self, name)
        return [rows.get(at, {}).get(what) or 0 for at in self.period.starts]

    def total(self, name: str, what: str) -> int:
        """The sum over the period."""
        return sum(self.series(name, what))

    def times(self, name: str, what: str) -> list[timedelta]:
        """One sum of time for each piece."""
        rows: ByPiece = getattr(self, name)
        return [rows.get(at, {}).get(what) or timedelta() for at in self.period.starts]


def read_figures(period: Period) -> Figures:
    """Sum everything up."""
    ended = _cancelled(period)
    return Figures(
        period=period,
        assessed=_by_piece(Assessment.objects.filter(pass_number=1), period, "assessed_at", orders=Count("pk")),
        flagged=_by_piece(CallTask.objects.all(), period, "created_at", cases=Count("pk")),
        calls=_by_piece(
            Call.objects.standing(),
            period,
            "at",
            reached=Count("pk", filter=Q(outcome=Call.Outcome.REACHED)),
            unanswered=Count("pk", filter=Q(outcome__in=UNANSWERED)),
            wrong=Count("pk", filter=Q(outcome__in=[Call.Outcome.WRONG_PERSON, Call.Outcome.BAD_NUMBER])),
            refused=Count("pk", filter=Q(outcome=Call.Outcome.REFUSED)),
            rung=Count("task", distinct=True),
            got=Count("task", distinct=True, filter=Q(outcome=Call.Outcome.REACHED)),
            cases=Count("task", distinct=True, filter=Q(started_at__isnull=False, ended_at__isnull=False)),
            time=Sum(F("ended_at") - F("started_at")),
        ),
        closed=_closed(period),
        stopped=_pick(ended, STOPPED),
        lost=_pick(ended, LOST_TO_THE_CLOCK),
        reasons=_reasons(ended),
        released=_released(period),
        waiting=_waiting(period.now),
    )


def _by_piece(rows: QuerySet[Any], period: Period, field: str, **sums: Any) -> ByPiece:
    """Sum up by the piece into which `field` falls."""
    within = rows.filter(**{f"{field}__gte": period.since, f"{field}__lte": period.now})
    found = within.annotate(piece=period.cut(field)).values("piece").annotate(**sums).order_by()
    return {timezone.localtime(row["piece"]).date(): row for row in found}


def _closed(period: Period) -> ByPiece:
    """Cases that were decided. Accepted is what was released then, whatever became of the order later."""
    cases = CallTask.objects.filter(status=CallTaskStatus.DONE).annotate(
        was_rung=Exists(Call.objects.filter(task=OuterRef("pk"))),
        was_released=Exists(OrderEvent.objects.filter(order=OuterRef("order"), now=OrderStatus.RELEASED)),
    )
    return _by_piece(
        cases,
        period,
        "closed_at",
        cases=Count("pk"),
        accepted=Count("pk", filter=Q(was_rung=True, was_released=True)),
        cancelled=Count("pk", filter=Q(was_rung=True, was_released=False)),
        waited=Sum(F("closed_at") - F("created_at")),
    )


def _released(period: Period) -> ByPiece:
    """Orders by when they were released, and which of them were disputed since."""
    moves = OrderEvent.objects.filter(was=OrderStatus.ON_HOLD, now=OrderStatus.RELEASED).annotate(
        was_rung=Exists(Call.objects.filter(task__order=OuterRef("order"))),
        is_disputed=Exists(Dispute.objects.filter(payment__order=OuterRef("order"))),
    )
    return _by_piece(
        moves,
        period,
        "at",
        rung=Count("pk", filter=Q(was_rung=True)),
        unrung=Count("pk", filter=Q(was_rung=False)),
        rung_disputed=Count("pk", filter=Q(was_rung=True, is_disputed=True)),
        unrung_disputed=Count("pk", filter=Q(was_rung=False, is_disputed=True)),
    )


def _cancelled(period: Period) -> list[dict[str, Any]]:
    """Paid orders that were cancelled, by piece, reason and currency."""
    orders = Order.objects.filter(
        status=OrderStatus.CANCELLED, status_at__gte=period.since, status_at__lte=period.now
    ).exclude(cancel_reason="")
    by = orders.annotate(piece=period.cut("status_at")).values("piece", "cancel_reason", "currency")
    found = by.annotate(orders=Count("pk"), amount=Sum("total")).order_by()
    return [{**row, "piece": timezone.localtime(row["piece"]).date()} for row in found]


def _pick(ended: list[dict[str, Any]], reasons: Any) -> ByPiece:
    sums: dict[date, dict[str, int]] = defaultdict(lambda: {"orders": 0, "amount": 0, "foreign": 0})
    for row in ended:
        if row["cancel_reason"] in reasons:
            here = row["currency"] == settings.SHOP_CURRENCY
            sums[row["piece"]]["orders"] += row["orders"]
            sums[row["piece"]]["amount" if here else "foreign"] += row["amount"] if here else row["orders"]
    return sums


def _reasons(ended: list[dict[str, Any]]) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for row in ended:
        sums[row["cancel_reason"]] += row["orders"]
    return dict(sorted(sums.items(), key=lambda pair: (-pair[1], pair[0])))


def _waiting(now: datetime) -> dict[str, Any]:
    """What waits at this moment: how many cases, since when, and how old they are."""

    def aged(least: int, most: int) -> Count:
        return Count(
            "pk",
            filter=Q(created_at__lte=now - timedelta(hours=least), created_at__gt=now - timedelta(hours=most)),
        )

    ages = {f"age{at}": aged(least, most) for at, (_, least, most) in enumerate(AGES)}
    return CallTask.objects.waiting().aggregate(
        cases=Count("pk"), oldest=Min("created_at"), late=Count("pk", filter=Q(due_at__lt=now)), **ages
    )
