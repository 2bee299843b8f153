"""The phone number: a thief gives a false one."""

from __future__ import annotations

from fraud.addresses import region_code
from fraud.facts import OrderFacts
from fraud.phones import PhoneReading, belongs_to, read_phone
from fraud.rules.answers import Answer, Clear, Hit, NoData

NO_PHONE = NoData("No phone number was given.")
NOT_READABLE = NoData("The number is not valid, so nothing more can be read from it.")


def _read(facts: OrderFacts) -> PhoneReading | None:
    if not facts.phone.strip():
        return None
    abroad = (facts.ship_to.country if facts.ship_to else "", facts.payment.card_country if facts.payment else "")
    bill_country = facts.bill_to.country if facts.bill_to else ""
    return facts.once("phone", lambda: read_phone(facts.phone, country=bill_country, or_else=abroad))


def not_valid(facts: OrderFacts) -> Answer:
    """A number that nobody can have."""
    reading = _read(facts)
    if reading is None:
        return NO_PHONE
    if reading.is_valid:
        return Clear(f"{reading.shown} is a valid number.")
    return Hit(f"{facts.phone.strip()} is not a valid phone number.")


def other_country(facts: OrderFacts) -> Answer:
    """A number from elsewhere than the card's address."""
    reading = _read(facts)
    if reading is None:
        return NO_PHONE
    if not reading.is_valid:
        return NOT_READABLE
    if facts.bill_to is None or not facts.bill_to.country:
        return NoData("The billing country is not known.")
    if not reading.region:
        return NoData(f"{reading.shown} belongs to no one country.")
    country = facts.bill_to.country.upper()
    if belongs_to(reading, country=country):
        return Clear(f"{reading.shown} is a number of the billing country, {country}.")
    return Hit(f"{reading.shown} is a number of {reading.region}, the billing country is {country}.")


def other_region(facts: OrderFacts) -> Answer:
    """A US or Canadian number of another state than bill-to. Weak: people move and keep their number."""
    reading = _read(facts)
    if reading is None:
        return NO_PHONE
    if not reading.is_valid:
        return NOT_READABLE
    bill = facts.bill_to
    if bill is None or not bill.region or bill.country.upper() not in {"US", "CA"} or reading.region != bill.country.upper():
        return NoData("Only numbers of the US and Canada can be compared with a billing region of the same country.")
    # "Boston, MA", or for a whole state "Massachusetts"; "New York, NY" and "California" both end in what we want.
    there = region_code(reading.place.rsplit(", ", 1)[-1], country=bill.country)
    ours = region_code(bill.region, country=bill.country)
    if not there or not ours:
        return NoData(f"The state of {reading.shown} is not known.")
    if there == ours:
        return Clear(f"{reading.shown} is a number of {reading.place}, like bill-to.")
    return Hit(f"{reading.shown} is a number of {reading.place}, bill-to is in {bill.region}.")


_UNUSUAL = {
    "premium rate": "premium",
    "toll-free": "toll_free",
    "shared cost": "toll_free",
    "company number": "toll_free",
    "internet telephone": "internet",
    "personal number": "internet",
    "pager": "internet",
    "voicemail": "internet",
}


def unusual_kind(facts: OrderFacts) -> Answer:
    """A kind of number that a private customer hardly has."""
    reading = _read(facts)
    if reading is None:
        return NO_PHONE
    if not reading.is_valid:
        return NOT_READABLE
    if reading.kind == "unknown":
        return NoData(f"The kind of {reading.shown} is not known.")
    if grade := _UNUSUAL.get(reading.kind):
        return Hit(f"{reading.shown}: {reading.kind}, unusual for a private customer.", grade)
    return Clear(f"{reading.shown}: {reading.kind}.")
