"""Placing an order charges the price of that moment, and asks again where the shopper saw another."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from catalog.models import PriceChange, Variant
from checkout.models import Order
from tests.checkout.shopper import Shopper

pytestmark = pytest.mark.django_db


def test_a_sale_that_ends_between_review_and_placing_asks_again_and_then_charges_the_usual_price(
    shopper: Shopper, brush: Variant
) -> None:
    now = timezone.now()
    PriceChange.objects.create(
        variant=brush, price=1000, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1)
    )
    cache.clear()  # another test's next moment is kept for a minute
    shopper.add(brush, 2)
    review = shopper.review()
    assert "$20.00" in review.content.decode()  # two at the sale's price
    PriceChange.objects.update(ends_at=timezone.now())  # nobody has carried its end out, and no job runs

    refused = shopper.place(review)

    assert refused.status_code == 409
    assert "The total has changed" in refused.content.decode()
    assert "$25.00" in refused.content.decode()
    assert Order.objects.count() == 0
    brush.refresh_from_db()
    assert (brush.price, brush.usual_price, brush.held) == (1250, None, 0)
    shopper.place(refused)
    assert list(Order.objects.values_list("items_total", "lines__unit_price")) == [(2500, 1250)]
