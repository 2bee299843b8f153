"""Two spellings of one address are one address, whichever comes first."""

from __future__ import annotations

import string
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud.addresses import Likeness, compare_places, edits, same_person, shares_surname
from fraud.facts import PlaceFacts
from store.postal import fold
from tests.fraud.facts import HOME, place

letters = st.text(alphabet=string.ascii_letters + "äöüéèñçßøåłŞİı", min_size=1, max_size=12)
streets = st.builds(
    lambda number, word, kind: f"{number} {word} {kind}",
    st.integers(1, 9999),
    letters,
    st.sampled_from(["Street", "Rd.", "Ave"]),
)
places = st.builds(
    PlaceFacts,
    name=letters,
    line1=streets,
    line2=st.sampled_from(["", "Apt 4", "#4", "Suite 100", "4B", "Flat ground"]),
    city=letters,
    postcode=st.sampled_from(["02115", "02115-1234", "SW1A 1AA", "10001", ""]),
    region=st.sampled_from(["", "MA", "Massachusetts", "NY", "New York"]),
    country=st.sampled_from(["US", "GB", "DE", "us", ""]),
)


def _retype(text: str, *, upper: bool, spaces: int, decompose: bool, accents: bool) -> str:
    text = text.upper() if upper else text
    text = unicodedata.normalize("NFD" if decompose else "NFC", text)
    if not accents:
        text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return " " * spaces + (" " * (1 + spaces)).join(text.split(" ")) + " " * spaces


# A busy machine is slow at making addresses; that says nothing about comparing them.
@given(places, places)
def test_comparison_is_symmetric(one: PlaceFacts, two: PlaceFacts) -> None:
    assert compare_places(one, two) == compare_places(two, one)


@given(places, st.booleans(), st.integers(0, 3), st.booleans(), st.booleans())
def test_case_spaces_and_accents_do_not_make_another_address(
    one: PlaceFacts, upper: bool, spaces: int, decompose: bool, accents: bool
) -> None:
    def retype(text: str) -> str:
        return _retype(text, upper=upper, spaces=spaces, decompose=decompose, accents=accents)

    two = replace(
        one,
        line1=retype(one.line1),
        line2=retype(one.line2),
        city=retype(one.city),
        postcode=retype(one.postcode),
        region=retype(one.region),
    )
    assert compare_places(one, two) == Likeness.SAME


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(letters, letters)
def test_names_are_compared_symmetrically(one: str, two: str) -> None:
    assert same_person(one, two) == same_person(two, one)
    assert shares_surname(one, two) == shares_surname(two, one)


@given(letters, letters)
def test_edits_are_symmetric_and_zero_only_for_equals(one: str, two: str) -> None:
    assert edits(one, two) == edits(two, one)
    assert (edits(one, two) == 0) == (one == two)


@pytest.mark.parametrize(
    ("changes", "likeness"),
    [
        ({"line1": "１２ ＥＬＭ ＳＴＲＥＥＴ"}, Likeness.SAME),  # full-width letters
        ({"name": "Somebody Else"}, Likeness.SAME),  # the name is another rule's business
        ({"line1": "12 Elm St"}, Likeness.TYPING),
        ({"line1": "Apt 4, 12 Elm St", "line2": ""}, Likeness.TYPING),
        ({"line1": "12 Elm Street Apartment 4", "line2": ""}, Likeness.TYPING),
        ({"line2": "4"}, Likeness.TYPING),
        ({"line2": "No. 04"}, Likeness.HOUSEHOLD),  # whatever "No. 04" is, it is at that house
        ({"line1": "12 Elm Steret"}, Likeness.TYPING),  # two letters swapped
        ({"postcode": "02116"}, Likeness.TYPING),  # one digit wrong at the same door
        ({"postcode": "02115-4321"}, Likeness.TYPING),
        ({"postcode": ""}, Likeness.TYPING),
        ({"region": "Massachusetts"}, Likeness.TYPING),
        ({"line1": "12 Elmstreet"}, Likeness.TYPING),
        ({"line1": "12 Elk Street"}, Likeness.SAME_CITY),
        ({"city": "Bostno"}, Likeness.TYPING),
        ({"city": "Roxbury Crossing"}, Likeness.TYPING),  # the postcode says it is the same place
        ({"line2": ""}, Likeness.HOUSEHOLD),
        ({"line2": "Apt 9"}, Likeness.HOUSEHOLD),
        ({"line1": "21 Elm Street"}, Likeness.SAME_CITY),
        ({"line1": "12 Oak Street"}, Likeness.SAME_CITY),
        ({"postcode": "02130"}, Likeness.SAME_CITY),  # an Elm Street in each part of town
        ({"city": "Salem", "postcode": "01970"}, Likeness.OTHER_CITY),
        ({"city": "Boston", "region": "NY", "postcode": "14025"}, Likeness.OTHER_REGION),
        ({"region": "", "city": "Salem", "postcode": "01970"}, Likeness.OTHER_CITY),  # region not given: by the city
        ({"country": "CA"}, Likeness.OTHER_COUNTRY),
    ],
)
def test_comparison_grades(changes: dict[str, Any], likeness: Likeness) -> None:
    assert compare_places(HOME, place(**changes)) == likeness


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Hauptstraße 5", "Hauptstr. 5"),
        ("Königsallee 60", "Konigsallee 60"),
        ("O'Neil Road 3", "ONeil Rd 3"),
        ("221B Baker Street", "221 B Baker St."),
        ("P.O. Box 77", "PO Box 77"),
        ("100 North Main Street", "100 N Main St"),
    ],
)
def test_spellings_of_one_street_are_one_address(one: str, two: str) -> None:
    assert compare_places(place(line1=one, line2=""), place(line1=two, line2="")) <= Likeness.TYPING


@pytest.mark.parametrize(
    ("one", "two", "is_same"),
    [
        ("Ruth Gale", "RUTH GALE", True),
        ("Ruth Gale", "Gale, Ruth", True),
        ("Ruth Gale", "Mrs. Ruth A. Gale", True),
        ("Ruth Gale", "R Gale", True),
        ("José Núñez", "Jose Nunez", True),
        ("Ruth Gale", "Otto Gale", False),
        ("Ruth Gale", "Ivo Kern", False),
        ("R G", "R G", False),  # initials alone prove nothing
        ("", "Ruth Gale", False),
    ],
)
def test_names_of_one_person(one: str, two: str, is_same: bool) -> None:
    assert same_person(one, two) is is_same


@pytest.mark.parametrize(
    ("one", "two", "is_shared"),
    [
        ("Ruth Gale", "Otto GALE", True),
        ("Ruth Gale-Kern", "Otto Kern", True),
        ("Gale, Ruth", "Otto Gale", True),
        ("Ruth Gale", "Ruth Kern", False),
        ("Ruth G.", "Otto G.", False),
        ("", "", False),
    ],
)
def test_surnames(one: str, two: str, is_shared: bool) -> None:
    assert shares_surname(one, two) is is_shared
