"""One spelling of a postal address: what "1420 S.E. Ankeny Street #3" and "1420 SE Ankeny St / Apt 3" have in common.

Pure functions without a database, for the blind index of addresses (`store.blind_index`) and for comparing two addresses
(`fraud.addresses`). A change here changes digests that are stored already: rows are found again after `rotate_keys --index`
(docs/ops-upgrade.md). Few are, because an address that is written in the short form gives itself: "12 main st".
"""

# ruff: noqa: RUF001 - look-alike characters are what this file is about

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from anyascii import anyascii

# Letters that Unicode does not take apart into a base letter and an accent.
_PLAIN = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"})
# Words for a flat within a building; what follows one is the unit.
_UNIT_WORDS: Final = frozenset(
    {"apt", "apartment", "flat", "unit", "suite", "ste", "room", "rm", "appt", "appartement", "apto", "wohnung", "whg"}
)
# One spelling for each word that people in the US, GB, AU, DE, FR and ES shorten; "st" stays both street and saint, which is
# harmless because both sides go the same way. The abbreviations are those of USPS Publication 28 where it has one.
SHORT: Final = {
    "street": "st", "saint": "st", "sankt": "st", "sainte": "ste", "avenue": "ave", "av": "ave", "aven": "ave", "road": "rd",
    "drive": "dr", "drv": "dr", "lane": "ln", "boulevard": "blvd", "bd": "blvd", "boul": "blvd", "bvd": "blvd",
    "court": "ct", "crt": "ct", "place": "pl", "platz": "pl", "square": "sq", "sqr": "sq", "terrace": "ter", "terr": "ter",
    "tce": "ter", "parkway": "pkwy", "pky": "pkwy", "highway": "hwy", "circle": "cir", "circuit": "cct", "crescent": "cres",
    "alley": "aly", "center": "ctr", "centre": "ctr", "close": "cl", "cove": "cv", "crossing": "xing", "esplanade": "esp",
    "expressway": "expy", "extension": "ext", "freeway": "fwy", "garden": "gdn", "gardens": "gdns", "green": "grn",
    "grove": "grv", "gr": "grv", "heights": "hts", "hill": "hl", "hills": "hls", "junction": "jct", "landing": "lndg",
    "manor": "mnr", "meadows": "mdws", "mews": "mws", "parade": "pde", "park": "pk", "plaza": "plz", "point": "pt",
    "ridge": "rdg", "route": "rte", "springs": "spgs", "station": "sta", "trail": "trl", "turnpike": "tpke",
    "valley": "vly", "view": "vw", "village": "vlg", "walk": "wlk", "wy": "way", "mount": "mt", "fort": "ft", "floor": "fl",
    "building": "bldg", "house": "hse", "batiment": "bat", "bt": "bat", "rue": "r", "chemin": "che", "ch": "che",
    "allee": "all", "impasse": "imp", "faubourg": "fbg", "fg": "fbg", "residence": "res", "strasse": "str", "straat": "str",
    "calle": "c", "avenida": "ave", "avda": "ave", "north": "n", "south": "s", "east": "e", "west": "w", "northeast": "ne",
    "northwest": "nw", "southeast": "se", "southwest": "sw",
}  # fmt: skip
_TRACELESS = re.compile(r"['’`´.]")
_WORDS = re.compile(r"\d+|[^\W\d_]+")
_STRASSE, _PLATZ = re.compile(r"(?<=\w)strasse$"), re.compile(r"(?<=\w\w)platz$")
_NOISE = frozenset({"no", "nr", "number", "the"})
# "3/12 Elm Street" is the third flat of number twelve there.
_FLAT_FIRST, _WITH_FLAT_FIRST = re.compile(r"^\s*(\d+\s?[A-Za-z]?)\s*/\s*(?=\d)"), frozenset({"AU", "NZ"})
# Where an umlaut may be written with an e, and "Haupt Straße" is "Hauptstraße".
_GERMAN = frozenset({"DE", "AT", "CH", "LI"})
_UMLAUT = re.compile(r"([aou])e")
# "l'Église" is typed "l Eglise" where the apostrophe is hard to find.
_ELISION = re.compile(r"\b([dl])['’`´](?=\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Street:
    """Words and numbers in their order: 12 West 34th Street is not 34 West 12th Street."""

    words: tuple[str, ...]
    numbers: tuple[str, ...]

    @property
    def names_a_house(self) -> bool:
        """Whether it could be a street and a number."""
        return bool(self.words and self.numbers)


def fold(text: str) -> str:
    """Take away all that typing changes: script, width, case, accents, punctuation, spacing."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).casefold().translate(_PLAIN)
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
        if not text.isascii():  # one address in Cyrillic, the other in Latin letters
            text = anyascii(text)
    # Apostrophes and full stops go without a trace (O'Neil, P.O.); everything else between letters and digits is a space.
    text = _TRACELESS.sub("", text.casefold())
    return " ".join(_WORDS.findall(text.replace("#", " apt ")))


def shorten(word: str) -> str:
    """The common abbreviation of a folded word; the German endings -strasse and -platz have one as well."""
    return SHORT.get(word) or _PLATZ.sub("pl", _STRASSE.sub("str", word))


def read_street(line1: str, line2: str, *, country: str = "") -> tuple[Street, str]:
    """Take the two lines of an address apart: street, and the unit within the house."""
    tokens = [*_line(line1, country), *_line(line2, country)]
    words: list[str] = []
    numbers: list[str] = []
    unit: list[str] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        place += 1
        if token in _UNIT_WORDS and not _is_sainte(tokens, place):
            # "apt 4 b" or "apt b 4": one number and at most one letter; otherwise one word, as in "flat ground".
            sorts = {"number", "letter"}
            while place < len(tokens) and (sort := _sort(tokens[place])) in sorts:
                sorts.remove(sort)
                unit.append(tokens[place].lstrip("0"))
                place += 1
            if not unit and place < len(tokens) and tokens[place] not in _UNIT_WORDS:
                unit.append(tokens[place])
                place += 1
        elif token.isdigit():
            numbers.append(token.lstrip("0"))
        elif token not in _NOISE:
            words.append(token)
    return Street(tuple(words), tuple(numbers)), "".join(unit)


def read_postcode(text: str, country: str) -> str:
    """A postcode without spaces; of an American one the five digits that everybody knows."""
    code = fold(text).replace(" ", "")
    return code[:5] if country == "US" else code


def normalise_address(line1: str, line2: str = "", city: str = "", postcode: str = "", country: str = "") -> list[str]:
    """The parts that make two addresses one: street, unit, city, postcode, country. The street is "" if there is none.

    House numbers come first and words after them, each shortened as the posts do; the unit has one word for all it is called
    and may stand on either line. Nothing is guessed: another flat, another spelling of a name, is another address.
    """
    country = country.strip().upper()
    line1, line2 = (_ELISION.sub(r"\1 ", unicodedata.normalize("NFC", line)) for line in (line1, line2))
    if line2 and not _numbers(line1) and _numbers(line2) and _names_a_house(line2, country):
        line1, line2 = line2, line1  # some write the company first, and the street below it
    street, unit = read_street(line1, line2, country=country)
    words = _join_directions([_word(word, country) for word in street.words])
    if country in _GERMAN:
        words = _join_endings(words)
    parts = " ".join([*(number or "0" for number in street.numbers), *words])
    return [
        parts or (f"apt {unit}" if unit else ""),
        f"apt {unit}" if unit and parts else "",
        " ".join(_word(word, country) for word in fold(city).split()),
        read_postcode(postcode, country),
        country.lower(),
    ]


def _line(line: str, country: str) -> list[str]:
    if country in _WITH_FLAT_FIRST:
        line = _FLAT_FIRST.sub(r"apt \1 ", line)
    tokens = fold(line).split()
    if tokens and len(tokens) <= 2 and all(token.isdigit() or len(token) == 1 for token in tokens):
        return ["apt", *tokens]  # a bare "4B" on a line of its own is the flat
    return tokens


def _is_sainte(tokens: list[str], place: int) -> bool:
    """Whether the word before is no suite but a saint: Rue Ste-Catherine."""
    return tokens[place - 1] == "ste" and (place == len(tokens) or _sort(tokens[place]) == "word")


def _sort(token: str) -> str:
    if token.isdigit():
        return "number"
    return "letter" if len(token) == 1 else "word"


def _numbers(line: str) -> bool:
    return any(c.isdigit() for c in line)


def _names_a_house(line: str, country: str) -> bool:
    return read_street(line, "", country=country)[0].names_a_house


def _word(word: str, country: str) -> str:
    short = shorten(word)
    return _UMLAUT.sub(r"\1", short) if country in _GERMAN and word not in SHORT else short


def _join_directions(words: list[str]) -> list[str]:
    """Make "SE" of "S. E."."""
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] in ("n", "s") and word in ("e", "w"):
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _join_endings(words: list[str]) -> list[str]:
    """Make "Hauptstr." of "Haupt Str."; the words before it stay apart."""
    joined: list[str] = []
    for word in words:
        if joined and word in ("str", "pl"):
            joined[-1] += word
        else:
            joined.append(word)
    return joined
