"""Capture, cancel and refund: what moves, what is refused, and that a refusal changes nothing."""

import pytest
import stripe

from tests.sandbox.conftest import Json, OpenSession
from tests.sandbox.process import RunningSandbox


def money_of(sandbox: RunningSandbox) -> dict[str, int]:
    (charge,) = sandbox.ledger()
    return {name: charge[name] for name in ("authorised", "captured", "refunded", "voided")}


def test_paying_only_authorises(sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession) -> None:
    session = open_session()

    outcome = sandbox.pay(session.id)

    assert outcome["success_url"] == f"http://shop.test/thanks/?session={session.id}"
    intent = client.v1.payment_intents.retrieve(outcome["payment_intent"])
    assert (intent.status, intent.amount, intent.amount_capturable, intent.amount_received) == (
        "requires_capture",
        11400,
        11400,
        0,
    )
    assert intent.metadata.to_dict() == {"order": "7"}
    paid = client.v1.checkout.sessions.retrieve(session.id)
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "unpaid", None)
    assert money_of(sandbox) == {"authorised": 11400, "captured": 0, "refunded": 0, "voided": 0}
    assert [event["type"] for event in sandbox.events()] == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "checkout.session.completed",
    ]


def test_without_manual_capture_the_money_is_taken_at_once(sandbox: RunningSandbox, open_session: OpenSession) -> None:
    sandbox.pay(open_session(payment_intent_data={}).id)

    assert money_of(sandbox) == {"authorised": 11400, "captured": 11400, "refunded": 0, "voided": 0}


def test_paying_twice_is_one_payment(sandbox: RunningSandbox, open_session: OpenSession) -> None:
    session = open_session()

    first, second = sandbox.pay(session.id), sandbox.pay(session.id)

    assert first == second
    assert len(sandbox.ledger()) == 1


def test_capturing_takes_everything(sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json) -> None:
    captured = client.v1.payment_intents.capture(authorised["payment_intent"])

    assert (captured.status, captured.amount_received, captured.amount_capturable) == ("succeeded", 11400, 0)
    assert money_of(sandbox) == {"authorised": 11400, "captured": 11400, "refunded": 0, "voided": 0}
    assert [event["type"] for event in sandbox.events()][-2:] == ["charge.captured", "payment_intent.succeeded"]
    assert client.v1.checkout.sessions.retrieve(authorised["session"]).payment_status == "paid"


def test_capturing_less_lets_the_rest_go(sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json) -> None:
    captured = client.v1.payment_intents.capture(authorised["payment_intent"], {"amount_to_capture": 9000})

    assert (captured.status, captured.amount_received) == ("succeeded", 9000)
    assert money_of(sandbox) == {"authorised": 11400, "captured": 9000, "refunded": 0, "voided": 2400}
    charge = client.v1.charges.retrieve(authorised["charge"])
    assert (charge.amount_captured, charge.amount_refunded, charge.refunded) == (9000, 2400, False)


@pytest.mark.parametrize(("amount", "code"), [(11401, "amount_too_large"), (0, None)])
def test_capturing_more_than_authorised_or_nothing_is_refused(
    sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json, amount: int, code: str | None
) -> None:
    before = sandbox.events()

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_intents.capture(authorised["payment_intent"], {"amount_to_capture": amount})

    assert (refusal.value.code, refusal.value.param) == (code, "amount_to_capture")
    assert money_of(sandbox) == {"authorised": 11400, "captured": 0, "refunded": 0, "voided": 0}
    assert sandbox.events() == before


def test_capturing_twice_is_refused(sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json) -> None:
    client.v1.payment_intents.capture(authorised["payment_intent"])

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_intents.capture(authorised["payment_intent"])

    assert (refusal.value.http_status, refusal.value.code) == (400, "payment_intent_unexpected_state")
    assert refusal.value.user_message == ("This PaymentIntent could not be captured because it has already been captured.")
    assert money_of(sandbox)["captured"] == 11400


def test_cancelling_lets_the_authorisation_go(
    sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json
) -> None:
    cancelled = client.v1.payment_intents.cancel(
        authorised["payment_intent"], {"cancellation_reason": "requested_by_customer"}
    )

    assert (cancelled.status, cancelled.cancellation_reason) == ("canceled", "requested_by_customer")
    assert money_of(sandbox) == {"authorised": 11400, "captured": 0, "refunded": 0, "voided": 11400}
    charge = client.v1.charges.retrieve(authorised["charge"])
    assert (charge.refunded, charge.amount_refunded, charge.captured) == (True, 11400, False)
    assert [event["type"] for event in sandbox.events()][-2:] == ["charge.refunded", "payment_intent.canceled"]


def test_a_captured_payment_cannot_be_cancelled(
    sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json
) -> None:
    client.v1.payment_intents.capture(authorised["payment_intent"])

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_intents.cancel(authorised["payment_intent"])

    assert refusal.value.code == "payment_intent_unexpected_state"
    assert (refusal.value.user_message or "").startswith(
        "You cannot cancel this PaymentIntent because it has a status of succeeded."
    )
    assert money_of(sandbox)["voided"] == 0


def test_a_cancelled_payment_cannot_be_captured(
    sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json
) -> None:
    client.v1.payment_intents.cancel(authorised["payment_intent"])

    with pytest.raises(stripe.InvalidRequestError, match="has a status of canceled") as refusal:
        client.v1.payment_intents.capture(authorised["payment_intent"])

    assert refusal.value.code == "payment_intent_unexpected_state"
    assert money_of(sandbox)["captured"] == 0


def test_an_unpaid_intent_is_ended_by_expiring_its_session_only(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession
) -> None:
    intent = sandbox.pay(open_session().id, "4000000000000002")["payment_intent"]

    with pytest.raises(stripe.InvalidRequestError, match="Expire the Checkout Session instead"):
        client.v1.payment_intents.cancel(intent)

    assert client.v1.payment_intents.retrieve(intent).status == "requires_payment_method"


def test_an_unknown_cancellation_reason_is_refused(client: stripe.StripeClient, authorised: Json) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="must be one of duplicate, fraudulent"):
        client.v1.payment_intents.cancel(authorised["payment_intent"], {"cancellation_reason": "automatic"})


def test_an_authorisation_lapses_after_seven_days(
    sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json
) -> None:
    sandbox.travel(7 * 24 * 3600 - 30)
    assert client.v1.payment_intents.retrieve(authorised["payment_intent"]).status == "requires_capture"
    sandbox.travel(7 * 24 * 3600 + 30)

    lapsed = client.v1.payment_intents.retrieve(authorised["payment_intent"])

    assert (lapsed.status, lapsed.cancellation_reason) == ("canceled", "automatic")
    assert money_of(sandbox)["voided"] == 11400
    assert [event["type"] for event in sandbox.events()][-2:] == ["charge.refunded", "payment_intent.canceled"]
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.capture(authorised["payment_intent"])


def test_a_captured_payment_does_not_lapse(sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json) -> None:
    client.v1.payment_intents.capture(authorised["payment_intent"])

    sandbox.travel(30 * 24 * 3600)

    assert client.v1.payment_intents.retrieve(authorised["payment_intent"]).status == "succeeded"


def test_refunding_in_parts_until_nothing_is_left(
    sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json
) -> None:
    intent = authorised["payment_intent"]
    client.v1.payment_intents.capture(intent)

    first = client.v1.refunds.create({"payment_intent": intent, "amount": 1400, "metadata": {"return": "3"}})
    rest = client.v1.refunds.create({"charge": authorised["charge"], "reason": "requested_by_customer"})

    assert (first.amount, rest.amount, first.status) == (1400, 10000, "succeeded")
    assert money_of(sandbox) == {"authorised": 11400, "captured": 11400, "refunded": 11400, "voided": 0}
    assert client.v1.charges.retrieve(authorised["charge"]).refunded is True
    assert [refund.id for refund in client.v1.refunds.list({"payment_intent": intent}).data] == [rest.id, first.id]
    assert [event["type"] for event in sandbox.events()][-2:] == ["charge.refunded", "refund.created"]
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": intent})
    assert refusal.value.code == "charge_already_refunded"


def test_refunding_more_than_is_left_is_refused(
    sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json
) -> None:
    client.v1.payment_intents.capture(authorised["payment_intent"], {"amount_to_capture": 9000})

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": authorised["payment_intent"], "amount": 9001})

    assert refusal.value.param == "amount"
    assert refusal.value.user_message == ("Refund amount (9001 GBP) is greater than unrefunded amount on charge (9000 GBP)")
    assert money_of(sandbox)["refunded"] == 0


def test_an_authorisation_cannot_be_refunded(sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge to refund"):
        client.v1.refunds.create({"payment_intent": authorised["payment_intent"]})

    assert money_of(sandbox) == {"authorised": 11400, "captured": 0, "refunded": 0, "voided": 0}


def test_a_slow_refund_is_pending_first(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession
) -> None:
    intent = sandbox.pay(open_session().id, "4000000000007726")["payment_intent"]
    client.v1.payment_intents.capture(intent)

    refund = client.v1.refunds.create({"payment_intent": intent})
    assert refund.status == "pending"
    sandbox.travel(120)

    assert client.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert sandbox.events()[-1]["type"] == "refund.updated"


def test_a_failing_refund_gives_the_money_back_to_the_shop(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession
) -> None:
    intent = sandbox.pay(open_session().id, "4000000000005126")["payment_intent"]
    client.v1.payment_intents.capture(intent)

    refund = client.v1.refunds.create({"payment_intent": intent})
    assert refund.status == "succeeded"
    sandbox.travel(120)

    assert client.v1.refunds.retrieve(refund.id).status == "failed"
    assert money_of(sandbox)["refunded"] == 0
    assert [event["type"] for event in sandbox.events()][-2:] == ["refund.updated", "refund.failed"]
