"""Where postcodes lie comes from a file that the merchant makes; postcodes are listed whole or by their beginning."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from fraud import geoip
from fraud.facts import PlaceFacts
from fraud.gather import _distances
from fraud.models.lists import ListEntry, digest_of, digests_of
from fraud.postcodes import (
    UnableToReadPostcodes,
    forget_postcodes,
    km_between,
    make_postcodes,
    patterns_of,
    point_of,
    read_pattern,
)

BOSTON = PlaceFacts("Ruth Gale", "12 Elm Street", "", "Boston", "02115-1234", "MA", "US")
MIAMI = PlaceFacts("Victor Stone", "77 Ocean Drive", "", "Miami", "33139", "FL", "US")
# Two places share a German postcode: it lies between them. Of Britain and Canada only the beginnings are known.
LIST = """\
DE\t10115\tBerlin Mitte\tBerlin\tBE\t\t00\t\t11000\t52.50\t13.30\t4
DE\t10115\tBerlin Wedding\tBerlin\tBE\t\t00\t\t11000\t52.54\t13.40\t4
US\t02115\tBoston\tMassachusetts\tMA\tSuffolk\t025\t\t\t42.3427\t-71.0922\t4
US\t33139\tMiami Beach\tFlorida\tFL\tMiami-Dade\t086\t\t\t25.7873\t-80.1564\t4
US\t09001\tAPO AE\t\t\t\t\t\t\t\t\t
GB\tSW1A\t"Westminster\tEngland\tENG\t\t\t\t\t51.4989\t-0.1386\t4
CA\tH3B\tMontreal\tQuebec\tQC\t\t\t\t\t45.5005\t-73.5684\t6
"""


@pytest.fixture(autouse=True)
def _close_the_file() -> Iterator[None]:
    yield
    forget_postcodes()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "allCountries.txt"
    path.write_text(LIST, encoding="utf-8")
    return path


def test_a_list_becomes_a_file_that_knows_how_far_apart_two_addresses_are(
    source: Path, tmp_path: Path, settings: Settings
) -> None:
    said = io.StringIO()
    call_command("make_postcodes", source, tmp_path / "all.db", stdout=said)
    assert said.getvalue().startswith("5 postcodes. Set POSTCODES_PATH to ")
    settings.POSTCODES_PATH = str(tmp_path / "all.db")
    assert point_of("10115", "de") == (52.52, 13.35)
    assert point_of("sw1a 1aa", "GB") == (51.4989, -0.1386)
    assert point_of("H3B 2Y5", "CA") == (45.5005, -73.5684)
    assert [point_of(code, "US") for code in ("09001", "02116", "")] == [None, None, None]
    near = geoip.IpPlace("US", (42.36, -71.06), 5)
    far = geoip.IpPlace("US", (37.751, -97.822), 1000)  # "somewhere in the United States"
    assert _distances(BOSTON, MIAMI, near) == (2018, 0)
    assert _distances(BOSTON, MIAMI, far) == (2018, 1129)
    assert _distances(BOSTON, None, geoip.IpPlace()) == (None, None)
    assert km_between((0, 0), (0, 180)) == 20015  # half of the way around
    assert make_postcodes(source, tmp_path / "all.db", countries=["gb", "ca"]) == 2


def test_without_a_file_nobody_knows_and_half_a_list_is_refused(
    source: Path, tmp_path: Path, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    assert point_of("02115", "US") is None
    settings.POSTCODES_PATH = str(source)  # the list itself, from which nothing was made
    assert point_of("02115", "US") is None
    assert caplog.messages == ["POSTCODES_PATH can't be read: DatabaseError. Distances are not known."]
    source.write_text(LIST + "US\t02116\n", encoding="utf-8")
    with pytest.raises(UnableToReadPostcodes, match="Line 8 is not of GeoNames"):
        make_postcodes(source, tmp_path / "all.db")
    with pytest.raises(CommandError, match="names no postcode of these countries"):
        call_command("make_postcodes", source, tmp_path / "all.db", countries="FR")
    assert [path.name for path in tmp_path.iterdir()] == ["allCountries.txt"]


def test_a_listed_postcode_is_met_by_itself_and_by_its_beginning() -> None:
    kind = ListEntry.Kind.POSTCODE
    assert patterns_of("SW1A 1AA", "gb")[:3] == ["GBsw1a1aa", "GBs*", "GBsw*"]
    assert [read_pattern(*each) for each in (("331*", "us"), ("331", ""), ("*", "US"))] == ["US331*", "", ""]
    met = digests_of(kind, [f"{each[2:]}\n{each[:2]}" for each in patterns_of("33139-0001", "US")])
    assert len(met) == 6
    for listed, is_met in (("331*\nUS", True), ("33139\nUS", True), ("3313\nUS", False), ("331*\nDE", False)):
        assert (digest_of(kind, listed) in met) is is_met, listed
