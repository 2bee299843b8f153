"""Webhooks: signed as Stripe signs, sent again until accepted, and as unreliable as a test asks for."""

import json
import time

import pytest
import stripe

from tests.sandbox.conftest import Json, OpenSession, Receiver
from tests.sandbox.process import RunningSandbox

PAID = [
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.amount_capturable_updated",
    "checkout.session.completed",
]


def types_of(receiver: Receiver) -> list[str]:
    return [json.loads(webhook.body)["type"] for webhook in receiver.received]


def test_what_arrives_is_signed_and_complete(
    sandbox: RunningSandbox, client: stripe.StripeClient, receiver: Receiver, open_session: OpenSession
) -> None:
    session = open_session()
    sandbox.pay(session.id)

    assert sandbox.deliver() == {"delivered": 4, "failed": 0, "remaining": 0}

    assert types_of(receiver) == PAID
    last = receiver.received[-1]
    event = stripe.Webhook.construct_event(last.body, last.signature, sandbox.webhook_secret)
    assert event.type == "checkout.session.completed"
    assert event.data.object["id"] == session.id
    assert event.data.object["client_reference_id"] == "order-7"
    assert event.livemode is False
    assert client.v1.events.retrieve(event.id).pending_webhooks == 0


def test_another_secret_or_a_changed_body_is_not_accepted(
    sandbox: RunningSandbox, receiver: Receiver, open_session: OpenSession
) -> None:
    sandbox.pay(open_session().id)
    sandbox.deliver()
    webhook = receiver.received[0]

    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(webhook.body, webhook.signature, "whsec_other")
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(webhook.body + b" ", webhook.signature, sandbox.webhook_secret)


def test_events_can_be_taken_signed_instead_of_sent(
    sandbox: RunningSandbox, receiver: Receiver, open_session: OpenSession
) -> None:
    sandbox.pay(open_session().id)

    taken = sandbox.take_events()

    assert [event.event_type for event in taken] == PAID
    for event in taken:
        verified = stripe.Webhook.construct_event(event.payload, event.headers["Stripe-Signature"], sandbox.webhook_secret)
        assert verified.id == event.event_id
    assert sandbox.take_events() == []
    assert sandbox.deliver() == {"delivered": 0, "failed": 0, "remaining": 0}
    assert receiver.received == []


def test_an_api_call_is_named_in_the_events_it_caused(
    sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json
) -> None:
    captured = client.v1.payment_intents.capture(authorised["payment_intent"], {}, {"idempotency_key": "capture-1"})

    assert captured.last_response is not None
    for event in client.v1.events.list({"types": ["charge.captured", "payment_intent.succeeded"]}).data:
        assert event.request is not None
        assert (event.request.id, event.request.idempotency_key) == (captured.last_response.request_id, "capture-1")


def test_automatic_delivery_needs_nobody(sandbox: RunningSandbox, receiver: Receiver, open_session: OpenSession) -> None:
    sandbox.set(mode="automatic")

    sandbox.pay(open_session().id)

    receiver.wait_for(4)
    assert sorted(types_of(receiver)) == sorted(PAID)


def test_a_refused_event_is_sent_again_later_and_later(
    sandbox: RunningSandbox, client: stripe.StripeClient, receiver: Receiver, open_session: OpenSession
) -> None:
    receiver.answers = [500, 404]
    session = open_session()
    sandbox.set(mode="automatic")

    client.v1.checkout.sessions.expire(session.id)

    first, second, third = receiver.wait_for(3)
    assert first.body == second.body == third.body
    assert 0.8 < second.at - first.at < third.at - second.at
    until = time.monotonic() + 5
    while (delivery := sandbox.events()[0]["deliveries"][0])["state"] != "delivered":
        assert time.monotonic() < until
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500, 404, 200]


def test_a_shop_that_is_down_is_listed_as_not_reached(
    sandbox: RunningSandbox, client: stripe.StripeClient, receiver: Receiver, open_session: OpenSession
) -> None:
    client.v1.checkout.sessions.expire(open_session().id)
    sandbox.deliver()
    sandbox.control("switches", {"webhook_url": "http://127.0.0.1:9/down"})
    client.v1.checkout.sessions.expire(open_session().id)

    assert sandbox.deliver() == {"delivered": 0, "failed": 1, "remaining": 1}

    reached, missed = sandbox.events()
    assert [attempt["problem"] for attempt in missed["deliveries"][0]["attempts"]] == ["ConnectionRefusedError"]
    assert [event.id for event in client.v1.events.list({"delivery_success": False}).data] == [missed["id"]]
    assert [event.id for event in client.v1.events.list({"delivery_success": True}).data] == [reached["id"]]
    assert client.v1.events.retrieve(missed["id"]).pending_webhooks == 1


def test_a_redirect_is_not_accepted(
    sandbox: RunningSandbox, client: stripe.StripeClient, receiver: Receiver, open_session: OpenSession
) -> None:
    receiver.answers = [302]
    client.v1.checkout.sessions.expire(open_session().id)

    assert sandbox.deliver() == {"delivered": 0, "failed": 1, "remaining": 1}


def test_dropped_events_exist_and_never_arrive(
    sandbox: RunningSandbox, client: stripe.StripeClient, receiver: Receiver, open_session: OpenSession
) -> None:
    sandbox.set(drop=True)
    client.v1.checkout.sessions.expire(open_session().id)

    assert sandbox.deliver() == {"delivered": 0, "failed": 0, "remaining": 0}

    assert receiver.received == []
    (missed,) = client.v1.events.list({"delivery_success": False}).data
    assert missed.type == "checkout.session.expired"


def test_lost_events_do_not_even_exist(
    sandbox: RunningSandbox, client: stripe.StripeClient, receiver: Receiver, open_session: OpenSession
) -> None:
    sandbox.set(ungenerated=True)

    client.v1.checkout.sessions.expire(open_session().id)

    assert sandbox.deliver() == {"delivered": 0, "failed": 0, "remaining": 0}
    assert client.v1.events.list().data == []


def test_duplicated_events_arrive_twice_under_one_id(
    sandbox: RunningSandbox, client: stripe.StripeClient, receiver: Receiver, open_session: OpenSession
) -> None:
    sandbox.set(duplicate=True)
    client.v1.checkout.sessions.expire(open_session().id)

    sandbox.deliver()

    assert len(receiver.received) == 2
    assert receiver.received[0].body == receiver.received[1].body


def test_reordered_events_arrive_youngest_first(
    sandbox: RunningSandbox, receiver: Receiver, open_session: OpenSession
) -> None:
    sandbox.set(reorder=True, mode="manual")
    sandbox.pay(open_session().id)

    sandbox.deliver()

    assert types_of(receiver) == PAID[::-1]


def test_reordered_events_sent_by_themselves_arrive_in_another_order(
    sandbox: RunningSandbox, receiver: Receiver, open_session: OpenSession
) -> None:
    sandbox.set(reorder=True, mode="automatic")
    sandbox.pay(open_session().id)

    receiver.wait_for(4)

    # Several are under way at once, so which of them comes first is the network's business.
    assert sorted(types_of(receiver)) == sorted(PAID)
    assert types_of(receiver) != PAID


def test_delayed_events_keep_people_waiting(
    sandbox: RunningSandbox, client: stripe.StripeClient, receiver: Receiver, open_session: OpenSession
) -> None:
    sandbox.set(delay_seconds=1, mode="automatic")
    session = open_session()
    began = time.monotonic()

    client.v1.checkout.sessions.expire(session.id)

    (webhook,) = receiver.wait_for(1)
    assert webhook.at - began >= 0.95


def test_an_event_can_be_sent_again_by_hand(
    sandbox: RunningSandbox, client: stripe.StripeClient, receiver: Receiver, open_session: OpenSession
) -> None:
    client.v1.checkout.sessions.expire(open_session().id)
    sandbox.deliver()

    sandbox.resend(sandbox.events()[0]["id"])
    sandbox.deliver()

    assert len(receiver.received) == 2
    assert receiver.received[0].body == receiver.received[1].body


def test_a_snapshot_keeps_the_state_of_its_moment(
    sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json
) -> None:
    client.v1.payment_intents.capture(authorised["payment_intent"])

    (event,) = client.v1.events.list({"type": "payment_intent.amount_capturable_updated"}).data

    assert event.data.object["status"] == "requires_capture"


def test_nothing_old_arrives_after_a_reset(
    sandbox: RunningSandbox, client: stripe.StripeClient, receiver: Receiver, open_session: OpenSession
) -> None:
    client.v1.checkout.sessions.expire(open_session().id)

    sandbox.reset(webhook_url=receiver.url)

    assert sandbox.deliver() == {"delivered": 0, "failed": 0, "remaining": 0}
    assert sandbox.events() == []
    assert client.v1.checkout.sessions.list().data == []
