"""What an order costs, in whole minor units, by one rounding rule: half up, once for each rate of tax.

Delivery is no good of its own: it is taxed as what is delivered (Directive 2006/112/EC, article 78(b): transport that the
seller charges is part of the taxable amount of the goods). With several rates in one order its price is divided among the
goods by what they cost, which is also how most of the United States taxes the shipping of a mixed parcel.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from catalog.models import TaxClass
from checkout.models import CartLine, Coupon, DeliveryMethod
from checkout.sums import Parts, RatePart, add_up_rates
from checkout.taxes import Tax, find_tax_rate
from store.money import extract_share, round_share, spread

__all__ = ["PricedLine", "Quote", "Taxed", "discount_of", "find_tax_rate", "mark_of", "quote_cart", "tax_lines"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxed:
    """What a line bears besides its price; minor units."""

    rate: Decimal = Decimal(0)
    delivery: int = 0  # its part of the delivery
    tax: int = 0  # on itself and that part


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """A line of the cart at the price that it is sold for; minor units."""

    line: CartLine
    unit_price: int
    discount: int = 0
    taxed: Taxed = Taxed()

    @property
    def total(self) -> int:
        """Before the discount."""
        return self.unit_price * self.line.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The price of a cart for one address and one way of delivery; all amounts in minor units."""

    items: int
    delivery: int
    taxes: tuple[RatePart, ...]  # one for each rate, the highest first
    discount: int = 0
    tax_name: str = ""
    includes_tax: bool = False
    is_reverse_charge: bool = False
    delivery_name: str = "Delivery"
    coupon_code: str = ""
    lines: tuple[PricedLine, ...] = ()

    @property
    def tax(self) -> int:
        """That of all rates."""
        return sum(part.tax for part in self.taxes)

    @property
    def tax_rate(self) -> Decimal | None:
        """The rate, where there is but one."""
        return self.taxes[0].rate if len(self.taxes) == 1 else None

    @property
    def total(self) -> int:
        """What the shopper pays."""
        return self.items - self.discount + self.delivery + (0 if self.includes_tax else self.tax)

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
            taxes=self.taxes,
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
    """Price `lines` sent by `delivery`. The tax is that of goods and delivery together, rounded once for each rate.

    `tax_rate` is for a shop's ordinary sale, `tax` for any. A `coupon` has been found to be usable; what it takes off the
    goods is spread over the lines by largest remainder. `delivery_price` is that of the zone, unless the way has but one.
    """
    tax = tax or Tax(rate=tax_rate, is_included=settings.PRICES_INCLUDE_TAX)
    bought = list(lines)
    prices = [_without(line.variant.price, tax.waived_of(line.tax_class)) for line in bought]
    totals = [price * line.quantity for price, line in zip(prices, bought, strict=True)]
    items = sum(totals)
    discount = discount_of(coupon, items)
    off = spread(discount, totals)
    is_sent_free = coupon is not None and coupon.kind == Coupon.Kind.DELIVERY
    price = 0 if is_sent_free else delivery.price if delivery_price is None else delivery_price
    sent = _sent_for(price, bought, totals, tax=tax)
    taxed = tax_lines(
        paid=[total - part for total, part in zip(totals, off, strict=True)],
        prices=totals,
        rates=[tax.rate_of(line.tax_class) for line in bought],
        delivery=sent,
        is_included=tax.is_included,
    )
    priced = tuple(
        PricedLine(line=line, unit_price=unit_price, discount=part, taxed=one)
        for line, unit_price, part, one in zip(bought, prices, off, taxed, strict=True)
    )
    of_rates = add_up_rates(
        RatePart(rate=row.taxed.rate, base=row.total - row.discount + row.taxed.delivery, tax=row.taxed.tax)
        for row in priced
    )
    return Quote(
        items=items,
        discount=discount,
        coupon_code=coupon.code if coupon else "",
        delivery=sent,
        taxes=of_rates or (RatePart(rate=tax.rate_of(TaxClass.STANDARD), base=sent, tax=0),),
        tax_name=tax.name,
        includes_tax=tax.is_included,
        is_reverse_charge=tax.is_reverse_charge,
        delivery_name=delivery.name,
        lines=priced,
    )


def tax_lines(
    *, paid: Sequence[int], prices: Sequence[int], rates: Sequence[Decimal], delivery: int, is_included: bool
) -> list[Taxed]:
    """Divide `delivery` among the lines by what is `paid` for them, and tax both at their `rates`; all in minor units.

    Where a coupon leaves nothing to pay for goods, their `prices` divide it. The tax is rounded once for each rate, on all
    that bears it, and then divided among its lines by largest remainder: so lines, rates and the order have the same sum.
    """
    shares = spread(delivery, paid if any(paid) else prices)
    if delivery and not any(shares) and shares:
        shares[0] = delivery  # goods that cost nothing
    bases = [price + share for price, share in zip(paid, shares, strict=True)]
    found = [Taxed()] * len(bases)
    for rate in set(rates):
        places = [place for place, one in enumerate(rates) if one == rate]
        base = [bases[place] for place in places]
        tax = extract_share(sum(base), rate) if is_included else round_share(sum(base), rate)
        for place, part in zip(places, spread(tax, base), strict=True):
            found[place] = Taxed(rate=rate, delivery=shares[place], tax=part)
    return found


def mark_of(lines: Iterable[CartLine]) -> str:
    """A short mark of what is in a cart and at which prices: another cart of the same total has another one."""
    goods = sorted((line.variant_id, line.quantity, line.variant.price) for line in lines)
    return hashlib.sha256(repr(goods).encode()).hexdigest()[:16]


def discount_of(coupon: Coupon | None, items: int) -> int:
    """What comes off goods for `items`: never more than they cost."""
    if coupon is None:
        return 0
    if coupon.percent is not None:
        return round_share(items, coupon.percent / 100)
    return min(coupon.amount or 0, items)


def _sent_for(price: int, lines: Sequence[CartLine], totals: Sequence[int], *, tax: Tax) -> int:
    """The price of the delivery, without the tax that it contains of each class and that this customer isn't charged."""
    classes = sorted({line.tax_class for line in lines})
    weights = [
        sum(total for total, line in zip(totals, lines, strict=True) if line.tax_class == tax_class) for tax_class in classes
    ]
    if len(classes) < 2 or not any(weights):
        return _without(price, tax.waived_of(classes[0] if classes else TaxClass.STANDARD))
    parts = zip(spread(price, weights), classes, strict=True)
    return sum(_without(part, tax.waived_of(tax_class)) for part, tax_class in parts)


def _without(price: int, waived: Decimal) -> int:
    """A price without the tax that it contains and that this customer isn't charged."""
    return price - extract_share(price, waived)
