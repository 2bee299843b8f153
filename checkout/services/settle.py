"""settle(): the one way in which the shop learns what became of a payment.

Webhook, return page and sweep all end here. The gateway is asked first, outside any transaction; what it says is compared
with what we asked for; then the state moves once. Called twice, or by three callers at once, it does its work once.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from catalog.stock import SoldOut, StockAlreadyMoved, hold_stock
from checkout.gateways import get_gateway
from checkout.gateways.base import GatewayError, GatewayPayment, GatewayState
from checkout.models import Mail, Order, Payment
from checkout.services import closing
from checkout.services.admission import give_back
from checkout.services.alerts import raise_alert, resolve_alerts
from checkout.services.authorising import authorise, take_up_renewal
from checkout.services.carts import take_out_bought
from checkout.services.coupons import count_coupon_again, give_coupon_back
from checkout.services.declines import note_declines
from checkout.services.mails import queue_mail
from checkout.services.moves import UnableToMove, lock_payment, move_order, move_payment
from checkout.services.orders import quantities_of
from checkout.services.refund_books import known_refunds
from checkout.signals import announce, payment_authorized
from checkout.states import LIVE_PAYMENTS, OrderStatus, PaymentStatus
from store.card_numbers import mask_card_numbers
from store.erasure import was_erased

# For an authorisation of which the gateway does not say when it lapses: the shortest there is (Stripe, some of Visa's).
SHORTEST_AUTHORISATION = timedelta(days=4, hours=18)


def settle(*, payment_id: uuid.UUID, now: datetime) -> Payment:
    """Ask the gateway about the payment and bring payment and order up to date; give the payment as it is then.

    Uses the network: never call it inside a transaction. Raises GatewayError when the gateway can't be asked.
    """
    for is_last in (False, True):
        payment = Payment.objects.select_related("order").get(pk=payment_id)
        if not payment.session_id and not payment.reference:
            return payment  # the call that opens the page has not come back; the next start uses the same key
        known = known_refunds(payment_id)
        try:
            found = _look(payment)
            if found is None:
                if payment.is_started:
                    closing.note_forgotten_page(payment, now=now)
                break
            if found.state == GatewayState.APPROVED and payment.is_started and not differences(payment, found):
                authorise(payment, now=now)
                found = _look(payment) or found
            found = take_up_renewal(payment, found, now=now)
            wrong = differences(payment, found)
            if payment.status == PaymentStatus.MISMATCHED:
                _follow_mismatched(payment, found, known=known, now=now)
            elif wrong:
                _set_aside(payment, wrong, now=now)
            else:
                cards = found.checks.declined_cards
                note_declines(payment, declines=found.checks.declines, cards=cards, now=now)
                _follow(payment, found, known=known, now=now)
            break
        except UnableToMove:
            # Another caller was quicker, most likely with the same news; look again whether anything is left to do.
            if is_last:
                payment.refresh_from_db()
    Payment.objects.filter(pk=payment.pk).update(settled_at=now)
    return payment


def _look(payment: Payment) -> GatewayPayment | None:
    """Ask the gateway; None when nobody ever paid on the page and the gateway has thrown it away. Raises GatewayError."""
    try:
        return get_gateway(payment.gateway).fetch(session_id=payment.session_id, reference=payment.reference)
    except GatewayError as error:
        if error.is_forgotten and payment.status in (PaymentStatus.STARTED, PaymentStatus.EXPIRED):
            return None
        raise


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
    if not found.is_ours:
        wrong.append("it pays into another account")
    if payment.reference and found.reference and found.reference != payment.reference:
        wrong.append("it names another payment at the gateway")
    return wrong


def _follow(payment: Payment, found: GatewayPayment, *, known: Mapping[uuid.UUID, str], now: datetime) -> None:
    """Move `payment` to where the gateway says it is. `found` is younger: it was fetched after `payment` was read."""
    is_unheard = payment.status in (PaymentStatus.STARTED, PaymentStatus.EXPIRED)
    if is_unheard and found.state in (GatewayState.AUTHORIZED, GatewayState.CAPTURED):
        _accept(payment, found, known=known, now=now)
        return
    with transaction.atomic():
        _step(payment, found, now=now)
        if payment.captured_amount:
            closing.book_refunds(payment, found.refunds, known=known, now=now)


def _step(payment: Payment, found: GatewayPayment, *, now: datetime) -> None:
    match found.state, payment.status:
        case GatewayState.EXPIRED, PaymentStatus.STARTED:
            move_payment(payment, to=PaymentStatus.EXPIRED, why="The payment page was closed unpaid.", now=now)
        case GatewayState.CAPTURED, PaymentStatus.AUTHORIZED:
            closing.note_outside_capture(payment, captured=found.captured, now=now)
        case GatewayState.CAPTURED, PaymentStatus.CAPTURING:
            closing.finish_capture(payment, captured=found.captured, now=now)
        case GatewayState.CAPTURED, PaymentStatus.VOIDING:
            closing.refund_instead(payment, captured=found.captured, now=now)
        case GatewayState.REFUNDED, (
            PaymentStatus.STARTED
            | PaymentStatus.EXPIRED
            | PaymentStatus.AUTHORIZED
            | PaymentStatus.CAPTURING
            | PaymentStatus.VOIDING
        ):
            closing.note_gone(payment, captured=found.captured, reference=found.reference, now=now)
        case GatewayState.VOIDED, PaymentStatus.STARTED:
            closing.note_unheard_void(payment, now=now)
        case GatewayState.VOIDED, PaymentStatus.VOIDING:
            closing.finish_void(payment, now=now)
        case GatewayState.VOIDED, (PaymentStatus.AUTHORIZED | PaymentStatus.CAPTURING):
            closing.void_lapsed(payment, now=now)
        case _:
            pass  # no news


def _accept(payment: Payment, found: GatewayPayment, *, known: Mapping[uuid.UUID, str], now: datetime) -> None:
    """The card is authorised: put the order on hold, or, if it is too late for that, give the money back."""
    is_captured = found.state == GatewayState.CAPTURED
    values: dict[str, Any] = {
        "captured_amount": min(found.captured, payment.amount),
        "reference": found.reference,
        "authorized_at": now,
        "capture_before": found.capture_before or now + SHORTEST_AUTHORISATION,
        "lapses_at": found.lapses_at,
        "cvc_check": found.checks.cvc,
        "postcode_check": found.checks.postcode,
        "line1_check": found.checks.line1,
        "risk_level": found.checks.risk_level,
        "risk_score": found.checks.risk_score,
        "is_liability_shifted": found.checks.is_liability_shifted,
        # Those of earlier pages count, too: a thief tries one after the other.
        "declines": found.checks.declines + sum(other.declines for other in payment.order.payments.exclude(pk=payment.pk)),
        "card_brand": found.checks.brand[:20],
        "card_last4": found.checks.last4[-4:],
        "card_country": found.checks.country[:2],
        "card_fingerprint": found.checks.fingerprint[:64],
        "payer_status": found.checks.payer_status,
        "seller_protection": found.checks.seller_protection,
    }
    with transaction.atomic():
        lock_payment(payment)
        order = Order.objects.select_for_update().get(pk=payment.order_id)
        if is_wanted := _is_wanted(payment, order, now=now):
            to = PaymentStatus.CAPTURED if is_captured else PaymentStatus.AUTHORIZED
            move_payment(payment, to=to, why="Authorised on the gateway's page.", now=now, **values)
            move_order(order, to=OrderStatus.ON_HOLD, by=None, why="The card is authorised.", now=now)
            queue_mail(order_id=order.pk, kind=Mail.Kind.RECEIVED, now=now)
            if order.cart_id:
                take_out_bought(cart_id=order.cart_id, bought=quantities_of(order), coupon_code=order.coupon_code)
            announce(payment_authorized, order_id=order.pk, now=now)
        else:
            closing.refuse_payment(payment, is_captured=is_captured, now=now, **values)
        _keep_payer(payment, found)
        if payment.captured_amount:
            closing.book_refunds(payment, found.refunds, known=known, now=now)
    if is_wanted:
        give_back(order=order, now=now)
    else:
        with suppress(GatewayError, UnableToMove):  # VOIDING or REFUNDING stays, and the sweep tries again
            closing.call_gateway_to_give_back(payment, now=now)


def _is_wanted(payment: Payment, order: Order, *, now: datetime) -> bool:
    """Whether the order can have this payment; when its time was over, its goods are held again. Inside the transaction."""
    if order.payments.filter(status__in=LIVE_PAYMENTS).exclude(pk=payment.pk).exists():
        return False  # the second one
    if was_erased(order):
        return False  # nobody is left to ring or to send it to
    if order.status == OrderStatus.EXPIRED:
        count_coupon_again(order)  # before the stock, as everywhere
        try:
            hold_stock(quantities=quantities_of(order), cause=f"order:{order.pk}:hold-again", now=now)
        except (SoldOut, StockAlreadyMoved):
            give_coupon_back(order, now=now)
            return False
        return True
    return order.status == OrderStatus.AWAITING_PAYMENT


def _keep_payer(payment: Payment, found: GatewayPayment) -> None:
    """Keep what was typed there. It isn't ours to refuse, and some type the card's number into the wrong box, too."""
    payer = found.payer
    payment.payer_phone, payment.payer_country = payer.phone, (payer.country or "")[:2]
    names = ("name", "email", "line1", "city", "postcode")
    for name in names:
        typed: str | None = getattr(payer, name)
        setattr(payment, f"payer_{name}", mask_card_numbers(typed) if typed else typed)
    payment.save(update_fields=["payer_phone", "payer_country", *(f"payer_{name}" for name in names)])


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
        move_payment(payment, to=PaymentStatus.MISMATCHED, why="The gateway's payment does not match ours.", now=now)


def _follow_mismatched(payment: Payment, found: GatewayPayment, *, known: Mapping[uuid.UUID, str], now: datetime) -> None:
    """A person ends at the gateway what did not match: follow that. Nothing of it ever pays for the order."""
    match found.state:
        case GatewayState.VOIDED | GatewayState.EXPIRED:
            move_payment(payment, to=PaymentStatus.VOIDED, why="Did not match; ended at the gateway.", now=now)
            resolve_alerts("mismatch", about=payment.pk, now=now)
        case GatewayState.CAPTURED:
            raise_alert(
                payment,
                cause="mismatch-captured",
                message=f"{found.amount} that does not match the order was captured at the gateway. It is not in the books "
                "and pays for nothing here: nothing was released. Refund it there; the shop will notice.",
                now=now,
            )
        case GatewayState.REFUNDED:
            is_of_ours = found.payment_id == str(payment.pk) and found.amount.currency == payment.currency
            # What the ledger can't hold (another currency, more than was asked for) is not booked: all of it is gone again.
            is_booked = is_of_ours and 0 < found.captured <= payment.amount
            with transaction.atomic():
                move_payment(
                    payment,
                    to=PaymentStatus.REFUNDING if is_booked else PaymentStatus.REFUNDED,
                    why="Did not match; captured and refunded at the gateway.",
                    now=now,
                    captured_amount=found.captured if is_booked else 0,
                )
                if is_booked:
                    closing.book_refunds(payment, found.refunds, known=known, now=now)
                resolve_alerts("mismatch", "mismatch-captured", about=payment.pk, now=now)
        case _:
            pass
