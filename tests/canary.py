"""A customer whose every value can be found again: whatever holds one of them in the clear is a leak.

leaks = find_leaks(folder)      # every file below, databases and write-ahead logs included
"""

from __future__ import annotations

import base64
import gzip
import html
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

# Values that stand nowhere else: rare, and long enough not to turn up by chance.
CANARY = {
    "email": "zephyrine.quillfeather@canary-aviary.example",
    "name": "Zephyrine Quillfeather",
    "phone": "+15035559267",
    "line1": "9417 Thistledown Crescent",
    "line2": "Belfry 77",
    "city": "Ornithopolis",
    "postcode": "97299",
    "note": "the plover nests behind the organ loft",
    "ip": "198.51.100.217",
    "user_agent": "CanaryBrowser/9.41 (Quillfeather)",
    "password": "seventeen plovers waltz over Ornithopolis",
}
# Also in parts: a log line may hold only the family name.
PARTS = ("Quillfeather", "quillfeather", "Thistledown", "5035559267", "canary-aviary")
# Too short to look for on its own: any number could hold it.
_TOO_SHORT = {"97299"}


def spellings(value: str) -> Iterator[bytes]:
    """Yield a value in every encoding that storage and transport put text into."""
    for text in {
        value,
        value.upper(),
        value.lower(),
        quote(value),
        quote_plus(value),
        html.escape(value),
        json.dumps(value)[1:-1],
    }:
        raw = text.encode()
        yield raw
        yield text.encode("utf-16-le")
        yield raw.hex().encode()
        # Base64 depends on where the value begins: three possible spellings of its middle.
        for shift in range(3):
            encoded = base64.b64encode(b"\0" * shift + raw)[4 if shift else 0 : -4]
            yield encoded
            yield encoded.replace(b"+", b"-").replace(b"/", b"_")


NEEDLES = sorted(
    {
        spelling
        for value in (*CANARY.values(), *PARTS)
        if value not in _TOO_SHORT
        for spelling in spellings(value)
        if len(spelling) >= 8
    }
)


def find_leaks(folder: Path) -> list[str]:
    """Return `path: value` for every canary value in a file below `folder`, also inside gzip and zlib."""
    leaks = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            for content in _contents(path.read_bytes()):
                leaks += [f"{path}: {needle!r}" for needle in NEEDLES if needle in content]
    return leaks


def find_leaks_in(text: str) -> list[str]:
    """Return the canary values in a text."""
    return [repr(needle) for needle in NEEDLES if needle in text.encode()]


def _contents(raw: bytes) -> Iterator[bytes]:
    yield raw
    for unpack in (gzip.decompress, zlib.decompress):
        try:
            yield unpack(raw)
        except (OSError, EOFError, zlib.error):
            continue
