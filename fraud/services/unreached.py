"""Customers whom nobody reaches: when to try again, at another hour of their day, and what follows the last try.

Nothing here ever takes money: after the last try the order is cancelled before its authorisation lapses, or a person
with more rights is asked, as the desk's rules say.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings

from checkout.models import Order, Payment
from checkout.services.cancel import UnableToCancelOrder, cancel_undecided
from checkout.states import PaymentStatus
from fraud.models import CallTask, Decision, DeskRules
from fraud.phones import FIRST_HOUR, LAST_HOUR, PhoneReading
from fraud.services.desk_rules import current_desk_rules
from fraud.services.keep import SPARE, slot_of

log = structlog.get_logger(__name__)

# Parts of a customer's day; who is out in one of them is at home in another. First hour of each.
PARTS_OF_DAY = (FIRST_HOUR, 12, 15, 18, LAST_HOUR)
# Tries and deadlines fall on these.
SLOT = timedelta(minutes=15)
# A customer who did not answer does not like to be rung again at once.
SHORTEST_GAP = timedelta(hours=2)
# The sweep that keeps deadlines voids two hours before the end (checkout/services/deadlines.py).
LEAST_SPARE = timedelta(hours=3)
# At most so many cases in one sweep; the next one goes on.
BATCH = 100


def decide_by(*, payment: Payment | None, rules: DeskRules, first_try: datetime, now: datetime) -> datetime:
    """When a case that was rung must be decided: after the days that the rules give, a day before the money lapses.

    Where that day has begun, what is left of it is used: the deadline's own sweep cancels two hours before the end.
    """
    ends_at = first_try + timedelta(days=rules.days, hours=rules.grace_hours)
    if payment is not None and payment.capture_before is not None:
        spare = SPARE if payment.capture_before - SPARE > now else LEAST_SPARE
        ends_at = min(ends_at, payment.capture_before - spare)
    return slot_of(ends_at)


def next_try(
    *, phone: PhoneReading, tried_at: Sequence[datetime], rules: DeskRules, until: datetime, now: datetime
) -> datetime | None:
    """When to ring again: within decent hours wherever the phone may be, in a part of the day not tried yet if there is one.

    `tried_at` are the calls that nobody answered. None when all tries are made or no hour is left before `until`.
    """
    if len(tried_at) >= rules.tries:
        return None
    zones = [ZoneInfo(name) for name in phone.zones] or [ZoneInfo(settings.TIME_ZONE)]
    used = {_part(at, zones[0]) for at in tried_at}
    gap = max(SHORTEST_GAP, timedelta(days=rules.days) / rules.tries / 2)
    decent: list[datetime] = []
    moment = slot_of(now + gap) + SLOT
    while moment < until:
        if all(FIRST_HOUR <= moment.astimezone(zone).hour < LAST_HOUR for zone in zones):
            if _part(moment, zones[0]) not in used:
                return moment
            decent.append(moment)
        moment += SLOT
    return decent[0] if decent else None


def _part(moment: datetime, zone: ZoneInfo) -> int:
    """The part of the customer's day: -1 before the first."""
    hour = moment.astimezone(zone).hour
    return max((n for n, first in enumerate(PARTS_OF_DAY) if hour >= first), default=-1)


def give_up_unreached(*, now: datetime) -> int:
    """Do what the rules say with cases whose last try and time to ring back are over; say how many were.

    A case that somebody has at this moment is left to them. Uses the network.
    """
    over = CallTask.objects.free(now).filter(give_up_at__lte=now).select_related("order").order_by("give_up_at")[:BATCH]
    rules = current_desk_rules(now=now)
    return sum(_give_up(task, rules, now=now) for task in list(over))


def _give_up(task: CallTask, rules: DeskRules, *, now: datetime) -> bool:
    mine = CallTask.objects.free(now).filter(pk=task.pk, give_up_at=task.give_up_at)
    if rules.when_unreached == DeskRules.WhenUnreached.ESCALATE:
        if mine.update(give_up_at=None, escalated_at=now, claimed_by=None, claimed_until=None) != 1:
            return False
        _write(task, Decision.Kind.ESCALATE, now=now)
        return True
    payment = Payment.objects.select_related("order").filter(order_id=task.order_id, status=PaymentStatus.AUTHORIZED).first()
    # Whoever takes the case at this very moment was quicker.
    if payment is None or not mine.exists():
        return False
    try:
        cancel_undecided(
            payment=payment,
            reason=Order.CancelReason.NO_ANSWER,
            why=f"Nobody was reached in {task.tries} tries; the desk's rules cancel the order then.",
            now=now,
        )
    except UnableToCancelOrder as error:
        log.info("unreached_not_cancelled", task=str(task.pk), is_final=error.is_final)
        if error.is_final:
            return False  # decided by somebody else
    _write(task, Decision.Kind.CANCEL, now=now)
    return True


def _write(task: CallTask, kind: Decision.Kind, *, now: datetime) -> None:
    Decision(task=task, kind=kind, reason="unreached", at=now).save()
