"""Injected faults: calls that fail, hang up before or after the work, or take their time."""

import time
from collections.abc import Callable

import pytest
import stripe

from tests.sandbox.conftest import Json, OpenSession
from tests.sandbox.process import RunningSandbox, SandboxRefusedError


def test_hanging_up_before_the_work_does_nothing_and_the_key_stays_free(
    sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json
) -> None:
    sandbox.fail("capture", "timeout_before")
    with pytest.raises(stripe.APIConnectionError):
        client.v1.payment_intents.capture(authorised["payment_intent"], {}, {"idempotency_key": "capture-1"})
    assert sandbox.ledger()[0]["captured"] == 0

    again = client.v1.payment_intents.capture(authorised["payment_intent"], {}, {"idempotency_key": "capture-1"})

    assert again.status == "succeeded"
    assert again.last_response is not None
    assert "idempotent-replayed" not in again.last_response.headers


def test_hanging_up_after_the_work_leaves_it_done_and_the_answer_waiting(
    sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json
) -> None:
    sandbox.fail("capture", "timeout_after")
    with pytest.raises(stripe.APIConnectionError):
        client.v1.payment_intents.capture(authorised["payment_intent"], {}, {"idempotency_key": "capture-1"})
    assert sandbox.ledger()[0]["captured"] == 11400

    again = client.v1.payment_intents.capture(authorised["payment_intent"], {}, {"idempotency_key": "capture-1"})

    assert again.status == "succeeded"
    assert again.last_response is not None
    assert again.last_response.headers["idempotent-replayed"] == "true"
    assert sandbox.ledger()[0]["captured"] == 11400


def test_a_500_after_the_work_hides_that_it_was_done(
    sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json
) -> None:
    sandbox.fail("capture", "fail_after")

    with pytest.raises(stripe.APIError) as failure:
        client.v1.payment_intents.capture(authorised["payment_intent"], {}, {"idempotency_key": "capture-1"})

    assert failure.value.http_status == 500
    assert sandbox.ledger()[0]["captured"] == 11400
    assert client.v1.payment_intents.retrieve(authorised["payment_intent"]).status == "succeeded"


def test_the_official_client_gets_through_a_cut_connection_by_itself(sandbox: RunningSandbox, authorised: Json) -> None:
    sandbox.fail("capture", "timeout_after")

    captured = sandbox.client(max_network_retries=2).v1.payment_intents.capture(authorised["payment_intent"])

    assert captured.status == "succeeded"
    assert [event["type"] for event in sandbox.events()].count("charge.captured") == 1


def test_a_fault_ends_after_its_number_of_calls(
    sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json
) -> None:
    sandbox.fail("retrieve", status=429, times=2)

    for _ in range(2):
        with pytest.raises(stripe.RateLimitError):
            client.v1.payment_intents.retrieve(authorised["payment_intent"])

    assert client.v1.payment_intents.retrieve(authorised["payment_intent"]).status == "requires_capture"


@pytest.mark.parametrize("call", ["create_session", "expire", "capture", "cancel", "refund", "retrieve", "list", "update"])
def test_every_kind_of_call_can_fail_and_nothing_else_does(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession, authorised: Json, call: str
) -> None:
    session = open_session()
    intent = authorised["payment_intent"]
    calls: dict[str, Callable[[], object]] = {
        "create_session": open_session,
        "update": lambda: client.v1.payment_intents.update(intent, {"metadata": {"a": "b"}}),
        "retrieve": lambda: client.v1.payment_intents.retrieve(intent),
        "list": client.v1.charges.list,
        "expire": lambda: client.v1.checkout.sessions.expire(session.id),
        "capture": lambda: client.v1.payment_intents.capture(intent),
        "refund": lambda: client.v1.refunds.create({"payment_intent": intent}),
    }
    if call == "cancel":
        for name in ("capture", "refund"):
            calls.pop(name)
        calls["cancel"] = lambda: client.v1.payment_intents.cancel(intent)
    sandbox.fail(call)

    failed = []
    for name, run in calls.items():
        try:
            run()
        except stripe.StripeError:
            failed.append(name)
            run()

    assert failed == [call]


def test_slow_answers_are_right_but_late(sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json) -> None:
    sandbox.fail("retrieve", "slow", seconds=0.4)
    began = time.monotonic()

    intent = client.v1.payment_intents.retrieve(authorised["payment_intent"])

    assert time.monotonic() - began >= 0.4
    assert intent.status == "requires_capture"


def test_a_fault_that_does_not_exist_is_refused(sandbox: RunningSandbox) -> None:
    with pytest.raises(SandboxRefusedError, match="call one of"):
        sandbox.fail("teleport")

    assert sandbox.control("switches")["faults"] == []
