"""Idempotency keys: one piece of work, one answer, whatever is sent again."""

import threading
from typing import Any

import pytest
import stripe

from tests.sandbox.conftest import Json, OpenSession, session_params
from tests.sandbox.process import RunningSandbox


def create(client: stripe.StripeClient, key: str, **changes: Any) -> stripe.checkout.Session:
    params: Any = session_params(expires_at=2_000_000_000, **changes)
    params.pop("expires_at")
    return client.v1.checkout.sessions.create(params, {"idempotency_key": key})


def header(answer: stripe.StripeObject, name: str) -> str | None:
    response = answer.last_response
    assert response is not None
    headers: dict[str, str] = {key.lower(): value for key, value in response.headers.items()}
    return headers.get(name)


def test_the_same_key_gets_the_same_answer_and_does_the_work_once(client: stripe.StripeClient) -> None:
    first, again = create(client, "order-7"), create(client, "order-7")

    assert again.id == first.id
    assert (header(first, "idempotent-replayed"), header(again, "idempotent-replayed")) == (None, "true")
    assert header(again, "original-request") == header(first, "request-id") != header(again, "request-id")
    assert len(client.v1.checkout.sessions.list().data) == 1


def test_another_key_is_another_piece_of_work(client: stripe.StripeClient) -> None:
    assert create(client, "order-7").id != create(client, "order-8").id


def test_the_same_key_with_other_parameters_is_refused(client: stripe.StripeClient) -> None:
    create(client, "order-7")

    with pytest.raises(stripe.IdempotencyError) as refusal:
        create(client, "order-7", client_reference_id="order-8")

    assert refusal.value.http_status == 400
    assert "can only be used with the same parameters" in (refusal.value.user_message or "")
    assert len(client.v1.checkout.sessions.list().data) == 1


def test_the_same_key_at_another_address_is_refused(client: stripe.StripeClient, authorised: Json) -> None:
    client.v1.payment_intents.capture(authorised["payment_intent"], {}, {"idempotency_key": "order-7"})

    with pytest.raises(stripe.IdempotencyError):
        client.v1.payment_intents.cancel(authorised["payment_intent"], {}, {"idempotency_key": "order-7"})


def test_a_refusal_of_the_work_is_replayed_too(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: OpenSession
) -> None:
    session = open_session()
    intent = sandbox.pay(session.id, "4000000000000002")["payment_intent"]
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError, match="requires_payment_method"):
            client.v1.payment_intents.capture(intent, {}, {"idempotency_key": "capture-1"})
    sandbox.pay(session.id)

    with pytest.raises(stripe.InvalidRequestError, match="requires_payment_method") as replay:
        client.v1.payment_intents.capture(intent, {}, {"idempotency_key": "capture-1"})

    assert replay.value.headers is not None
    assert replay.value.headers["idempotent-replayed"] == "true"
    assert sandbox.ledger()[0]["captured"] == 0


def test_a_request_turned_away_before_any_work_may_be_mended_under_the_same_key(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        create(client, "order-7", success_url="")

    assert create(client, "order-7").status == "open"


def test_a_stored_500_is_replayed_and_the_work_never_done(
    sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json
) -> None:
    sandbox.fail("capture")
    for replayed in (None, "true"):
        with pytest.raises(stripe.APIError) as failure:
            client.v1.payment_intents.capture(authorised["payment_intent"], {}, {"idempotency_key": "capture-1"})
        assert failure.value.http_status == 500
        assert failure.value.headers is not None
        assert failure.value.headers.get("idempotent-replayed") == replayed
        assert failure.value.headers["stripe-should-retry"] == "false"

    assert sandbox.ledger()[0]["captured"] == 0
    assert (
        client.v1.payment_intents.capture(authorised["payment_intent"], {}, {"idempotency_key": "2"}).status == "succeeded"
    )


@pytest.mark.parametrize("status", [409, 429])
def test_a_rate_limit_or_conflict_is_not_stored(
    sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json, status: int
) -> None:
    sandbox.fail("capture", status=status)
    with pytest.raises(stripe.StripeError) as failure:
        client.v1.payment_intents.capture(authorised["payment_intent"], {}, {"idempotency_key": "capture-1"})
    assert failure.value.http_status == status
    assert sandbox.ledger()[0]["captured"] == 0

    again = client.v1.payment_intents.capture(authorised["payment_intent"], {}, {"idempotency_key": "capture-1"})

    assert again.status == "succeeded"


def test_of_two_at_once_one_works_and_the_other_is_told_to_wait(
    sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json
) -> None:
    sandbox.fail("capture", "slow", seconds=1)
    outcomes: list[Any] = []

    def capture() -> None:
        try:
            answer = sandbox.client().v1.payment_intents.capture(
                authorised["payment_intent"], {}, {"idempotency_key": "capture-1"}
            )
            outcomes.append(answer.status)
        except stripe.StripeError as error:
            outcomes.append((error.http_status, error.error.code if error.error else None))

    threads = [threading.Thread(target=capture) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes, key=str) == [(409, "idempotency_key_in_use"), "succeeded"]
    assert sandbox.ledger()[0]["captured"] == 11400
    assert [event["type"] for event in sandbox.events()].count("charge.captured") == 1


def test_ten_at_once_without_a_key_capture_once(sandbox: RunningSandbox, authorised: Json) -> None:
    outcomes: list[str] = []

    def capture() -> None:
        try:
            outcomes.append(sandbox.client().v1.payment_intents.capture(authorised["payment_intent"]).status)
        except stripe.InvalidRequestError as error:
            outcomes.append(error.code or "")

    threads = [threading.Thread(target=capture) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["payment_intent_unexpected_state"] * 9 + ["succeeded"]
    assert sandbox.ledger()[0]["captured"] == 11400
