"""Release: capture, verify, then move. The payment row is the ring: whoever moves it out of AUTHORIZED has the order."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from checkout.gateways import get_gateway
from checkout.gateways.base import GatewayError
from checkout.models import GatewayNotice, Order, Payment
from checkout.services import closing
from checkout.services.alerts import REBUILT
from checkout.services.moves import UnableToMove, lock_order, lock_payment, move_payment
from checkout.services.settle import settle
from checkout.states import DisputeStatus, OrderStatus, PaymentStatus
from store.models import User
from store.money import Money


class UnableToReleaseOrder(Exception):
    """The order was not released by this call. `str(error)` says what happened and what comes next."""

    def __init__(self, message: str, *, is_final: bool = True) -> None:
        super().__init__(message)
        self.is_final = is_final  # False: the shop goes on trying by itself


def release_order(*, order_id: uuid.UUID, by: User | None, why: str, now: datetime) -> Order:
    """Capture the payment and, once the gateway confirms the whole amount, move the order to RELEASED.

    Uses the network: never call it inside a transaction. Raises UnableToReleaseOrder.
    """
    payment = find_decidable_payment(order_id)
    if payment is None:
        raise UnableToReleaseOrder(_why_not(order_id))
    order = payment.order
    try:
        with transaction.atomic():
            if payment.is_captured:  # by hand, at the gateway
                payment = lock_payment(payment)
                if payment.kept != payment.amount:
                    raise UnableToReleaseOrder(_not_the_whole_amount(payment))
                write_decision(order, by=by, why=why)
                _refuse_stopped(payment)
                closing.release(order, now=now)
                return order
            move_payment(
                payment,
                to=PaymentStatus.CAPTURING,
                by=by,
                why="Release decided.",
                now=now,
                capture_key=closing.fresh_key("capture", payment),
            )
            write_decision(order, by=by, why=why)
            _refuse_stopped(payment)
    except UnableToMove as error:
        raise UnableToReleaseOrder(_why_not(order_id)) from error
    return finish_release(payment, now=now)


def finish_release(payment: Payment, *, now: datetime) -> Order:
    """Capture a payment that is CAPTURING, then verify. Repeating it is harmless. Raises UnableToReleaseOrder."""
    if payment.reference is None:
        raise UnableToReleaseOrder("The payment has no reference at the gateway. Nothing was charged.")
    try:
        get_gateway(payment.gateway).capture(payment.reference, payment.money, idempotency_key=payment.capture_key)
    except GatewayError as error:
        if error.is_key_spent:
            closing.change_key(payment, "capture_key", closing.fresh_key("capture", payment))
        if not error.is_final:
            raise UnableToReleaseOrder(
                "The gateway did not answer, so nobody knows yet whether the card was charged. The shop asks again "
                "every minute and releases the order by itself. You need not do anything.",
                is_final=False,
            ) from error
        _handle_refusal(payment, error, now=now)
    try:
        payment = settle(payment_id=payment.pk, now=now)
    except GatewayError as error:
        raise UnableToReleaseOrder(
            "The card is charged, but the gateway did not confirm it just now. The shop asks again every minute and "
            "releases the order by itself.",
            is_final=False,
        ) from error
    order = Order.objects.get(pk=payment.order_id)
    if order.status != OrderStatus.RELEASED:
        raise UnableToReleaseOrder(_why_not(order.pk))
    return order


def find_decidable_payment(order_id: uuid.UUID) -> Payment | None:
    """The payment of an order on hold that waits for a decision."""
    return (
        Payment.objects.select_related("order")
        .filter(
            order_id=order_id,
            order__status=OrderStatus.ON_HOLD,
            status__in=[PaymentStatus.AUTHORIZED, PaymentStatus.CAPTURED],
        )
        .first()
    )


def write_decision(order: Order, *, by: User | None, why: str, reason: str = "") -> None:
    """Keep who decided what, before the gateway is called. Inside a transaction; raises UnableToMove."""
    lock_order(order)
    order.decided_by, order.decision, order.cancel_reason = by, why, reason
    order.save(update_fields=["decided_by", "decision", "cancel_reason"])


def _handle_refusal(payment: Payment, error: GatewayError, *, now: datetime) -> None:
    """The gateway said no: find out why, and put the order back in the queue if it can still be released."""
    try:
        payment = settle(payment_id=payment.pk, now=now)
    except GatewayError as silence:
        # It may have said no because an earlier call of ours, whose answer was lost, had taken the money.
        raise UnableToReleaseOrder(
            f"{error} The gateway did not say whether the card was charged before. The shop asks again every minute.",
            is_final=False,
        ) from silence
    if payment.status == PaymentStatus.CAPTURED:
        return  # the money was taken by an earlier call of which we never heard
    if payment.status == PaymentStatus.CAPTURING:
        try:
            move_payment(payment, to=PaymentStatus.AUTHORIZED, why="The gateway refused to capture.", now=now)
        except UnableToMove as quicker:
            raise UnableToReleaseOrder(_why_not(payment.order_id)) from quicker
        raise UnableToReleaseOrder(
            f"{error} The card was not charged and the order is still on hold. Try again, or cancel it."
        )
    raise UnableToReleaseOrder(_why_not(payment.order_id))


def _refuse_stopped(payment: Payment) -> None:
    """Raise UnableToReleaseOrder while trouble has stopped the order. Inside the transaction, under the locks of both."""
    if not Order.objects.filter(pk=payment.order_id, frozen_at__isnull=False).exists():
        return  # no trouble, or a person has looked at it and lifted the stop
    kinds = set(payment.notices.filter(is_open=True).values_list("kind", flat=True))
    causes = {
        "a dispute": payment.disputes.exclude(status=DisputeStatus.WON).exists(),
        "an early fraud warning of the card's bank": GatewayNotice.Kind.EARLY_WARNING in kinds,
        "a review of the gateway's": GatewayNotice.Kind.REVIEW in kinds,
        "having been rebuilt after a break-in": payment.order.alerts.open().filter(cause__startswith=REBUILT).exists(),
    }
    if open_ones := " and ".join(cause for cause, is_open in causes.items() if is_open):
        raise UnableToReleaseOrder(
            f"This order is stopped by {open_ones}. It was not released, and nothing was charged now. Cancel it; or, if you "
            "are sure of it all the same, lift the stop on the order's page, saying why, and release it then."
        )


def _not_the_whole_amount(payment: Payment) -> str:
    kept = Money(payment.kept, payment.currency)
    return f"The gateway holds {kept} instead of {payment.money} for this order. Not released: cancel it, or mend it there."


def _why_not(order_id: uuid.UUID) -> str:
    order = Order.objects.get(pk=order_id)
    match order.status:
        case OrderStatus.RELEASED | OrderStatus.SHIPPED:
            return "This order is released already. Nothing was done twice."
        case OrderStatus.CANCELLED:
            return "This order is cancelled. It was not released."
        case OrderStatus.ON_HOLD:
            captured = order.payments.filter(status=PaymentStatus.CAPTURED).first()
            if captured and captured.kept != captured.amount:
                return _not_the_whole_amount(captured)
            return "Somebody else is deciding on this order at this moment. Nothing was done; look again in a minute."
        case _:
            return "This order is not paid. Nothing was done."
