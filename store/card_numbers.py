"""Telling card numbers from other numbers.

A card number is 12 to 19 digits in a range that card companies issue, with a right check digit (Luhn). Digits may be of any
script or width, apart by spaces, dashes, dots, slashes or line breaks, in any grouping.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_plus

import phonenumbers

MASK: Final = "[card number]"

# First digits and the lengths issued under them. A range is inclusive; both ends have the same number of digits.
_ISSUED: Final[tuple[tuple[int, int, tuple[int, ...]], ...]] = (
    (4, 4, (13, 16, 18, 19)),  # Visa
    (51, 55, (16,)),  # Mastercard
    (2221, 2720, (16,)),
    (34, 34, (15,)),  # American Express
    (37, 37, (15,)),
    (300, 305, tuple(range(14, 20))),  # Diners Club
    (3095, 3095, tuple(range(14, 20))),
    (36, 36, tuple(range(14, 20))),
    (38, 39, tuple(range(14, 20))),
    (6011, 6011, tuple(range(16, 20))),  # Discover
    (644, 649, tuple(range(16, 20))),
    (65, 65, tuple(range(16, 20))),
    (3528, 3589, tuple(range(16, 20))),  # JCB
    (2131, 2131, (15,)),
    (1800, 1800, (15,)),
    (62, 62, tuple(range(16, 20))),  # UnionPay
    (81, 82, tuple(range(16, 20))),  # UnionPay, RuPay
    (60, 60, tuple(range(16, 20))),  # RuPay, Hipercard, Cabal
    (50, 50, tuple(range(12, 20))),  # Maestro, Verve, Elo, RuPay
    (56, 58, tuple(range(12, 20))),  # Maestro
    (6304, 6304, tuple(range(12, 20))),
    (6390, 6390, tuple(range(12, 20))),
    (67, 67, tuple(range(12, 20))),
    (636, 639, (16, 18, 19)),  # Elo, InstaPayment, Interpayment
    (2200, 2205, tuple(range(16, 20))),  # Mir, Borica
    (9792, 9792, (16,)),  # Troy
    (1, 1, (15,)),  # UATP
)
_SHORTEST: Final = 12
_LONGEST: Final = 19

# What may stand between two digits of one number. Commas and colons may not: they part prices and times.
_APART = r"[\s\-._/|\\*~•·+]{0,8}"
_RUN = re.compile(rf"[0-9](?:{_APART}[0-9]){{{_SHORTEST - 1},}}")
GROUP = re.compile(r"[0-9]+")
# Ids and digests hold long digits by chance: a UUID, and 32 or more hex digits with letters among them.
_NOT_TYPED = re.compile(
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b(?=[0-9]*[a-f][0-9]*[a-f])[0-9a-f]{32,}\b",
    re.IGNORECASE,
)
_LUHN_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
# ITU E.164: no telephone number is longer.
LONGEST_PHONE: Final = 15


def find_card_numbers(text: str) -> list[tuple[int, int]]:
    """Return where card numbers are in `text`, as (start, end) in order; no two overlap."""
    plain = plain_text(text)
    if sum(map(plain.count, "0123456789")) < _SHORTEST:
        return []
    skip = [match.span() for match in _NOT_TYPED.finditer(plain)]
    found: list[tuple[int, int]] = []
    for run in _RUN.finditer(plain):
        for start, end in _numbers_in(plain, run.start(), run.end()):
            if any(start < skip_end and end > skip_start for skip_start, skip_end in skip):
                continue
            if found and start < found[-1][1]:
                found[-1] = (found[-1][0], max(end, found[-1][1]))
            else:
                found.append((start, end))
    return found


def mask_card_numbers(text: str) -> str:
    """Return `text` with every card number replaced by a mask. Looks behind `%20` and the like, too."""
    spans = find_card_numbers(text)
    for start, end in reversed(spans):
        text = f"{text[:start]}{MASK}{text[end:]}"
    if "%" in text and find_card_numbers(decoded := unquote_plus(text)):
        return mask_card_numbers(decoded)
    return text


def has_card_number(text: str) -> bool:
    """Say whether `text` holds a card number, percent-encoded ones included."""
    return bool(find_card_numbers(text)) or ("%" in text and bool(find_card_numbers(unquote_plus(text))))


def is_card_number(digits: str) -> bool:
    """Say whether these ASCII digits are an issued length and range with a right check digit."""
    return len(digits) in _lengths_issued(digits[:4]) and _luhn(digits)


def plain_text(text: str) -> str:
    """Return `text`, character for character, with ASCII digits, dashes and spaces in place of their many likes."""
    if text.isascii():
        return text
    return "".join(c if c.isascii() else _plain_character(c) for c in text)


def _plain_character(character: str) -> str:
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(character)
    if category == "Pd" or character == "\u2212":
        return "-"
    # Spaces, what is not seen at all, and marks that ride on a character.
    if category in {"Zs", "Zl", "Zp", "Cf", "Mn", "Me"}:
        return " "
    if character in "\uff0e\u3002\uff61\u30fb\u2219\u22c5\u2027":  # the full stops and middle dots of other scripts
        return "."
    return character


def _numbers_in(plain: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the card numbers of one run of digits: whole groups that follow each other."""
    groups = [match.span() for match in GROUP.finditer(plain, start, end)]
    found: list[tuple[int, int]] = []
    for first, (number_start, _) in enumerate(groups):
        digits = ""
        for group_start, group_end in groups[first : first + _LONGEST]:
            digits += plain[group_start:group_end]
            if len(digits) > _LONGEST:
                break
            if len(digits) >= _SHORTEST and is_card_number(digits):
                span = (number_start, group_end)
                if not _is_phone(plain, number_start, digits) and not _are_prices(plain[number_start:group_end]):
                    found.append(span)
    return found


@lru_cache(maxsize=10_000)
def _lengths_issued(first_four: str) -> frozenset[int]:
    """Return the lengths of card numbers that begin with these four digits."""
    return frozenset(
        length for low, high, lengths in _ISSUED if low <= int(first_four[: len(str(low))]) <= high for length in lengths
    )


def _luhn(digits: str) -> bool:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        total += _LUHN_DOUBLED[int(digit)] if position % 2 else int(digit)
    return total % 10 == 0


def _is_phone(plain: str, start: int, digits: str) -> bool:
    """Say whether the number is written as an international telephone number and is a valid one."""
    if start == 0 or plain[start - 1] != "+" or len(digits) > LONGEST_PHONE:
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(f"+{digits}"))
    except phonenumbers.NumberParseException:
        return False


def _are_prices(text: str) -> bool:
    """Say whether the digits are amounts beside each other: `45.99 12.50 13.99 14.25`."""
    words = text.split()
    return len(words) > 1 and all(re.fullmatch(r"[0-9]{1,5}\.[0-9]{1,2}", word) for word in words)
