"""Gather the facts of one order: seven queries, however many lines or earlier orders there are.

Every scan is bounded: what thousands of orders share (an office's address, a mobile network's IP address) is read from the
newest end of an index and no further than MOST_EARLIER.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from catalog.selectors import share_cheaper
from checkout.models import DeliveryMethod, Order, OrderAddress, OrderLine, Payment
from checkout.states import PaymentStatus
from fraud.facts import LineFacts, Listed, OrderFacts, PaymentFacts, PlaceFacts, ShopFacts
from fraud.geoip import country_of
from fraud.linked import PAID, read_linked
from fraud.models.lists import ListEntry, digest_of, digests_of
from fraud.rules.email import domains_of
from store.money import Money

# So many of the newest paid orders say what is usual here; more would only make it slower.
SHOP_SAMPLE = 500
# Dearer than anything: asked along, it tells an empty catalogue from a cheap one.
_BEYOND = 2**53
_UNDER_WAY = (PaymentStatus.STARTED, PaymentStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class Subject:
    """The order that is judged, with its addresses."""

    order: Order
    bill_to: OrderAddress | None
    ship_to: OrderAddress | None
    is_express: bool | None


def read_subject(order_id: uuid.UUID, *, lock: bool = False) -> Subject:
    """Read the order and its addresses; with `lock`, inside a transaction, everybody else who would change it waits.

    Raises Order.DoesNotExist.
    """
    express = DeliveryMethod.objects.filter(code=OuterRef("order__delivery_code")).values("is_express")[:1]
    rows = OrderAddress.objects.filter(order_id=order_id).select_related("order").annotate(is_express=Subquery(express))
    addresses = list(rows.select_for_update(of=("order",)) if lock else rows)
    if not addresses:
        orders = Order.objects.select_for_update() if lock else Order.objects
        return Subject(orders.get(pk=order_id), None, None, None)
    by_kind = {address.kind: address for address in addresses}
    return Subject(
        order=addresses[0].order,
        bill_to=by_kind.get(OrderAddress.Kind.BILL_TO),
        ship_to=by_kind.get(OrderAddress.Kind.SHIP_TO),
        is_express=addresses[0].is_express,
    )


def gather_facts(order_id: uuid.UUID, *, now: datetime) -> OrderFacts:
    """Read everything the rules may ask about. Raises Order.DoesNotExist; `now` bounds what counts as earlier."""
    return gather(read_subject(order_id), now=now)


def gather(subject: Subject, *, now: datetime, before: OrderFacts | None = None) -> OrderFacts:
    """Read all that concerns an order which is read already: six queries. `before` are the facts of the look before."""
    order = subject.order
    payments = list(Payment.objects.filter(order_id=order.pk).order_by("-created_at"))
    lines = list(OrderLine.objects.filter(order_id=order.pk).order_by("pk"))
    payment = next((payment for payment in payments if payment.status not in _UNDER_WAY), None)
    card = payment.card_fingerprint if payment else ""
    ip_address = order.ip_address or ""
    bill_to, ship_to = place_facts(subject.bill_to), place_facts(subject.ship_to)
    linked = read_linked(order=order, bill_to=subject.bill_to, ship_to=subject.ship_to, card=card, now=now)
    return OrderFacts(
        order_id=order.pk,
        number=order.number,
        placed_at=order.placed_at,
        total=order.money,
        is_gift=order.is_gift,
        is_guest=order.customer_id is None,
        is_express=subject.is_express,
        email=order.email or "",
        phone=order.phone or "",
        has_ip=bool(ip_address),
        ip_country=country_of(ip_address),
        bill_to=bill_to,
        ship_to=ship_to,
        lines=_lines(order, lines),
        payment=_payment(payment, payments, linked.trouble) if payment else None,
        shop=shop_facts(currency=order.currency),
        earlier=linked.earlier,
        ship_to_before=before.ship_to_before or before.ship_to if before else None,
        listed=listed(order=order, places=[bill_to, ship_to], lines=lines, payment=payment, now=now),
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


def listed(
    *,
    order: Order,
    places: Iterable[PlaceFacts | None],
    lines: Iterable[OrderLine],
    payment: Payment | None,
    now: datetime,
) -> tuple[Listed, ...]:
    """The entries of the merchant's lists that apply to this order, by digest: one query."""
    known = [place for place in places if place]
    kind = ListEntry.Kind
    countries = {place.country for place in known} | ({payment.card_country} if payment else set())
    digests = [
        *(digest for digest in (order.email_index, order.phone_index, order.ip_index) if digest),
        *digests_of(kind.ADDRESS, {_on_five_lines(place) for place in known}),
        *digests_of(kind.FORWARDER, {_on_five_lines(place) for place in known[-1:]}),
        *digests_of(kind.DOMAIN, domains_of(order.email or "")),
        *digests_of(kind.SKU, {line.sku for line in lines}),
        *digests_of(kind.COUNTRY, countries),
    ]
    if payment and payment.card_fingerprint:
        digests.append(digest_of(kind.CARD, payment.card_fingerprint))
    entries = ListEntry.objects.running(now).filter(digest__in=digests).order_by("added_at")
    return tuple(
        Listed(entry.kind, entry.effect, " ".join((entry.value or "").split()), entry.reason or "") for entry in entries
    )


def _on_five_lines(place: PlaceFacts) -> str:
    return f"{place.line1}\n{place.line2}\n{place.city}\n{place.postcode}\n{place.country}"


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


def _lines(order: Order, lines: list[OrderLine]) -> tuple[LineFacts, ...]:
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


def _payment(payment: Payment, payments: list[Payment], trouble: frozenset[str]) -> PaymentFacts:
    return PaymentFacts(
        cvc_check=payment.cvc_check,
        postcode_check=payment.postcode_check,
        line1_check=payment.line1_check,
        risk_level=payment.risk_level,
        is_liability_shifted=payment.is_liability_shifted,
        # A new hosted page must not wash them away; checkout adds earlier pages to the one that was paid.
        declines=max(payment.declines, sum(each.declines for each in payments if each is not payment)),
        card_country=payment.card_country,
        has_fingerprint=bool(payment.card_fingerprint),
        payer_name=payment.payer_name or "",
        payer_email=payment.payer_email or "",
        payer_phone=payment.payer_phone or "",
        payer_postcode=payment.payer_postcode or "",
        payer_country=payment.payer_country,
        payer_status=payment.payer_status,
        trouble=trouble,
        seller_protection=payment.seller_protection,
        capture_before=payment.capture_before,
    )
