"""Where a telephone number is from, in English: a city, a state, a country.

As `phonenumbers.geocoder` tells it, which takes 100 MB for the names in every language. Here they are looked up in a file
(`fraud/data/make_phone_places.py` makes it), and take none.
"""

from __future__ import annotations

import json
import mmap
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

PATH: Final = Path(__file__).parent / "data" / "phone_places.bin"
PREFIX_BYTES: Final = 6
NAME_BYTES: Final = 3
_ROW: Final = PREFIX_BYTES + NAME_BYTES


class _Places(NamedTuple):
    """The file: what its first line says, and the rest."""

    regions: dict[str, str]
    longest: int
    rows: int
    start: int
    content: mmap.mmap
    made_from: str


def place_of(number: PhoneNumber) -> str:
    """Return the place a number is from, or the country, or "" where it could be from several or from none."""
    kind = phonenumbers.number_type(number)
    if kind == PhoneNumberType.UNKNOWN:
        return ""
    if not phonenumbers.is_number_type_geographical(kind, number.country_code or 0):
        return _country_of(number)
    return _find(_without_mobile_token(number)) or _country_of(number)


def made_from() -> str:
    """Return the version of phonenumbers that the file was made from."""
    return _open().made_from


@cache
def _open() -> _Places:
    with PATH.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    head = json.loads(content.readline())
    return _Places(head["regions"], head["longest"], head["rows"], content.tell(), content, head["phonenumbers"])


def _find(number: PhoneNumber) -> str:
    """Return what the longest known prefix of the number says."""
    digits = phonenumbers.format_number(number, PhoneNumberFormat.E164)[1:]
    for length in range(min(_open().longest, len(digits)), 0, -1):
        if name := _look_up(int(digits[:length])):
            return name
    return ""


def _look_up(prefix: int) -> str:
    places, wanted = _open(), prefix.to_bytes(PREFIX_BYTES)
    low, high = 0, places.rows
    while low < high:
        middle = (low + high) // 2
        at = places.start + middle * _ROW
        found = places.content[at : at + PREFIX_BYTES]
        if found == wanted:
            name_at = places.start + places.rows * _ROW + int.from_bytes(places.content[at + PREFIX_BYTES : at + _ROW])
            return places.content[name_at : places.content.find(b"\0", name_at)].decode()
        low, high = (middle + 1, high) if found < wanted else (low, middle)
    return ""


def _country_of(number: PhoneNumber) -> str:
    regions = phonenumbers.region_codes_for_country_code(number.country_code or 0)
    if len(regions) > 1:
        regions = tuple(region for region in regions if phonenumbers.is_valid_number_for_region(number, region))
    return _open().regions.get(regions[0], "") if len(regions) == 1 else ""


def _without_mobile_token(number: PhoneNumber) -> PhoneNumber:
    """Some countries (Argentina) put a digit before a mobile's area code, which hides the area."""
    token = phonenumbers.country_mobile_token(number.country_code or 0)
    national = phonenumbers.national_significant_number(number)
    if not token or not national.startswith(token):
        return number
    try:
        return phonenumbers.parse(
            national[len(token) :], phonenumbers.region_code_for_country_code(number.country_code or 0)
        )
    except phonenumbers.NumberParseException:
        return number
