"""settle(): the one way in which the shop learns what became of a payment.

Webhook, return page and sweep all end here. The gateway is asked first, outside any transaction; what it says is compared
with what we asked for; then the state moves once. Called twice, or by three callers at once, it does its work once.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from catalog.stock import SoldOut, StockAlreadyMoved, hold_stock
from checkout.gateways import get_gateway
from checkout.gateways.base import GatewayPayment, GatewayState
from checkout.models import Mail, Order, Payment
from checkout.services.carts import take_out_bought
from checkout.services.closing import (
    finish_capture,
    finish_refund,
    finish_void,
    give_back_late_payment,
    raise_alert,
    void_lapsed,
)
from checkout.services.mails import queue_mail
from checkout.services.moves import UnableToMove, move_order, move_payment
from checkout.services.orders import quantities_of
from checkout.signals import announce, payment_authorized
from checkout.states import OrderStatus, PaymentStatus


def settle(*, payment_id: uuid.UUID, now: datetime) -> Payment:
    """Ask the gateway about the payment and bring payment and order up to date; give the payment as it is then.

    Uses the network: never call it inside a transaction. Raises GatewayError when the gateway can't be asked.
    """
    payment = Payment.objects.select_related("order").get(pk=payment_id)
    if not payment.session_id and not payment.reference:
        return payment  # the call that opens the page has not come back; the next start uses the same key
    found = get_gateway(payment.gateway).fetch(session_id=payment.session_id, reference=payment.reference)
    if wrong := differences(payment, found):
        _set_aside(payment, wrong, now=now)
        return payment
    try:
        _follow(payment, found, now=now)
    except UnableToMove:
        payment.refresh_from_db()  # another caller was quicker and has done it
    Payment.objects.filter(pk=payment.pk).update(settled_at=now)
    return payment


def differences(payment: Payment, found: GatewayPayment) -> list[str]:
    """Name all in which the gateway's object is not what we asked for. Signed is not yet right."""
    wrong = []
    if found.payment_id != str(payment.pk):
        wrong.append("it belongs to another payment")
    if found.amount.minor != payment.amount:
        wrong.append(f"the amount is {found.amount.minor} instead of {payment.amount}")
    if found.amount.currency != payment.currency:
        wrong.append(f"the currency is {found.amount.currency} instead of {payment.currency}")
    if found.is_live != get_gateway(payment.gateway).is_live:
        wrong.append("test and live are mixed up")
    if payment.reference and found.reference and found.reference != payment.reference:
        wrong.append("it names another payment at the gateway")
    return wrong


def _follow(payment: Payment, found: GatewayPayment, *, now: datetime) -> None:
    """Move `payment` to where the gateway says it is."""
    match found.state, payment.status:
        case GatewayState.OPEN, _:
            pass
        case GatewayState.EXPIRED, PaymentStatus.STARTED:
            move_payment(payment, to=PaymentStatus.EXPIRED, why="The payment page was closed unpaid.", now=now)
        case (GatewayState.AUTHORIZED | GatewayState.CAPTURED), (PaymentStatus.STARTED | PaymentStatus.EXPIRED):
            _accept(payment, found, now=now)
        case GatewayState.CAPTURED, PaymentStatus.AUTHORIZED:
            # By hand, at the gateway. The order stays on hold: whether it ships is decided here.
            why = "Captured at the gateway, not by the shop."
            move_payment(payment, to=PaymentStatus.CAPTURED, why=why, now=now, captured_amount=found.captured)
        case GatewayState.CAPTURED, PaymentStatus.CAPTURING:
            finish_capture(payment, captured=found.captured, now=now)
        case GatewayState.VOIDED, PaymentStatus.VOIDING:
            finish_void(payment, now=now)
        case GatewayState.VOIDED, (PaymentStatus.AUTHORIZED | PaymentStatus.CAPTURING):
            void_lapsed(payment, now=now)
        case GatewayState.REFUNDED, (PaymentStatus.REFUNDING | PaymentStatus.CAPTURED):
            finish_refund(payment, refunded=found.refunded, now=now)
        case _:
            pass


def _accept(payment: Payment, found: GatewayPayment, *, now: datetime) -> None:
    """The card is authorised: put the order on hold, or, if it is too late for that, give the money back."""
    order = payment.order
    is_captured = found.state == GatewayState.CAPTURED
    with transaction.atomic():
        move_payment(
            payment,
            to=PaymentStatus.CAPTURED if is_captured else PaymentStatus.AUTHORIZED,
            why="Authorised on the gateway's page.",
            now=now,
            captured_amount=found.captured,
            reference=found.reference,
            authorized_at=now,
            capture_before=found.capture_before,
            cvc_check=found.checks.cvc,
            postcode_check=found.checks.postcode,
            line1_check=found.checks.line1,
            risk_level=found.checks.risk_level,
            risk_score=found.checks.risk_score,
            is_liability_shifted=found.checks.is_liability_shifted,
            declines=found.checks.declines,
            card_brand=found.checks.brand,
            card_last4=found.checks.last4,
            card_country=found.checks.country,
            card_fingerprint=found.checks.fingerprint,
        )
        _keep_payer(payment, found)
        order.refresh_from_db(fields=["status"])
        is_in_time = _put_on_hold(order, now=now)
        if is_in_time:
            queue_mail(order_id=order.pk, kind=Mail.Kind.RECEIVED, now=now)
            if order.cart_id:
                take_out_bought(cart_id=order.cart_id, bought=quantities_of(order))
            announce(payment_authorized, order_id=order.pk, now=now)
    if not is_in_time:
        give_back_late_payment(payment, now=now)


def _put_on_hold(order: Order, *, now: datetime) -> bool:
    """Move the order to ON_HOLD; when its time was over, hold its goods again. False when that can't be."""
    if order.status == OrderStatus.EXPIRED:
        try:
            hold_stock(quantities=quantities_of(order), cause=f"order:{order.pk}:hold-again", now=now)
        except (SoldOut, StockAlreadyMoved):
            return False
    elif order.status != OrderStatus.AWAITING_PAYMENT:
        return False
    move_order(order, to=OrderStatus.ON_HOLD, by=None, why="The card is authorised.", now=now)
    return True


def _keep_payer(payment: Payment, found: GatewayPayment) -> None:
    payer = found.payer
    payment.payer_name, payment.payer_email, payment.payer_phone = payer.name, payer.email, payer.phone
    payment.payer_line1, payment.payer_city, payment.payer_postcode = payer.line1, payer.city, payer.postcode
    payment.payer_country = payer.country or ""
    payment.save(
        update_fields=[
            "payer_name", "payer_email", "payer_phone", "payer_line1", "payer_city", "payer_postcode", "payer_country"
        ]
    )


def _set_aside(payment: Payment, wrong: list[str], *, now: datetime) -> None:
    """What came back is not what we asked for: no state but MISMATCHED, and a person is told."""
    raise_alert(
        payment,
        cause="mismatch",
        message=f"the gateway's payment does not match ours: {'; '.join(wrong)}. Nothing was released. Compare both at the "
        "gateway, then void it there.",
        now=now,
    )
    if payment.status in (PaymentStatus.STARTED, PaymentStatus.EXPIRED):
        try:
            move_payment(payment, to=PaymentStatus.MISMATCHED, why="The gateway's payment does not match ours.", now=now)
        except UnableToMove:
            payment.refresh_from_db()
