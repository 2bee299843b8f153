"""Writes `common_passwords.bin`: digests of common passwords that are long enough for the shop's rules.

    python -m store.data.make_common_passwords

Sources: the lists of passwords, names and words that come with zxcvbn (MIT) and the list that comes with Django (BSD).
Entries of 10 characters and more are taken as they are; the common shorter ones dressed up the way people do it: a number or
a year behind, doubled, two keyboard rows in a row. The file holds sorted 8-byte digests, so that a look-up reads a few of
them and nothing is kept in memory.
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from pathlib import Path

import django.contrib.auth
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from store.common_passwords import PATH, digest_of

SHORTEST = 10
COMMON_WORDS = 1500
COMMON_NAMES = 250
TAILS = ("1", "12", "123", "1234", "12345", "123456", "1234567", "12345678", "123456789", "1234567890", "01", "007", "321")
YEARS = tuple(str(year) for year in range(2020, 2030))
# fmt: off
SEASONS = (
    "spring", "summer", "autumn", "winter", "fall", "january", "february", "march", "april", "may", "june", "july", "august",
    "september", "october", "november", "december", "monday", "friday", "sunday",
)
WALKS = (
    "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwerty", "asdfgh", "1q2w3e4r", "1qaz2wsx", "q1w2e3r4", "qazwsx", "azerty",
    "qwertz", "1234567890", "0987654321", "abcdefgh", "abcdefghijkl", "zaq12wsx",
)
# fmt: on


def dressed(word: str) -> Iterator[str]:
    """Yield the ways people lengthen a word."""
    yield word
    yield word * 2
    yield word * 3
    for tail in TAILS + YEARS:
        yield word + tail
        yield f"{word}@{tail}"


def candidates() -> Iterator[str]:
    """Yield passwords of any length."""
    lists = FREQUENCY_LISTS
    yield from lists["passwords"]
    django_list = Path(django.contrib.auth.__file__).with_name("common-passwords.txt.gz")
    with gzip.open(django_list, "rt", encoding="utf-8") as lines:
        yield from (line.strip() for line in lines)
    words = [word for word in lists["passwords"][:COMMON_WORDS] if len(word) >= 4]
    for word in (*words, *lists["female_names"][:COMMON_NAMES], *lists["male_names"][:COMMON_NAMES], *SEASONS, *WALKS):
        yield from dressed(word)
    for one in WALKS:
        for other in WALKS:
            yield one + other
    for digit in "0123456789abcdefghijklmnopqrstuvwxyz":
        for length in range(SHORTEST, 21):
            yield digit * length


def main() -> None:
    """Write the file, sorted, so that the same sources give the same bytes."""
    digests = sorted({digest_of(entry.casefold()) for entry in candidates() if len(entry) >= SHORTEST})
    PATH.write_bytes(b"".join(digests))
    sys.stdout.write(f"{len(digests)} passwords\n")


if __name__ == "__main__":
    main()
