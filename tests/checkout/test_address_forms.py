"""Address forms of each country: what is asked for, what it is called, and an address used as it was typed."""

from __future__ import annotations

import re

import pytest

from catalog.models import Variant
from checkout.addressing import address_shape, country_choices, normalise_phone, write_town
from checkout.models import Order
from tests.checkout.shopper import DETAILS, Shopper

NOWHERE = {"bill_country": "DE", "bill_region": "", "bill_city": "Berlin", "bill_postcode": "ABC"}


@pytest.mark.parametrize(
    ("country", "asked"),
    [
        ("US", ["City", "State", "ZIP code"]),
        ("DE", ["Postcode", "City"]),
        ("GB", ["Town", "Postcode"]),
        ("IE", ["City", "County", "Eircode"]),
        ("SG", ["Postcode"]),
        ("JP", ["Postcode", "Prefecture"]),
        ("HK", ["Area", "District"]),
        ("AE", ["Emirate"]),
    ],
)
def test_parts_come_in_the_order_and_by_the_names_of_the_country(country: str, asked: list[str]) -> None:
    shape = address_shape(country)
    assert [shape.labels[part] for part in shape.parts] == asked


@pytest.mark.parametrize(
    ("country", "parts", "lines"),
    [
        ("US", ("Portland", "OR", "97214"), ["Portland, OR 97214"]),
        ("DE", ("Berlin", "", "10115"), ["10115 Berlin"]),
        ("GB", ("London", "", "SW1A 1AA"), ["London", "SW1A 1AA"]),
        ("FI", ("Helsinki", "", "FI-00550"), ["FI-00550 Helsinki"]),  # the country's own prefix is not written twice
        ("IT", ("Roma", "RM", "00144"), ["00144 Roma RM"]),
        ("DE", ("Berlin", "Mitte", None), ["Berlin", "Mitte"]),  # nothing is lost
        ("XK", ("Pristina", "", "10000"), ["10000 Pristina"]),
    ],
)
def test_a_town_is_written_as_its_country_does(country: str, parts: tuple[str, str, str | None], lines: list[str]) -> None:
    city, region, postcode = parts
    assert write_town(country=country, city=city, region=region, postcode=postcode) == lines


def test_every_country_has_a_form() -> None:
    for code, _name in country_choices():
        town = " ".join(write_town(country=code, city="Town", region="Region", postcode="123"))
        assert sorted(re.findall("Town|Region|123", town)) == ["123", "Region", "Town"], (code, town)
    assert all(set(address_shape(code).required) <= set(address_shape(code).parts) for code, _ in country_choices())


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("030 123456", "DE", "+4930123456"),
        ("(503) 555-0142", "US", "+15035550142"),
        ("+44 20 7946 0018", "DE", "+442079460018"),
        ("03-1234-5678", "JP", "+81312345678"),
    ],
)
def test_a_phone_number_is_read_by_the_country_that_was_chosen(typed: str, country: str, number: str) -> None:
    assert normalise_phone(typed, country=country) == number


@pytest.mark.django_db
class TestOnThePage:
    def test_the_country_is_chosen_first_and_what_was_typed_stays(self, shopper: Shopper, brush: Variant) -> None:
        shopper.add(brush)
        answer = shopper.client.post("/checkout/", {**DETAILS, "bill_country": "DE", "step": "country"})
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "error-summary" not in page
        assert 'value="dana@example.com"' in page
        assert page.index('name="bill_country"') < page.index('name="bill_name"') < page.index('name="bill_postcode"')
        assert 'name="bill_region"' not in page
        assert "As in 26133." in page
        assert not re.search(r'<option value="(?!DE)[A-Z]{2}" selected', page.split('id="ship"')[0])

    def test_what_another_country_left_behind_is_dropped(self, shopper: Shopper, brush: Variant) -> None:
        shopper.add(brush)
        shopper.place(shopper.review(bill_country="DE", bill_region="OR", bill_city="Berlin", bill_postcode="10115"))
        assert (Order.objects.get().bill_to.region, Order.objects.get().bill_to.is_as_typed) == ("", False)

    def test_an_address_is_used_as_it_was_typed_when_the_shopper_insists(self, shopper: Shopper, brush: Variant) -> None:
        shopper.add(brush)
        refused = shopper.review(**NOWHERE)
        page = refused.content.decode()
        assert refused.status_code == 422
        assert "That is no postcode of Germany. It looks like this: 26133" in page
        assert "Use this address as I typed it" in page
        assert page.count("as_typed") == page.count("bill_as_typed")

        review = shopper.review(**NOWHERE, bill_as_typed="on")
        assert "Used as you typed it." in review.content.decode()
        shopper.place(review)
        order = Order.objects.get()
        assert (order.bill_to.postcode, order.bill_to.is_as_typed, order.ship_to.is_as_typed) == ("ABC", True, True)

    def test_ticking_it_for_a_good_address_means_nothing(self, shopper: Shopper, brush: Variant) -> None:
        shopper.add(brush)
        shopper.place(shopper.review(bill_as_typed="on"))
        assert not Order.objects.get().bill_to.is_as_typed

    def test_a_street_is_needed_all_the_same(self, shopper: Shopper, brush: Variant) -> None:
        shopper.add(brush)
        assert shopper.review(**NOWHERE, bill_as_typed="on", bill_line1=" ").status_code == 422
        assert not Order.objects.exists()
