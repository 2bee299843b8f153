"""A shop with rates, a shopper, and a thing to buy."""

from __future__ import annotations

import pytest

from catalog.models import Variant
from tests.checkout.shopper import Shopper
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import DeliveryMethodFactory, TaxRateFactory


@pytest.fixture
def rates(db: None) -> None:
    """One way of delivery for 5.95, and 7.25 % tax in California."""
    DeliveryMethodFactory.create()
    TaxRateFactory.create()


@pytest.fixture
def brush(rates: None) -> Variant:
    """Something everyday: 12.50, ten on the shelf."""
    return VariantFactory.create(sku="BRUSH", price=1250, on_hand=10, product__name="Walnut brush")


@pytest.fixture
def shopper(rates: None) -> Shopper:
    """A shopper with an empty cart."""
    return Shopper()
