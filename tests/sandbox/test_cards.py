"""Every test card does what its publisher says it does."""

from typing import Any

import pytest
import stripe

from sandbox.stripe.cards import TEST_CARDS, UnknownCardError, passes_luhn, recognise
from tests.sandbox.conftest import OpenSession
from tests.sandbox.process import RunningSandbox, SandboxRefusedError

PAYS = {
    # number: (brand, country, funding, cvc, postcode, line1, risk level)
    "4242424242424242": ("visa", "US", "credit", "pass", "pass", "pass", "normal"),
    "5555555555554444": ("mastercard", "US", "credit", "pass", "pass", "pass", "normal"),
    "378282246310005": ("amex", "US", "credit", "pass", "pass", "pass", "normal"),
    "6011111111111117": ("discover", "US", "credit", "pass", "pass", "pass", "normal"),
    "4000056655665556": ("visa", "US", "debit", "pass", "pass", "pass", "normal"),
    "5105105105105100": ("mastercard", "US", "prepaid", "pass", "pass", "pass", "normal"),
    "4000008260000000": ("visa", "GB", "credit", "pass", "pass", "pass", "normal"),
    "4000002760000016": ("visa", "DE", "credit", "pass", "pass", "pass", "normal"),
    "4000002500000003": ("visa", "FR", "credit", "pass", "pass", "pass", "normal"),
    "4000005280000002": ("visa", "NL", "credit", "pass", "pass", "pass", "normal"),
    "4000001240000000": ("visa", "CA", "credit", "pass", "pass", "pass", "normal"),
    "4000000360000006": ("visa", "AU", "credit", "pass", "pass", "pass", "normal"),
    "4000003920000003": ("visa", "JP", "credit", "pass", "pass", "pass", "normal"),
    "4000000760000002": ("visa", "BR", "credit", "pass", "pass", "pass", "normal"),
    "4000003560000008": ("visa", "IN", "credit", "pass", "pass", "pass", "normal"),
    "4000000000000101": ("visa", "US", "credit", "fail", "pass", "pass", "normal"),
    "4000000000000036": ("visa", "US", "credit", "pass", "fail", "pass", "normal"),
    "4000000000000028": ("visa", "US", "credit", "pass", "pass", "fail", "normal"),
    "4000000000000010": ("visa", "US", "credit", "pass", "fail", "fail", "normal"),
    "4000000000000044": ("visa", "US", "credit", "pass", "unavailable", "unavailable", "normal"),
    "4000000000009235": ("visa", "US", "credit", "pass", "pass", "pass", "elevated"),
    "4000000000004954": ("visa", "US", "credit", "pass", "pass", "pass", "highest"),
    "4000000000000259": ("visa", "US", "credit", "pass", "pass", "pass", "normal"),
    "4000000000005423": ("visa", "US", "credit", "pass", "pass", "pass", "normal"),
    "4000000000007726": ("visa", "US", "credit", "pass", "pass", "pass", "normal"),
    "4000000000005126": ("visa", "US", "credit", "pass", "pass", "pass", "normal"),
}
DECLINES = {
    # number: (code, decline code, risk level, outcome type)
    "4000000000000002": ("card_declined", "generic_decline", "normal", "issuer_declined"),
    "4000000000009995": ("card_declined", "insufficient_funds", "normal", "issuer_declined"),
    "4000000000009987": ("card_declined", "lost_card", "normal", "issuer_declined"),
    "4000000000009979": ("card_declined", "stolen_card", "normal", "issuer_declined"),
    "4000000000000069": ("expired_card", "expired_card", "normal", "issuer_declined"),
    "4000000000000127": ("incorrect_cvc", "incorrect_cvc", "normal", "issuer_declined"),
    "4000000000000119": ("processing_error", "processing_error", "normal", "issuer_declined"),
    "4100000000000019": ("card_declined", "fraudulent", "highest", "blocked"),
}
CHALLENGES = ("4000002500003155", "4000002760003184", "4000000000003220")
RISK_SCORES = {"normal": 12, "elevated": 70, "highest": 92}


def test_these_tests_know_every_card() -> None:
    assert {card.number for card in TEST_CARDS} == {*PAYS, *DECLINES, *CHALLENGES}


@pytest.mark.parametrize("card", TEST_CARDS, ids=lambda card: card.number)
def test_every_number_has_a_right_check_digit(card: Any) -> None:
    assert passes_luhn(card.number)


@pytest.mark.parametrize("number", PAYS)
def test_a_card_that_pays(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession, number: str
) -> None:
    brand, country, funding, cvc, postcode, line1, risk = PAYS[number]

    outcome = sandbox.pay(open_session().id, number)

    assert outcome["status"] == "paid"
    charge = client.v1.charges.retrieve(outcome["charge"])
    assert charge.payment_method_details is not None
    card = charge.payment_method_details.card
    assert card is not None
    assert (card.brand, card.country, card.funding, card.last4) == (brand, country, funding, number[-4:])
    assert card.checks is not None
    checks = (card.checks.cvc_check, card.checks.address_postal_code_check, card.checks.address_line1_check)
    assert checks == (cvc, postcode, line1)
    assert card.capture_before == charge.created + 7 * 24 * 3600
    assert card.three_d_secure is None
    assert charge.outcome is not None
    assert (charge.outcome.type, charge.outcome.risk_level) == ("authorized", risk)
    assert charge.outcome.risk_score == RISK_SCORES[risk]
    assert (charge.paid, charge.captured, charge.status, charge.amount) == (True, False, "succeeded", 11400)


@pytest.mark.parametrize("number", DECLINES)
def test_a_card_that_is_refused_leaves_a_failed_charge_and_the_shopper_may_try_again(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession, number: str
) -> None:
    code, decline_code, risk, kind = DECLINES[number]
    session = open_session()

    outcome = sandbox.pay(session.id, number)

    assert (outcome["status"], outcome["code"], outcome["decline_code"]) == ("declined", code, decline_code)
    intent = client.v1.payment_intents.retrieve(outcome["payment_intent"])
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error is not None
    assert (intent.last_payment_error.code, intent.last_payment_error.decline_code) == (code, decline_code)
    charge = client.v1.charges.retrieve(outcome["charge"])
    assert charge.outcome is not None
    assert (charge.status, charge.paid, charge.failure_code) == ("failed", False, code)
    assert (charge.outcome.type, charge.outcome.risk_level) == (kind, risk)
    assert [event["type"] for event in sandbox.events()] == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
    ]
    assert sandbox.ledger() == []
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"

    assert sandbox.pay(session.id)["status"] == "paid"
    assert [charge["authorised"] for charge in sandbox.ledger()] == [11400]


@pytest.mark.parametrize("number", CHALLENGES)
def test_a_challenge_completed_pays_with_3_d_secure(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession, number: str
) -> None:
    outcome = sandbox.pay(open_session().id, number, three_d_secure="complete")

    assert outcome["status"] == "paid"
    charge = client.v1.charges.retrieve(outcome["charge"])
    assert charge.payment_method_details is not None
    assert charge.payment_method_details.card is not None
    assert charge.payment_method_details.card.three_d_secure is not None
    assert charge.payment_method_details.card.three_d_secure.result == "authenticated"


@pytest.mark.parametrize("number", CHALLENGES)
def test_a_challenge_failed_takes_nothing_and_may_be_tried_again(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession, number: str
) -> None:
    session = open_session().id

    outcome = sandbox.pay(session, number, three_d_secure="fail")

    assert (outcome["status"], outcome["code"]) == ("declined", "payment_intent_authentication_failure")
    assert client.v1.payment_intents.retrieve(outcome["payment_intent"]).status == "requires_payment_method"
    assert sandbox.ledger() == []
    assert sandbox.pay(session)["status"] == "paid"


def test_a_challenge_waiting_shows_on_the_payment_intent(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession
) -> None:
    outcome = sandbox.pay(open_session().id, CHALLENGES[0], three_d_secure="leave")

    assert outcome["status"] == "challenge"
    intent = client.v1.payment_intents.retrieve(outcome["payment_intent"])
    assert intent.status == "requires_action"
    assert intent.next_action is not None
    assert intent.next_action.type == "use_stripe_sdk"


def test_the_same_card_has_the_same_fingerprint_and_another_one_has_not(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession
) -> None:
    prints = []
    for number in ("4242 4242 4242 4242", "4242424242424242", "4000056655665556"):
        charge = client.v1.charges.retrieve(sandbox.pay(open_session().id, number)["charge"])
        assert charge.payment_method_details is not None
        assert charge.payment_method_details.card is not None
        prints.append(charge.payment_method_details.card.fingerprint)

    assert prints[0] == prints[1] != prints[2]


def test_the_billing_details_are_what_was_typed(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession
) -> None:
    outcome = sandbox.pay(
        open_session().id, name="Grace Hopper", phone="+12025550143", country="US", line1="1 Navy Yard", city="Washington",
        state="DC", postcode="20374",
    )  # fmt: skip

    billing = client.v1.charges.retrieve(outcome["charge"]).billing_details.to_dict()
    assert billing == {
        "email": "ada@example.com",
        "name": "Grace Hopper",
        "phone": "+12025550143",
        "tax_id": None,
        "address": {
            "line1": "1 Navy Yard",
            "line2": None,
            "city": "Washington",
            "state": "DC",
            "postal_code": "20374",
            "country": "US",
        },
    }


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("4242", "Your card number is incomplete."),
        ("4242 4242 4242 424x", "Your card number is incomplete."),
        ("4242424242424241", "Your card number is invalid."),
        ("4111111111111111", "real cards are not accepted here"),
    ],
)
def test_other_numbers_are_refused_without_repeating_them(typed: str, message: str) -> None:
    with pytest.raises(UnknownCardError, match=message) as refusal:
        recognise(typed, exp_month=12, exp_year=2034, secret="s")

    assert typed not in str(refusal.value)


def test_an_unlisted_card_is_no_attempt(sandbox: RunningSandbox, open_session: OpenSession) -> None:
    with pytest.raises(SandboxRefusedError, match="real cards are not accepted here"):
        sandbox.pay(open_session().id, "4111111111111111")

    assert sandbox.events() == []


def test_a_disputed_card_is_disputed_once_captured(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession
) -> None:
    outcome = sandbox.pay(open_session().id, "4000000000000259")
    assert client.v1.disputes.list().data == []

    client.v1.payment_intents.capture(outcome["payment_intent"], {"amount_to_capture": 9000})

    dispute = client.v1.disputes.list({"payment_intent": outcome["payment_intent"]}).data[0]
    assert (dispute.amount, dispute.reason, dispute.status) == (9000, "fraudulent", "needs_response")
    assert sandbox.events()[-1]["type"] == "charge.dispute.created"
    assert sandbox.ledger()[0]["disputed"] is True


def test_a_suspected_card_brings_an_early_fraud_warning_once_captured(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession
) -> None:
    outcome = sandbox.pay(open_session().id, "4000000000005423")

    client.v1.payment_intents.capture(outcome["payment_intent"])

    warning = client.v1.radar.early_fraud_warnings.list({"charge": outcome["charge"]}).data[0]
    assert (warning.actionable, warning.fraud_type) == (True, "made_with_stolen_card")
    assert sandbox.events()[-1]["type"] == "radar.early_fraud_warning.created"
