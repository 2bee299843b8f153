"""What an entry would have met, before it is added: which past orders it matches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from checkout.models import Order, OrderAddress, OrderLine, Payment
from checkout.states import OrderStatus
from fraud.gather import place_facts
from fraud.models.lists import ListEntry, address_parts, digest_of
from fraud.postcodes import patterns_of, read_pattern
from fraud.rules.email import domains_of
from fraud.rules.links import STOPPED

# What an index finds is counted as far as this; more would only make the page slow.
MOST = 1000
# What no index finds (a domain, a building, a country) is looked for among so many of the newest orders.
SAMPLE = 500
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Preview:
    """Past orders that an entry would have met."""

    orders: list[Order]  # the newest few
    count: int
    sent: int  # released or shipped: honest customers, as far as anybody knows
    stopped: int  # cancelled as theft
    is_sample: bool  # only the newest SAMPLE orders were looked at
    is_capped: bool  # there may be more than `count`


def preview_entry(*, kind: str, value: str) -> Preview:
    """Find the past orders that carry `value`. Four queries at most."""
    ids, is_sample = _ids(kind, value)
    matches = list(
        Order.objects.filter(pk__in=ids)
        .order_by("-placed_at")
        .only("number", "status", "cancel_reason", "placed_at", "total", "currency")[: MOST + 1]
    )
    is_capped = len(matches) > MOST
    matches = matches[:MOST]
    return Preview(
        orders=matches[:SHOWN],
        count=len(matches),
        sent=sum(order.status in (OrderStatus.RELEASED, OrderStatus.SHIPPED) for order in matches),
        stopped=sum(order.cancel_reason in STOPPED for order in matches),
        is_sample=is_sample,
        is_capped=is_capped,
    )


def _ids(kind: str, value: str) -> tuple[QuerySet[Any, Any] | list[Any], bool]:  # noqa: PLR0911 - a table
    """The ids of the orders, and whether only a sample was looked at."""
    kinds = ListEntry.Kind
    match kind:
        case kinds.EMAIL | kinds.PHONE | kinds.IP:
            digest = digest_of(kind, value)
            return Order.objects.filter(**{f"{kind}_index": digest or None}).values("pk") if digest else [], False
        case kinds.ADDRESS:
            digest = digest_of(kind, value)
            return _places().filter(address_index=digest).values("order_id") if digest else [], False
        case kinds.CARD:
            return Payment.objects.filter(card_fingerprint=value.strip()).values("order_id") if value.strip() else [], False
        case kinds.SKU:
            return OrderLine.objects.filter(variant__sku__iexact=value.strip()).values("order_id"), False
        case kinds.DOMAIN:
            domain = value.strip().rpartition("@")[2].strip(".").casefold()
            newest = Order.objects.only("email").order_by("-placed_at", "-id")[:SAMPLE]
            return [order.pk for order in newest if domain in domains_of(order.email or "")], True
        case kinds.COUNTRY:
            return _among_newest(lambda place: place.country.upper() == value.strip().upper()), True
        case kinds.POSTCODE:
            wanted = read_pattern(*value.partition("\n")[::2])
            return _among_newest(lambda place: wanted in patterns_of(place.postcode or "", place.country)), True
        case _:
            digest = digest_of(kind, value)
            return _among_newest(lambda place: digest_of(kind, _on_lines(place)) == digest), True


def _places() -> QuerySet[OrderAddress]:
    return OrderAddress.objects.filter(kind=OrderAddress.Kind.SHIP_TO)


def _among_newest(applies: Callable[[OrderAddress], bool]) -> list[Any]:
    newest = Order.objects.order_by("-placed_at", "-id").values("pk")[:SAMPLE]
    return [place.order_id for place in _places().filter(order_id__in=newest) if applies(place)]


def _on_lines(address: OrderAddress) -> str:
    return "\n".join((address.line1 or "", address.line2 or "", address.city or "", address.postcode or "", address.country))


def value_of_order(order: Order, kind: str) -> str:  # noqa: PLR0911 - a table
    """What the order carries of this kind, so that nobody needs to type it; "" when it carries nothing."""
    kinds = ListEntry.Kind
    match kind:
        case kinds.EMAIL:
            return order.email or ""
        case kinds.PHONE:
            return order.phone or ""
        case kinds.IP:
            return order.ip_address or ""
        case kinds.DOMAIN:
            return (order.email or "").rpartition("@")[2]
        case kinds.ADDRESS | kinds.FORWARDER:
            address = _places().filter(order=order).first()
            return _on_lines(address) if address and place_facts(address) else ""
        case kinds.POSTCODE:
            address = _places().filter(order=order).first()
            return f"{address.postcode or ''}\n{address.country}" if address else ""
        case kinds.CARD:
            paid = Payment.objects.filter(order=order).exclude(card_fingerprint="").order_by("-created_at").first()
            return paid.card_fingerprint if paid else ""
        case _:
            return ""


def shown_value(entry: ListEntry) -> Iterator[str]:
    """The lines of an entry as people read them; nothing once it is erased."""
    if entry.value is None:
        yield "(erased)"
    elif entry.kind in (ListEntry.Kind.ADDRESS, ListEntry.Kind.FORWARDER):
        yield from (part for part in address_parts(entry.value) if part)
    elif entry.kind == ListEntry.Kind.POSTCODE:
        yield " ".join(entry.value.split())
    else:
        yield entry.value
