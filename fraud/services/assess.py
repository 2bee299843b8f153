"""From an authorised order to a release or a call. Money moves only on a clear verdict; whatever fails, the order waits."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from checkout.models import Order, Payment
from checkout.services.release import UnableToReleaseOrder, release_order
from checkout.states import OrderStatus, PaymentStatus
from fraud.gather import Subject, gather, read_subject
from fraud.models import Assessment, CallTask, Policy
from fraud.policy import Verdict, default_policy, judge
from fraud.reading import Prepared
from fraud.rules import RULES, Rule
from fraud.services.keep import keep_assessment, open_call_task
from fraud.states import CallTaskStatus

logger = logging.getLogger(__name__)

# An order on hold for less than this is in the worker's hands.
IN_HAND = timedelta(seconds=60)
# The payment can still go either way.
DECIDABLE = (PaymentStatus.AUTHORIZED, PaymentStatus.CAPTURED)
# At most so many orders in one sweep; the next one goes on.
BATCH = 200


class UnableToAssessOrder(Exception):
    """The order is not on hold."""


def assess_order(*, order_id: uuid.UUID, now: datetime, pass_number: int = 1, rules: Iterable[Rule] = RULES) -> Assessment:
    """Judge the order once per pass, keep every answer, then release it or have the customer rung.

    Repeating it is harmless: a second call finds the assessment and only finishes what a crash left undone. Uses the
    network when the verdict is to release: never call it inside a transaction. Raises UnableToAssessOrder.
    """
    assessment = judge_order(order_id=order_id, now=now, pass_number=pass_number, rules=rules)
    if assessment.is_clear:
        _release(assessment, now=now)
    return assessment


def judge_order(*, order_id: uuid.UUID, now: datetime, pass_number: int = 1, rules: Iterable[Rule] = RULES) -> Assessment:
    """Judge the order, keep every answer and, if it calls, put it in the call queue. Raises UnableToAssessOrder."""
    with transaction.atomic():
        # Locked, so that another worker waits and then finds the assessment, and a cancellation at this moment either is
        # seen here or sees the call task and closes it.
        subject = read_subject(order_id, lock=True, pass_number=pass_number)
        if subject.assessed:
            return Assessment.objects.get(pk=subject.assessed)
        if not subject.order.is_on_hold:
            raise UnableToAssessOrder(f"Order {order_id} is not on hold.")
        return _judge_and_keep(subject, rules, pass_number=pass_number, now=now)


_read_policy = Prepared(Policy.objects.active)


def _judge_and_keep(subject: Subject, rules: Iterable[Rule], *, pass_number: int, now: datetime) -> Assessment:
    """Write assessment, findings and, if it calls, the call task. Inside the caller's transaction."""
    policy = current_policy(now=now)
    facts = gather(subject, now=now)
    judgement = judge(facts, policy.values, rules)
    assessment = keep_assessment(
        order=subject.order, policy=policy, facts=facts, judgement=judgement, pass_number=pass_number, now=now
    )
    if judgement.verdict == Verdict.CALL:
        lapses_at = facts.payment.capture_before if facts.payment else None
        open_call_task(assessment, cause=CallTask.Cause.ASSESSED, lapses_at=lapses_at, now=now)
    return assessment


def current_policy(*, now: datetime) -> Policy:
    """The active version; the first one is written from the rules' own defaults."""
    for policy in _read_policy({}):
        return policy
    values = default_policy()
    policy, _ = Policy.objects.get_or_create(
        version=values.version,
        defaults={
            "threshold": values.threshold,
            "points": dict(values.points),
            "always_call": sorted(values.always_call),
            "limits": dict(values.limits),
            "note": "The rules' own defaults.",
            "created_at": now,
            "is_active": True,
            "activated_at": now,
        },
    )
    return policy


def pick_up_orders(*, now: datetime) -> int:
    """Assess what a crash, a full queue or a broken worker left on hold; say how many orders were picked up."""
    waiting = (
        Order.objects.filter(status=OrderStatus.ON_HOLD, status_at__lte=now - IN_HAND)
        .exclude(Exists(CallTask.objects.waiting().filter(order_id=OuterRef("pk"))))
        # What is CAPTURING or VOIDING is finished by checkout's own sweep.
        .filter(Exists(Payment.objects.filter(order_id=OuterRef("pk"), status__in=DECIDABLE)))
        .order_by("status_at")
        .values_list("pk", flat=True)[:BATCH]
    )
    count = 0
    for order_id in list(waiting):
        try:
            assess_order(order_id=order_id, now=now)
        except Exception as error:  # noqa: BLE001 - one bad order must not keep the others waiting
            logger.error("Order %s could not be assessed: %s", order_id, type(error).__name__)  # noqa: TRY400 - no values
            continue
        count += 1
    return count


def _decidable(order_id: uuid.UUID) -> QuerySet[Payment]:
    return Payment.objects.filter(order_id=order_id, status__in=DECIDABLE)


def _release(assessment: Assessment, *, now: datetime) -> None:
    """Release a clear order; when the gateway says no for good, a person has to look."""
    order = Order.objects.get(pk=assessment.order_id)
    if not order.is_on_hold or _is_overtaken(assessment):
        return
    # A decision that is written down, and a payment that can be decided on again: the gateway refused before.
    if order.decision is None:
        try:
            release_order(order_id=order.pk, by=None, why="Assessed as clear.", now=now)
        except UnableToReleaseOrder as error:
            if not error.is_final:
                return  # checkout's sweep goes on by itself
        else:
            return
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order.pk)
        is_open = CallTask.objects.filter(order=order, status=CallTaskStatus.WAITING).exists()
        payment = _decidable(order.pk).order_by("capture_before").first()
        if order.is_on_hold and not is_open and payment is not None:
            cause, lapses_at = CallTask.Cause.NOT_CAPTURED, payment.capture_before
            open_call_task(assessment, cause=cause, lapses_at=lapses_at, now=now)


def _is_overtaken(assessment: Assessment) -> bool:
    """Whether a later look at the order, with new facts, calls."""
    later = Assessment.objects.filter(order_id=assessment.order_id, pass_number__gt=assessment.pass_number)
    return later.filter(verdict=Verdict.CALL).exists()
