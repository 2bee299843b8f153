"""Bill-to against ship-to: a stolen card comes with a stolen bill-to and a different ship-to."""

from __future__ import annotations

from fraud.addresses import Likeness, compare_places, fold, same_person, shares_surname
from fraud.facts import OrderFacts, PlaceFacts
from fraud.rules.answers import Answer, Clear, Hit, NoData

NO_ADDRESS = NoData("The order lacks bill-to or ship-to.")


def _street(place: PlaceFacts) -> str:
    return " ".join(part for part in (place.line1, place.line2) if part)


def ship_to_differs(facts: OrderFacts) -> Answer:
    """Grade how far ship-to is from bill-to; typing differences do not count."""
    bill, ship = facts.bill_to, facts.ship_to
    if bill is None or ship is None:
        return NO_ADDRESS
    likeness = compare_places(bill, ship)
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
    return compare_places(facts.bill_to, facts.ship_to) > Likeness.TYPING


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
