"""Gather the facts of one order in four queries, however many lines or earlier orders there are; two more are kept a while.

Every scan is bounded: what thousands of orders share (an office's address, a mobile network's IP address) is read from the
newest end of an index and no further than MOST_EARLIER.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, FilteredRelation, OuterRef, Q, QuerySet, Subquery

from checkout.models import DeliveryMethod, Order, OrderAddress, OrderLine, Payment
from checkout.states import PaymentStatus
from fraud.facts import LineFacts, Listed, OrderFacts, PaymentFacts, PlaceFacts
from fraud.geoip import IpPlace, place_of_ip
from fraud.hosting import hosting_network_of
from fraud.linked import read_linked
from fraud.models import Assessment
from fraud.models.lists import ListEntry, digest_of, digests_of
from fraud.postcodes import km_between, patterns_of, point_of
from fraud.reading import ID, MOMENT, NUMBER, Prepared, marks
from fraud.rules.email import domains_of
from fraud.usual import Prices, usual_here
from store.money import Money

_UNDER_WAY = (PaymentStatus.STARTED, PaymentStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class Subject:
    """The order that is judged, with its addresses and payments."""

    order: Order
    bill_to: OrderAddress | None
    ship_to: OrderAddress | None
    payments: tuple[Payment, ...]  # newest first
    is_express: bool | None
    assessed: uuid.UUID | None  # its assessment of the pass asked for, if there is one already
    customer_since: datetime | None


def _whole() -> QuerySet[Order]:
    express = DeliveryMethod.objects.filter(code=OuterRef("delivery_code")).values("is_express")[:1]
    assessed = Assessment.objects.filter(order_id=OuterRef("pk"), pass_number=NUMBER).values("pk")[:1]
    kind = OrderAddress.Kind
    return (
        Order.objects.filter(pk=ID)
        .annotate(
            is_express=Subquery(express),
            assessed=Subquery(assessed),
            customer_since=F("customer__date_joined"),
            bill=FilteredRelation("addresses", condition=Q(addresses__kind=kind.BILL_TO)),
            ship=FilteredRelation("addresses", condition=Q(addresses__kind=kind.SHIP_TO)),
            payment=FilteredRelation("payments"),
        )
        .select_related("bill", "ship", "payment")  # type: ignore[misc]  # the plugin knows no filtered relations
        .order_by("-payment__created_at")
    )


_lock = Prepared(lambda: Order.objects.filter(pk=ID).only("pk").select_for_update())
_read_whole = Prepared(_whole)
_read_lines = Prepared(lambda: OrderLine.objects.filter(order_id=ID).order_by("pk"))
_read_entries = Prepared(
    lambda count: ListEntry.objects.running(MOMENT).filter(digest__in=marks(count)).order_by("added_at"),
)


def read_subject(order_id: uuid.UUID, *, lock: bool = False, pass_number: int = 1) -> Subject:
    """Read the order, its addresses and payments; with `lock`, inside a transaction, who would change it waits.

    One query, or two: what is read together with a lock may be from before the wait for it. Raises Order.DoesNotExist.
    """
    if lock:
        _lock({ID: order_id})
    rows = _read_whole.joined({ID: order_id, NUMBER: pass_number})
    if not rows:
        raise Order.DoesNotExist
    order, bill_to, ship_to, _ = rows[0]
    return Subject(
        order=order,
        bill_to=bill_to,
        ship_to=ship_to,
        payments=tuple(payment for *_, payment in rows if payment),
        is_express=order.is_express,
        assessed=order.assessed,
        customer_since=order.customer_since,
    )


def gather_facts(order_id: uuid.UUID, *, now: datetime) -> OrderFacts:
    """Read everything the rules may ask about. Raises Order.DoesNotExist; `now` bounds what counts as earlier."""
    return gather(read_subject(order_id), now=now)


def gather(subject: Subject, *, now: datetime, before: OrderFacts | None = None) -> OrderFacts:
    """Read all that concerns an order which is read already. `before` are the facts of the look before.

    Three queries, and two more every few minutes for what is usual in this shop.
    """
    order, payments = subject.order, subject.payments
    lines = _read_lines({ID: order.pk})
    payment = next((payment for payment in payments if payment.status not in _UNDER_WAY), None)
    card = payment.card_fingerprint if payment else ""
    ip_address = order.ip_address or ""
    bill_to, ship_to = place_facts(subject.bill_to), place_facts(subject.ship_to)
    ip_place = place_of_ip(ip_address)
    ship_km, ip_km = _distances(bill_to, ship_to, ip_place)
    usual = usual_here(currency=order.currency)
    linked = read_linked(order=order, bill_to=subject.bill_to, ship_to=subject.ship_to, card=card, now=now)
    return OrderFacts(
        order_id=order.pk,
        number=order.number,
        placed_at=order.placed_at,
        total=order.money,
        is_gift=order.is_gift,
        is_guest=order.customer_id is None,
        customer_since=subject.customer_since,
        is_express=subject.is_express,
        email=order.email or "",
        phone=order.phone or "",
        has_ip=bool(ip_address),
        ip_country=ip_place.country,
        ship_km=ship_km,
        ip_km=ip_km,
        hosting_network=hosting_network_of(ip_address),
        bill_to=bill_to,
        ship_to=ship_to,
        lines=_lines(order, lines, usual.prices),
        payment=_payment(payment, payments, linked.trouble) if payment else None,
        shop=usual.shop,
        earlier=linked.earlier,
        ship_to_before=before.ship_to_before or before.ship_to if before else None,
        listed=listed(order=order, places=[bill_to, ship_to], lines=lines, payment=payment, now=now),
    )


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
        *digests_of(kind.POSTCODE, _patterns(known)),
    ]
    if payment and payment.card_fingerprint:
        digests.append(digest_of(kind.CARD, payment.card_fingerprint))
    digests = list(dict.fromkeys(digests))
    count = len(digests)
    entries = _read_entries({MOMENT: now, **dict(zip(marks(count), digests, strict=True))}, count) if count else ()
    return tuple(
        Listed(entry.kind, entry.effect, " ".join((entry.value or "").split()), entry.reason or "") for entry in entries
    )


def _patterns(places: Iterable[PlaceFacts]) -> Iterator[str]:
    """The listed postcodes that these addresses meet, on two lines as entries have them."""
    for place in places:
        yield from (f"{pattern[2:]}\n{pattern[:2]}" for pattern in patterns_of(place.postcode, place.country))


def _distances(bill: PlaceFacts | None, ship: PlaceFacts | None, ip: IpPlace) -> tuple[int | None, int | None]:
    """Kilometres from bill-to to ship-to, and from the IP address to the nearer of both."""
    home = point_of(bill.postcode, bill.country) if bill else None
    if home is None:
        return None, None
    there = point_of(ship.postcode, ship.country) if ship else None
    ship_km = km_between(home, there) if there else None
    if ip.point is None:
        return ship_km, None
    nearest = min(km_between(ip.point, point) for point in (home, there) if point)
    return ship_km, max(0, nearest - ip.within_km)


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
        is_as_typed=address.is_as_typed,
    )


def _lines(order: Order, lines: list[OrderLine], prices: Prices) -> tuple[LineFacts, ...]:
    return tuple(
        LineFacts(
            sku=line.sku,
            name=line.name,
            quantity=line.quantity,
            unit_price=Money(line.unit_price, order.currency),
            share_cheaper=shares[0] if shares else None,
            share_dearer=shares[1] if shares else None,
        )
        for line in lines
        for shares in [prices.shares(line.unit_price)]
    )


def _payment(payment: Payment, payments: tuple[Payment, ...], trouble: frozenset[str]) -> PaymentFacts:
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
