"""Checkout Sessions: opening, listing, expiring."""

import time
from typing import Any

import pytest
import stripe

from tests.sandbox.conftest import OpenSession, session_params
from tests.sandbox.process import RunningSandbox


def test_an_open_session_says_what_was_asked_for(open_session: OpenSession, sandbox: RunningSandbox) -> None:
    session = open_session()

    assert session.id.startswith("cs_test_")
    assert session.url == f"{sandbox.url}/c/pay/{session.id}"
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert (session.amount_subtotal, session.amount_total, session.currency) == (11400, 11400, "gbp")
    assert session.client_reference_id == "order-7"
    assert session.metadata is not None
    assert session.metadata.to_dict() == {"order": "7"}
    assert session.payment_intent is None
    assert session.livemode is False


def test_the_lines_come_when_asked_for(client: stripe.StripeClient, open_session: OpenSession) -> None:
    session = open_session(expand=["line_items"])

    assert session.line_items is not None
    shown = [(line.description, line.quantity, line.amount_total) for line in session.line_items.data]
    assert shown == [("Mug", 2, 2500), ("Throw", 1, 8900)]
    separately = client.v1.checkout.sessions.line_items.list(session.id)
    assert [line.description for line in separately.data] == ["Mug", "Throw"]


def test_a_shipping_option_is_added_to_the_total(open_session: OpenSession) -> None:
    rate = {"display_name": "Courier", "type": "fixed_amount", "fixed_amount": {"amount": 495, "currency": "gbp"}}

    session = open_session(shipping_options=[{"shipping_rate_data": rate}])

    assert session.amount_total == 11895
    assert session.total_details is not None
    assert session.total_details.amount_shipping == 495


@pytest.mark.parametrize(
    ("changes", "param", "message"),
    [
        ({"success_url": ""}, "success_url", "Missing required param: success_url."),
        ({"line_items": []}, "line_items", "Missing required param: line_items."),
        ({"capture": "manual"}, "capture", "Received unknown parameter: capture"),
        (
            {"payment_intent_data": {"capture_methd": "manual"}},
            "payment_intent_data[capture_methd]",
            "Received unknown parameter: payment_intent_data[capture_methd]",
        ),
        (
            {"expires_at": int(time.time()) + 29 * 60},
            "expires_at",
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
        ),
        (
            {"expires_at": int(time.time()) + 25 * 3600},
            "expires_at",
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
        ),
        ({"expires_at": "soon"}, "expires_at", "Invalid integer: soon"),
        ({"customer_email": "nobody"}, "customer_email", "Invalid email address: nobody"),
        ({"success_url": "shop/thanks"}, "success_url", "Not a valid URL"),
        (
            {"metadata": {"note": "x" * 501}},
            "metadata[note]",
            "Metadata keys can have up to 40 characters and values up to 500.",
        ),
        (
            {"phone_number_collection": {"enabled": "perhaps"}},
            "phone_number_collection[enabled]",
            "Invalid boolean: perhaps",
        ),
    ],
)
def test_a_wrong_parameter_is_named_and_no_session_opens(
    client: stripe.StripeClient, open_session: OpenSession, changes: dict[str, Any], param: str, message: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        open_session(**changes)

    assert (refusal.value.http_status, refusal.value.param, refusal.value.user_message) == (400, param, message)
    assert client.v1.checkout.sessions.list().data == []


def test_lines_of_two_currencies_are_refused(open_session: OpenSession) -> None:
    lines = session_params()["line_items"]
    lines[1]["price_data"]["currency"] = "eur"

    with pytest.raises(stripe.InvalidRequestError, match="must have the same currency"):
        open_session(line_items=lines)


@pytest.mark.parametrize(("currency", "amount"), [("jpy", 1200), ("kwd", 12340), ("eur", 50)])
def test_currencies_without_and_with_three_decimals_work(open_session: OpenSession, currency: str, amount: int) -> None:
    line = {"price_data": {"currency": currency, "unit_amount": amount, "product_data": {"name": "Mug"}}, "quantity": 1}

    session = open_session(line_items=[line])

    assert (session.amount_total, session.currency) == (amount, currency)


@pytest.mark.parametrize(("currency", "amount"), [("kwd", 12345), ("eur", 49), ("gbp", -1)])
def test_amounts_that_cannot_be_charged_are_refused(open_session: OpenSession, currency: str, amount: int) -> None:
    line = {"price_data": {"currency": currency, "unit_amount": amount, "product_data": {"name": "Mug"}}, "quantity": 1}

    with pytest.raises(stripe.InvalidRequestError):
        open_session(line_items=[line])


def test_expiring_closes_the_page_and_makes_one_event(
    client: stripe.StripeClient, sandbox: RunningSandbox, open_session: OpenSession
) -> None:
    session = open_session()

    expired = client.v1.checkout.sessions.expire(session.id)

    assert (expired.status, expired.url) == ("expired", None)
    assert [event["type"] for event in sandbox.events()] == ["checkout.session.expired"]


def test_expiring_after_a_declined_card_cancels_the_payment_intent(
    client: stripe.StripeClient, sandbox: RunningSandbox, open_session: OpenSession
) -> None:
    session = open_session()
    intent = sandbox.pay(session.id, "4000000000000002")["payment_intent"]

    client.v1.checkout.sessions.expire(session.id)

    assert client.v1.payment_intents.retrieve(intent).status == "canceled"
    assert [event["type"] for event in sandbox.events()][-2:] == ["payment_intent.canceled", "checkout.session.expired"]


@pytest.mark.parametrize("state", ["expired", "complete"])
def test_a_session_that_is_not_open_cannot_be_expired(
    client: stripe.StripeClient, sandbox: RunningSandbox, open_session: OpenSession, state: str
) -> None:
    session = open_session()
    if state == "expired":
        client.v1.checkout.sessions.expire(session.id)
    else:
        sandbox.pay(session.id)
    before = sandbox.events()

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.checkout.sessions.expire(session.id)

    assert refusal.value.user_message == (
        f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of `{state}`.'
    )
    assert sandbox.events() == before


def test_a_session_expires_by_itself_when_its_time_has_come(
    client: stripe.StripeClient, sandbox: RunningSandbox, open_session: OpenSession
) -> None:
    session = open_session()

    sandbox.travel(3590)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    sandbox.travel(3610)

    assert client.v1.checkout.sessions.retrieve(session.id).status == "expired"
    assert [event["type"] for event in sandbox.events()] == ["checkout.session.expired"]


def test_a_paid_session_does_not_expire(
    client: stripe.StripeClient, sandbox: RunningSandbox, open_session: OpenSession
) -> None:
    session = open_session()
    sandbox.pay(session.id)

    sandbox.travel(2 * 24 * 3600)

    assert client.v1.checkout.sessions.retrieve(session.id).status == "complete"


def test_a_session_is_found_by_its_payment_intent(
    client: stripe.StripeClient, sandbox: RunningSandbox, open_session: OpenSession
) -> None:
    open_session()
    paid = open_session()
    intent = sandbox.pay(paid.id)["payment_intent"]

    found = client.v1.checkout.sessions.list({"payment_intent": intent})

    assert [session.id for session in found.data] == [paid.id]


def test_metadata_can_be_changed_key_by_key(client: stripe.StripeClient, open_session: OpenSession) -> None:
    session = open_session(metadata={"order": "7", "attempt": "1"})

    changed = client.v1.checkout.sessions.update(session.id, {"metadata": {"attempt": "", "note": "hi"}})

    assert changed.metadata is not None
    assert changed.metadata.to_dict() == {"order": "7", "note": "hi"}


def test_an_unknown_session_is_missing(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.checkout.sessions.retrieve("cs_test_nothing")

    assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")
    assert refusal.value.user_message == "No such checkout.session: 'cs_test_nothing'"
