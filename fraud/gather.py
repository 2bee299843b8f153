"""Gather the facts of one order: six queries, however many lines or earlier orders there are."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value

from catalog.selectors import share_cheaper
from checkout.models import DeliveryMethod, Order, OrderAddress, OrderLine, Payment
from checkout.states import OrderStatus, PaymentStatus
from fraud.facts import EarlierOrder, LineFacts, OrderFacts, PaymentFacts, PlaceFacts, ShopFacts
from store.money import Money

PAID = (OrderStatus.RELEASED, OrderStatus.SHIPPED)
# So many of the newest paid orders say what is usual here; more would only make it slower.
SHOP_SAMPLE = 500
# A forwarder's address may be shared by thousands; the newest say enough.
MOST_EARLIER = 200
# Dearer than anything: asked along, it tells an empty catalogue from a cheap one.
_BEYOND = 2**53
_UNDER_WAY = (PaymentStatus.STARTED, PaymentStatus.EXPIRED)


def gather_facts(order_id: uuid.UUID, *, now: datetime) -> OrderFacts:
    """Read everything the rules may ask about. Raises Order.DoesNotExist; `now` bounds what counts as earlier."""
    express = DeliveryMethod.objects.filter(code=OuterRef("order__delivery_code")).values("is_express")[:1]
    addresses = list(
        OrderAddress.objects.filter(order_id=order_id).select_related("order").annotate(is_express=Subquery(express))
    )
    order = addresses[0].order if addresses else Order.objects.get(pk=order_id)
    by_kind = {address.kind: address for address in addresses}
    bill_to, ship_to = by_kind.get(OrderAddress.Kind.BILL_TO), by_kind.get(OrderAddress.Kind.SHIP_TO)
    return OrderFacts(
        order_id=order.pk,
        number=order.number,
        placed_at=order.placed_at,
        total=order.money,
        is_gift=order.is_gift,
        is_guest=order.customer_id is None,
        is_express=addresses[0].is_express if addresses else None,
        phone=order.phone or "",
        bill_to=place_facts(bill_to),
        ship_to=place_facts(ship_to),
        lines=_lines(order),
        payment=_payment(order),
        shop=shop_facts(currency=order.currency),
        earlier=earlier_orders(order=order, ship_to=ship_to, now=now),
    )


def shop_facts(*, currency: str) -> ShopFacts:
    """What this shop's newest paid orders in `currency` come to. Median and percentile do not mind a few giants."""
    totals = sorted(
        Order.objects.filter(status__in=PAID, currency=currency)
        .order_by("-placed_at", "-id")
        .values_list("total", flat=True)[:SHOP_SAMPLE]
    )
    if not totals:
        return ShopFacts(orders=0, median=0, p95=0)
    count = len(totals)
    return ShopFacts(orders=count, median=totals[(count - 1) // 2], p95=totals[-(-95 * count // 100) - 1])


def earlier_orders(*, order: Order, ship_to: OrderAddress | None, now: datetime) -> tuple[EarlierOrder, ...]:
    """Orders placed before that share e-mail, phone or delivery address, newest first; one query, each part by its index."""
    others = Order.objects.filter(placed_at__lte=min(order.placed_at, now)).exclude(pk=order.pk)
    parts = []
    if order.email_index:
        parts.append(_shared(others.filter(email_index=order.email_index), "email"))
    if order.phone_index:
        parts.append(_shared(others.filter(phone_index=order.phone_index), "phone"))
    if ship_to and ship_to.address_index:
        same = others.filter(addresses__kind=OrderAddress.Kind.SHIP_TO, addresses__address_index=ship_to.address_index)
        parts.append(_shared(same, "address"))
    if not parts:
        return ()
    rows = parts[0].union(*parts[1:], all=True).order_by("-placed_at", "number")[:MOST_EARLIER]
    found: dict[str, EarlierOrder] = {}
    for number, placed_at, status, cancel_reason, total, currency, what in rows:
        same_so_far = found[number].same if number in found else frozenset()
        found[number] = EarlierOrder(number, placed_at, status, cancel_reason, Money(total, currency), same_so_far | {what})
    return tuple(found.values())


def _shared(orders: QuerySet[Order], what: str) -> QuerySet[Order, tuple[str, datetime, str, str, int, str, str]]:
    return orders.annotate(what=Value(what, output_field=CharField())).values_list(
        "number", "placed_at", "status", "cancel_reason", "total", "currency", "what"
    )


def place_facts(address: OrderAddress | None) -> PlaceFacts | None:
    """An address as values."""
    if address is None:
        return None
    return PlaceFacts(
        name=address.name or "",
        line1=address.line1 or "",
        line2=address.line2 or "",
        city=address.city or "",
        postcode=address.postcode or "",
        region=address.region,
        country=address.country,
    )


def _lines(order: Order) -> tuple[LineFacts, ...]:
    lines = list(OrderLine.objects.filter(order_id=order.pk).order_by("pk"))
    prices = {line.unit_price for line in lines}
    # What is not dearer than a price is what is cheaper than one cent more.
    cheaper = share_cheaper(prices=[*prices, *(price + 1 for price in prices), _BEYOND])
    has_catalogue = cheaper[_BEYOND] > 0
    return tuple(
        LineFacts(
            sku=line.sku,
            name=line.name,
            quantity=line.quantity,
            unit_price=Money(line.unit_price, order.currency),
            share_cheaper=cheaper[line.unit_price] if has_catalogue else None,
            share_dearer=1 - cheaper[line.unit_price + 1] if has_catalogue else None,
        )
        for line in lines
    )


def _payment(order: Order) -> PaymentFacts | None:
    payments = list(Payment.objects.filter(order_id=order.pk).order_by("-created_at"))
    payment = next((payment for payment in payments if payment.status not in _UNDER_WAY), None)
    if payment is None:
        return None
    return PaymentFacts(
        cvc_check=payment.cvc_check,
        postcode_check=payment.postcode_check,
        line1_check=payment.line1_check,
        risk_level=payment.risk_level,
        is_liability_shifted=payment.is_liability_shifted,
        declines=sum(each.declines for each in payments),  # a new hosted page must not wash them away
        card_country=payment.card_country,
        payer_name=payment.payer_name or "",
        payer_postcode=payment.payer_postcode or "",
        payer_country=payment.payer_country,
        capture_before=payment.capture_before,
    )
