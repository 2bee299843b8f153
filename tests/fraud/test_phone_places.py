"""Where a number is from, as libphonenumber says, without keeping the world's place names in memory."""

from __future__ import annotations

import sys

import phonenumbers
import pytest

from fraud.phone_places import made_from, place_of


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("+12125550142", "New York, NY"),
        ("+15035550142", "Oregon"),
        ("+14165550142", "Ontario"),
        ("+18005550142", ""),  # free to call, from any of a dozen countries
        ("+442079460958", "London"),
        ("+4915112345678", "Germany"),  # a mobile is from a country, no more
        ("+4930123456", "Berlin"),
        ("+5491123456789", "Buenos Aires"),  # behind the 9 of a mobile
        ("+81312345678", "Tokyo"),
        ("+390612345678", "Rome"),
        ("+1999", ""),
    ],
)
def test_a_number_has_the_place_that_libphonenumber_gives_it(typed: str, place: str) -> None:
    assert place_of(phonenumbers.parse(typed)) == place


def test_the_file_was_made_from_the_package_that_is_installed() -> None:
    assert made_from() == phonenumbers.__version__, "run: python -m fraud.data.make_phone_places"
    assert "phonenumbers.geodata" not in sys.modules
