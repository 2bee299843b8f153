"""Every rule: what it hits, what it clears, what it has no data for, in exactly these words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from importlib.metadata import version
from typing import Any

import pytest

from fraud.rules import BY_CODE, RULES, Answer, Clear, Hit, NoData
from fraud.rules.email import DISPOSABLE_AS_OF
from tests.fraud.cases import MORE
from tests.fraud.facts import BRUSH, HOME, MIAMI, NOON, POLISHER, earlier, make_facts, pay, place

EMAIL = frozenset({"email"})
EMAIL_AND_ADDRESS = frozenset({"email", "address"})

BASIC: list[tuple[str, dict[str, Any], Answer]] = [
    # -- bill-to and ship-to
    ("address.ship_to_differs", {}, Clear("Ship-to is bill-to.")),
    (
        "address.ship_to_differs",
        {"ship_to": place(line1="12 elm st.", line2="#4")},
        Clear("Ship-to is bill-to, typed differently: “12 Elm Street Apt 4” and “12 elm st. #4”."),
    ),
    (
        "address.ship_to_differs",
        {"ship_to": place(name="Victor Stone")},
        Hit("The same address, but billed to Ruth Gale and sent to Victor Stone.", "household"),
    ),
    (
        "address.ship_to_differs",
        {"ship_to": place(line2="Apt 7")},
        Hit("The same building, another flat: “12 Elm Street Apt 4” and “12 Elm Street Apt 7”.", "household"),
    ),
    (
        "address.ship_to_differs",
        {"ship_to": place(line1="9 Oak Road", line2="")},
        Hit("Another address in the same city: “12 Elm Street Apt 4” and “9 Oak Road” in Boston, MA, US.", "same_city"),
    ),
    (
        "address.ship_to_differs",
        {"ship_to": place(line1="9 Oak Road", city="Salem", postcode="01970")},
        Hit("Billed to Boston, MA, US, sent to another city: Salem, MA, US.", "other_city"),
    ),
    (
        "address.ship_to_differs",
        {"ship_to": MIAMI},
        Hit("Billed to Boston, MA, US, sent to another region: Miami, FL, US.", "other_region"),
    ),
    (
        "address.ship_to_differs",
        {"ship_to": place(city="Lyon", region="", postcode="69001", country="FR")},
        Hit("Billed to Boston, MA, US, sent to another country: Lyon, FR.", "other_country"),
    ),
    ("address.ship_to_differs", {"bill_to": None}, NoData("The order lacks bill-to or ship-to.")),
    # -- what softens it
    (
        "address.gift",
        {"is_gift": True, "ship_to": MIAMI},
        Hit("The shopper ticked “this is a gift”, which explains another ship-to."),
    ),
    ("address.gift", {"ship_to": MIAMI}, Clear("Not ticked as a gift.")),
    ("address.gift", {"is_gift": True}, Clear("Ship-to is bill-to: nothing to explain.")),
    ("address.gift", {"ship_to": None}, NoData("The order lacks bill-to or ship-to.")),
    (
        "address.same_surname",
        {"ship_to": replace(MIAMI, name="Otto Gale")},
        Hit("Ruth Gale and Otto Gale share a surname, which explains another ship-to."),
    ),
    (
        "address.same_surname",
        {"ship_to": replace(MIAMI, name="Ruth Gale")},
        Clear("The same name at both addresses, which explains nothing."),
    ),
    ("address.same_surname", {"ship_to": MIAMI}, Clear("Ruth Gale and Victor Stone share no surname.")),
    ("address.same_surname", {}, Clear("Ship-to is bill-to: nothing to explain.")),
    ("address.same_surname", {"ship_to": None}, NoData("The order lacks bill-to or ship-to.")),
    # -- what was ordered
    ("items.many_of_expensive", {}, Clear("Nothing in the order is expensive for this catalogue.")),
    (
        "items.many_of_expensive",
        {"lines": (POLISHER,)},
        Hit("1 × Dog Polisher Grand at $899.00; nothing in the catalogue costs more.", "one"),
    ),
    (
        "items.many_of_expensive",
        {"lines": (replace(BRUSH, quantity=2, share_cheaper=0.80, share_dearer=0.1),)},
        Clear("Expensive, but not many: 2 × Bristle Brush at $19.00; 80 % of the catalogue costs less."),
    ),
    (
        "items.many_of_expensive",
        {"lines": (replace(POLISHER, quantity=2),)},
        Hit("2 × Dog Polisher Grand at $899.00; nothing in the catalogue costs more.", "few"),
    ),
    (
        "items.many_of_expensive",
        {"lines": (replace(BRUSH, quantity=5, share_cheaper=0.80, share_dearer=0.1),)},
        Hit("5 × Bristle Brush at $19.00; 80 % of the catalogue costs less.", "many"),
    ),
    (
        "items.many_of_expensive",
        {"lines": (replace(POLISHER, quantity=12),)},
        Hit("12 × Dog Polisher Grand at $899.00; nothing in the catalogue costs more.", "bulk"),
    ),
    (  # a catalogue of three: two thirds of it cost less than the dearest
        "items.many_of_expensive",
        {"lines": (replace(POLISHER, quantity=12, share_cheaper=2 / 3),)},
        Hit("12 × Dog Polisher Grand at $899.00; nothing in the catalogue costs more.", "bulk"),
    ),
    (  # four each of two dear models are as many as eight of one
        "items.many_of_expensive",
        {"lines": tuple(replace(BRUSH, quantity=4, share_cheaper=share, share_dearer=0.1) for share in (0.76, 0.81))},
        Hit(
            "4 × Bristle Brush at $19.00; 76 % of the catalogue costs less. "
            "4 × Bristle Brush at $19.00; 81 % of the catalogue costs less.",
            "many",
        ),
    ),
    (
        "items.many_of_expensive",
        {"lines": (replace(POLISHER, quantity=12, share_cheaper=None, share_dearer=None),)},
        NoData("There is no catalogue to compare the prices with."),
    ),
    ("items.many_of_one", {}, Clear("At most 1 × Bristle Brush.")),
    ("items.many_of_one", {"lines": (replace(BRUSH, quantity=6),)}, Hit("6 × Bristle Brush in one order.", "several")),
    ("items.many_of_one", {"lines": (replace(BRUSH, quantity=12),)}, Hit("12 × Bristle Brush in one order.", "dozen")),
    ("items.many_of_one", {"lines": ()}, NoData("The order has no lines.")),
    # -- phone
    ("phone.not_valid", {}, Clear("+1 617-555-2368 is a valid number.")),
    ("phone.not_valid", {"phone": "(617) 555-2368"}, Clear("+1 617-555-2368 is a valid number.")),
    ("phone.not_valid", {"phone": "+1 000 111 2222"}, Hit("+1 000 111 2222 is not a valid phone number.")),
    ("phone.not_valid", {"phone": "call me"}, Hit("call me is not a valid phone number.")),
    ("phone.not_valid", {"phone": " "}, NoData("No phone number was given.")),
    ("phone.other_country", {}, Clear("+1 617-555-2368 is a number of the billing country, US.")),
    (
        "phone.other_country",
        {"phone": "+44 20 7946 0958"},
        Hit("+44 20 7946 0958 is a number of GB, the billing country is US."),
    ),
    (
        "phone.other_country",  # Canada shares +1, yet it is another country
        {"phone": "+1 416 555 0123", "bill_to": HOME},
        Hit("+1 416-555-0123 is a number of CA, the billing country is US."),
    ),
    ("phone.other_country", {"phone": "call me"}, NoData("The number is not valid, so nothing more can be read from it.")),
    ("phone.other_country", {"bill_to": None}, NoData("The billing country is not known.")),
    ("phone.other_country", {"phone": "+800 1234 5678"}, NoData("+800 1234 5678 belongs to no one country.")),
    ("phone.other_country", {"phone": ""}, NoData("No phone number was given.")),
    ("phone.unusual_kind", {}, Clear("+1 617-555-2368: fixed line or mobile.")),
    (
        "phone.unusual_kind",
        {"phone": "1-800-555-0199"},
        Hit("+1 800-555-0199: toll-free, unusual for a private customer.", "toll_free"),
    ),
    (
        "phone.unusual_kind",
        {"phone": "1-900-456-7890"},
        Hit("+1 900-456-7890: premium rate, unusual for a private customer.", "premium"),
    ),
    (
        "phone.unusual_kind",
        {"phone": "+44 56 1234 5678"},
        Hit("+44 56 1234 5678: internet telephone, unusual for a private customer.", "internet"),
    ),
    ("phone.unusual_kind", {"phone": "5"}, NoData("The number is not valid, so nothing more can be read from it.")),
    ("phone.unusual_kind", {"phone": ""}, NoData("No phone number was given.")),
    # -- the order among others
    ("order.large_for_shop", {}, Clear("$25.00, not above what counts as large here ($200.00).")),
    (
        "order.large_for_shop",
        {"total": replace(BRUSH.unit_price, minor=20001)},
        Hit("$200.01, above what counts as large here ($200.00); half of all orders are below $40.00.", "large"),
    ),
    (
        "order.large_for_shop",
        {"total": replace(BRUSH.unit_price, minor=40001)},
        Hit(
            "$400.01, more than twice what counts as large here ($200.00); half of all orders are below $40.00.",
            "very_large",
        ),
    ),
    (
        "order.large_for_shop",
        {"shop": replace(make_facts().shop, orders=19)},
        NoData("Only 19 earlier paid orders in USD; 20 are needed to compare."),
    ),
    ("order.first_as_guest", {}, Hit("First order with this e-mail address, as a guest.")),
    ("order.first_as_guest", {"is_guest": False}, Clear("First order, but with an account.")),
    (
        "order.first_as_guest",
        {"is_guest": False, "customer_since": NOON - timedelta(hours=3)},
        Hit("First order; the account was opened less than a day ago.", "new_account"),
    ),
    (
        "order.first_as_guest",
        {"is_guest": False, "customer_since": NOON - timedelta(days=30)},
        Clear("First order; the account was opened 30 days ago."),
    ),
    (
        "order.first_as_guest",
        {"earlier": (earlier(days=3, same=EMAIL), earlier(days=40, same=EMAIL, is_disputed=True))},
        Hit("1 order before with this e-mail address, the oldest 3 days ago.", "young"),
    ),
    (
        "order.first_as_guest",
        {"earlier": (earlier(days=3, same=EMAIL), earlier(days=30, same=EMAIL))},
        Clear("2 orders before with this e-mail address, the oldest 30 days ago."),
    ),
    (
        "order.first_as_guest",
        {"earlier": (earlier(days=40, same=EMAIL, is_disputed=True),)},
        Hit("1 order before with this e-mail address, none of them undisputed.", "young"),
    ),
    (
        "order.first_as_guest",
        {"earlier": (earlier(days=3, same=frozenset({"phone"})),)},
        Hit("First order with this e-mail address, as a guest."),
    ),
    ("order.express_on_first", {"is_express": True}, Hit("Express delivery on the first order with this e-mail address.")),
    ("order.express_on_first", {}, Clear("No express delivery.")),
    (
        "order.express_on_first",
        {"is_express": True, "earlier": (earlier(days=3, same=EMAIL),)},
        Clear("Express delivery, but not the first order."),
    ),
    ("order.express_on_first", {"is_express": None}, NoData("The delivery method is no longer known.")),
    (
        "order.good_orders",
        {"earlier": (earlier(days=60, same=EMAIL_AND_ADDRESS),)},
        Hit("1 order to this address went well more than 60 days ago.", "known_address"),
    ),
    (
        "order.good_orders",
        {"earlier": (earlier(days=61, same=EMAIL), earlier(days=90, same=EMAIL))},
        Hit("2 orders went well more than 60 days ago, none of them to this address.", "new_address"),
    ),
    (
        "order.good_orders",
        {"earlier": (earlier(days=59, same=EMAIL),)},
        Clear("0 orders with this e-mail address, older than 60 days, that went well."),
    ),
    (
        "order.good_orders",
        {"earlier": (earlier(days=90, same=EMAIL, status="cancelled", reason="customer"),)},
        Clear("0 orders with this e-mail address, older than 60 days, that went well."),
    ),
    ("order.stopped_before", {}, Clear("No stopped order shares anything with this one.")),
    (
        "order.stopped_before",
        {"earlier": (earlier(days=9, same=frozenset({"phone", "address"}), status="cancelled", reason="denied"),)},
        Hit("Stopped before: R-000007 (the cardholder denies the order) shares the phone number and the ship-to."),
    ),
    (
        "order.stopped_before",
        {"earlier": (earlier(days=9, same=EMAIL, status="cancelled", reason="no_answer"),)},
        Clear("No stopped order shares anything with this one."),
    ),
    # -- gateway
    ("gateway.cvc_failed", {}, Clear("The bank confirmed the card's security code.")),
    ("gateway.cvc_failed", {"payment": pay(cvc_check="fail")}, Hit("The bank says the card's security code is wrong.")),
    (
        "gateway.cvc_failed",
        {"payment": pay(cvc_check="unavailable")},
        NoData("The bank could not check the card's security code."),
    ),
    ("gateway.cvc_failed", {"payment": pay(cvc_check="unchecked")}, NoData("The card's security code was not checked.")),
    (
        "gateway.postcode_failed",
        {"payment": pay(postcode_check="fail")},
        Hit("The bank says the billing postcode is wrong."),
    ),
    ("gateway.postcode_failed", {}, Clear("The bank confirmed the billing postcode.")),
    (
        "gateway.postcode_failed",
        {"payment": pay(postcode_check="unavailable")},
        NoData("The bank could not check the billing postcode."),
    ),
    ("gateway.line1_failed", {"payment": pay(line1_check="fail")}, Hit("The bank says the billing street is wrong.")),
    ("gateway.line1_failed", {}, Clear("The bank confirmed the billing street.")),
    ("gateway.line1_failed", {"payment": pay(line1_check="unchecked")}, NoData("The billing street was not checked.")),
    ("gateway.risk", {}, Clear("The gateway rates the payment as normal.")),
    (
        "gateway.risk",
        {"payment": pay(risk_level="elevated")},
        Hit("The gateway rates the payment as elevated risk.", "elevated"),
    ),
    (
        "gateway.risk",
        {"payment": pay(risk_level="highest")},
        Hit("The gateway rates the payment as highest risk.", "highest"),
    ),
    ("gateway.risk", {"payment": pay(risk_level="unknown")}, NoData("The gateway gives no rating.")),
    ("gateway.declines", {}, Clear("No declined attempt.")),
    ("gateway.declines", {"payment": pay(declines=1)}, Clear("1 declined attempt, which is common.")),
    ("gateway.declines", {"payment": pay(declines=2)}, Hit("2 declined attempts before this one.", "some")),
    ("gateway.declines", {"payment": pay(declines=4)}, Hit("4 declined attempts before this one.", "many")),
    (
        "gateway.liability_shifted",
        {"payment": pay(is_liability_shifted=True)},
        Hit("3-D Secure passed: the bank knows the payer and would bear the loss."),
    ),
    ("gateway.liability_shifted", {}, Clear("No 3-D Secure with liability shift.")),
    ("gateway.card_country_differs", {"payment": pay(card_country="NG")}, Hit("The card is of NG, bill-to of US.")),
    ("gateway.card_country_differs", {}, Clear("Card and bill-to are of US.")),
    (
        "gateway.card_country_differs",
        {"payment": pay(card_country="")},
        NoData("The country of the card or of bill-to is not known."),
    ),
    ("payer.country_differs", {"payment": pay(payer_country="CA")}, Hit("The payer's address is in CA, bill-to in US.")),
    ("payer.country_differs", {}, Clear("The payer and bill-to are of US.")),
    ("payer.country_differs", {"payment": pay(payer_country="")}, NoData("The payer's country is not known.")),
    (
        "payer.postcode_differs",
        {"payment": pay(payer_postcode="10001")},
        Hit("The payer's postcode is 10001, bill-to has 02115."),
    ),
    (
        "payer.postcode_differs",
        {"payment": pay(payer_postcode="02115-1234")},
        Clear("The payer and bill-to have postcode 02115."),
    ),
    ("payer.postcode_differs", {"payment": pay(payer_postcode="")}, NoData("The payer's postcode is not known.")),
    ("payer.name_differs", {"payment": pay(payer_name="Ivo Kern")}, Hit("Ivo Kern pays, bill-to is Ruth Gale.")),
    ("payer.name_differs", {"payment": pay(payer_name="R. GALE")}, Clear("R. GALE pays, as bill-to says.")),
    ("payer.name_differs", {"payment": pay(payer_name="")}, NoData("The payer's name is not known.")),
]


CASES = [*BASIC, *MORE]


@pytest.mark.parametrize(("code", "changes", "answer"), CASES)
def test_rule_answers_in_these_words(code: str, changes: dict[str, Any], answer: Answer) -> None:
    assert BY_CODE[code].answer(make_facts(**changes)) == answer


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.code.startswith(("gateway.", "payer."))], ids=lambda rule: rule.code
)
def test_rule_about_the_payment_has_no_data_without_one(rule: Any) -> None:
    assert isinstance(rule.answer(make_facts(payment=None)), NoData)


def test_every_rule_is_tested_for_every_grade_it_gives_points_for() -> None:
    tested = {BY_CODE[code].key(answer.grade) for code, _, answer in CASES if isinstance(answer, Hit)}
    assert tested == {rule.key(grade) for rule in RULES for grade in rule.points}


def test_policies_may_set_the_limits_of_a_rule() -> None:
    facts = make_facts(lines=(replace(BRUSH, quantity=6),))
    rule = BY_CODE["items.many_of_one"]
    assert rule.answer(facts, {"items.many_of_one:several": 7}) == Clear("At most 6 × Bristle Brush.")
    assert rule.answer(facts, {"items.many_of_one:dozen": 6}) == Hit("6 × Bristle Brush in one order.", "dozen")
    assert rule.answer(facts, {"items.several": 7}) == Hit("6 × Bristle Brush in one order.", "several")  # no such limit


def test_codes_are_unique() -> None:
    assert len(BY_CODE) == len(RULES)


def test_what_always_calls_is_a_grade_with_points() -> None:
    assert [rule.code for rule in RULES if not rule.always_calls <= rule.points.keys()] == []


def test_the_list_of_throw_away_domains_is_dated_anew_with_each_release() -> None:
    assert (version("disposable-email-domains"), DISPOSABLE_AS_OF) == ("0.0.293", date(2026, 11, 9))
