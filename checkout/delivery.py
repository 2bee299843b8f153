"""Ways of delivery for one cart and one address: which there are, what they cost, and when the parcel comes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Prefetch

from catalog.saying import say
from checkout.models import CartLine, DeliveryMethod, DeliveryRate, DeliveryZone
from checkout.sums import write_days
from checkout.taxes import normalise_postcode


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """As much of an address as decides about delivery."""

    country: str
    region: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One way to send this cart there; `price` in minor units."""

    method: DeliveryMethod
    price: int
    arrives_from: date | None = None
    arrives_until: date | None = None

    @property
    def when(self) -> str:
        """When it comes: days where they can be worked out, else what the merchant promises."""
        return write_days(self.arrives_from, self.arrives_until) or say(self.method.promise)


def find_offers(lines: Iterable[CartLine], *, to: Destination, now: datetime) -> list[Offer]:
    """The ways to send `lines` there, in the merchant's order; none where nothing is delivered. Three queries.

    A way without rates costs its own price wherever it serves; one with rates goes only where a rate fits. Of several rates
    that fit, the one of the most exact zone counts, and of these the cheapest.
    """
    bought = list(lines)
    weight = sum(line.variant.weight_g * line.quantity for line in bought)
    total = sum(line.total for line in bought)
    every = list(DeliveryZone.objects.all())
    zones = {zone.pk: _closeness(zone, to) for zone in every}
    here = max(every, key=lambda zone: zones[zone.pk], default=None)
    if here is not None and zones[here.pk] and not here.is_served:
        return []
    rates = Prefetch("rates", DeliveryRate.objects.order_by("pk"))
    methods = DeliveryMethod.objects.filter(is_active=True).prefetch_related(rates).order_by("position", "pk")
    found = []
    for method in methods:
        if not method.serves(to.country):
            continue
        fitting = [
            rate
            for rate in method.rates.all()
            if rate.fits(weight=weight, total=total) and (rate.zone_id is None or zones[rate.zone_id])
        ]
        if not fitting:
            if not method.rates.all():
                found.append(_offer(method, None, total=total, now=now))
            continue
        nearest = max(_nearness(rate, zones) for rate in fitting)
        offers = [_offer(method, rate, total=total, now=now) for rate in fitting if _nearness(rate, zones) == nearest]
        found.append(min(offers, key=lambda offer: offer.price))
    return found


def find_offer(lines: Iterable[CartLine], method: DeliveryMethod, *, to: Destination, now: datetime) -> Offer | None:
    """The offer for one way of delivery, or None if it doesn't go there."""
    return next((offer for offer in find_offers(lines, to=to, now=now) if offer.method.pk == method.pk), None)


def arrival(*, now: datetime, method: DeliveryMethod, days: tuple[int, int]) -> tuple[date, date]:
    """The first and the last day on which a parcel ordered `now` may come, `days` working days after it left.

    It leaves on the day of the order if that is a working day and the method's cut-off isn't past, else on the next one; all
    by the shop's own clock.
    """
    local = now.astimezone(ZoneInfo(settings.SHOP_TIME_ZONE))
    leaves = local.date()
    if method.cut_off and local.time() >= method.cut_off:
        leaves += timedelta(days=1)
    while not _is_working_day(leaves):
        leaves += timedelta(days=1)
    return _after(leaves, days[0]), _after(leaves, days[1])


def _closeness(zone: DeliveryZone, to: Destination) -> int:
    return zone.closeness(country=to.country, region=to.region, postcode=normalise_postcode(to.postcode))


def _nearness(rate: DeliveryRate, zones: dict[int, int]) -> int:
    return zones[rate.zone_id] if rate.zone_id is not None else 0


def _offer(method: DeliveryMethod, rate: DeliveryRate | None, *, total: int, now: datetime) -> Offer:
    price, days = method.price, (method.min_days, method.max_days)
    if rate is not None:
        price = 0 if rate.free_from is not None and total >= rate.free_from else rate.price
        if rate.min_days is not None:
            days = rate.min_days, rate.max_days
    if days[0] is None or days[1] is None:
        return Offer(method=method, price=price)
    first, last = arrival(now=now, method=method, days=(days[0], days[1]))
    return Offer(method=method, price=price, arrives_from=first, arrives_until=last)


def _after(day: date, working_days: int) -> date:
    while working_days > 0:
        day += timedelta(days=1)
        working_days -= _is_working_day(day)
    return day


def _is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day.isoformat() not in settings.CLOSED_DAYS
