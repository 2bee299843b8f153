"""The list of common passwords that ships with the shop (`store/data/make_common_passwords.py` makes it)."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PATH: Final = Path(__file__).parent / "data" / "common_passwords.bin"
_DIGEST_BYTES: Final = 8
# The usual stand-ins for letters; a guesser tries them first.
_STAND_INS = str.maketrans("013457@$!|", "oleastasil")


def digest_of(password: str) -> bytes:
    """Return what the list holds of a password."""
    return hashlib.blake2b(password.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).digest()


def is_common(password: str) -> bool:
    """Say whether a password, or what is left of it without case, stand-ins and edge signs, is on the list."""
    with PATH.open("rb") as file:
        size = file.seek(0, 2) // _DIGEST_BYTES
        for spelling in _spellings(password):
            wanted, low, high = digest_of(spelling), 0, size
            while low < high:
                middle = (low + high) // 2
                file.seek(middle * _DIGEST_BYTES)
                found = file.read(_DIGEST_BYTES)
                if found == wanted:
                    return True
                low, high = (middle + 1, high) if found < wanted else (low, middle)
    return False


def _spellings(password: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKC", password).casefold()
    trimmed = re.sub(r"^[\W_]+|[\W_]+$", "", plain)
    for text in (plain, trimmed):
        yield text
        yield text.translate(_STAND_INS)
        # Only what stands in for letters inside: `passw0rd1234` keeps its tail.
        word, tail = re.fullmatch(r"(.*?)(\d*)", text, re.DOTALL).groups()  # type: ignore[union-attr]  # it always matches
        yield word.translate(_STAND_INS) + tail
