"""Delivery: where to, by what weight and worth, for how much, and on which day it comes."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from catalog.models import Variant
from checkout.delivery import Destination, arrival, find_offers
from checkout.models import CartLine, DeliveryMethod, DeliveryRate, DeliveryZone, Mail, Order
from checkout.services.mails import build_mail, queue_mail
from checkout.services.orders import Address, Contact, UnableToPlaceOrder, place_order
from tests.checkout.shopper import Shopper
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import CartFactory, CartLineFactory, DeliveryMethodFactory

pytestmark = pytest.mark.django_db
# A Friday, 13:59 and 14:00 in New York.
BEFORE, AFTER = datetime(2026, 11, 20, 18, 59, tzinfo=UTC), datetime(2026, 11, 20, 19, 0, tzinfo=UTC)


@pytest.fixture
def post(db: None) -> DeliveryMethod:
    """By post: dear to Germany and dearer to its island, by weight, free from 100.00; not to Alaska."""
    method = DeliveryMethodFactory.create(price=99900)
    germany = DeliveryZone.objects.create(name="Germany", countries=["DE"])
    island = DeliveryZone.objects.create(name="Heligoland", postcodes=["DE-27498"])
    DeliveryZone.objects.create(name="Not Alaska", regions=["US-AK"], is_served=False)
    DeliveryZone.objects.create(name="America", countries=["US"])
    rate = DeliveryRate.objects.create
    rate(method=method, zone=germany, max_weight=1000, price=500, free_from=10000)
    rate(method=method, zone=germany, min_weight=1001, max_weight=5000, price=900)
    rate(method=method, zone=island, price=2500)
    rate(method=method, zone=DeliveryZone.objects.get(name="America"), price=700)
    return method


@pytest.mark.parametrize(
    ("to", "grams", "worth", "price"),
    [
        (("DE", "", "10115"), 1000, 1000, 500),
        (("DE", "", "10115"), 1000, 9999, 500),
        (("DE", "", "10115"), 1000, 10000, 0),  # free from here on
        (("DE", "", "10115"), 1001, 10000, 900),
        (("DE", "", "10115"), 5001, 1000, None),  # too heavy
        (("DE", "", "27498"), 1000, 10000, 2500),  # the island
        (("DE", "", "27 498"), 9000, 10000, 2500),
        (("US", "OR", "97214"), 1, 1, 700),
        (("US", "AK", "99501"), 1, 1, None),  # not served
        (("FR", "", "75001"), 1, 1, None),  # no rate
    ],
)
def test_the_rate_of_the_most_exact_zone_that_fits_is_the_price(
    post: DeliveryMethod, to: tuple[str, str, str], grams: int, worth: int, price: int | None
) -> None:
    lines = [CartLine(variant=Variant(price=worth, weight_g=grams), quantity=1)]
    country, region, postcode = to
    there = Destination(country=country, region=region, postcode=postcode)
    assert [offer.price for offer in find_offers(lines, to=there, now=BEFORE)] == ([] if price is None else [price])


def test_a_way_without_rates_costs_its_own_price_wherever_it_serves(db: None) -> None:
    DeliveryMethodFactory.create(countries=["US"], price=595)
    lines = [CartLine(variant=Variant(price=1, weight_g=1), quantity=1)]
    assert [offer.price for offer in find_offers(lines, to=Destination(country="US"), now=BEFORE)] == [595]
    assert find_offers(lines, to=Destination(country="DE"), now=BEFORE) == []


@pytest.mark.parametrize(
    ("now", "days", "first", "last"),
    [
        (BEFORE, (0, 0), date(2026, 11, 20), date(2026, 11, 20)),
        (BEFORE, (1, 3), date(2026, 11, 23), date(2026, 11, 25)),  # over the weekend
        (AFTER, (1, 3), date(2026, 11, 24), date(2026, 11, 27)),  # leaves on Monday; Thursday is closed
        (datetime(2026, 11, 22, 4, 0, tzinfo=UTC), (1, 1), date(2026, 11, 24), date(2026, 11, 24)),  # Saturday there
    ],
)
def test_working_days_are_counted_from_the_cut_off_by_the_shops_clock(
    settings: Settings, now: datetime, days: tuple[int, int], first: date, last: date
) -> None:
    settings.CLOSED_DAYS = frozenset({"2026-11-26"})
    assert arrival(now=now, method=DeliveryMethod(cut_off=time(14)), days=days) == (first, last)


class TestAtTheCheckout:
    def test_price_and_day_are_shown_and_kept_with_the_order(self, post: DeliveryMethod, shopper: Shopper) -> None:
        DeliveryMethod.objects.filter(pk=post.pk).update(min_days=2, max_days=2)
        shopper.add(VariantFactory.create(price=1250, weight_g=100, on_hand=3))
        review = shopper.review()
        shopper.place(review)
        order = Order.objects.get()
        assert (order.delivery_total, order.total) == (700, 1950)
        assert order.arrives_from is not None
        assert order.arrives_from > timezone.localdate()
        assert order.arrives_until == order.arrives_from
        told = f"{order.arrives_from:%A} {order.arrives_from.day} {order.arrives_from:%B}"
        assert told in review.content.decode()
        assert told in shopper.client.get(f"/orders/{order.token}/").content.decode()
        queue_mail(order_id=order.pk, kind=Mail.Kind.RECEIVED, now=timezone.now())
        assert f"Expected: {told}" in str(build_mail(order.mails.get()).body)

    def test_where_nothing_is_delivered_is_said_before_anything_else_happens(
        self, post: DeliveryMethod, shopper: Shopper
    ) -> None:
        shopper.add(VariantFactory.create(on_hand=3))
        answer = shopper.review(bill_region="AK", bill_postcode="99501", bill_city="Anchorage")
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Sorry, we do not deliver this to that address in United States. Nothing was ordered." in page
        assert "ring us on" in page

    def test_a_parcel_that_became_too_heavy_is_not_ordered(self, post: DeliveryMethod) -> None:
        cart = CartFactory.create()
        CartLineFactory.create(cart=cart, variant=VariantFactory.create(weight_g=6000, on_hand=3))
        home = Address(name="Uli Voss", line1="Am Markt 1", city="Berlin", postcode="10115", country="DE")
        with pytest.raises(UnableToPlaceOrder, match="does not reach the address. Nothing was ordered"):
            place_order(
                cart_id=cart.pk,
                contact=Contact(email="uli@example.com", phone="+4930123456"),
                bill_to=home,
                ship_to=home,
                delivery=post,
                is_gift=False,
                expected_total=1,
                attempt=uuid.uuid4(),
                customer=None,
                ip_address="203.0.113.7",
                user_agent="",
                now=BEFORE,
            )
        assert not Order.objects.exists()

    def test_more_zones_and_ways_take_no_more_queries(
        self, post: DeliveryMethod, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        lines = [CartLine(variant=Variant(price=1, weight_g=1), quantity=1)]
        for number in range(20):
            zone = DeliveryZone.objects.create(name=f"Zone {number}", countries=["DE"])
            method = DeliveryMethodFactory.create(code=f"way-{number}")
            DeliveryRate.objects.create(method=method, zone=zone, price=number)
        with django_assert_num_queries(3):
            assert len(find_offers(lines, to=Destination(country="DE"), now=BEFORE)) == 21


def test_staff_are_told_what_a_zone_is_made_of(admin_client: Client) -> None:
    typed = {"name": "Islands", "countries": "", "regions": "US-HI,\nUS-AK", "is_served": "on"}
    wrong = admin_client.post("/admin/checkout/deliveryzone/add/", {**typed, "postcodes": "27498"})
    assert "Write it as in GB-BT, DE-27498" in wrong.content.decode()
    assert admin_client.post("/admin/checkout/deliveryzone/add/", {**typed, "postcodes": ""}).status_code == 302
    assert DeliveryZone.objects.get().regions == ["US-HI", "US-AK"]


def test_a_rate_is_typed_in_dollars_and_kept_in_cents(admin_client: Client) -> None:
    method = DeliveryMethod.objects.create(code="slow", name="Slow", promise="Some day", price=100)
    typed = {"code": "slow", "name": "Slow", "promise": "Some day", "price": "5.95", "position": "0", "countries": "US, CA"}
    rate = {"rates-0-min_weight": "0", "rates-0-min_total": "", "rates-0-price": "0", "rates-0-free_from": "150"}
    sizes = {"rates-TOTAL_FORMS": "1", "rates-INITIAL_FORMS": "0"}
    answer = admin_client.post(f"/admin/checkout/deliverymethod/{method.pk}/change/", {**typed, **rate, **sizes})
    assert answer.status_code == 302
    method.refresh_from_db()
    assert (method.price, method.countries) == (595, ["US", "CA"])
    assert list(method.rates.values_list("min_total", "price", "free_from")) == [(0, 0, 15_000)]
