"""Writes `phone_places.bin`: which numbers belong to which place, in English.

    python -m fraud.data.make_phone_places

Source: the data of the phonenumbers package (Google's libphonenumber, Apache 2.0), which keeps the names in every language
in memory, 100 MB of it. The file holds the English ones, sorted, so that a look-up reads a few records and nothing is kept.
Run it again when phonenumbers is upgraded; a test asks.
"""

from __future__ import annotations

import json
import sys

import phonenumbers
from phonenumbers.geodata import GEOCODE_DATA, GEOCODE_LONGEST_PREFIX
from phonenumbers.geodata.locale import LOCALE_DATA

from fraud.phone_places import NAME_BYTES, PATH, PREFIX_BYTES


def main() -> int:
    """Write the file and say how much is in it."""
    told = {prefix: by_language["en"] for prefix, by_language in GEOCODE_DATA.items() if "en" in by_language}
    places, blob = {}, bytearray()
    for name in sorted(set(told.values())):
        places[name] = len(blob)
        blob += name.encode() + b"\0"
    rows = b"".join(
        number.to_bytes(PREFIX_BYTES) + places[name].to_bytes(NAME_BYTES)
        for number, name in sorted((int(prefix), name) for prefix, name in told.items())
    )
    regions = {code: _english(by_language) for code, by_language in LOCALE_DATA.items()}
    head = {"phonenumbers": phonenumbers.__version__, "rows": len(told), "longest": GEOCODE_LONGEST_PREFIX}
    first = json.dumps({**head, "regions": regions}, ensure_ascii=True, sort_keys=True).encode() + b"\n"
    PATH.write_bytes(first + rows + blob)
    sys.stdout.write(f"{len(told)} prefixes, {len(places)} places, {PATH.stat().st_size} bytes\n")
    return 0


def _english(by_language: dict[str, str]) -> str:
    """A country's name; "*aa" says that it is the same in the language `aa`."""
    name = by_language.get("en", "")
    return by_language.get(name[1:], "") if name.startswith("*") else name


if __name__ == "__main__":
    sys.exit(main())
