"""Starting a payment: the intent and its idempotency key are stored first, then the gateway is called, then the redirect."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkout.gateways import get_gateway
from checkout.gateways.base import GatewayError, LineToPay, OrderToPay, PostalAddress, ReturnUrls
from checkout.limits import HOLD, HOLD_GRACE, LONGEST_HOLD, MAX_PAGES, TIME_TO_PAY
from checkout.models import Order, OrderLine, Payment, PaymentEvent
from checkout.services.closing import fresh_key
from checkout.services.lockouts import note_lockout
from checkout.services.moves import UnableToMove, lock_payment, move_payment
from checkout.services.orders import expire_order
from checkout.services.settle import settle
from checkout.states import LIVE_PAYMENTS, OrderStatus, PaymentStatus
from checkout.sums import say_tax
from store.language import speaking

# Stripe opens no page for less than 30 minutes.
SHORTEST_PAGE = timedelta(minutes=30)

NOT_OPENED = gettext_lazy(
    "The payment page could not be opened just now. You were not charged and your order is kept. Please try again."
)


class UnableToStartPayment(Exception):
    """The shopper was not sent to the gateway and was not charged. `str(error)` says what to do."""


def start_payment(*, order_id: uuid.UUID, gateway_name: str, now: datetime, hold: timedelta = HOLD) -> str:
    """Give the address of the hosted page for the order: the one already open, or a new one, for `hold` at the least.

    Uses the network. Raises UnableToStartPayment.
    """
    order = Order.objects.prefetch_related("lines", "addresses").get(pk=order_id)
    _leave_other_gateways(order, gateway_name=gateway_name, now=now)
    payment = _live_payment(order, gateway_name=gateway_name, now=now, hold=hold)
    if payment.session_url:
        return payment.session_url
    try:
        return _open_page(order, payment)
    except GatewayError as error:
        if not error.is_final:
            note_lockout(error, gateway=gateway_name, now=now)
            raise UnableToStartPayment(NOT_OPENED) from error
        _give_up(payment, now=now)
        if payment.created_at == now:
            raise UnableToStartPayment(NOT_OPENED) from error
    # An earlier try that never came back is not worth repeating any more, as its page would close too soon: begin afresh.
    payment = _live_payment(order, gateway_name=gateway_name, now=now, hold=hold)
    try:
        return payment.session_url or _open_page(order, payment)
    except GatewayError as error:
        if error.is_final:
            _give_up(payment, now=now)
        raise UnableToStartPayment(NOT_OPENED) from error


def _leave_other_gateways(order: Order, *, gateway_name: str, now: datetime) -> None:
    """The shopper has chosen another way to pay: close the page of the former one first. Raises UnableToStartPayment."""
    if not order.payments.filter(status=PaymentStatus.STARTED).exclude(gateway=gateway_name).exists():
        return
    if close_pages(order=order, now=now):
        return
    if order.is_awaiting_payment:
        raise UnableToStartPayment(
            _(
                "The payment page you opened before could not be closed just now. You were not charged and your "
                "order is kept. Please try again, or pay on the page you opened before."
            )
        )
    raise UnableToStartPayment(_("Your earlier payment for this order went through. Nothing more is to be paid."))


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

    Uses the network.
    """
    if not close_pages(order=order, now=now):
        return order.is_expired
    try:
        expire_order(order=order, why=why, now=now)
    except UnableToMove:  # paid, cancelled or expired by somebody else at this moment
        order.refresh_from_db(fields=["status"])
    return order.is_expired


def close_declined_order(*, order_id: uuid.UUID, now: datetime) -> bool:
    """Close an order whose cards were declined too often, unless it is paid or over by now. Uses the network."""
    order = Order.objects.prefetch_related("lines").get(pk=order_id)
    return order.is_awaiting_payment and close_unpaid_order(order=order, why="Too many cards were declined.", now=now)


def close_pages(*, order: Order, now: datetime) -> bool:
    """Expire the hosted pages of an order; True when it still awaits its payment and nobody can pay for it any more.

    The page goes before the order does: stock must never be freed while somebody can still pay for it. Uses the network.
    """
    for payment in order.payments.filter(status=PaymentStatus.STARTED):
        if not payment.session_id and _close_unseen(payment, now=now):
            continue
        payment.refresh_from_db(fields=["session_id"])
        try:
            is_closed = bool(payment.session_id)
            if payment.session_id:
                get_gateway(payment.gateway).expire(payment.session_id)
        except GatewayError as error:
            if not error.is_final:
                return False
            is_closed = False  # not open any more: paid, or expired by itself. Ask.
        try:
            settled = settle(payment_id=payment.pk, now=now)
        except GatewayError:
            return False
        if is_closed and settled.is_started:
            _forsake(settled, now=now)
    order.refresh_from_db(fields=["status"])
    return order.is_awaiting_payment and not order.payments.filter(status__in=LIVE_PAYMENTS).exists()


def _close_unseen(payment: Payment, *, now: datetime) -> bool:
    """Give up a page that nobody was shown, as the call that opens it never came back; False when it just did."""
    try:
        with transaction.atomic():
            if lock_payment(payment).session_id:
                return False
            move_payment(payment, to=PaymentStatus.EXPIRED, why="The payment page was never shown.", now=now)
    except UnableToMove:
        return False
    return True


def _forsake(payment: Payment, *, now: datetime) -> None:
    """The gateway closes no pages: whoever agrees to pay on this one from now on is never charged, see `authorising`."""
    with suppress(UnableToMove):  # the payer was quicker, and somebody has authorised it
        move_payment(payment, to=PaymentStatus.EXPIRED, why="The payment page was given up.", now=now)


def _live_payment(order: Order, *, gateway_name: str, now: datetime, hold: timedelta) -> Payment:
    """The order's one live payment, made now if there is none. The key is committed before anybody is called."""
    if not order.is_awaiting_payment:
        raise UnableToStartPayment(_("This order does not await a payment. You were not charged now."))
    if order.expires_at - HOLD_GRACE - now < timedelta(minutes=1):
        raise UnableToStartPayment(_("The time to pay for this order is over. You were not charged. Please order again."))
    if payment := order.payments.filter(status=PaymentStatus.STARTED).first():
        return payment
    if order.payments.count() >= MAX_PAGES:
        raise UnableToStartPayment(
            _("The payment page of this order was opened too often. You were not charged. Please order again.")
        )
    payment = Payment(
        order=order,
        gateway=gateway_name,
        status_at=now,
        settled_at=now,
        created_at=now,
        amount=order.total,
        currency=order.currency,
        session_expires_at=_make_time(order, now=now, hold=hold),
    )
    payment.start_key = f"start:{payment.pk}"
    try:
        with transaction.atomic():
            payment.save(force_insert=True)
            PaymentEvent.objects.create(payment=payment, now=payment.status, why="The customer goes to pay.", at=now)
    except IntegrityError as error:  # two tabs at once
        if other := order.payments.filter(status=PaymentStatus.STARTED).first():
            return other
        raise UnableToStartPayment(_("This order is being paid already. You were not charged now.")) from error
    return payment


def _make_time(order: Order, *, now: datetime, hold: timedelta) -> datetime:
    """When the page will close. Gateways open none for less than SHORTEST_PAGE, so a late try holds the goods for longer.

    With a shorter `hold` the sweep closes the page before it would close by itself.
    """
    closes_at = order.expires_at - HOLD_GRACE
    if closes_at - now >= SHORTEST_PAGE:
        return closes_at
    closes_at = now + TIME_TO_PAY
    expires_at = max(order.expires_at, now + hold)
    waiting = Order.objects.filter(pk=order.pk, status=OrderStatus.AWAITING_PAYMENT)
    if expires_at > order.placed_at + LONGEST_HOLD or not waiting.update(expires_at=expires_at):
        raise UnableToStartPayment(_("The time to pay for this order is over. You were not charged. Please order again."))
    order.expires_at = expires_at
    return closes_at


def _open_page(order: Order, payment: Payment) -> str:
    """Call the gateway. All it is told comes from the stored rows, so that a repeated call says the same."""
    gateway = get_gateway(payment.gateway)
    with speaking(order.language):  # whoever opens it, staff or a sweep: it leads back to the order's own language
        page_url = settings.SHOP_ORIGIN + reverse("checkout:order", args=[order.token])
        return_url = settings.SHOP_ORIGIN + reverse("checkout:returned", args=[order.token])
        lines = lines_to_pay(order, order.lines.all())
    try:
        page = gateway.start(
            OrderToPay(
                payment_id=str(payment.pk),
                number=order.number,
                lines=lines,
                total=payment.money,
                email=order.email,
                expires_at=payment.session_expires_at or order.expires_at - HOLD_GRACE,
                ship_to=_where_to(order),
                language=order.language,
            ),
            urls=ReturnUrls(success=return_url, cancel=page_url),
            idempotency_key=payment.start_key,
        )
    except GatewayError as error:
        if error.is_key_spent:  # should it have opened a page all the same, nobody will ever be shown it
            Payment.objects.filter(pk=payment.pk, session_id=None).update(start_key=fresh_key("start", payment))
        raise
    is_kept = Payment.objects.filter(pk=payment.pk, status=PaymentStatus.STARTED).update(
        session_id=page.session_id, session_url=page.url, session_expires_at=page.expires_at
    )
    if not is_kept or not Order.objects.filter(pk=order.pk, status=OrderStatus.AWAITING_PAYMENT).exists():
        # Given up by somebody else while the gateway was opening the page: nobody must pay on it.
        with suppress(GatewayError):
            gateway.expire(page.session_id)
        raise UnableToStartPayment(
            _("This order does not await a payment any more. You were not charged. Please look at it again.")
        )
    return page.url


def _give_up(payment: Payment, *, now: datetime) -> None:
    """The gateway refused to open this page and always will; the next try is a new payment."""
    with suppress(UnableToMove):  # another tab was quicker
        move_payment(payment, to=PaymentStatus.EXPIRED, why="The gateway refused to open a page.", now=now)


def _where_to(order: Order) -> PostalAddress:
    to = order.ship_to
    return PostalAddress(
        name=to.name,
        line1=to.line1,
        line2=to.line2,
        city=to.city,
        region=to.region,
        postcode=to.postcode,
        country=to.country,
    )


def lines_to_pay(order: Order, lines: Iterable[OrderLine]) -> tuple[LineToPay, ...]:
    """What the gateway lists: amounts above zero that add up to the order's total exactly.

    Gateways know no discount on a line that every one of them takes, so what has one is listed as a whole.
    """
    found = []
    for line in lines:
        name = f"{line.name} ({line.options})" if line.options else line.name
        if not line.discount:
            found.append(LineToPay(name=name, unit_amount=line.unit_price, quantity=line.quantity))
        elif line.paid:
            shown = f"{line.quantity} x {name}" if line.quantity > 1 else name
            found.append(LineToPay(name=shown, unit_amount=line.paid, quantity=1))
    if order.delivery_total:
        found.append(LineToPay(name=order.shown_delivery, unit_amount=order.delivery_total, quantity=1))
    if order.tax_total and not order.prices_include_tax:
        found.append(LineToPay(name=say_tax(order.tax_name or "Tax"), unit_amount=order.tax_total, quantity=1))
    return tuple(found)
