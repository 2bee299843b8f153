"""Gather the facts of one order: seven queries, however many lines or earlier orders there are.

Every scan is bounded: what thousands of orders share (an office's address, a mobile network's IP address) is read from the
newest end of an index and no further than MOST_EARLIER.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery

from catalog.selectors import share_cheaper
from checkout.models import DeliveryMethod, Dispute, GatewayNotice, Order, OrderAddress, OrderLine, Payment
from checkout.states import DisputeStatus, OrderStatus, PaymentStatus
from fraud.facts import MOST_EARLIER, EarlierOrder, LineFacts, Listed, OrderFacts, PaymentFacts, PlaceFacts, ShopFacts
from fraud.geoip import country_of
from fraud.models.lists import ListEntry, digest_of, digests_of
from fraud.rules.email import domains_of
from store.money import Money

PAID = (OrderStatus.RELEASED, OrderStatus.SHIPPED)
# So many of the newest paid orders say what is usual here; more would only make it slower.
SHOP_SAMPLE = 500
# A customer whose newest orders are all recent may still be a good old one: so many of the older ones are read as well.
MOST_OLD = 20
OLD = timedelta(days=60)
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
    payments = list(_with_trouble(Payment.objects.filter(order_id=order.pk)).order_by("-created_at"))
    lines = list(OrderLine.objects.filter(order_id=order.pk).order_by("pk"))
    payment = next((payment for payment in payments if payment.status not in _UNDER_WAY), None)
    card = payment.card_fingerprint if payment else ""
    ip_address = order.ip_address or ""
    bill_to, ship_to = place_facts(subject.bill_to), place_facts(subject.ship_to)
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
        payment=_payment(payment, payments) if payment else None,
        shop=shop_facts(currency=order.currency),
        earlier=earlier_orders(order=order, bill_to=subject.bill_to, ship_to=subject.ship_to, card=card, now=now),
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


def earlier_orders(
    *, order: Order, bill_to: OrderAddress | None, ship_to: OrderAddress | None, card: str, now: datetime
) -> tuple[EarlierOrder, ...]:
    """Orders placed before that share something, newest first: one query, whose every part reads one index from its end."""
    until = min(order.placed_at, now)
    before = Order.objects.filter(placed_at__lte=until).exclude(pk=order.pk).order_by("-placed_at")
    parts: list[QuerySet[Any, Any]] = []
    if order.email_index:
        parts.append(before.filter(email_index=order.email_index).values("pk")[:MOST_EARLIER])
        old = before.filter(email_index=order.email_index, placed_at__lte=until - OLD, status__in=PAID)
        parts.append(old.values("pk")[:MOST_OLD])
    if order.phone_index:
        parts.append(before.filter(phone_index=order.phone_index).values("pk")[:MOST_EARLIER])
    if order.ip_index:
        parts.append(before.filter(ip_index=order.ip_index).values("pk")[:MOST_EARLIER])
    if ship_to and ship_to.address_index:
        same = OrderAddress.objects.filter(
            kind=OrderAddress.Kind.SHIP_TO, address_index=ship_to.address_index, placed_at__lte=until
        ).exclude(order_id=order.pk)
        parts.append(same.order_by("-placed_at").values("order_id")[:MOST_EARLIER])
    if card:
        paid = Payment.objects.filter(card_fingerprint=card, created_at__lte=now).exclude(order_id=order.pk)
        parts.append(paid.order_by("-created_at").values("order_id")[:MOST_EARLIER])
    if not parts:
        return ()
    own = _Own(order, bill_to, ship_to, card)
    rows = (
        Order.objects.filter(pk__in=_any_of(parts), placed_at__lte=until)
        .annotate(
            ship=FilteredRelation("addresses", condition=Q(addresses__kind=OrderAddress.Kind.SHIP_TO)),
            bill=FilteredRelation("addresses", condition=Q(addresses__kind=OrderAddress.Kind.BILL_TO)),
            is_disputed=Exists(_held_against(OuterRef("payments__pk"))),
            is_warned=Exists(
                GatewayNotice.objects.filter(payment_id=OuterRef("payments__pk"), kind=GatewayNotice.Kind.EARLY_WARNING)
            ),
        )
        .order_by("-placed_at", "number")
        .values_list(
            "number",
            "placed_at",
            "status",
            "cancel_reason",
            "total",
            "currency",
            "email_index",
            "phone_index",
            "ip_index",
            F("ship__address_index"),
            F("bill__last_name_index"),
            F("payments__card_fingerprint"),
            F("payments__declines"),
            F("payments__authorized_at"),
            "is_disputed",
            "is_warned",
        )
    )
    return own.compare(rows)


def _any_of(parts: list[QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    """The ids that any of the parts finds."""
    if not connection.features.supports_slicing_ordering_in_compound:  # SQLite wants each part in brackets of its own
        parts = [Order.objects.filter(pk__in=part).values("pk") for part in parts]
    return parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]


@dataclass(slots=True)
class _Row:
    """One earlier order while its payments are put together."""

    head: tuple[str, datetime, str, str, Money]
    keys: dict[str, Any]
    cards: set[str] = field(default_factory=set)
    declines: list[int] = field(default_factory=lambda: [0, 0])  # on pages that were not paid, and on those that were
    is_disputed: bool = False


class _Own:
    """What this order carries; tells for each other one what is the same, and numbers what is not."""

    def __init__(self, order: Order, bill_to: OrderAddress | None, ship_to: OrderAddress | None, card: str) -> None:
        self.keys = {
            "email": order.email_index,
            "phone": order.phone_index,
            "ip": order.ip_index,
            "address": ship_to.address_index if ship_to else None,
            "card": card,
        }
        self.seen: dict[str, dict[str, int]] = {
            "email": _first(order.email_index),
            "surname": _first(bill_to.last_name_index if bill_to else None),
            "address": _first(self.keys["address"]),
            "card": _first(card),
        }

    def compare(self, rows: Iterable[tuple[Any, ...]]) -> tuple[EarlierOrder, ...]:
        """One value for each order; an order paid in several tries comes in several rows."""
        found: dict[str, _Row] = {}
        for number, placed_at, status, reason, total, currency, email, phone, ip, address, surname, card, *tried in rows:
            keys = {"email": email, "phone": phone, "ip": ip, "address": address, "surname": surname}
            head = (number, placed_at, status, reason, Money(total, currency))
            row = found.setdefault(number, _Row(head, keys))
            if card:
                row.cards.add(card)
            declines, authorized_at, is_disputed, is_warned = tried
            # What was paid counts the declines of the pages before it.
            row.declines[authorized_at is not None] += declines or 0
            row.is_disputed |= is_disputed or is_warned
        return tuple(self._one(row) for row in found.values())

    def _one(self, row: _Row) -> EarlierOrder:
        number, placed_at, status, cancel_reason, total = row.head
        keys, cards = row.keys, row.cards
        same = {what for what in ("email", "phone", "ip", "address") if keys[what] and keys[what] == self.keys[what]}
        if self.keys["card"] in cards:
            same.add("card")
        return EarlierOrder(
            number,
            placed_at,
            status,
            cancel_reason,
            total,
            same=frozenset(same),
            email=self._number("email", keys["email"]),
            surname=self._number("surname", keys["surname"]),
            address=self._number("address", keys["address"]),
            cards=tuple(sorted(self._number("card", card) or 0 for card in cards)),
            declines=max(row.declines),
            is_disputed=row.is_disputed,
        )

    def _number(self, what: str, digest: str | None) -> int | None:
        """0 for this order's own, otherwise the next number for each other one."""
        if not digest:
            return None
        seen = self.seen[what]
        return seen.setdefault(digest, len(seen))


def _first(digest: str | None) -> dict[str, int]:
    """The numbering with this order's own as number 0, a blank where it has none."""
    return {digest or "": 0}


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


def _with_trouble(payments: QuerySet[Payment]) -> QuerySet[Payment]:
    """Payments with what the bank and the gateway say against them."""
    notices = GatewayNotice.objects.filter(payment_id=OuterRef("pk"))
    return payments.annotate(
        is_disputed=Exists(_held_against(OuterRef("pk"))),
        is_warning=Exists(notices.filter(kind=GatewayNotice.Kind.EARLY_WARNING)),
        is_review=Exists(notices.filter(kind=GatewayNotice.Kind.REVIEW, is_open=True)),
    )


def _held_against(payment_id: OuterRef) -> QuerySet[Dispute]:
    """The disputes of a payment that the shop has not won."""
    return Dispute.objects.filter(payment_id=payment_id).exclude(status=DisputeStatus.WON)


def _payment(payment: Payment, payments: list[Payment]) -> PaymentFacts:
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
        trouble=frozenset(name for name in ("disputed", "warning", "review") if getattr(payment, f"is_{name}")),
        seller_protection=payment.seller_protection,
        capture_before=payment.capture_before,
    )
