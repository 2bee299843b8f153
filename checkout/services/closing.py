"""The ends of a payment: what follows once the gateway has captured, voided or refunded. Called by settle() alone.

Each function moves payment, order and stock in one transaction and raises UnableToMove when another caller was quicker.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from catalog.stock import release_stock
from checkout.gateways import get_gateway
from checkout.gateways.base import GatewayError
from checkout.models import Alert, Mail, Order, Payment
from checkout.services.mails import queue_mail
from checkout.services.moves import move_order, move_payment
from checkout.services.orders import quantities_of
from checkout.signals import announce, order_cancelled, order_released
from checkout.states import OrderStatus, PaymentStatus
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


def release(order: Order, *, now: datetime) -> None:
    """Move a paid order to RELEASED, write the mail and tell whoever listens. Inside the caller's transaction."""
    move_order(order, to=OrderStatus.RELEASED, by=order.decided_by, why=order.decision or "Released.", now=now)
    queue_mail(order_id=order.pk, kind=Mail.Kind.RELEASED, now=now)
    announce(order_released, order_id=order.pk, now=now)


def finish_void(payment: Payment, *, now: datetime) -> None:
    """Nothing was charged and nothing will be: cancel the order that this was for."""
    with transaction.atomic():
        move_payment(payment, to=PaymentStatus.VOIDED, by=payment.order.decided_by, why="Voided.", now=now)
        if payment.order.is_on_hold:
            cancel(payment.order, now=now)


def void_lapsed(payment: Payment, *, now: datetime) -> None:
    """The authorisation ended without us, by time or by hand at the gateway: the order can't be paid any more."""
    order = payment.order
    with transaction.atomic():
        move_payment(payment, to=PaymentStatus.VOIDED, why="The gateway ended the authorisation.", now=now)
        if order.is_on_hold:
            order.cancel_reason = Order.CancelReason.AUTHORISATION_LOST
            order.save(update_fields=["cancel_reason"])
            cancel(order, now=now)
        raise_alert(
            payment,
            cause="lapsed",
            message="The authorisation ended at the gateway before the order was released. The order is cancelled, its goods "
            "are on sale again and the customer was told. Nothing was charged.",
            now=now,
        )


def finish_refund(payment: Payment, *, refunded: int, now: datetime) -> None:
    """The money went back: cancel the order, unless its goods are gone already."""
    order = payment.order
    is_ours = payment.status == PaymentStatus.REFUNDING
    with transaction.atomic():
        move_payment(
            payment,
            to=PaymentStatus.REFUNDED,
            by=order.decided_by,
            why="Refunded." if is_ours else "Refunded at the gateway, not by the shop.",
            now=now,
            refunded_amount=min(refunded, payment.captured_amount),
        )
        if order.status in (OrderStatus.ON_HOLD, OrderStatus.RELEASED):
            cancel(order, now=now)
        if not is_ours:
            raise_alert(
                payment,
                cause="refunded-outside",
                message="The payment was refunded at the gateway, not by the shop. An order not yet shipped is cancelled.",
                now=now,
            )


def cancel(order: Order, *, now: datetime) -> None:
    """Move the order to CANCELLED, free its goods once, write the mail, tell whoever listens. Inside a transaction."""
    is_holding = order.status in HOLDING
    move_order(order, to=OrderStatus.CANCELLED, by=order.decided_by, why=order.decision or order.get_cancel_reason_display(), now=now)
    if is_holding:
        release_stock(quantities=quantities_of(order), cause=f"order:{order.pk}:cancel", now=now)
    queue_mail(order_id=order.pk, kind=Mail.Kind.CANCELLED, now=now)
    announce(order_cancelled, order_id=order.pk, now=now)


def give_back_late_payment(payment: Payment, *, now: datetime) -> None:
    """The card was authorised for an order that can't be had any more: void it, or refund it, and say so.

    Uses the network. When the gateway does not answer, VOIDING or REFUNDING stays and the sweep tries again.
    """
    with transaction.atomic():
        queue_mail(order_id=payment.order_id, kind=Mail.Kind.TOO_LATE, now=now)
        raise_alert(
            payment,
            cause="late",
            message="A payment came for an order that was over (expired, cancelled or paid before). It is being given back and "
            "the customer was told. There is nothing to do unless it is still open tomorrow.",
            now=now,
        )
        begin_giving_back(payment, why="The order was over.", now=now)
    try:
        call_gateway_to_give_back(payment)
    except GatewayError:
        return


def begin_giving_back(payment: Payment, *, why: str, now: datetime) -> None:
    """Claim the payment for voiding, or for refunding once captured, and store the key, before the gateway is called."""
    if payment.is_captured:
        move_payment(
            payment, to=PaymentStatus.REFUNDING, by=payment.order.decided_by, why=why, now=now, refund_key=f"refund:{payment.pk}"
        )
    else:
        move_payment(payment, to=PaymentStatus.VOIDING, by=payment.order.decided_by, why=why, now=now, void_key=f"void:{payment.pk}")


def call_gateway_to_give_back(payment: Payment) -> None:
    """Void or refund, as the payment's state says. Uses the network; repeating it is harmless. Raises GatewayError."""
    gateway = get_gateway(payment.gateway)
    if payment.reference is None:
        raise GatewayError("The payment has no reference at the gateway.", is_final=True)
    if payment.status == PaymentStatus.REFUNDING:
        gateway.refund(payment.reference, payment.money, idempotency_key=payment.refund_key)
    else:
        gateway.void(payment.reference, idempotency_key=payment.void_key)


def raise_alert(payment: Payment, *, cause: str, message: str, now: datetime) -> None:
    """Tell the staff, once per payment and cause."""
    Alert.objects.get_or_create(
        cause=f"{cause}:{payment.pk}",
        defaults={
            "order": payment.order,
            "payment": payment,
            "message": f"Order {payment.order.number}: {message}",
            "raised_at": now,
        },
    )
