"""A second look when new facts come to light: worse reopens or raises, better changes nothing.

A dispute, a warning of the card's bank, a declined card or another address can each make an order that looked good look bad.
Nobody is let off by it: whatever called for a call still does, until a person has decided.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from checkout.models import Alert, Order, OrderAddress, Payment
from checkout.states import OrderStatus
from fraud.facts import OrderFacts
from fraud.freezing import thaw
from fraud.gather import gather, read_subject
from fraud.models import Assessment, CallTask
from fraud.policy import Judgement, Verdict, judge
from fraud.rules import RULES, Rule
from fraud.services.assess import DECIDABLE, current_policy
from fraud.services.keep import WORSE_WITHIN, keep_assessment, open_call_task, slot_of
from fraud.states import CallTaskStatus

logger = logging.getLogger(__name__)

# An order that can still be stopped: no money has moved, or no parcel has.
STOPPABLE = (OrderStatus.ON_HOLD, OrderStatus.RELEASED)
# Orders that may be of the same hand are looked at again, so many at most, if they are not older than this.
MOST_LINKED = 50
RECENT = timedelta(days=30)


def reassess_order(*, order_id: uuid.UUID, now: datetime, rules: Iterable[Rule] = RULES) -> Assessment | None:
    """Judge an order again that was judged before; give the new assessment if it is worse, None if there is nothing new.

    Worse: it calls now and did not, or it has more points than ever. Then an open call shows the new reasons and is due in
    an hour; an order on hold without one gets one; a released order that is not shipped becomes a matter to look at.
    Repeating it is harmless.
    """
    with transaction.atomic():
        subject = read_subject(order_id, lock=True)
        order = subject.order
        last = Assessment.objects.filter(order_id=order_id).order_by("-pass_number").first()
        if last is None or order.status not in STOPPABLE:
            return None  # the first look is yet to come and will see it all, or there is nothing left to stop
        facts = gather(subject, now=now, before=_kept(last))
        policy = current_policy(now=now)
        judgement = judge(facts, policy.values, rules)
        if not _is_worse(judgement, last):
            return None
        assessment = keep_assessment(
            order=order, policy=policy, facts=facts, judgement=judgement, pass_number=last.pass_number + 1, now=now
        )
        if judgement.verdict == Verdict.CALL:
            _act(order, assessment, facts, now=now)
    return assessment


def look_again_at_linked(*, order_id: uuid.UUID, now: datetime) -> list[uuid.UUID]:
    """Name the orders that can still be stopped and share the e-mail, phone, ship-to, card or IP address with this one.

    Newest first; each is found by an index, and no more than MOST_LINKED of them are named.
    """
    order = Order.objects.get(pk=order_id)
    recent = Order.objects.filter(status__in=STOPPABLE, placed_at__gte=now - RECENT)
    same = Q(pk__in=[])
    for name in ("email_index", "phone_index", "ip_index"):
        if digest := getattr(order, name):
            same |= Q(**{name: digest})
    ship_to = OrderAddress.objects.filter(order=order, kind=OrderAddress.Kind.SHIP_TO).first()
    ids: set[uuid.UUID] = set()
    if ship_to and ship_to.address_index:
        there = OrderAddress.objects.filter(
            kind=OrderAddress.Kind.SHIP_TO, address_index=ship_to.address_index, placed_at__gte=now - RECENT
        )
        ids |= set(there.order_by("-placed_at").values_list("order_id", flat=True)[: 10 * MOST_LINKED])
    cards = Payment.objects.filter(order=order).exclude(card_fingerprint="").values_list("card_fingerprint", flat=True)
    for card in set(cards):
        paid = Payment.objects.filter(card_fingerprint=card, created_at__gte=now - RECENT)
        ids |= set(paid.order_by("-created_at").values_list("order_id", flat=True)[: 10 * MOST_LINKED])
    found = recent.filter(same | Q(pk__in=ids)).exclude(pk=order_id).order_by("-placed_at")
    return list(found.values_list("pk", flat=True)[:MOST_LINKED])


def notice_released(*, order_id: uuid.UUID, now: datetime) -> bool:
    """Tell the staff of an order that was released by itself although a later look at it calls; False when all is well.

    The later look may come in the moment between the verdict and the capture.
    """
    order = Order.objects.get(pk=order_id)
    if not order.is_released or order.decided_by_id is not None:
        return False
    last = Assessment.objects.filter(order_id=order_id).order_by("-pass_number").first()
    if last is None or last.is_clear or last.pass_number == 1:
        return False
    _raise_notice(order, last, now=now)
    return True


def pick_up_trouble(*, now: datetime) -> int:
    """Look again at orders whose bad news of the last day no task has followed up; say how many were worse."""
    lately = now - timedelta(days=1)
    troubled = Order.objects.filter(status__in=STOPPABLE).filter(
        Q(payments__disputes__noted_at__gte=lately) | Q(payments__notices__noted_at__gte=lately)
    )
    ids = list(troubled.order_by().values_list("pk", flat=True).distinct()[:MOST_LINKED])
    return sum(reassess_order(order_id=order_id, now=now) is not None for order_id in ids)


def _kept(assessment: Assessment) -> OrderFacts | None:
    try:
        return thaw(assessment.facts) if assessment.facts else None
    except ValueError:
        logger.warning("The facts of assessment %s can't be read any more; the address is not compared.", assessment.pk)
        return None


def _is_worse(judgement: Judgement, last: Assessment) -> bool:
    calls, called = judgement.verdict == Verdict.CALL, not last.is_clear
    if calls != called:
        return calls
    return judgement.points > last.points


def _act(order: Order, assessment: Assessment, facts: OrderFacts, *, now: datetime) -> None:
    """Reopen or raise. Inside the caller's transaction, with the order locked."""
    if order.is_released:
        _raise_notice(order, assessment, now=now)
        return
    waiting = CallTask.objects.filter(order=order, status=CallTaskStatus.WAITING)
    if waiting.update(assessment=assessment, points=assessment.points):
        soon = slot_of(now + WORSE_WITHIN)
        waiting.filter(due_at__gt=soon).update(due_at=soon)
        return
    # Without a payment that can go either way the decision is under way already; `notice_released` sees how it ends.
    if Payment.objects.filter(order=order, status__in=DECIDABLE).exists():
        lapses_at = facts.payment.capture_before if facts.payment else None
        open_call_task(assessment, cause=CallTask.Cause.REASSESSED, lapses_at=lapses_at, now=now)


def _raise_notice(order: Order, assessment: Assessment, *, now: datetime) -> None:
    Alert.objects.get_or_create(
        cause=f"reassessed:{assessment.pk}",
        defaults={
            "order": order,
            "message": f"Order {order.number}: new facts came to light after it was released ({assessment.points} points in "
            f"its assessment no. {assessment.pass_number}). It is charged and not shipped. Don't ship it before somebody "
            "has rung the customer; cancel it on the order's page if it is not theirs.",
            "raised_at": now,
        },
    )
