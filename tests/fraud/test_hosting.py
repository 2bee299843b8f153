"""Networks of servers come from the merchant's own file; without it nothing is known of any address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from fraud import hosting
from fraud.hosting import hosting_network_of


@pytest.fixture(autouse=True)
def _forget_the_file() -> Iterator[None]:
    hosting._read.cache_clear()
    yield
    hosting._read.cache_clear()


def test_an_address_is_found_in_the_network_that_holds_it(tmp_path: Path, settings: Settings) -> None:
    file = tmp_path / "hosting.txt"
    file.write_text("# servers\n198.51.100.0/25\n198.51.100.128/25  # the same house\n\n203.0.113.9\n2001:db8:7::/48\n")
    settings.HOSTING_PATH = str(file)
    found = {
        "198.51.100.0": "198.51.100.0/24",
        "198.51.100.255": "198.51.100.0/24",
        "198.51.101.0": "",
        "203.0.113.9": "203.0.113.9/32",
        "203.0.113.8": "",
        "10.0.0.1": "",
        "2001:db8:7::1": "2001:db8:7::/48",
        "2001:db8:8::1": "",
        "": None,
        "nowhere": None,
    }
    assert {address: hosting_network_of(address) for address in found} == found


def test_without_a_whole_file_nothing_is_known(tmp_path: Path, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    assert hosting_network_of("198.51.100.1") is None
    settings.HOSTING_PATH = str(tmp_path / "hosting.txt")
    Path(settings.HOSTING_PATH).write_text("198.51.100.0/24\nno network\n")
    assert hosting_network_of("198.51.100.1") is None
    assert caplog.messages == ["HOSTING_PATH can't be read: ValueError. Hosting networks are not known."]
