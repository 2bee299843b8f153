"""What an order costs, worked out in whole minor units by one rounding rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from checkout.models import CartLine, DeliveryMethod, TaxRate
from store.money import round_share


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The price of a cart for one address and one way of delivery; all amounts in minor units."""

    items: int
    delivery: int
    tax: int
    tax_rate: Decimal

    @property
    def total(self) -> int:
        """What the shopper pays."""
        return self.items + self.delivery + self.tax

    @property
    def tax_percent(self) -> str:
        """The rate for people: '8.875'."""
        return f"{(self.tax_rate * 100).normalize():f}"


def quote_cart(*, lines: Iterable[CartLine], delivery: DeliveryMethod, tax_rate: Decimal) -> Quote:
    """Price `lines` sent by `delivery`. Tax is taken on goods and delivery together and rounded once."""
    items = sum(line.total for line in lines)
    return Quote(items=items, delivery=delivery.price, tax=round_share(items + delivery.price, tax_rate), tax_rate=tax_rate)


def find_tax_rate(*, country: str, region: str) -> Decimal:
    """The rate of the region, else of its country, else zero."""
    rates = {rate.region: rate.rate for rate in TaxRate.objects.filter(country=country, region__in=[region.upper(), ""])}
    return rates.get(region.upper(), rates.get("", Decimal(0)))
