"""The numbers by which a customer may be reached, each with where it comes from.

A number that a thief typed is answered by the thief. So those of past good orders of the same person are looked for: by the
account, by the e-mail address, and by name and postcode of the card's address, whoever typed the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from checkout.models import Dispute, Order, OrderAddress, Payment
from checkout.states import OrderStatus
from fraud.facts import PlaceFacts
from fraud.models import Call
from fraud.phones import LocalTime, PhoneReading, local_times, read_phone

# An order that is shipped this long ago and was never disputed was its customer's own.
GOOD_AFTER = timedelta(days=60)
# The newest few of them have the number that still rings.
MOST_PAST = 10


@dataclass(frozen=True, slots=True)
class KnownNumber:
    """One number to ring."""

    source: Call.Source
    said: str  # where it comes from, in words
    typed: str
    reading: PhoneReading
    clocks: tuple[LocalTime, ...]
    is_own: bool  # vouched for by a past good order, so not only by whoever placed this one

    @property
    def key(self) -> str:
        """What two spellings of the same number share."""
        return self.reading.e164 or self.typed

    @property
    def is_bad_hour(self) -> bool:
        """Whether it may be too early or too late to ring, in any place where the phone may be."""
        return any(not clock.is_decent for clock in self.clocks)

    @property
    def time_there(self) -> str:
        """The time where the phone is, or the span of it; "" when not known. Text, as templates print times in our zone."""
        if not self.clocks:
            return ""
        first, last = self.clocks[0].at, self.clocks[-1].at
        if len(self.clocks) == 1:
            return f"{first:%H:%M on %A}"
        return f"between {first:%H:%M on %A} and {last:%H:%M on %A}"


def known_numbers(
    *, order: Order, bill_to: OrderAddress | None, ship_to: OrderAddress | None, payment: Payment | None, now: datetime
) -> list[KnownNumber]:
    """The numbers of one customer, the order's own first, each once. Two queries."""
    country = bill_to.country if bill_to else ""
    abroad = (ship_to.country if ship_to else "", payment.card_country if payment else "")
    found: list[tuple[Call.Source, str, str]] = [(Call.Source.ORDER, "typed on this order", order.phone or "")]
    if payment is not None and payment.payer_phone:
        found.append((Call.Source.PAYER, "typed on the payment page", payment.payer_phone))
    for past in _past_orders(order, bill_to):
        when = f"{past.placed_at:%d %B %Y}".lstrip("0")
        is_good = past.status == OrderStatus.SHIPPED and past.placed_at <= now - GOOD_AFTER
        if is_good:
            found.append((Call.Source.PAST, f"on order {past.number} of {when}, which went well", past.phone or ""))
        elif order.customer_id and past.customer_id == order.customer_id:
            found.append((Call.Source.ACCOUNT, f"on order {past.number} of {when}, of the same account", past.phone or ""))
    numbers: dict[str, KnownNumber] = {}
    for source, said, typed in found:
        if not typed.strip():
            continue
        reading = read_phone(typed, country=country, or_else=abroad)
        is_own = source == Call.Source.PAST
        number = KnownNumber(source, said, typed, reading, local_times(reading, now=now), is_own)
        if (known := numbers.get(number.key)) is None:
            numbers[number.key] = number
        elif is_own and not known.is_own:
            # The same number, and an old order vouches for it.
            both = f"{known.said}, and {said}"
            numbers[number.key] = KnownNumber(known.source, both, known.typed, known.reading, known.clocks, is_own=True)
    return list(numbers.values())


def lookup_links(place: PlaceFacts | None) -> list[tuple[str, str]]:
    """Where to look for a number that the thief did not type: a label and an address for each of NUMBER_LOOKUPS."""
    if place is None:
        return []
    known = {name: getattr(place, name) for name in ("name", "city", "postcode", "region", "country")}
    links = []
    for label, template in settings.NUMBER_LOOKUPS.items():
        address = str(template)
        for name, value in known.items():
            address = address.replace(f"{{{name}}}", quote(value, safe=""))
        if address.startswith("https://"):
            links.append((str(label), address))
    return links


def source_of(number: str, *, order: Order, now: datetime) -> Call.Source:
    """Where a number that was dialled comes from; one that nothing here knows was looked up."""
    by_kind = {address.kind: address for address in OrderAddress.objects.filter(order=order)}
    bill_to, ship_to = by_kind.get(OrderAddress.Kind.BILL_TO), by_kind.get(OrderAddress.Kind.SHIP_TO)
    payment = Payment.objects.filter(order=order, authorized_at__isnull=False).order_by("-created_at").first()
    key = read_phone(number, country=bill_to.country if bill_to else "").e164 or number
    known = known_numbers(order=order, bill_to=bill_to, ship_to=ship_to, payment=payment, now=now)
    return next((one.source for one in known if one.key == key), Call.Source.LOOK_UP)


def _past_orders(order: Order, bill_to: OrderAddress | None) -> list[Order]:
    """Orders of the same account, e-mail address, or name and postcode on the card's address; none stopped or disputed."""
    same = Q(pk__in=[])
    if order.customer_id:
        same |= Q(customer_id=order.customer_id)
    if order.email_index:
        same |= Q(email_index=order.email_index)
    if bill_to is not None and bill_to.name_postcode_index:
        here = OrderAddress.objects.filter(
            kind=OrderAddress.Kind.BILL_TO, name_postcode_index=bill_to.name_postcode_index, placed_at__lt=order.placed_at
        )
        same |= Q(pk__in=list(here.order_by("-placed_at").values_list("order_id", flat=True)[:MOST_PAST]))
    disputed = Exists(Dispute.objects.filter(payment__order_id=OuterRef("pk")))
    past = Order.objects.filter(same, status__in=[OrderStatus.SHIPPED, OrderStatus.RELEASED], placed_at__lt=order.placed_at)
    return list(
        past.exclude(pk=order.pk)
        .exclude(disputed)
        .only("number", "placed_at", "status", "phone", "customer_id")
        .order_by("-placed_at")[:MOST_PAST]
    )
