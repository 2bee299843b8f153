"""What was said on the phone, and what follows from it."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import Q

from checkout.models import Order
from checkout.services.cancel import cancel_order
from checkout.services.release import release_order
from fraud.models import Call, CallTask
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


class UnableToRecordCall(Exception):
    """The call was not written down. `str(error)` says why and what to do."""


class UnableToDecide(Exception):
    """The order was neither released nor cancelled. `str(error)` says why and what to do."""


def record_call(
    *,
    task_id: uuid.UUID,
    by: User,
    number: str,
    outcome: Call.Outcome,
    answer: Call.Answer | None,
    note: str,
    now: datetime,
) -> Call:
    """Write down one call, for good, and start the lease anew.

    `number` is what was dialled; blank means the order's own. A call that was made is a fact, so it is written down even
    when the lease has lapsed or the order was decided meanwhile. Raises UnableToRecordCall when it does not add up or holds
    a card number.
    """
    if (outcome == Call.Outcome.REACHED) != bool(answer):
        raise UnableToRecordCall("Say what the customer said if you reached them, and only then. Nothing was saved.")
    _refuse_card_number(note, UnableToRecordCall)
    task = CallTask.objects.select_related("order").get(pk=task_id)
    call = Call(
        task=task,
        by=by,
        at=now,
        number=number.strip() or task.order.phone,
        outcome=outcome,
        answer=answer or "",
        note=note.strip(),
    )
    call.save()
    CallTask.objects.filter(pk=task_id, status=CallTaskStatus.WAITING).filter(
        Q(claimed_by=by) | Q(claimed_by=None) | Q(claimed_until__lte=now)
    ).update(claimed_by=by, claimed_until=now + CLAIM_LEASE)
    return call


def release_after_call(*, task_id: uuid.UUID, by: User, why: str, now: datetime) -> Order:
    """Capture the money and release the order.

    Needs the lease, and either a call in which the customer confirmed the order (and none since in which they denied it) or
    words that say why none is needed.
    Uses the network. Raises UnableToDecide, or checkout's UnableToReleaseOrder.
    """
    _refuse_card_number(why, UnableToDecide)
    settling = Call.objects.filter(task_id=task_id, answer__in=[Call.Answer.CONFIRMS, Call.Answer.DENIES])
    last = settling.order_by("-at").first()
    confirmed = last is not None and last.confirms
    if not confirmed and not why.strip():
        raise UnableToDecide(
            "No call in which the customer confirmed the order is written down. Nothing was charged. "
            "Record the call first, or write why none is needed."
        )
    task = _hold_on(task_id, by=by, now=now)
    why = " ".join(part for part in ("Confirmed by phone." if confirmed else "", why.strip()) if part)
    order = release_order(order_id=task.order_id, by=by, why=why, now=now)
    close_call_task(order_id=order.pk, now=now)
    return order


def cancel_after_call(*, task_id: uuid.UUID, by: User, reason: Order.CancelReason, why: str, now: datetime) -> Order:
    """Void the authorisation (or give the money back), free the goods and tell the customer.

    Needs the lease. Uses the network. Raises UnableToDecide, or checkout's UnableToCancelOrder.
    """
    _refuse_card_number(why, UnableToDecide)
    if reason not in REVIEWER_REASONS:
        raise UnableToDecide("Choose why the order is cancelled. Nothing was done.")
    task = _hold_on(task_id, by=by, now=now)
    why = " ".join(part for part in (f"{reason.label}.", why.strip()) if part)
    order = cancel_order(order_id=task.order_id, by=by, reason=reason, why=why, now=now)
    close_call_task(order_id=order.pk, now=now)
    return order


def _hold_on(task_id: uuid.UUID, *, by: User, now: datetime) -> CallTask:
    """Start the lease anew before deciding; only who holds it may decide."""
    mine = CallTask.objects.filter(pk=task_id, status=CallTaskStatus.WAITING, claimed_by=by, claimed_until__gt=now)
    held = mine.update(claimed_until=now + CLAIM_LEASE)
    task = CallTask.objects.select_related("order").filter(pk=task_id).first()
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


def _refuse_card_number(text: str, error: type[UnableToRecordCall | UnableToDecide]) -> None:
    if has_card_number(text):
        raise error(f"{MESSAGE} Nothing was saved.")
