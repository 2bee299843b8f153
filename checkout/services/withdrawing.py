"""Withdrawing from a contract: declared by anybody who knows the order's number and e-mail address, taken at its word.

The page writes down what was declared, with its moment, and looks nothing up: whether there is such an order is the
worker's to find, so the answer and its time are the same for a hit and a miss. Only the mailbox of the order learns more.
Sources: Directive 2011/83/EU, art. 9 (14 days from receipt), 11 (by any clear statement), 11a (the function, from 19 June
2026: declare, confirm, receipt with content, date and time), 13 (money back within 14 days).
"""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction

from checkout import limits
from checkout.finding import NUMBER, read_term
from checkout.models import (
    Alert,
    DeliveryProof,
    Mail,
    Order,
    OrderLine,
    Refund,
    Return,
    ReturnEvent,
    ReturnLine,
    Shipment,
    Withdrawal,
)
from checkout.services.alerts import tell
from checkout.services.cancel import UnableToCancelOrder, cancel_order
from checkout.services.jobs import claim, put_off
from checkout.services.mails import queue_mail
from checkout.services.moves import move_return, note_order
from checkout.services.refunds import (
    LineToRefund,
    UnableToRefund,
    find_refundable_payment,
    quote_refund,
    request_refund,
    why_not_refundable,
)
from checkout.services.returns import units_left
from checkout.states import OrderStatus, ReturnStatus
from store.blind_index import blind_index
from store.throttle import take_uses

WORDS = "Withdrawn from the contract on the withdrawal page."


def declare_withdrawal(*, number: str, email: str, attempt: uuid.UUID, address: str, now: datetime) -> Withdrawal:
    """Write down the declaration; the same `attempt` twice is one. Raises `TooOften`.

    `address` is the IP address, counted and not kept.
    """
    from checkout.tasks import follow_up_withdrawal as task  # noqa: PLC0415  # the task calls this module

    if found := Withdrawal.objects.filter(attempt=attempt).first():
        return found
    take_uses(limits.uses_of_withdrawal(address=address, email=email), now=now)
    try:
        with transaction.atomic():
            found = Withdrawal.objects.create(attempt=attempt, number=number, email=email, declared_at=now, next_try_at=now)
            task.enqueue(str(found.pk))
    except IntegrityError:  # the same page sent twice at once
        return Withdrawal.objects.get(attempt=attempt)
    return found


def last_moment(order: Order) -> datetime | None:
    """Until when one can withdraw from a shipped order; None before it was sent: the period has not begun.

    The period begins with receipt; of goods that came in several parts, with that of the last (Directive 2011/83/EU,
    art. 9(2)(b)(i)). It ends with the last hour of its last day, and the day of receipt does not count (recital 41 and
    Regulation 1182/71, art. 3). Where staff have written down when the last part came, by the shop's own days; otherwise the
    longest way of a parcel is added to the moment of shipping.
    """
    if not order.is_shipped:
        return None
    came_at = _came_at(order)
    if came_at is None:
        return order.status_at + timedelta(days=settings.TRAVEL_DAYS + settings.WITHDRAWAL_DAYS)
    zone = ZoneInfo(settings.SHOP_TIME_ZONE)
    last_day = came_at.astimezone(zone).date() + timedelta(days=settings.WITHDRAWAL_DAYS)
    return datetime.combine(last_day, time.max, tzinfo=zone)


def _came_at(order: Order) -> datetime | None:
    """When the last part came, as far as is known. A wrong entry is followed by a right one: the newest counts.

    One from before the last part had left is of an earlier part, and says nothing of this one.
    """
    proof = DeliveryProof.objects.filter(order=order).order_by("-noted_at").first()
    last = Shipment.objects.filter(order=order).order_by("-shipped_at").first()
    if proof is None or (last is not None and proof.delivered_at < last.shipped_at):
        return None
    return proof.delivered_at


def follow_up_withdrawal(*, withdrawal_id: uuid.UUID, now: datetime) -> bool:
    """Find the order and do what follows: cancel or refund what was not sent, take back what was. Uses the network.

    Done once; what could not be done is tried again, by this or by the sweep. Says whether it is done.
    """
    row = claim(Withdrawal.objects.filter(done_at=None).select_related("order"), pk=withdrawal_id, now=now)
    if row is None:
        return False
    try:
        if row.outcome == Withdrawal.Outcome.NEW:
            _decide(row, now=now)
        if row.is_cancelled and row.order is not None:
            _cancel(row.order, now=now)
        if row.is_part and row.order is not None:
            _refund_unsent(row.order, token=uuid.uuid5(row.pk, "refund"), now=now)
    except Exception as error:  # noqa: BLE001  # whatever went wrong, it is tried again
        number = row.order.number if row.order else "unknown"
        alert = Alert(
            cause=f"withdrawal-stuck:{row.pk}",
            order=row.order,
            message=f"Order {number}: the customer has withdrawn from the contract, and what has not left could not be "
            "cancelled in {tries} tries ({error}). Cancel or refund it on the order's page, or have it sent back.",
            raised_at=now,
        )
        put_off(row, error=error, alert=alert, now=now)
        return False
    Withdrawal.objects.filter(pk=row.pk).update(done_at=now)
    return True


def _decide(row: Withdrawal, *, now: datetime) -> None:
    """Say what comes of it, write the receipt and tell the staff, in one transaction."""
    order = _find(row)
    with transaction.atomic():
        if order is None:
            row.outcome = Withdrawal.Outcome.UNMATCHED
            row.save(update_fields=["outcome"])
            return
        order = Order.objects.select_for_update().get(pk=order.pk)
        row.order = order
        row.outcome = _outcome(order, row)
        if row.comes_back:
            row.found_return = _take_back(order, now=now)
            if row.found_return is None and not row.is_part:
                row.outcome = Withdrawal.Outcome.OVER
        row.save(update_fields=["order", "outcome", "found_return"])
        note_order(order, why=f"{WORDS} {row.get_outcome_display()}.", now=now)
        queue_mail(order_id=order.pk, kind=Mail.Kind.WITHDRAWN, cause=str(row.pk), now=now)
        tell(cause=f"withdrawal:{row.pk}", message=f"Order {order.number}: {_for_staff(row)}", now=now, order=order)


def _find(row: Withdrawal) -> Order | None:
    what, number = read_term(row.number or "")
    digest = blind_index("email", row.email or "")
    if what != NUMBER or not digest:
        return None
    return Order.objects.filter(number=number, email_index=digest).first()


def _outcome(order: Order, row: Withdrawal) -> Withdrawal.Outcome:
    until = last_moment(order)
    if until is not None:
        return Withdrawal.Outcome.LATE if row.declared_at > until else Withdrawal.Outcome.RETURN
    if order.status in (OrderStatus.CANCELLED, OrderStatus.EXPIRED):
        return Withdrawal.Outcome.OVER
    if Shipment.objects.filter(order=order).exists():
        return Withdrawal.Outcome.PART
    return Withdrawal.Outcome.CANCEL


def _take_back(order: Order, *, now: datetime) -> Return | None:
    """Make a return of all that is left, approved at once: nobody's consent is needed. None if nothing is left.

    Without a RETURN_ADDRESS staff must say where the parcel goes, so it waits for their answer. A return that is waiting
    already is answered, too, and takes the rest along.
    """
    found = Return.objects.filter(order=order, status=ReturnStatus.REQUESTED).first()
    left = [(line, units) for line, units in units_left(order) if units > 0]
    if found is None and not left:
        return None
    if found is None:
        found = Return.objects.create(order=order, status_at=now, requested_at=now, attempt=uuid.uuid4())
        ReturnEvent.objects.create(of=found, now=ReturnStatus.REQUESTED, why=WORDS, at=now)
    for line, units in left:
        row, is_new = ReturnLine.objects.get_or_create(
            of=found, line=line, defaults={"quantity": units, "reason": ReturnLine.Reason.UNWANTED}
        )
        if not is_new:
            row.quantity += units
            row.save(update_fields=["quantity"])
    if settings.RETURN_ADDRESS:
        move_return(found, to=ReturnStatus.APPROVED, by=None, why=WORDS, now=now)
    return found


def _cancel(order: Order, *, now: datetime) -> None:
    """Cancel before shipping: an authorisation is voided, what was captured is refunded. Raises UnableToCancelOrder."""
    try:
        cancel_order(order_id=order.pk, by=None, reason=Order.CancelReason.CUSTOMER, why=WORDS, now=now, from_hold=True)
    except UnableToCancelOrder as error:
        status = Order.objects.values_list("status", flat=True).get(pk=order.pk)
        if error.is_final and status not in (OrderStatus.CANCELLED, OrderStatus.EXPIRED):
            raise  # otherwise it is over, or decided, and the sweep of payments finishes it


def _refund_unsent(order: Order, *, token: uuid.UUID, now: datetime) -> None:
    """Refund the units that have not left and put them on sale again; one `token` is one refund. Raises UnableToRefund.

    Delivery goes back with the return of what was sent (art. 13(2)). Nothing to do when staff were quicker.
    """
    payment = find_refundable_payment(order.pk)
    lines = [
        LineToRefund(line_id=line.pk, quantity=line.quantity_refundable, is_restocked=True)
        for line in OrderLine.objects.filter(order=order).select_related("order")
        if line.quantity_refundable
    ]
    if not lines and not Refund.objects.filter(token=token).exists():
        return
    if payment is None:
        raise UnableToRefund(why_not_refundable(order.pk))
    try:
        request_refund(
            order_id=order.pk,
            lines=lines,
            delivery=0,
            other=0,
            expected_total=quote_refund(payment=payment, lines=lines, delivery=0, other=0).total if lines else 0,
            reason=Refund.Reason.OTHER,
            note=WORDS,
            by=None,
            token=token,
            now=now,
        )
    except UnableToRefund as error:
        if error.is_final:
            raise  # otherwise it is written down, and the sweep of payments finishes it


def _for_staff(row: Withdrawal) -> str:
    said = "the customer has withdrawn from the contract, and has a receipt by mail."
    match row.outcome:
        case Withdrawal.Outcome.CANCEL:
            return f"{said} It is being cancelled: don't send it."
        case Withdrawal.Outcome.RETURN if settings.RETURN_ADDRESS:
            return f"{said} The goods come back; refund them, with the cheapest delivery, within 14 days."
        case Withdrawal.Outcome.RETURN:
            return f"{said} Approve the return, saying where the parcel goes; refund it within 14 days."
        case Withdrawal.Outcome.PART:
            sent = "what left comes back" if settings.RETURN_ADDRESS else "approve the return, saying where the parcel goes"
            return (
                f"{said} What had not left is being refunded: don't send it. For the rest, {sent}; refund it, with the "
                "cheapest delivery, within 14 days."
            )
        case Withdrawal.Outcome.LATE:
            return "the customer wants to withdraw from the contract, after the period, and was told so. Goodwill is yours."
    return "the customer wants to withdraw from the contract, of which nothing is left. There is nothing to do."
