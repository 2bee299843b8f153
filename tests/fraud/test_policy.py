"""Points add up, trust takes away, some hits decide alone, and a broken rule rings."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from fraud.facts import OrderFacts, ShopFacts
from fraud.policy import Broken, PolicyValues, Verdict, default_policy, judge
from fraud.rules import BY_CODE, Clear, Hit, NoData, Rule
from fraud.rules.answers import Answer
from store.money import Money
from tests.fraud.facts import BRUSH, MIAMI, POLISHER, earlier, listed, make_facts, pay, place

SHIP_TO = BY_CODE["address.ship_to_differs"]


def _points(**changes: Any) -> tuple[Verdict, int]:
    judgement = judge(make_facts(**changes), default_policy())
    return judgement.verdict, judgement.points


def _rule(code: str, answer: Answer, points: int, *, decides: bool = False) -> Rule:
    return Rule(code, code, lambda _: answer, {"": points}, frozenset({""}) if decides else frozenset())


def test_an_ordinary_order_is_released() -> None:
    assert _points() == (Verdict.RELEASE, 4)


def test_twelve_of_the_most_expensive_dog_polishers_always_call() -> None:
    trusted = {
        "payment": pay(is_liability_shifted=True),
        "earlier": (earlier(days=100, same=frozenset({"email", "address"})),),
        "is_guest": False,
    }
    verdict, _ = _points(lines=(replace(POLISHER, quantity=12),), **trusted)
    assert verdict == Verdict.CALL


@pytest.mark.parametrize(
    "ship_to", [MIAMI, place(line1="9 Oak Road"), place(city="Salem", postcode="01970")], ids=lambda at: at.city
)
def test_a_large_order_with_another_ship_to_calls(ship_to: Any) -> None:
    assert _points(total=Money(20001, "USD"), ship_to=ship_to, is_guest=False)[0] == Verdict.CALL


@pytest.mark.parametrize("ship_to", [MIAMI, place(city="Salem", postcode="01970")], ids=lambda at: at.city)
def test_one_of_the_dearest_to_another_town_calls_in_a_young_shop_too(ship_to: Any) -> None:
    young = ShopFacts(orders=19, median=2000, p95=4000)
    assert _points(lines=(POLISHER,), total=Money(89900, "USD"), shop=young, ship_to=ship_to)[0] == Verdict.CALL
    assert _points(lines=(BRUSH,), shop=young, ship_to=ship_to)[0] == Verdict.RELEASE
    assert _points(lines=(POLISHER,), total=Money(89900, "USD"), shop=young)[0] == Verdict.RELEASE  # to her own door


def test_a_blocked_address_calls_whatever_else_is_known_or_set() -> None:
    trusted = {
        "payment": pay(is_liability_shifted=True),
        "listed": (listed("email", "block"), listed("phone", "allow")),
        "earlier": (earlier(days=100, same=frozenset({"email", "address"})),),
    }
    policy = replace(default_policy(), points={"list.blocked": 0, "list.allowed": -500}, always_call=frozenset())
    off = replace(policy, modes={"list.blocked": "off"})
    for each in (default_policy(), policy, off):
        assert judge(make_facts(**trusted), each).verdict == Verdict.CALL


def test_observed_rules_are_told_and_not_counted() -> None:
    rules = [_rule("a", Hit("."), 60, decides=True), _rule("b", Hit("."), 7)]
    judgement = judge(make_facts(), replace(default_policy(rules), modes={"a": "observe"}), rules)
    assert (judgement.verdict, judgement.points) == (Verdict.RELEASE, 7)
    assert [(one.points, one.counted, one.is_observed) for one in judgement.judged] == [(60, 0, True), (7, 7, False)]


def test_a_gift_of_usual_size_is_released() -> None:
    assert _points(ship_to=replace(MIAMI, name="Otto Gale"), is_gift=True) == (Verdict.RELEASE, 38 - 12 + 4)


def test_a_bad_number_calls() -> None:
    assert _points(phone="+1 000 111 2222", is_guest=False) == (Verdict.CALL, 50)


def test_missing_checks_are_not_mismatches() -> None:
    unknown = pay(cvc_check="unavailable", postcode_check="unavailable", line1_check="unchecked", risk_level="unknown")
    assert _points(payment=replace(unknown, payer_name="", payer_postcode="", payer_country="", card_country="")) == (
        Verdict.RELEASE,
        4,
    )


def test_the_threshold_itself_calls() -> None:
    policy = PolicyValues(1, 50, {"a": 50}, frozenset())
    assert judge(make_facts(), policy, [_rule("a", Hit("."), 50)]).verdict == Verdict.CALL
    assert judge(make_facts(), replace(policy, points={"a": 49}), [_rule("a", Hit("."), 50)]).verdict == Verdict.RELEASE


def test_only_hits_count() -> None:
    rules = [_rule("a", Clear("."), 50), _rule("b", NoData("."), 50), _rule("c", Hit("."), 7)]
    judgement = judge(make_facts(), default_policy(rules), rules)
    assert (judgement.verdict, judgement.points, [one.points for one in judgement.judged]) == (Verdict.RELEASE, 7, [0, 0, 7])


def test_trust_does_not_outweigh_a_decisive_hit() -> None:
    rules = [_rule("a", Hit("."), 10, decides=True), _rule("b", Hit("."), -500)]
    judgement = judge(make_facts(), default_policy(rules), rules)
    assert (judgement.verdict, judgement.points) == (Verdict.CALL, -490)


def test_a_rule_newer_than_the_policy_counts_as_its_author_meant() -> None:
    assert judge(make_facts(), PolicyValues(1, 50, {}, frozenset()), [_rule("new", Hit("."), 60)]).points == 60


def test_a_broken_rule_calls_and_tells_no_customer_data(caplog: pytest.LogCaptureFixture) -> None:
    def explode(facts: OrderFacts) -> Answer:
        raise ValueError(f"could not read {facts.phone}")

    with caplog.at_level(logging.ERROR):
        judgement = judge(make_facts(), default_policy(), [Rule("broken", "Broken", explode, {"": 1}), SHIP_TO])
    assert judgement.verdict == Verdict.CALL
    assert judgement.judged[0].outcome == Broken("ValueError")
    assert judgement.judged[1].outcome == Clear("Ship-to is bill-to.")  # the others are asked all the same
    assert caplog.messages == ["Rule broken failed on an order: ValueError"]
    assert "555" not in caplog.text


def test_a_rule_that_answers_nothing_is_broken() -> None:
    mute = Rule("mute", "Mute", lambda _: None, {"": 1})  # type: ignore[arg-type, return-value]  # the mistake under test
    assert judge(make_facts(), default_policy(), [mute]).judged[0].outcome == Broken("TypeError")


def test_a_dozen_of_something_cheap_is_no_reason_to_call_alone() -> None:
    assert _points(lines=(replace(BRUSH, quantity=12),)) == (Verdict.RELEASE, 24)
