"""Bill-to against ship-to: a stolen card comes with a stolen bill-to and a different ship-to."""

from __future__ import annotations

import re

from fraud.addresses import Likeness, building, compare_places, same_person, shares_surname
from fraud.facts import OrderFacts, PlaceFacts
from fraud.forwarders import FORWARDER_BUILDINGS, FORWARDER_NAMES
from fraud.postcodes import patterns_of, read_pattern
from fraud.rules.answers import Answer, Clear, Hit, Limits, NoData
from store.postal import fold

NO_ADDRESS = NoData("The order lacks bill-to or ship-to.")


def _street(place: PlaceFacts) -> str:
    return " ".join(part for part in (place.line1, place.line2) if part)


def _likeness(facts: OrderFacts, bill: PlaceFacts, ship: PlaceFacts) -> Likeness:
    return facts.once("likeness", lambda: compare_places(bill, ship))


def ship_to_differs(facts: OrderFacts) -> Answer:
    """Grade how far ship-to is from bill-to; typing differences do not count."""
    bill, ship = facts.bill_to, facts.ship_to
    if bill is None or ship is None:
        return NO_ADDRESS
    likeness = _likeness(facts, bill, ship)
    streets = f"“{_street(bill)}” and “{_street(ship)}”"
    if likeness == Likeness.TYPING:
        return Clear(f"Ship-to is bill-to, typed differently: {streets}.")
    if likeness > Likeness.TYPING:
        reason = {
            Likeness.HOUSEHOLD: f"The same building, another flat: {streets}.",
            Likeness.SAME_CITY: f"Another address in the same city: {streets} in {ship.town}.",
            Likeness.OTHER_CITY: f"Billed to {bill.town}, sent to another city: {ship.town}.",
            Likeness.OTHER_REGION: f"Billed to {bill.town}, sent to another region: {ship.town}.",
            Likeness.OTHER_COUNTRY: f"Billed to {bill.town}, sent to another country: {ship.town}.",
        }[likeness]
        return Hit(reason, likeness.name.lower())
    if same_person(bill.name, ship.name) or fold(bill.name) == fold(ship.name):
        return Clear("Ship-to is bill-to.")
    return Hit(f"The same address, but billed to {bill.name} and sent to {ship.name}.", "household")


def _differs(facts: OrderFacts) -> bool | None:
    if facts.bill_to is None or facts.ship_to is None:
        return None
    return _likeness(facts, facts.bill_to, facts.ship_to) > Likeness.TYPING


def gift(facts: OrderFacts) -> Answer:
    """A gift explains a different ship-to. Trust; counted once with the surname, as a thief ticks and types what helps."""
    match _differs(facts):
        case None:
            return NO_ADDRESS
        case False:
            return Clear("Ship-to is bill-to: nothing to explain.")
    if facts.is_gift and isinstance(same_surname(facts), Hit):
        return Clear("A gift; the shared surname explains another ship-to already.")
    if facts.is_gift:
        return Hit("The shopper ticked “this is a gift”, which explains another ship-to.")
    return Clear("Not ticked as a gift.")


def same_surname(facts: OrderFacts) -> Answer:
    """A relative at ship-to explains a different address. Trust."""
    bill, ship = facts.bill_to, facts.ship_to
    if bill is None or ship is None:
        return NO_ADDRESS
    if not _differs(facts):
        return Clear("Ship-to is bill-to: nothing to explain.")
    if same_person(bill.name, ship.name):  # a thief who writes the cardholder's name on the parcel explains nothing
        return Clear("The same name at both addresses, which explains nothing.")
    if shares_surname(bill.name, ship.name):
        return Hit(f"{bill.name} and {ship.name} share a surname, which explains another ship-to.")
    return Clear(f"{bill.name} and {ship.name} share no surname.")


def changed(facts: OrderFacts) -> Answer:
    """Ship-to was changed after the order was paid: the gateway checked another one, and its protection may be lost."""
    before, ship = facts.ship_to_before, facts.ship_to
    if ship is None:
        return NO_ADDRESS
    if before is None:
        return NoData("The order is assessed for the first time.")
    likeness = compare_places(before, ship)
    if likeness <= Likeness.TYPING:
        return Clear("Ship-to is as it was when the order was paid.")
    where = f"“{_street(before)}” in {before.town} to “{_street(ship)}” in {ship.town}"
    return Hit(f"Ship-to was changed after the order was paid: from {where}.", likeness.name.lower())


_BOX = re.compile(
    r"\b(?:po box|p o box|post office box|postbox|postfach|apartado(?: de correos| postal)?|boite postale|casilla)\b"
)


def po_box(facts: OrderFacts) -> Answer:
    """Ship-to is a box that nobody lives in. Weak: so it is with many people in the country."""
    ship = facts.ship_to
    if ship is None:
        return NO_ADDRESS
    if _BOX.search(fold(f"{ship.line1} {ship.line2}")):
        return Hit(f"Ship-to is a post-office box: “{_street(ship)}”.")
    return Clear("Ship-to is no post-office box.")


_SUITE = re.compile(r"(?:#|\b(?:suite|ste|unit|apt|room|box)\b)[.\s#]*([a-z]{0,4}[-\s]?\d[\d-]*)", re.IGNORECASE)

_FORWARDERS = tuple((name, f" {fold(name)} ") for name in FORWARDER_NAMES)


def forwarder(facts: OrderFacts, limits: Limits) -> Answer:
    """Ship-to is a warehouse that sends parcels on. Weak: most of its customers simply live abroad.

    Known by name or house (fraud/forwarders.py and the merchant's own list), or by a suite number so long that no building
    has as many suites: forwarders number their customers that way.
    """
    ship = facts.ship_to
    if ship is None:
        return NO_ADDRESS
    if own := next((entry for entry in facts.listed if entry.kind == "forwarder"), None):
        return Hit(f"Ship-to is on your list of freight forwarders: {own.reason}", "listed")
    words = f" {fold(f'{ship.name} {ship.line1} {ship.line2}')} "
    named = next((name for name, folded in _FORWARDERS if folded in words), "") or FORWARDER_BUILDINGS.get(
        building(ship), ""
    )
    if named:
        return Hit(f"Ship-to is the freight forwarder {named}: “{_street(ship)}”.", "listed")
    digits = max((sum(map(str.isdigit, unit)) for unit in _SUITE.findall(f"{ship.line1} {ship.line2}")), default=0)
    if digits >= limits["digits"]:
        return Hit(f"A suite number of {digits} digits, as freight forwarders give: “{_street(ship)}”.", "suite")
    return Clear("Ship-to is no freight forwarder that we know of.")


def unsafe_country(facts: OrderFacts) -> Answer:
    """Ship-to, bill-to, card or IP address is of a country on the merchant's own list."""
    if listed := [entry for entry in facts.listed if entry.kind == "country"]:
        return Hit(" ".join(f"{entry.shown} is on your list of countries: {entry.reason}" for entry in listed))
    if facts.ship_to is None and facts.bill_to is None:
        return NO_ADDRESS
    return Clear("No country of this order is on your list.")


def watched_postcode(facts: OrderFacts) -> Answer:
    """Ship-to or bill-to is of a postcode on the merchant's own list."""
    bill, ship = facts.bill_to, facts.ship_to
    if bill is None and ship is None:
        return NO_ADDRESS
    listed = {read_pattern(*entry.shown.rpartition(" ")[::2]): entry for entry in facts.listed if entry.kind == "postcode"}
    for grade, name, place in (("ship_to", "Ship-to", ship), ("bill_to", "Bill-to", bill)):
        met = (
            [listed[pattern] for pattern in patterns_of(place.postcode, place.country) if pattern in listed] if place else []
        )
        if place and met:
            told = " ".join(f"{entry.shown}: {entry.reason}" for entry in met)
            return Hit(f"{name}, {place.postcode} {place.town}, is on your list of postcodes. {told}", grade)
    return Clear("No postcode of this order is on your list.")


def ships_far(facts: OrderFacts, limits: Limits) -> Answer:
    """Ship-to is far from bill-to, by their postcodes. Weak: parents and students live far apart."""
    bill, ship = facts.bill_to, facts.ship_to
    if bill is None or ship is None:
        return NO_ADDRESS
    if facts.ship_km is None:
        return NoData("How far apart the postcodes lie is not known (see the setting POSTCODES_PATH).")
    said = (
        f"Ship-to is some {facts.ship_km:,} km from bill-to: {ship.postcode} {ship.town} from {bill.postcode} {bill.town}."
    )
    for grade in ("very_far", "far"):
        if facts.ship_km >= limits[grade]:
            return Hit(said, grade)
    return Clear(said)


def as_typed(facts: OrderFacts) -> Answer:
    """An address that fails the checks of its country, and that the shopper wanted used all the same."""
    bill, ship = facts.bill_to, facts.ship_to
    if bill is None or ship is None:
        return NO_ADDRESS
    failed = [place for place in (ship, bill) if place.is_as_typed]
    if not failed:
        return Clear("Both addresses pass the checks of their countries.")
    place = failed[0]
    what = "Ship-to" if place is ship else "Bill-to"
    return Hit(f"{what} fails the checks of its country and was used as typed: {place.postcode} {place.town}.")
