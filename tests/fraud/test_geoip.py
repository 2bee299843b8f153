"""The country of an IP address comes from the merchant's own file; without it there is none."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from fraud import geoip


@pytest.fixture(autouse=True)
def _forget_the_file() -> Iterator[None]:
    geoip._open.cache_clear()
    yield
    geoip._open.cache_clear()


def _text(value: str) -> bytes:
    return bytes([0x40 | len(value)]) + value.encode()


def _map(values: dict[str, bytes]) -> bytes:
    return bytes([0xE0 | len(values)]) + b"".join(_text(key) + value for key, value in values.items())


def _number(value: int, kind: int) -> bytes:
    raw = value.to_bytes(4, "big").lstrip(b"\0")
    return bytes([kind << 5 | len(raw)]) + raw if kind < 8 else bytes([len(raw), kind - 7]) + raw


def _float(value: float) -> bytes:
    return bytes([3 << 5 | 8]) + struct.pack(">d", value)


def write_countries(path: Path) -> None:
    """A file in MaxMind's format with one node: the lower half of IPv4 is of Lyon in France, the upper half of nowhere.

    The format is described at https://maxmind.github.io/MaxMind-DB/; the tree of one node has two records of 24 bits, which
    point 16 bytes past the number of nodes into the data, or are that number itself for "not found".
    """
    place = {"latitude": _float(45.75), "longitude": _float(4.85), "accuracy_radius": _number(20, 5)}
    location = _map(place)
    tree = (1 + 16).to_bytes(3, "big") + (1).to_bytes(3, "big")
    data = _map({"country": _map({"iso_code": _text("FR")}), "location": location})
    about = _map(
        {
            "binary_format_major_version": _number(2, 5),
            "binary_format_minor_version": b"\xa0",
            "build_epoch": _number(1, 9),
            "database_type": _text("Test-Country"),
            "description": _map({"en": _text("A test")}),
            "ip_version": _number(4, 5),
            "languages": bytes([0, 4]),
            "node_count": _number(1, 6),
            "record_size": _number(24, 5),
        }
    )
    path.write_bytes(tree + b"\0" * 16 + data + b"\xab\xcd\xefMaxMind.com" + about)


def test_the_file_knows_the_country(tmp_path: Path, settings: Settings) -> None:
    settings.GEOIP_PATH = str(tmp_path / "countries.mmdb")
    write_countries(tmp_path / "countries.mmdb")
    assert geoip.place_of_ip("78.1.2.3").country == "FR"
    assert geoip.place_of_ip("78.1.2.3") == geoip.IpPlace("FR", (45.75, 4.85), 20)
    assert [geoip.place_of_ip(address).country for address in ("203.0.113.7", "", "nowhere", "2001:db8::1")] == [
        "",
        "",
        "",
        "",
    ]


def test_without_a_file_there_is_no_country(tmp_path: Path, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    assert geoip.place_of_ip("78.1.2.3").country == ""
    settings.GEOIP_PATH = str(tmp_path / "gone.mmdb")
    assert geoip.place_of_ip("78.1.2.3").country == ""
    assert caplog.messages == ["GEOIP_PATH can't be read: FileNotFoundError. IP countries are not known."]
    geoip._open.cache_clear()
    (tmp_path / "gone.mmdb").write_bytes(b"no such thing")
    assert geoip.place_of_ip("78.1.2.3").country == ""
