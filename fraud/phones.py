"""What a phone number says about itself, without asking anybody: validity, region, kind, local time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from phonenumbers import timezone as phone_zones

from fraud.phone_places import place_of

# Calling earlier or later than this, in the customer's own day, is rude and in places unlawful.
FIRST_HOUR, LAST_HOUR = 8, 20

_KINDS = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "fixed line",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed line or mobile",
    PhoneNumberType.TOLL_FREE: "toll-free",
    PhoneNumberType.PREMIUM_RATE: "premium rate",
    PhoneNumberType.SHARED_COST: "shared cost",
    PhoneNumberType.VOIP: "internet telephone",
    PhoneNumberType.PERSONAL_NUMBER: "personal number",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "company number",
    PhoneNumberType.VOICEMAIL: "voicemail",
}


# One country with its islands and territories: people carry a number of the one and live in the other.
_FAMILIES = (
    frozenset({"GB", "GG", "IM", "JE"}),
    frozenset({"US", "AS", "GU", "MP", "PR", "VI"}),
    frozenset({"FR", "BL", "GF", "GP", "MF", "MQ", "PM", "RE", "YT"}),
    frozenset({"FI", "AX"}),
    frozenset({"NO", "SJ"}),
    frozenset({"IT", "VA"}),
    frozenset({"AU", "CC", "CX"}),
)


@dataclass(frozen=True, slots=True)
class PhoneReading:
    """One number, read."""

    typed: str
    is_valid: bool
    e164: str  # "" when it cannot be read as a number at all
    shown: str  # as people write it
    region: str  # ISO 3166 alpha-2; "" when the number belongs to no one country
    calling_code: int | None
    kind: str  # one of the words above, or "unknown"
    place: str  # as in "Boston, MA"; "" when not known
    zones: tuple[str, ...]  # IANA names

    @property
    def href(self) -> str:
        """The address behind a link that dials; "" for what cannot be dialled."""
        return f"tel:{self.e164}" if self.e164 else ""


@dataclass(frozen=True, slots=True)
class LocalTime:
    """What the clock says where the phone is."""

    at: datetime
    zone: str
    is_decent: bool  # within the hours in which one may ring


def read_phone(typed: str, *, country: str, or_else: tuple[str, ...] = ()) -> PhoneReading:
    """Read a number as typed; without a leading + it is taken for one of `country` (ISO 3166 alpha-2).

    Where it can't be one, it is tried as one of the countries in `or_else`: people abroad leave out their country's code.
    """
    reading = _read(typed, country)
    if reading.is_valid:
        return reading
    # "00" is how most of the world dials abroad, as "+" does.
    tries = [_read(re.sub(r"^\s*00(?=[1-9])", "+", typed), country)]
    tries += [_read(typed, other) for other in or_else if other and other.upper() != country.upper()]
    return next((other for other in tries if other.is_valid), reading)


def _read(typed: str, country: str) -> PhoneReading:
    try:
        number = phonenumbers.parse(typed, country.upper() or None)
    except phonenumbers.NumberParseException:
        return PhoneReading(typed, False, "", typed, "", None, "unknown", "", ())
    region = phonenumbers.region_code_for_number(number) or ""
    zones = phone_zones.time_zones_for_number(number)
    return PhoneReading(
        typed=typed,
        is_valid=phonenumbers.is_valid_number(number),
        e164=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        shown=phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL),
        region=region if region.isalpha() else "",  # "001" stands for no one country
        calling_code=number.country_code,
        kind=_KINDS.get(phonenumbers.number_type(number), "unknown"),
        place=place_of(number),
        zones=tuple(zone for zone in zones if zone != "Etc/Unknown"),
    )


def belongs_to(reading: PhoneReading, *, country: str) -> bool:
    """Whether a valid number is one of `country`; numbers shared by neighbours count for each of them."""
    if not reading.e164:
        return False
    if any({reading.region, country.upper()} <= family for family in _FAMILIES):
        return True
    return phonenumbers.is_valid_number_for_region(phonenumbers.parse(reading.e164), country.upper())


def local_times(reading: PhoneReading, *, now: datetime) -> tuple[LocalTime, ...]:
    """The time where the phone may be, one for each different clock among its zones, earliest first."""
    clocks: dict[str, LocalTime] = {}
    for name in reading.zones:
        try:
            at = now.astimezone(ZoneInfo(name))
        except ZoneInfoNotFoundError:
            continue
        clocks.setdefault(at.isoformat(), LocalTime(at, name, FIRST_HOUR <= at.hour < LAST_HOUR))
    return tuple(sorted(clocks.values(), key=lambda clock: clock.at.replace(tzinfo=None)))
