"""What another version of the policy would have said of past orders, beside the one that judges, and how they ended.

Every order is judged anew by both versions with the facts of its first assessment: later ones know of the dispute already,
and no policy would miss what a dispute has told. Orders are read in batches and only counted, so that memory stays flat.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from checkout.models import Dispute, GatewayNotice, Order
from checkout.states import DisputeStatus, OrderStatus
from fraud.freezing import thaw
from fraud.models import Assessment
from fraud.policy import Judgement, Outcome, PolicyValues, Verdict, judge
from fraud.rules import Hit
from fraud.rules.links import GOOD, STOPPED
from store.money import Money

BATCH = 500
# One review takes a small shop ten minutes, by the cost models in use; a merchant's own figure is in the desk's figures.
MINUTES = 10
# So many changed orders are kept by number, the newest; all are counted, and the command can write every one down.
MOST_CHANGED = 200


class Ending(StrEnum):
    """What became of an order, as far as it was written down."""

    BAD = "bad"  # stopped as a theft, disputed, or warned of by the card's bank
    GOOD = "good"  # released or shipped, and nobody has complained
    OPEN = "open"  # still on hold, or cancelled for a reason that says nothing of the customer


@dataclass(frozen=True, slots=True)
class Changed:
    """An order of which the two versions think differently."""

    order_id: uuid.UUID
    number: str
    assessed_at: datetime
    total: Money
    ending: Ending
    is_gift: bool
    before: Judgement
    after: Judgement

    @property
    def is_called(self) -> bool:
        """Whether the new version calls where the old one did not; otherwise it is the other way round."""
        return self.after.verdict == Verdict.CALL


@dataclass(slots=True)
class Tally:
    """What was counted. All keys are words, so that it can be kept as JSON (`as_json`)."""

    orders: int = 0
    unreadable: int = 0  # no facts were kept, they were erased, or they are of another version of the shop
    endings: Counter[str] = field(default_factory=Counter)
    gifts: int = 0  # good orders that were sent as gifts
    # "before" or "after" -> what was called: "called", one of Ending, "gifts"
    sides: dict[str, Counter[str]] = field(default_factory=lambda: {"before": Counter(), "after": Counter()})
    moved: Counter[str] = field(default_factory=Counter)  # "call bad", "release good" ... of the orders that change
    # Rule -> hits "before" and "after", and the "bad" and "good" orders among those after
    rules: dict[str, Counter[str]] = field(default_factory=dict)
    days: dict[str, Counter[str]] = field(default_factory=dict)  # ISO day -> "orders", "before", "after"
    changed: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The tally as plain values."""
        return {
            "orders": self.orders,
            "unreadable": self.unreadable,
            "endings": dict(self.endings),
            "gifts": self.gifts,
            "sides": {name: dict(side) for name, side in self.sides.items()},
            "moved": dict(self.moved),
            "rules": {code: dict(hits) for code, hits in self.rules.items()},
            "days": {day: dict(counts) for day, counts in sorted(self.days.items())},
            "changed": self.changed,
        }


def past_assessments(*, since: datetime, until: datetime) -> QuerySet[Assessment]:
    """The first assessment of every order that was judged in that time."""
    return Assessment.objects.filter(pass_number=1, assessed_at__gte=since, assessed_at__lt=until)


def run_backtest(
    *,
    base: PolicyValues,
    tried: PolicyValues,
    since: datetime,
    until: datetime,
    on_progress: Callable[[int], object] = lambda _: None,
    on_change: Callable[[Changed], object] = lambda _: None,
) -> Tally:
    """Judge the orders of that time by both versions, and count.

    Changes nothing. `on_progress` is told after each batch how many orders it had; what it raises ends the run.
    """
    tally = Tally()
    for batch in _batches(past_assessments(since=since, until=until)):
        for assessment in batch:
            changed = _judge(assessment, base, tried, tally)
            if changed is not None:
                _keep(changed, tally)
                on_change(changed)
        on_progress(len(batch))
    return tally


def _batches(assessments: QuerySet[Assessment]) -> Iterator[Sequence[Assessment]]:
    """Newest first, each batch after the last row of the one before: no cursor stays open, nothing is read twice."""
    stands = Dispute.objects.filter(payment__order=OuterRef("order_id")).exclude(status=DisputeStatus.WON)
    warned = GatewayNotice.objects.filter(payment__order=OuterRef("order_id"), kind=GatewayNotice.Kind.EARLY_WARNING)
    rows = (
        assessments.select_related("order")
        .only(
            "facts",
            "assessed_at",
            "order__number",
            "order__status",
            "order__cancel_reason",
            "order__total",
            "order__currency",
        )
        .annotate(is_disputed=Exists(stands), is_warned=Exists(warned))
        .order_by("-assessed_at", "-pk")
    )
    batch = list(rows[:BATCH])
    while batch:
        yield batch
        last = batch[-1]
        older = Q(assessed_at__lt=last.assessed_at) | Q(assessed_at=last.assessed_at, pk__lt=last.pk)
        batch = list(rows.filter(older, assessed_at__lte=last.assessed_at)[:BATCH])


def _ending(assessment: Any) -> Ending:
    """How the order ended; `is_disputed` and `is_warned` were read along."""
    order: Order = assessment.order
    if order.cancel_reason in STOPPED or assessment.is_disputed or assessment.is_warned:
        return Ending.BAD
    return Ending.GOOD if order.status in {*GOOD, OrderStatus.SHIPPED} else Ending.OPEN


def _judge(assessment: Assessment, base: PolicyValues, tried: PolicyValues, tally: Tally) -> Changed | None:
    try:
        facts = thaw(assessment.facts or "")
    except ValueError:
        tally.unreadable += 1
        return None
    asked: dict[object, Outcome] = {}
    judgements = {"before": judge(facts, base, asked=asked), "after": judge(facts, tried, asked=asked)}
    ending = _ending(assessment)
    is_good_gift = facts.is_gift and ending == Ending.GOOD
    tally.orders += 1
    tally.endings[ending] += 1
    tally.gifts += is_good_gift
    day = tally.days.setdefault(assessment.assessed_at.date().isoformat(), Counter())
    day["orders"] += 1
    for name, judgement in judgements.items():
        if judgement.verdict == Verdict.CALL:
            day[name] += 1
            tally.sides[name].update(("called", ending, *(("gifts",) if is_good_gift else ())))
        for one in judgement.judged:
            if isinstance(one.outcome, Hit):
                hits = tally.rules.setdefault(one.rule.code, Counter())
                hits[name] += 1
                if name == "after":
                    hits[ending] += 1
    before, after = judgements["before"], judgements["after"]
    if before.verdict == after.verdict:
        return None
    order = assessment.order
    total = Money(order.total, order.currency)
    return Changed(order.pk, order.number, assessment.assessed_at, total, ending, facts.is_gift, before, after)


def _keep(changed: Changed, tally: Tally) -> None:
    tally.moved[f"{changed.after.verdict} {changed.ending}"] += 1
    if len(tally.changed) < MOST_CHANGED:
        tally.changed.append(
            {
                "id": str(changed.order_id),
                "number": changed.number,
                "day": changed.assessed_at.date().isoformat(),
                "total": changed.total.minor,
                "currency": changed.total.currency,
                "ending": str(changed.ending),
                "verdict": str(changed.after.verdict),
                "before": changed.before.points,
                "after": changed.after.points,
            }
        )
