"""What an order costs, in whole minor units, by one rounding rule: half up, once, on goods and delivery together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from checkout.models import CartLine, Coupon, DeliveryMethod
from checkout.sums import Parts, write_percent
from checkout.taxes import Tax, find_tax_rate
from store.money import extract_share, round_share, spread

__all__ = ["PricedLine", "Quote", "discount_of", "find_tax_rate", "quote_cart"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """A line of the cart at the price that it is sold for; minor units."""

    line: CartLine
    unit_price: int
    discount: int = 0

    @property
    def total(self) -> int:
        """Before the discount."""
        return self.unit_price * self.line.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The price of a cart for one address and one way of delivery; all amounts in minor units."""

    items: int
    delivery: int
    tax: int
    tax_rate: Decimal
    discount: int = 0
    tax_name: str = ""
    includes_tax: bool = False
    is_reverse_charge: bool = False
    delivery_name: str = "Delivery"
    coupon_code: str = ""
    lines: tuple[PricedLine, ...] = ()

    @property
    def total(self) -> int:
        """What the shopper pays."""
        return self.items - self.discount + self.delivery + (0 if self.includes_tax else self.tax)

    @property
    def tax_percent(self) -> str:
        """The rate for people: '8.875'."""
        return write_percent(self.tax_rate)

    @property
    def parts(self) -> Parts:
        """For showing it."""
        return Parts(
            currency=settings.SHOP_CURRENCY,
            items=self.items,
            discount=self.discount,
            coupon_code=self.coupon_code,
            delivery=self.delivery,
            delivery_name=self.delivery_name,
            tax=self.tax,
            tax_rate=self.tax_rate,
            tax_name=self.tax_name,
            includes_tax=self.includes_tax,
            is_reverse_charge=self.is_reverse_charge,
        )


def quote_cart(
    *,
    lines: Iterable[CartLine],
    delivery: DeliveryMethod,
    tax_rate: Decimal = Decimal(0),
    tax: Tax | None = None,
    coupon: Coupon | None = None,
    delivery_price: int | None = None,
) -> Quote:
    """Price `lines` sent by `delivery`. The tax is that of goods and delivery together, rounded once.

    `tax_rate` is for a shop's ordinary sale, `tax` for any. A `coupon` has been found to be usable; what it takes off the
    goods is spread over the lines by largest remainder. `delivery_price` is that of the zone, unless the way has but one.
    """
    tax = tax or Tax(rate=tax_rate, is_included=settings.PRICES_INCLUDE_TAX)
    bought = list(lines)
    prices = [_without(line.variant.price, tax) for line in bought]
    totals = [price * line.quantity for price, line in zip(prices, bought, strict=True)]
    items = sum(totals)
    discount = discount_of(coupon, items)
    priced = tuple(
        PricedLine(line=line, unit_price=price, discount=share)
        for line, price, share in zip(bought, prices, spread(discount, totals), strict=True)
    )
    is_sent_free = coupon is not None and coupon.kind == Coupon.Kind.DELIVERY
    sent = 0 if is_sent_free else _without(delivery.price if delivery_price is None else delivery_price, tax)
    base = items - discount + sent
    return Quote(
        items=items,
        discount=discount,
        coupon_code=coupon.code if coupon else "",
        delivery=sent,
        tax=extract_share(base, tax.rate) if tax.is_included else round_share(base, tax.rate),
        tax_rate=tax.rate,
        tax_name=tax.name,
        includes_tax=tax.is_included,
        is_reverse_charge=tax.is_reverse_charge,
        delivery_name=delivery.name,
        lines=priced,
    )


def discount_of(coupon: Coupon | None, items: int) -> int:
    """What comes off goods for `items`: never more than they cost."""
    if coupon is None:
        return 0
    if coupon.percent is not None:
        return round_share(items, coupon.percent / 100)
    return min(coupon.amount or 0, items)


def _without(price: int, tax: Tax) -> int:
    """A price without the tax that it contains and that this customer isn't charged."""
    return price - extract_share(price, tax.waived)
