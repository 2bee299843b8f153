"""Gather the facts of one order: seven queries, however many lines or earlier orders there are.

Every scan is bounded: what thousands of orders share (an office's address, a mobile network's IP address) is read from the
newest end of an index and no further than MOST_EARLIER.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db.models import OuterRef, QuerySet, Subquery

from checkout.models import DeliveryMethod, Order, OrderAddress, OrderLine, Payment
from checkout.states import PaymentStatus
from fraud.facts import LineFacts, Listed, OrderFacts, PaymentFacts, PlaceFacts
from fraud.geoip import country_of
from fraud.linked import read_linked
from fraud.models.lists import ListEntry, digest_of, digests_of
from fraud.reading import ID, Prepared
from fraud.rules.email import domains_of
from fraud.usual import Usual, read_usual
from store.money import Money

_UNDER_WAY = (PaymentStatus.STARTED, PaymentStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class Subject:
    """The order that is judged, with its addresses."""

    order: Order
    bill_to: OrderAddress | None
    ship_to: OrderAddress | None
    is_express: bool | None


def _order() -> QuerySet[Order]:
    express = DeliveryMethod.objects.filter(code=OuterRef("delivery_code")).values("is_express")[:1]
    return Order.objects.filter(pk=ID).annotate(is_express=Subquery(express))


_read_order = Prepared(Order, _order)
_lock_order = Prepared(Order, lambda: _order().select_for_update(of=("self",)))
_read_addresses = Prepared(OrderAddress, lambda: OrderAddress.objects.filter(order_id=ID))
_read_payments = Prepared(Payment, lambda: Payment.objects.filter(order_id=ID).order_by("-created_at"))
_read_lines = Prepared(OrderLine, lambda: OrderLine.objects.filter(order_id=ID).order_by("pk"))


def read_subject(order_id: uuid.UUID, *, lock: bool = False) -> Subject:
    """Read the order and its addresses; with `lock`, inside a transaction, everybody else who would change it waits.

    Raises Order.DoesNotExist.
    """
    found = (_lock_order if lock else _read_order)(order_id)
    if not found:
        raise Order.DoesNotExist
    by_kind = {address.kind: address for address in _read_addresses(order_id)}
    return Subject(
        order=found[0],
        bill_to=by_kind.get(OrderAddress.Kind.BILL_TO),
        ship_to=by_kind.get(OrderAddress.Kind.SHIP_TO),
        is_express=cast("Any", found[0]).is_express,  # the annotation
    )


def gather_facts(order_id: uuid.UUID, *, now: datetime) -> OrderFacts:
    """Read everything the rules may ask about. Raises Order.DoesNotExist; `now` bounds what counts as earlier."""
    return gather(read_subject(order_id), now=now)


def gather(subject: Subject, *, now: datetime, before: OrderFacts | None = None) -> OrderFacts:
    """Read all that concerns an order which is read already: five queries. `before` are the facts of the look before."""
    order = subject.order
    payments, lines = _read_payments(order.pk), _read_lines(order.pk)
    payment = next((payment for payment in payments if payment.status not in _UNDER_WAY), None)
    card = payment.card_fingerprint if payment else ""
    ip_address = order.ip_address or ""
    bill_to, ship_to = place_facts(subject.bill_to), place_facts(subject.ship_to)
    usual = read_usual(currency=order.currency, prices={line.unit_price for line in lines})
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
        lines=_lines(order, lines, usual),
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
        is_as_typed=address.is_as_typed,
    )


def _lines(order: Order, lines: list[OrderLine], usual: Usual) -> tuple[LineFacts, ...]:
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
        for shares in [usual.shares[line.unit_price]]
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
