"""Release, cancel, ask for a second pair of eyes, escalate: each with a reason, each a row that stays.

A decision is written down before the gateway is called, in the transaction that starts the lease anew; what became of it is
the order's own state. One that could not be carried out is followed by a row that says so.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from checkout.models import Order
from checkout.services.cancel import UnableToCancelOrder, cancel_order
from checkout.services.release import UnableToReleaseOrder, release_order
from fraud.models import Call, CallTask, Decision, EscalationReason, ReleaseReason
from fraud.services.desk_rules import current_desk_rules
from fraud.services.queue import CLAIM_LEASE, close_call_task
from fraud.states import CallTaskStatus
from store.card_guard import MESSAGE, has_card_number
from store.models import User

# What a reviewer may give as a reason; the others are the shop's own.
REVIEWER_REASONS = (
    Order.CancelReason.DENIED,
    Order.CancelReason.FALSE_NUMBER,
    Order.CancelReason.NO_ANSWER,
    Order.CancelReason.UNVERIFIED,
    Order.CancelReason.CUSTOMER,
    Order.CancelReason.SHOP,
)


class UnableToDecide(Exception):
    """The order was neither released nor cancelled. `str(error)` says why and what to do."""


class SecondPersonNeeded(UnableToDecide):
    """The order is too dear for one person to release: propose it."""


def release_after_call(
    *, task_id: uuid.UUID, by: User, why: str, now: datetime, reason: ReleaseReason | None = None
) -> Order:
    """Capture the money and release the order.

    Needs the lease, and either a call in which the customer confirmed the order (and none since in which they denied it) or
    words that say why none is needed. Above the desk's amount for two people it needs a proposal of somebody else.
    Uses the network. Raises UnableToDecide, or checkout's UnableToReleaseOrder.
    """
    reason, why = _reason_to_release(task_id, reason, why)
    with transaction.atomic():
        task = hold_on(task_id, by=by, now=now)
        proposal = task.proposal
        if current_desk_rules(now=now).needs_second(task.order.money):
            if proposal is None:
                raise SecondPersonNeeded(
                    f"{task.order.money} is released by two people. Nothing was charged; propose it, and another decides."
                )
            if proposal.by_id == by.pk:
                raise UnableToDecide("You proposed this release, so somebody else must agree to it. Nothing was charged.")
        decision = _write(task, Decision.Kind.RELEASE, reason, why, by=by, about=proposal, now=now)
    words = f"{reason.label}." if reason != ReleaseReason.OTHER else ""
    if reason == ReleaseReason.VERIFIED:
        words = "Confirmed by phone."
    try:
        order = release_order(order_id=task.order_id, by=by, why=" ".join(part for part in (words, why) if part), now=now)
    except UnableToReleaseOrder as error:
        _write_failure(decision, str(error), is_final=error.is_final, now=now)
        raise
    close_call_task(order_id=order.pk, now=now)
    return order


def propose_release(
    *, task_id: uuid.UUID, by: User, why: str, now: datetime, reason: ReleaseReason | None = None
) -> Decision:
    """Say that the order may go, for a second person to agree; the case is free for them. Raises UnableToDecide."""
    reason, why = _reason_to_release(task_id, reason, why)
    with transaction.atomic():
        task = hold_on(task_id, by=by, now=now)
        decision = _write(task, Decision.Kind.PROPOSE, reason, why, by=by, now=now)
        _hand_over(task, proposal=decision)
    return decision


def object_to_release(*, task_id: uuid.UUID, by: User, why: str, now: datetime) -> Decision:
    """Do not agree to a proposed release, and say why: the case is an ordinary one again. Raises UnableToDecide."""
    _refuse_card_number(why)
    if not why.strip():
        raise UnableToDecide("Say why you do not agree. Nothing was done.")
    with transaction.atomic():
        task = hold_on(task_id, by=by, now=now)
        if task.proposal is None:
            raise UnableToDecide("Nobody has proposed to release this order. Nothing was done.")
        return write_objection(task, why.strip(), by=by, now=now)


def write_objection(task: CallTask, note: str, *, by: User, now: datetime) -> Decision:
    """Write why a proposal does not stand any more: the case is an ordinary one again. Inside a transaction."""
    decision = _write(task, Decision.Kind.OBJECT, "disagrees", note, by=by, about=task.proposal, now=now)
    CallTask.objects.filter(pk=task.pk).update(proposal=None)
    return decision


def escalate_case(*, task_id: uuid.UUID, by: User, reason: EscalationReason, why: str, now: datetime) -> Decision:
    """Leave the case to somebody who may release any order, and say why. Needs the lease. Raises UnableToDecide."""
    _refuse_card_number(why)
    with transaction.atomic():
        task = hold_on(task_id, by=by, now=now)
        decision = _write(task, Decision.Kind.ESCALATE, reason, why.strip(), by=by, now=now)
        _hand_over(task, escalated_at=now)
    return decision


def cancel_after_call(*, task_id: uuid.UUID, by: User, reason: Order.CancelReason, why: str, now: datetime) -> Order:
    """Void the authorisation (or give the money back), free the goods and tell the customer.

    Needs the lease. Uses the network. Raises UnableToDecide, or checkout's UnableToCancelOrder.
    """
    _refuse_card_number(why)
    if reason not in REVIEWER_REASONS:
        raise UnableToDecide("Choose why the order is cancelled. Nothing was done.")
    with transaction.atomic():
        task = hold_on(task_id, by=by, now=now)
        decision = _write(task, Decision.Kind.CANCEL, reason, why.strip(), by=by, now=now)
    why = " ".join(part for part in (f"{reason.label}.", why.strip()) if part)
    try:
        order = cancel_order(order_id=task.order_id, by=by, reason=reason, why=why, now=now, from_hold=True)
    except UnableToCancelOrder as error:
        _write_failure(decision, str(error), is_final=error.is_final, now=now)
        raise
    close_call_task(order_id=order.pk, now=now)
    return order


def correct_decision(*, decision_id: uuid.UUID, by: User, why: str, now: datetime) -> Decision:
    """Say what is wrong about an entry. Nothing is undone: money moves by a refund, an order by its own page.

    Raises UnableToDecide.
    """
    _refuse_card_number(why)
    if not why.strip():
        raise UnableToDecide("Say what was wrong about the entry. Nothing was written.")
    wrong = Decision.objects.select_related("task").filter(pk=decision_id).first()
    if wrong is None:
        raise UnableToDecide("There is no such entry. Nothing was written.")
    return _write(wrong.task, Decision.Kind.CORRECT, "mistake", why.strip(), by=by, about=wrong, now=now)


def is_confirmed(task_id: uuid.UUID) -> bool:
    """Whether the customer has confirmed the order on the phone, and not denied it since, as far as entries stand."""
    settling = Call.objects.standing().filter(task_id=task_id, answer__in=[Call.Answer.CONFIRMS, Call.Answer.DENIES])
    last = settling.order_by("-at").first()
    return last is not None and last.confirms


def _reason_to_release(task_id: uuid.UUID, reason: ReleaseReason | None, why: str) -> tuple[ReleaseReason, str]:
    _refuse_card_number(why)
    why = why.strip()
    if is_confirmed(task_id):
        return reason or ReleaseReason.VERIFIED, why
    if not why or reason == ReleaseReason.VERIFIED:
        raise UnableToDecide(
            "No call in which the customer confirmed the order is written down. Nothing was charged. "
            "Record the call first, or write why none is needed."
        )
    return reason or ReleaseReason.OTHER, why


def hold_on(task_id: uuid.UUID, *, by: User, now: datetime) -> CallTask:
    """Start the lease anew before deciding; only who holds it may decide. Raises UnableToDecide."""
    mine = CallTask.objects.filter(pk=task_id, status=CallTaskStatus.WAITING, claimed_by=by, claimed_until__gt=now)
    held = mine.update(claimed_until=now + CLAIM_LEASE)
    task = CallTask.objects.select_related("order", "proposal").filter(pk=task_id).first()
    if task is None:
        raise UnableToDecide("There is no such call. Nothing was done.")
    if held == 1:
        return task
    if not task.is_waiting:
        raise UnableToDecide(
            f"Order {task.order.number} is {task.order.get_status_display().lower()} already. Nothing was done twice."
        )
    if task.is_claimed(now):
        raise UnableToDecide("Another reviewer has this call now, so the decision is theirs. Nothing was done.")
    raise UnableToDecide("You do not have this call, or your claim has run out. Nothing was done; claim it and decide.")


def _hand_over(task: CallTask, **values: object) -> None:
    """Give the case back for somebody else. Inside the caller's transaction, which holds its row."""
    CallTask.objects.filter(pk=task.pk).update(
        claimed_by=None, claimed_until=None, ringing_since=None, callback_at=None, give_up_at=None, **values
    )


def _write(
    task: CallTask,
    kind: Decision.Kind,
    reason: str,
    note: str,
    *,
    by: User | None,
    now: datetime,
    about: Decision | None = None,
) -> Decision:
    decision = Decision(task=task, kind=kind, reason=reason, note=note, by=by, about=about, at=now)
    decision.save()
    return decision


def _write_failure(decision: Decision, words: str, *, is_final: bool, now: datetime) -> None:
    """Say that nothing came of a decision; one that the sweep goes on with is still good."""
    if is_final:
        _write(decision.task, Decision.Kind.FAILED, "refused", words, by=decision.by, about=decision, now=now)


def _refuse_card_number(text: str) -> None:
    if has_card_number(text):
        raise UnableToDecide(f"{MESSAGE} Nothing was saved.")
