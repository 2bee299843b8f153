"""Cancel: void what is authorised, refund what is captured, free the goods once, tell the customer."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import datetime

from django.db import transaction

from checkout.gateways.base import GatewayError
from checkout.models import Order, Payment, Shipment
from checkout.services import closing
from checkout.services.alerts import raise_alert
from checkout.services.disputes import look_at_trouble
from checkout.services.moves import UnableToMove, lock_payment
from checkout.services.payments import close_pages
from checkout.services.release import write_decision
from checkout.services.settle import settle
from checkout.states import OrderStatus, PaymentStatus
from store.models import User

ON_HOLD = "This order is on hold. It was not cancelled: claim its call in the call queue and cancel it there."


class UnableToCancelOrder(Exception):
    """The order was not cancelled by this call. `str(error)` says what happened and what comes next."""

    def __init__(self, message: str, *, is_final: bool = True) -> None:
        super().__init__(message)
        self.is_final = is_final  # False: the shop goes on trying by itself


def cancel_order(
    *,
    order_id: uuid.UUID,
    by: User | None,
    reason: Order.CancelReason,
    why: str,
    now: datetime,
    from_hold: bool = False,
) -> Order:
    """Give the money back and move the order to CANCELLED. Uses the network. Raises UnableToCancelOrder.

    An order on hold is somebody's call: only whoever has that call says `from_hold`. For all others it is refused here, and
    not by a look before, as it may be paid at this very moment.
    """
    order = Order.objects.prefetch_related("lines").get(pk=order_id)
    if order.is_awaiting_payment:
        return _cancel_unpaid(order, by=by, reason=reason, why=why, now=now)
    if order.is_on_hold and not from_hold:
        raise UnableToCancelOrder(ON_HOLD)
    payment = (
        Payment.objects.select_related("order")
        .filter(
            order_id=order_id,
            # Claimed with its order in the state in which it is read here: nothing else is cancelled, see `write_decision`.
            order__status__in=[OrderStatus.ON_HOLD, OrderStatus.RELEASED] if from_hold else [OrderStatus.RELEASED],
            status__in=[PaymentStatus.AUTHORIZED, PaymentStatus.CAPTURED, PaymentStatus.CHARGED_BACK],
        )
        .first()
    )
    return _cancel_paid(order_id, payment, by=by, reason=reason, why=why, now=now)


def cancel_undecided(*, payment: Payment, reason: Order.CancelReason, why: str, now: datetime) -> Order:
    """As `cancel_order`, by itself and only if nobody has decided: never an order that was released or captured meanwhile.

    `payment` is as the caller read it, with its order. Uses the network. Raises UnableToCancelOrder.
    """
    is_undecided = payment.is_authorized and payment.order.is_on_hold
    return _cancel_paid(payment.order_id, payment if is_undecided else None, by=None, reason=reason, why=why, now=now)


def _cancel_paid(
    order_id: uuid.UUID,
    payment: Payment | None,
    *,
    by: User | None,
    reason: Order.CancelReason,
    why: str,
    now: datetime,
) -> Order:
    """Claim `payment` in the state in which it was read, then give it back."""
    if payment is None:
        raise UnableToCancelOrder(_why_not(order_id))
    try:
        with transaction.atomic():
            # Its units are spoken for: cancelled now, they would neither go on sale again nor leave the shop.
            if lock_payment(payment).refunding_amount:
                raise UnableToCancelOrder(
                    "A refund for this order is under way. It was not cancelled; look again in a minute.",
                )
            if payment.status == PaymentStatus.CHARGED_BACK:  # the bank has given the money back already
                write_decision(payment.order, by=by, why=why, reason=reason)
                closing.cancel_as_decided(payment.order, now=now)  # what has left of it is gone; the rest is freed
                return payment.order
            if Shipment.objects.filter(order_id=order_id).exists():
                raise UnableToCancelOrder(
                    "A part of this order has left. It was not cancelled: refund what has not, which ends it; the rest can "
                    "be returned then."
                )
            closing.begin_giving_back(payment, by=by, why="Cancellation decided.", now=now)
            write_decision(payment.order, by=by, why=why, reason=reason)
    except UnableToMove as error:
        raise UnableToCancelOrder(_why_not(order_id)) from error
    return finish_cancel(payment, now=now)


def finish_cancel(payment: Payment, *, now: datetime) -> Order:
    """Call the gateway for a payment that is VOIDING or REFUNDING, then verify. Repeating it is harmless."""
    refusal: GatewayError | None = None
    was_voiding = payment.status == PaymentStatus.VOIDING
    try:
        with suppress(UnableToMove):  # somebody else has given it back meanwhile: ask
            closing.call_gateway_to_give_back(payment, now=now)
    except GatewayError as error:
        if not error.is_final:
            raise UnableToCancelOrder(
                "The gateway did not answer. The shop asks again every minute and cancels the order by itself. The order "
                "can't be released any more. You need not do anything.",
                is_final=False,
            ) from error
        refusal = error  # perhaps it was given back by an earlier call: ask
    try:
        payment = settle(payment_id=payment.pk, now=now)
    except GatewayError as error:
        raise UnableToCancelOrder(
            "The gateway did not confirm it just now. The shop asks again every minute and cancels the order by itself.",
            is_final=False,
        ) from error
    if payment.status in (PaymentStatus.VOIDED, PaymentStatus.REFUNDED):
        return Order.objects.get(pk=payment.order_id)
    if was_voiding and payment.status == PaymentStatus.REFUNDING:
        return finish_cancel(payment, now=now)  # captured at the gateway meanwhile: the void has become a refund
    if payment.status == PaymentStatus.REFUNDING and _is_charged_back(payment, ask=refusal is not None, now=now):
        return Order.objects.get(pk=payment.order_id)
    if refusal:
        raise_alert(
            payment, cause="give-back-refused", message=f"{refusal} The money could not be given back. Do it there.", now=now
        )
        raise UnableToCancelOrder(
            f"{refusal} The money was not given back, so the order is not cancelled yet. Give it back at the gateway; the "
            "shop looks every minute and cancels the order then.",
            is_final=False,
        ) from refusal
    raise UnableToCancelOrder(
        "The gateway has not given the money back yet. The shop asks again every minute and cancels the order by itself.",
        is_final=False,
    )


def _is_charged_back(payment: Payment, *, ask: bool, now: datetime) -> bool:
    """Whether a dispute has taken what was to be given back; then the order is cancelled as decided."""
    try:
        if ask:
            look_at_trouble(payment_id=payment.pk, now=now)
        return closing.close_charged_back(payment, now=now)
    except (GatewayError, UnableToMove):
        return False


def _cancel_unpaid(order: Order, *, by: User | None, reason: Order.CancelReason, why: str, now: datetime) -> Order:
    """Close the hosted page first: nobody may pay for a cancelled order."""
    if not close_pages(order=order, now=now):
        raise UnableToCancelOrder(
            "The customer is paying at this moment, or the gateway did not answer. Nothing was done; look again in a minute."
        )
    try:
        with transaction.atomic():
            write_decision(order, by=by, why=why, reason=reason)
            closing.cancel_as_decided(order, now=now)
    except UnableToMove as error:
        raise UnableToCancelOrder(_why_not(order.pk)) from error
    return order


def _why_not(order_id: uuid.UUID) -> str:
    match Order.objects.get(pk=order_id).status:
        case OrderStatus.CANCELLED | OrderStatus.EXPIRED:
            return "This order is cancelled already. Nothing was done twice."
        case OrderStatus.SHIPPED:
            return "This order has been shipped. It was not cancelled; make a refund instead."
        case _:
            return "Somebody else is deciding on this order at this moment. Nothing was done; look again in a minute."
