"""The ends of a payment: what follows once the gateway has captured, voided or refunded. Called by settle() alone.

Each function moves payment, order and stock in one transaction and raises UnableToMove when another caller was quicker.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from catalog.stock import release_stock
from checkout.gateways import get_gateway
from checkout.gateways.base import GatewayError, GatewayRefund
from checkout.models import Mail, Order, Payment, Refund
from checkout.services import refund_books
from checkout.services.alerts import close_deadlines, raise_alert, resolve_alerts
from checkout.services.documents import issue_documents
from checkout.services.mails import queue_mail
from checkout.services.moves import lock_payment, move_order, move_payment
from checkout.services.orders import quantities_left
from checkout.signals import announce, order_cancelled, order_released
from checkout.states import OrderStatus, PaymentStatus, RefundStatus
from store.models import User
from store.money import format_money

# Goods of these orders are held and go back on sale when the order is cancelled.
HOLDING = (OrderStatus.AWAITING_PAYMENT, OrderStatus.ON_HOLD, OrderStatus.RELEASED)


def finish_capture(payment: Payment, *, captured: int, now: datetime) -> None:
    """The money is ours: release the order, if it is the amount we asked for."""
    order = payment.order
    with transaction.atomic():
        move_payment(
            payment,
            to=PaymentStatus.CAPTURED,
            by=order.decided_by,
            why="Captured.",
            now=now,
            captured_amount=min(captured, payment.amount),
        )
        if captured == payment.amount:
            release(order, now=now)
        else:
            is_, was = format_money(captured, payment.currency), format_money(payment.amount, payment.currency)
            raise_alert(
                payment,
                cause="captured-amount",
                message=f"{is_} instead of {was} was captured. The order was not released. Compare it at the gateway.",
                now=now,
            )


def note_outside_capture(payment: Payment, *, captured: int, now: datetime) -> None:
    """Somebody captured it at the gateway. The order stays on hold: whether it ships is decided here."""
    with transaction.atomic():
        _move_to_outside_capture(payment, captured=captured, now=now)
        raise_alert(
            payment,
            cause="captured-outside",
            message=f"{format_money(captured, payment.currency)} was captured at the gateway, not by the shop. The order is "
            "still on hold: release or cancel it as any other; cancelling it refunds the money.",
            now=now,
        )


def release(order: Order, *, now: datetime) -> None:
    """Move a paid order to RELEASED, write the mail and tell whoever listens. Inside the caller's transaction."""
    move_order(order, to=OrderStatus.RELEASED, by=order.decided_by, why=order.decision or "Released.", now=now)
    queue_mail(order_id=order.pk, kind=Mail.Kind.RELEASED, now=now)
    close_deadlines(order, now=now)
    announce(order_released, order_id=order.pk, now=now)


def finish_void(payment: Payment, *, now: datetime) -> None:
    """Nothing was charged and nothing will be: cancel the order that this was for."""
    order = payment.order
    with transaction.atomic():
        move_payment(payment, to=PaymentStatus.VOIDED, by=order.decided_by, why="Voided.", now=now)
        # A second payment that is given back leaves the order to the first one.
        if order.is_on_hold and not _has_other_money(payment):
            cancel_as_decided(order, now=now)


def void_lapsed(payment: Payment, *, now: datetime) -> None:
    """The authorisation ended without us, by time or by hand at the gateway: the order can't be paid any more."""
    order = payment.order
    with transaction.atomic():
        move_payment(payment, to=PaymentStatus.VOIDED, why="The gateway ended the authorisation.", now=now)
        if order.is_on_hold:
            # Not the decision of whoever last tried to release it.
            order.cancel_reason = Order.CancelReason.AUTHORISATION_LOST
            order.save(update_fields=["cancel_reason"])
            cancel(order, by=None, why="The authorisation ended at the gateway.", now=now)
        raise_alert(
            payment,
            cause="lapsed",
            message="The authorisation ended at the gateway before the order was released. The order is cancelled, its "
            "goods are on sale again and the customer was told. Nothing was charged.",
            now=now,
        )


def note_unheard_void(payment: Payment, *, now: datetime) -> None:
    """It was authorised and ended again before the shop heard of either. The order expires as any unpaid one."""
    with transaction.atomic():
        move_payment(
            payment, to=PaymentStatus.VOIDED, why="Authorised and ended again before the shop heard of it.", now=now
        )
        raise_alert(
            payment,
            cause="unheard",
            message="The customer authorised this payment and the authorisation ended at the gateway before the shop heard "
            "of it. Nothing was charged and the order is over. Ring the customer, and look at why no webhook arrives.",
            now=now,
        )


def note_forgotten_page(payment: Payment, *, now: datetime) -> None:
    """The gateway keeps unpaid pages for a while only, and this one is gone."""
    move_payment(payment, to=PaymentStatus.EXPIRED, why="Nobody paid on the page, and the gateway has let it go.", now=now)


def note_gone(payment: Payment, *, captured: int, reference: str | None, now: datetime) -> None:
    """It was captured and refunded before the shop heard of either; the refunds are booked next. Inside a transaction."""
    if payment.status in (PaymentStatus.STARTED, PaymentStatus.EXPIRED):
        # Not by way of CAPTURED: it pays for nothing, and another payment may.
        move_payment(
            payment,
            to=PaymentStatus.REFUNDING,
            why="Captured and refunded at the gateway before the shop heard of it.",
            now=now,
            captured_amount=min(captured, payment.amount),
            reference=reference,
        )
    else:
        _move_to_outside_capture(payment, captured=captured, now=now)


def book_refunds(payment: Payment, found: Sequence[GatewayRefund], *, known: Mapping[uuid.UUID, str], now: datetime) -> None:
    """Bring refunds, payment and order to where the gateway says they are, and write the invoice and the credit notes.

    The last step of every transaction that moves captured money; raises UnableToMove.
    """
    made = refund_books.follow_refunds(payment, found, known=known, now=now)
    is_cancelled = False
    if payment.captured_amount and payment.refunded_amount == payment.captured_amount:
        is_cancelled = _close_refunded(payment, made, now=now)
    for refund in made:
        if refund.origin != Refund.Origin.GIVE_BACK and not is_cancelled:
            queue_mail(order_id=payment.order_id, kind=Mail.Kind.REFUNDED, cause=str(refund.pk), now=now)
    issue_documents(payment, now=now)


def _close_refunded(payment: Payment, made: Sequence[Refund], *, now: datetime) -> bool:
    """All the money went back: cancel the order, unless its goods are gone already. Says whether it was cancelled."""
    was = payment.status
    if was not in (PaymentStatus.CAPTURED, PaymentStatus.REFUNDING, PaymentStatus.OWED):
        return False
    order = Order.objects.select_for_update().get(pk=payment.order_id)
    is_decided = was == PaymentStatus.REFUNDING or bool(order.cancel_reason)
    by_hand = next((refund.by for refund in reversed(made) if refund.by), None)
    is_outside = any(refund.origin == Refund.Origin.OUTSIDE for refund in made)
    why = "Refunded at the gateway, not by the shop." if is_outside and not is_decided else "Refunded."
    move_payment(payment, to=PaymentStatus.REFUNDED, by=order.decided_by if is_decided else by_hand, why=why, now=now)
    resolve_alerts("give-back-refused", about=payment.pk, now=now)
    if order.status not in (OrderStatus.ON_HOLD, OrderStatus.RELEASED) or _has_other_money(payment):
        return False
    if is_decided:
        cancel_as_decided(order, now=now)
    else:
        why = "Refunded in full." if by_hand and not is_outside else "Refunded at the gateway, not by the shop."
        cancel(order, by=by_hand if not is_outside else None, why=why, now=now)
    return True


def close_charged_back(payment: Payment, *, now: datetime) -> bool:
    """If a dispute has taken what was to be given back, there is nothing left to give: cancel the order as decided.

    Says whether it was so. Raises UnableToMove.
    """
    with transaction.atomic():
        locked = lock_payment(payment)
        left = locked.kept + locked.refunding_amount
        if payment.status != PaymentStatus.REFUNDING or not 0 < left <= locked.taken_by_disputes():
            return False
        locked.order = Order.objects.select_for_update().get(pk=payment.order_id)
        for refund in Refund.objects.filter(payment=payment, status=RefundStatus.REQUESTED):
            refund.payment = locked
            refund_books.book_failed(refund, problem="The bank has taken the money by a dispute.", now=now)
        order = locked.order
        move_payment(
            locked, to=PaymentStatus.CHARGED_BACK, by=order.decided_by, why="The bank has taken it by a dispute.", now=now
        )
        resolve_alerts("give-back-refused", about=payment.pk, now=now)
        if order.status in (OrderStatus.ON_HOLD, OrderStatus.RELEASED) and not _has_other_money(payment):
            cancel_as_decided(order, now=now)
        return True


def refund_instead(payment: Payment, *, captured: int, now: datetime) -> None:
    """It was captured at the gateway while the shop was voiding it: the decision stands, so refund it."""
    with transaction.atomic():
        _move_to_outside_capture(payment, captured=captured, now=now)
        begin_giving_back(payment, by=payment.order.decided_by, why="Captured before it could be voided.", now=now)


def cancel_as_decided(order: Order, *, now: datetime) -> None:
    """Cancel in the name and the words of whoever decided it."""
    cancel(order, by=order.decided_by, why=order.decision or order.get_cancel_reason_display() or "Cancelled.", now=now)


def cancel(order: Order, *, by: User | None, why: str, now: datetime) -> None:
    """Move the order to CANCELLED, free its goods once, write the mail, tell whoever listens. Inside a transaction."""
    is_holding = order.status in HOLDING
    move_order(order, to=OrderStatus.CANCELLED, by=by, why=why, now=now)
    if is_holding:
        release_stock(quantities=quantities_left(order), cause=f"order:{order.pk}:cancel", now=now)
    queue_mail(order_id=order.pk, kind=Mail.Kind.CANCELLED, now=now)
    close_deadlines(order, now=now)
    resolve_alerts("cancel-asked", about=order.pk, now=now)
    announce(order_cancelled, order_id=order.pk, now=now)


def refuse_payment(payment: Payment, *, is_captured: bool, now: datetime, **values: Any) -> None:
    """The card was authorised for an order that is over or has been paid: claim the payment for giving it back, and say so.

    Inside the caller's transaction, so that no crash can leave the money lying; the gateway is called after it.
    """
    queue_mail(order_id=payment.order_id, kind=Mail.Kind.TOO_LATE, cause=str(payment.pk), now=now)
    raise_alert(
        payment,
        cause="late",
        message="A payment came for an order that was over (expired, cancelled or paid before). It is being given back and "
        "the customer was told. There is nothing to do unless it is still open tomorrow.",
        now=now,
    )
    begin_giving_back(
        payment, by=None, why="The order was over or paid already.", now=now, is_captured=is_captured, **values
    )


def begin_giving_back(
    payment: Payment, *, by: User | None, why: str, now: datetime, is_captured: bool | None = None, **values: Any
) -> None:
    """Claim the payment for voiding, or for refunding once captured, before the gateway is called.

    The key of the void is stored with it, the key of the refund with the row that `call_gateway_to_give_back` writes.
    """
    if payment.is_captured if is_captured is None else is_captured:
        move_payment(payment, to=PaymentStatus.REFUNDING, by=by, why=why, now=now, **values)
    else:
        key = fresh_key("void", payment)
        move_payment(payment, to=PaymentStatus.VOIDING, by=by, why=why, now=now, void_key=key, **values)


def call_gateway_to_give_back(payment: Payment, *, now: datetime) -> None:
    """Void or refund, as the payment's state says. Uses the network; repeating it is harmless. Raises GatewayError."""
    gateway = get_gateway(payment.gateway)
    if payment.reference is None:
        raise GatewayError("The payment has no reference at the gateway.", is_final=True)
    if payment.status == PaymentStatus.REFUNDING:
        with transaction.atomic():
            refund = refund_books.set_aside_the_rest(payment, now=now)
        if refund is None:
            return  # all of it went back already
        try:
            gateway.refund(payment.reference, refund.money, idempotency_key=refund.key, refund_id=str(refund.pk))
        except GatewayError as error:
            if error.is_key_spent or error.is_final:  # what is refused now may be granted later
                refund_books.change_key(refund)
            raise
        return
    try:
        # What was authorised anew goes with the authorisation that it came of; by itself PayPal does not void it.
        gateway.void(payment.former_reference or payment.reference, idempotency_key=payment.void_key)
    except GatewayError as error:
        if error.is_key_spent:
            change_key(payment, "void_key", fresh_key("void", payment))
        raise


def fresh_key(verb: str, payment: Payment) -> str:
    """An idempotency key for one try; it is stored before it is used."""
    return f"{verb}:{payment.pk}:{secrets.token_hex(4)}"


def change_key(payment: Payment, field: str, key: str) -> None:
    """Take another key for the next try, unless somebody else has done so or the payment has moved on."""
    same = Payment.objects.filter(pk=payment.pk, status=payment.status, **{field: getattr(payment, field)})
    if same.update(**{field: key}):
        setattr(payment, field, key)


def _move_to_outside_capture(payment: Payment, *, captured: int, now: datetime) -> None:
    why = "Captured at the gateway, not by the shop."
    move_payment(payment, to=PaymentStatus.CAPTURED, why=why, now=now, captured_amount=min(captured, payment.amount))


def _has_other_money(payment: Payment) -> bool:
    """Whether another payment pays for the order."""
    paying = (PaymentStatus.AUTHORIZED, PaymentStatus.CAPTURING, PaymentStatus.CAPTURED)
    return Payment.objects.filter(order_id=payment.order_id, status__in=paying).exclude(pk=payment.pk).exists()
