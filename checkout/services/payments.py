"""Starting a payment: the intent and its idempotency key are stored first, then the gateway is called, then the redirect."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from checkout.gateways import get_gateway
from checkout.gateways.base import GatewayError, LineToPay, OrderToPay, ReturnUrls
from checkout.models import Order, Payment, PaymentEvent
from checkout.services.moves import move_payment
from checkout.services.orders import HOLD_GRACE, expire_order
from checkout.services.settle import settle
from checkout.states import LIVE_PAYMENTS, OrderStatus, PaymentStatus


class UnableToStartPayment(Exception):  # noqa: N818
    """The shopper was not sent to the gateway and was not charged. `str(error)` says what to do."""


def start_payment(*, order_id: uuid.UUID, gateway_name: str, now: datetime) -> str:
    """Give the address of the hosted page for the order: the one already open, or a new one.

    Uses the network. Raises UnableToStartPayment.
    """
    order = Order.objects.prefetch_related("lines").get(pk=order_id)
    if not order.is_awaiting_payment:
        raise UnableToStartPayment("This order does not await a payment. You were not charged now.")
    page_closes_at = order.expires_at - HOLD_GRACE
    if page_closes_at - now < timedelta(minutes=1):
        raise UnableToStartPayment("The time to pay for this order is over. You were not charged. Please order again.")
    payment = _live_payment(order, gateway_name=gateway_name, now=now)
    if payment.session_url:
        return payment.session_url
    gateway = get_gateway(payment.gateway)
    page_url = settings.SHOP_ORIGIN + reverse("checkout:order", args=[order.token])
    return_url = settings.SHOP_ORIGIN + reverse("checkout:returned", args=[order.token])
    try:
        page = gateway.start(
            OrderToPay(
                payment_id=str(payment.pk),
                number=order.number,
                lines=_lines_to_pay(order),
                total=payment.money,
                email=order.email,
                expires_at=page_closes_at,
            ),
            urls=ReturnUrls(success=return_url, cancel=page_url),
            idempotency_key=payment.start_key,
        )
    except GatewayError as error:
        if error.is_final:
            # This page will never open; the next try begins afresh under a new key.
            move_payment(payment, to=PaymentStatus.EXPIRED, why="The gateway refused to open a page.", now=now)
        raise UnableToStartPayment(
            "The payment page could not be opened just now. You were not charged and your order is kept. Please try again."
        ) from error
    Payment.objects.filter(pk=payment.pk).update(
        session_id=page.session_id, session_url=page.url, session_expires_at=page.expires_at
    )
    return page.url


def withdraw_unpaid_orders(*, cart_id: uuid.UUID, now: datetime) -> Order | None:
    """Close the open hosted pages of this cart's earlier orders, so that nobody pays twice for one cart.

    Gives the order that turned out to be paid already, if there is one; it is settled then. Uses the network.
    """
    for order in Order.objects.filter(cart_id=cart_id, status=OrderStatus.AWAITING_PAYMENT).prefetch_related("lines"):
        if not close_unpaid_order(order=order, why="The customer started again.", now=now):
            return Order.objects.get(pk=order.pk)
    return None


def close_unpaid_order(*, order: Order, why: str, now: datetime) -> bool:
    """Expire the hosted page, then the order; False when it can't be done because the shopper has paid, or nobody knows.

    The page goes first: stock must never be freed while somebody can still pay for it. Uses the network.
    """
    for payment in order.payments.filter(status=PaymentStatus.STARTED):
        if not payment.session_id:
            # The call that opens the page never came back, so nobody was ever shown it.
            move_payment(payment, to=PaymentStatus.EXPIRED, why="The payment page was never shown.", now=now)
            continue
        try:
            get_gateway(payment.gateway).expire(payment.session_id)
        except GatewayError as error:
            if not error.is_final:
                return False
            # Not open any more: paid, or expired by itself. Ask.
        settle(payment_id=payment.pk, now=now)
    order.refresh_from_db(fields=["status"])
    if not order.is_awaiting_payment:
        return order.is_expired
    if order.payments.filter(status__in=LIVE_PAYMENTS).exists():
        return False
    expire_order(order=order, why=why, now=now)
    return True


def _live_payment(order: Order, *, gateway_name: str, now: datetime) -> Payment:
    """The order's one live payment, made now if there is none. The key is committed before anybody is called."""
    if payment := order.payments.filter(status=PaymentStatus.STARTED).first():
        return payment
    payment = Payment(
        order=order,
        gateway=gateway_name,
        status_at=now,
        settled_at=now,
        created_at=now,
        amount=order.total,
        currency=order.currency,
    )
    payment.start_key = f"start:{payment.pk}"
    try:
        with transaction.atomic():
            payment.save(force_insert=True)
            PaymentEvent.objects.create(payment=payment, now=payment.status, why="The customer goes to pay.", at=now)
    except IntegrityError as error:  # two tabs at once
        if other := order.payments.filter(status=PaymentStatus.STARTED).first():
            return other
        raise UnableToStartPayment("This order is being paid already. You were not charged now.") from error
    return payment


def _lines_to_pay(order: Order) -> tuple[LineToPay, ...]:
    lines = [
        LineToPay(
            name=f"{line.name} ({line.options})" if line.options else line.name, unit_amount=line.unit_price, quantity=line.quantity
        )
        for line in order.lines.all()
    ]
    if order.delivery_total:
        lines.append(LineToPay(name=order.delivery_name, unit_amount=order.delivery_total, quantity=1))
    if order.tax_total:
        lines.append(LineToPay(name="Tax", unit_amount=order.tax_total, quantity=1))
    return tuple(lines)
