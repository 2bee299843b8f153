"""Whatever is bought, in whatever currency: the lines are the total is what the gateway is told, and refunds add up to it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.models import Product, Variant
from checkout.models import CartLine, DeliveryMethod
from checkout.pricing import quote_cart
from store.money import Money, decimals, format_money, round_share

RATES = st.decimals(min_value=0, max_value=1, places=5)
PRICES = st.integers(min_value=0, max_value=5_000_000)
LINES = st.lists(st.tuples(PRICES, st.integers(min_value=1, max_value=99)), min_size=1, max_size=8)


@settings(max_examples=60)
@given(lines=LINES, delivery=PRICES, rate=RATES)
def test_lines_delivery_and_tax_are_the_total(lines: list[tuple[int, int]], delivery: int, rate: Decimal) -> None:
    bought = [CartLine(variant=Variant(price=price, product=Product()), quantity=units) for price, units in lines]
    quote = quote_cart(lines=bought, delivery=DeliveryMethod(price=delivery), tax_rate=rate)
    assert quote.items == sum(price * units for price, units in lines)
    assert quote.total == quote.items + quote.delivery + quote.tax
    assert abs(Decimal(quote.tax) - (quote.items + quote.delivery) * rate) <= Decimal("0.5")


@settings(max_examples=60)
@given(parts=st.lists(PRICES, min_size=1, max_size=12), rate=RATES)
def test_the_tax_of_refunds_in_parts_is_the_tax_of_all(parts: list[int], rate: Decimal) -> None:
    """As `quote_refund` does it: the tax of all so far, less what was refunded of it before."""
    before = taxed = 0
    for part in parts:
        tax = round_share(before + part, rate) - taxed
        assert tax >= 0
        before, taxed = before + part, taxed + tax
    assert taxed == round_share(sum(parts), rate)


@pytest.mark.parametrize(
    ("currency", "places", "shown"), [("JPY", 0, "¥1,234"), ("USD", 2, "$12.34"), ("KWD", 3, "KWD1.234")]
)
def test_minor_units_are_the_currencys_own(currency: str, places: int, shown: str) -> None:
    assert decimals(currency) == places
    assert format_money(1234, currency) == shown
    assert str(Money(1234, currency)) == shown
