"""What counts as one address, and what never does."""

from __future__ import annotations

import pytest

from store.blind_index import blind_index
from store.postal import SHORT, normalise_address, shorten

US = ("Portland", "97214", "US")
Address = tuple[str, str, str, str, str]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("1420 SE Ankeny St Apt 3", "", *US), ("1420 S.E. Ankeny Street #3", "", *US)),
        (("1420 SE Ankeny St Apt 3", "", *US), ("1420 southeast ankeny street", "Unit 03", "PORTLAND", "97214-1234", "us")),
        (("1420 SE Ankeny St Apt 3", "", *US), ("1420 S. E. Ankeny St.", "3", *US)),
        (("9 North Fir Avenue", "Ste B", *US), ("9 N Fir Av, Suite B", "", *US)),
        (("Acme Ltd", "12 Elm Road", *US), ("12 Elm Rd", "Acme Ltd.", *US)),
        (("Flat 3, 12 Elm Road", "", "London", "SW1A 1AA", "GB"), ("12 Elm Rd", "flat 3", "London", "sw1a1aa", "GB")),
        (("3/12 Elm Crescent", "", "Sydney", "2000", "AU"), ("Unit 3", "12 Elm Cres", "Sydney", "2000", "AU")),
        (("Müllerstraße 5", "", "Köln", "50667", "DE"), ("Mueller-Str. 5", "", "Koeln", "50667", "DE")),
        (("Goetheplatz 1", "", "Bonn", "53111", "DE"), ("Götheplatz 1", "", "Bonn", "53111", "DE")),
        (
            ("12 bis, Boulevard de l'Église", "", "Paris", "75001", "FR"),
            ("12BIS BD DE L EGLISE", "", "paris", "75001", "FR"),
        ),
        (("4 Rue Ste-Catherine", "", "Lyon", "69001", "FR"), ("4 rue Sainte Catherine", "", "Lyon", "69001", "FR")),
        (("ул. Ленина 5", "", "Москва", "101000", "RU"), ("ul. Lenina 5", "", "Moskva", "101000", "RU")),
    ],
)
def test_two_spellings_are_one_address(one: Address, other: Address) -> None:
    assert normalise_address(*one) == normalise_address(*other)
    assert blind_index("address", *one) == blind_index("address", *other) != ""


@pytest.mark.parametrize(
    "other",
    [
        ("1420 SE Ankeny St Apt 4", "", *US),
        ("1420 SE Ankeny St", "", *US),
        ("1420 SW Ankeny St Apt 3", "", *US),
        ("142 SE Ankeny St Apt 3", "", *US),
        ("1420 SE Ankeny Ave Apt 3", "", *US),
        ("1420 SE Ankeny St Apt 3", "", "Portland", "97215", "US"),
        ("1420 SE Ankeny St Apt 3", "", "Portland", "97214", "CA"),
    ],
)
def test_another_place_is_another_address(other: Address) -> None:
    assert normalise_address("1420 SE Ankeny St Apt 3", "", *US) != normalise_address(*other)


def test_the_order_of_numbers_counts() -> None:
    assert normalise_address("12 West 34th Street") != normalise_address("34 West 12th Street")


def test_an_address_in_the_short_spelling_gives_itself() -> None:
    assert normalise_address("12 Main St", "Apt 4", *US) == ["12 main st", "apt 4", "portland", "97214", "us"]


def test_a_flat_alone_is_no_street_with_a_flat() -> None:
    assert normalise_address("Apt 4") == ["apt 4", "", "", "", ""]
    assert normalise_address(" #., ") == ["", "", "", "", ""]


@pytest.mark.parametrize("word", sorted(SHORT))
def test_what_is_short_stays_as_it_is(word: str) -> None:
    assert shorten(shorten(word)) == shorten(word)
