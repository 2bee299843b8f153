"""The rules, tried by thieves and by honest people whose orders look odd."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fraud.addresses import Likeness, compare_places, same_person
from fraud.facts import LineFacts, OrderFacts, ShopFacts
from fraud.phones import belongs_to, read_phone
from fraud.policy import Judgement, Verdict, default_policy, judge
from fraud.rules import Hit
from store.money import Money
from tests.fraud.facts import BRUSH, HOME, MIAMI, POLISHER, earlier, make_facts, pay, place

NEW_SHOP = ShopFacts(orders=3, median=0, p95=0)
LYON = place(
    name="Ruth Gale", line1="5 Rue de la République", line2="", city="Lyon", region="", postcode="69001", country="FR"
)


def of(line: LineFacts, quantity: int) -> dict[str, Any]:
    """So many of one thing, and what they cost."""
    return {"lines": (replace(line, quantity=quantity),), "total": Money(line.unit_price.minor * quantity, "USD")}


def judged(facts: OrderFacts) -> Judgement:
    return judge(facts, default_policy())


def hits(facts: OrderFacts) -> set[str]:
    return {one.rule.code for one in judged(facts).judged if isinstance(one.outcome, Hit)}


HONEST: dict[str, dict[str, Any]] = {
    "a gift to another state": {"ship_to": MIAMI, "is_gift": True},
    "a gift to another state, in a hurry": {"ship_to": MIAMI, "is_gift": True, "is_express": True},
    "a gift to a relative in another state, in a hurry": {
        "ship_to": place(MIAMI, name="Otto Gale"),
        "is_gift": True,
        "is_express": True,
    },
    "a gift to a relative abroad": {"ship_to": replace(LYON, name="Otto Gale"), "is_gift": True},
    "three cheap toys": of(BRUSH, 3),
    "five cheap toys sent to the office": {**of(BRUSH, 5), "ship_to": place(name="Acme", line1="1 Federal Street", line2="")},
    "an office that buys ten cheap things": {**of(BRUSH, 10), "is_express": True},
    "a traveller with a phone from home": {"phone": "+44 7911 123456"},
    "a card from the old country": {"payment": pay(card_country="FR"), "phone": "+33 6 12 34 56 78"},
    "a new address the bank does not know": {"payment": pay(postcode_check="fail")},
    "a bank that checks nothing": {"payment": pay(cvc_check="unavailable", postcode_check="unchecked", line1_check="unchecked", risk_level="unknown")},
    "abbreviations": {"ship_to": place(line1="12 ELM ST.", line2="#4")},
    "a company on the first line": {
        "bill_to": place(line1="Acme Corp", line2="12 Elm Street"),
        "ship_to": place(line1="12 Elm Street", line2="Acme Corp"),
    },
    "care of a neighbour in the same house": {"bill_to": place(line2=""), "ship_to": place(line2="c/o Acme Corp")},
    "a P.O. box for bills and a door for parcels": {"bill_to": place(line1="P.O. Box 77", line2="")},
    "a name of single characters": {"bill_to": place(name="李 明"), "ship_to": place(name="李 明"), "payment": pay(payer_name="李 明")},
    "a name of initials": {"bill_to": place(name="R G"), "ship_to": place(name="R G"), "payment": pay(payer_name="R G")},
    "a number dialled with 00": {"phone": "0044 7911 123456"},
    "a regular who buys a polisher for herself": {**of(POLISHER, 1), "shop": NEW_SHOP, "earlier": (earlier(days=90, same=frozenset({"email", "address"})),)},
}  # fmt: skip


@pytest.mark.parametrize("who", HONEST)
def test_an_honest_customer_is_not_rung(who: str) -> None:
    judgement = judged(make_facts(**HONEST[who]))
    assert judgement.verdict == Verdict.RELEASE, [(one.rule.code, one.points) for one in judgement.judged if one.points]


THIEVES: dict[str, dict[str, Any]] = {
    "twelve of the dearest, home": of(POLISHER, 12),
    "twelve of the dearest, as a gift to a relative, 3-D Secure": {
        **of(POLISHER, 12),
        "ship_to": place(MIAMI, name="Victor Gale"),
        "is_gift": True,
        "payment": pay(is_liability_shifted=True),
    },
    "three of the dearest to another state": {**of(POLISHER, 3), "ship_to": MIAMI, "shop": NEW_SHOP},
    "two of the dearest to a made-up relative, as a gift": {
        **of(POLISHER, 2),
        "ship_to": place(MIAMI, name="Victor Gale"),
        "is_gift": True,
        "shop": NEW_SHOP,
    },
    "two of the dearest under the cardholder's name, as a gift": {
        **of(POLISHER, 2),
        "ship_to": place(MIAMI, name="Ruth Gale"),
        "is_gift": True,
        "shop": NEW_SHOP,
    },
    "one of the dearest to another state of a shop that sells brushes": {**of(POLISHER, 1), "ship_to": MIAMI},
    "a false number": {"phone": "000 0000"},
    "a false number with a gift": {"phone": "123", "ship_to": MIAMI, "is_gift": True},
    "the wrong security code": {"payment": pay(cvc_check="fail")},
    "own address for both, which the bank denies": {"payment": pay(postcode_check="fail", line1_check="fail")},
    "a card of a stranger": {"payment": pay(payer_name="Ivo Kern", payer_postcode="90210", card_country="BR")},
    "stopped last week, back with a new name": {
        "earlier": (earlier(days=7, status="cancelled", reason="denied", same=frozenset({"phone"})),)
    },
    "many guesses before the right card": {"payment": pay(declines=6), "is_express": True, "phone": "+44 7911 123456"},
}


@pytest.mark.parametrize("who", THIEVES)
def test_a_thief_is_rung(who: str) -> None:
    judgement = judged(make_facts(**THIEVES[who]))
    assert judgement.verdict == Verdict.CALL, [(one.rule.code, one.points) for one in judgement.judged if one.points]


def test_numbers_in_another_order_are_another_house() -> None:
    """34 West 12th Street is a mile from 12 West 34th Street, and its postcode is one digit away."""
    one = place(line1="12 West 34th Street", line2="", city="New York", region="NY", postcode="10001")
    two = replace(one, line1="34 West 12th Street", postcode="10011")
    assert compare_places(one, two) == compare_places(two, one) == Likeness.SAME_CITY
    assert "address.ship_to_differs" in hits(make_facts(bill_to=one, ship_to=two, payment=pay(payer_postcode="10001")))


def test_a_postcode_does_not_join_two_towns_of_different_states() -> None:
    assert compare_places(HOME, place(MIAMI, postcode=HOME.postcode)) == Likeness.OTHER_REGION
    assert compare_places(HOME, place(city="Miami", region="FL")) == Likeness.OTHER_REGION


@pytest.mark.parametrize(
    ("bill", "ship", "likeness"),
    [
        (("Acme Corp", "12 Elm Street"), ("12 Elm Street", "Acme Corp"), Likeness.TYPING),
        (("Apt 4", "12 Elm Street"), ("12 Elm Street", "Apt 4"), Likeness.TYPING),
        (("4B", "12 Elm Street"), ("12 Elm Street", "4 B"), Likeness.TYPING),
        (("12 Elm Street", "Floor 4"), ("12 Elm Street", "4th Floor"), Likeness.HOUSEHOLD),
        (("12 Elm Street", ""), ("12 Elm Street", "c/o Baker"), Likeness.HOUSEHOLD),
        (("Acme Corp", "12 Elm Street"), ("12 Elm St", ""), Likeness.HOUSEHOLD),
        (("Acme Corp", "12 Elm Street"), ("Acme Corp", "77 Ocean Drive"), Likeness.SAME_CITY),
        (("12 Elm Street", "Building 5"), ("5 Elm Street", "Building 12"), Likeness.SAME_CITY),
        (("Calle José Núñez 5", ""), ("C/ Jose Nunez, 5", ""), Likeness.TYPING),
    ],
)
def test_lines_may_change_places_and_houses_may_not(
    bill: tuple[str, str], ship: tuple[str, str], likeness: Likeness
) -> None:
    one, two = place(line1=bill[0], line2=bill[1]), place(line1=ship[0], line2=ship[1])
    assert compare_places(one, two) == compare_places(two, one) == likeness


@pytest.mark.parametrize(
    ("one", "two", "is_same"),
    [("李 明", "李 明", True), ("李 明", "李 强", False), ("李 明", "王 明", False), ("R G", "R G", False)],
)
def test_one_character_can_be_a_whole_name(one: str, two: str, is_same: bool) -> None:
    assert same_person(one, two) is is_same


def test_what_explains_another_ship_to_is_counted_once() -> None:
    """A thief ticks the gift and types the cardholder's surname: one explanation, not two."""
    facts = make_facts(ship_to=place(MIAMI, name="Victor Gale"), is_gift=True)
    assert {one.rule.code: one.points for one in judged(facts).judged if one.points < 0} == {"address.same_surname": -12}


@pytest.mark.parametrize(
    ("typed", "country", "or_else", "e164"),
    [
        ("06 12 34 56 78", "US", ("FR",), "+33612345678"),  # ships home, and types the number as at home
        ("33612345678", "US", ("FR",), "+33612345678"),
        ("0033 6 12 34 56 78", "US", (), "+33612345678"),
        ("16175552368", "US", (), "+16175552368"),
        ("(617) 555-2368", "US", ("FR",), "+16175552368"),
        ("07911 123456", "GB", (), "+447911123456"),
    ],
)
def test_a_number_is_read_as_people_abroad_type_it(typed: str, country: str, or_else: tuple[str, ...], e164: str) -> None:
    reading = read_phone(typed, country=country, or_else=or_else)
    assert (reading.is_valid, reading.e164) == (True, e164)


@pytest.mark.parametrize("typed", ["000 0000", "00", "123", "555-2368", "0000000000", "001", "abc"])
def test_a_false_number_stays_false(typed: str) -> None:
    assert not read_phone(typed, country="US", or_else=("FR", "", "US")).is_valid


def test_islands_belong_to_their_country() -> None:
    assert belongs_to(read_phone("07911 123456", country="GB"), country="GB")  # a range of Guernsey
    assert belongs_to(read_phone("787 555 0123", country="US"), country="US")  # Puerto Rico
    assert belongs_to(read_phone("617 555 2368", country="US"), country="PR")
    assert not belongs_to(read_phone("+1 416 555 0123", country="US"), country="US")  # Toronto


def test_a_number_from_home_is_said_to_be_from_abroad_and_not_false() -> None:
    found = hits(make_facts(phone="06 12 34 56 78", ship_to=LYON, is_gift=True))
    assert "phone.other_country" in found
    assert "phone.not_valid" not in found
