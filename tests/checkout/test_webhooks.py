"""The webhook inbox: only what is signed comes in, each event counts once, and no order of events makes a difference."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.client import FakePayload
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Variant
from checkout.gateways import forget_gateways
from checkout.models import Alert, GatewayEventRecord, Order, Payment
from checkout.services.sweep import sweep_payments
from checkout.services.webhooks import UnableToFollowUp, follow_up
from tests.checkout.orderings import Orderings, answers_remembered, deliver, undone
from tests.checkout.scenes import (
    alerts,
    books,
    capture_by_hand,
    mails,
    on_hold,
    ordered,
    refund_by_hand,
    snapshot,
    states,
    stock,
    void_by_hand,
)
from tests.checkout.shopper import Shopper
from tests.sandbox.process import RunningSandbox, SignedEvent

pytestmark = pytest.mark.django_db
RunTasks = Callable[[], int]
EVENT = {"id": "evt_1", "object": "event", "type": "payout.paid", "data": {"object": {"object": "payout", "id": "po_1"}}}


def post(body: bytes | str, headers: dict[str, str], *, gateway: str = "stripe") -> int:
    return Client().post(f"/webhooks/{gateway}/", body, content_type="application/json", headers=headers).status_code


def send_in(event: SignedEvent) -> int:
    return post(event.payload, event.headers)


def sign(sandbox: RunningSandbox, body: bytes, *, at: float | None = None, secret: str | None = None) -> dict[str, str]:
    moment = int(at or time.time())
    key = (secret or sandbox.webhook_secret).encode()
    return {"Stripe-Signature": f"t={moment},v1={hmac.new(key, f'{moment}.'.encode() + body, hashlib.sha256).hexdigest()}"}


def send(sandbox: RunningSandbox, event: dict[str, Any]) -> int:
    body = json.dumps(event).encode()
    return post(body, sign(sandbox, body))


def statuses() -> list[str]:
    return list(GatewayEventRecord.objects.order_by("pk").values_list("status", flat=True))


class TestRefuses:
    @pytest.mark.parametrize(
        "name",
        ["unsigned", "empty header", "odd letters", "other secret", "altered", "too old", "of the future", "empty", "not UTF-8",
         "not JSON", "gzip"],
    )  # fmt: skip
    def test_a_body_that_the_gateway_did_not_send(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox, name: str
    ) -> None:
        order, payment = ordered(brush)
        shopper.pay(order, sandbox)
        event = next(event for event in sandbox.take_events() if event.event_type == "checkout.session.completed")
        body = event.payload.encode()
        packed = b"\x1f\x8b\x08\x00\x00\x00"
        bad: dict[str, tuple[bytes, dict[str, str]]] = {
            "unsigned": (body, {}),
            "empty header": (body, {"Stripe-Signature": ""}),
            "odd letters": (body, {"Stripe-Signature": f"t={int(time.time())},v1=é"}),
            "other secret": (body, sign(sandbox, body, secret="whsec_other")),
            "altered": (body.replace(b"3095", b"0001"), event.headers),
            "too old": (body, sign(sandbox, body, at=time.time() - 301)),
            "of the future": (body, sign(sandbox, body, at=time.time() + 310)),
            "empty": (b"", sign(sandbox, b"")),
            "not UTF-8": (b"\xff\xfe", sign(sandbox, b"\xff\xfe")),
            "not JSON": (b"{", sign(sandbox, b"{")),
            "gzip": (packed, sign(sandbox, packed)),
        }
        before = snapshot(order, payment, brush, sandbox)

        assert post(*bad[name]) == (411 if name == "empty" else 400)

        assert GatewayEventRecord.objects.count() == 0
        assert Alert.objects.count() == 0
        assert snapshot(order, payment, brush, sandbox) == before

    def test_a_body_that_is_too_large_without_reading_it(self, rates: None, sandbox: RunningSandbox) -> None:
        body = json.dumps({**EVENT, "padding": "x" * 300_000}).encode()
        assert post(body, sign(sandbox, body)) == 413
        assert GatewayEventRecord.objects.count() == 0

    @pytest.mark.parametrize(
        ("name", "value", "status"),
        [("CONTENT_LENGTH", str(10 * 1024**2), 413), ("CONTENT_LENGTH", "9" * 5000, 413), ("CONTENT_LENGTH", "-1", 411),
         ("CONTENT_LENGTH", "", 411), ("CONTENT_LENGTH", "\u0663", 411), ("HTTP_CONTENT_ENCODING", "gzip", 415)],
    )  # fmt: skip
    def test_what_no_gateway_sends_before_a_byte_is_read(
        self, rates: None, sandbox: RunningSandbox, name: str, value: str, status: int
    ) -> None:
        class Untouched(FakePayload):
            def read(self, *args: Any) -> bytes:
                raise AssertionError("it was read")

        body = json.dumps(EVENT).encode()
        answer = Client().generic(
            "POST", "/webhooks/stripe/", body, "application/json", headers=sign(sandbox, body),
            **{"wsgi.input": Untouched(body), name: value},  # type: ignore[arg-type]  # the stubs know text only
        )  # fmt: skip
        assert answer.status_code == status
        assert GatewayEventRecord.objects.count() == 0

    @pytest.mark.parametrize(
        "body",
        [b"[]", b"{}", b"null", b'"x"', b'{"id": 1}', b"[" * 100_000, b'{"a":' * 40_000, b'{"id": "\xff"}',
         b'{"id":"e\\u0000","type":"x","data":{"object":{}}}', b'{"id":"' + b"e" * 3000 + b'","type":"x","data":{"object":{}}}',
         b'{"id":"e","type":"x","data":{"object":{"object":"payment_intent","id":"' + b"p" * 300 + b'"}}}'],
        ids=["list", "empty", "null", "text", "number", "deep list", "deep object", "bytes", "NUL", "long id", "long reference"],
    )  # fmt: skip
    def test_signed_bodies_that_are_no_events(self, rates: None, sandbox: RunningSandbox, body: bytes) -> None:
        assert post(body, sign(sandbox, body)) == 400
        assert (GatewayEventRecord.objects.count(), Alert.objects.count()) == (0, 0)

    def test_other_methods_and_gateways_that_are_off(self, rates: None, sandbox: RunningSandbox) -> None:
        body = json.dumps(EVENT).encode()
        assert Client().get("/webhooks/stripe/").status_code == 405
        assert post(body, sign(sandbox, body), gateway="paypal") == 400
        assert post(body, sign(sandbox, body), gateway="adyen") == 404
        assert GatewayEventRecord.objects.count() == 0

    def test_without_telling_why(self, rates: None, sandbox: RunningSandbox) -> None:
        answer = Client().post("/webhooks/stripe/", b"{}", content_type="application/json")
        assert answer.content == b"Not signed by the gateway. Nothing was kept.\n"


class TestKeeps:
    def test_an_event_once_however_often_it_comes(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox, run_tasks: RunTasks
    ) -> None:
        order, payment = ordered(brush)
        shopper.pay(order, sandbox)
        event = next(event for event in sandbox.take_events() if event.event_type == "checkout.session.completed")

        assert [send_in(event) for _ in range(20)] == [204] * 20
        run_tasks()
        assert [send_in(event) for _ in range(3)] == [204] * 3  # replayed within the time of its signature
        run_tasks()

        assert statuses() == ["done"]
        assert states(order, payment) == ("on_hold", "authorized")
        assert mails(order) == ["received"]
        assert len(mail.outbox) == 1
        assert stock(brush) == (10, 2)
        assert payment.events.count() == 2

    def test_nothing_of_the_event_but_ids(self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
        order, _ = ordered(brush)
        shopper.pay(order, sandbox)
        for event in sandbox.take_events():
            send_in(event)
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM checkout_gatewayeventrecord")
            rows = repr(cursor.fetchall())
        assert "evt_" in rows
        assert not [word for word in ("Dana", "dana@", "Ankeny", "4242", "97214") if word in rows]

    def test_an_event_of_no_interest_without_following_it_up(
        self, rates: None, sandbox: RunningSandbox, run_tasks: RunTasks
    ) -> None:
        assert send(sandbox, EVENT) == 204
        assert send(sandbox, {**EVENT, "id": "evt_2", "type": "a.kind.of.next.year", "api_version": "2031-01-01"}) == 204
        assert run_tasks() == 0
        assert statuses() == ["ignored", "ignored"]
        assert Alert.objects.count() == 0

    @pytest.mark.parametrize(
        "subject",
        [
            {"object": "checkout.session", "id": "cs_test_unknown"},
            {"object": "payment_intent", "id": "pi_unknown"},
            {"object": "dispute", "id": "du_1", "payment_intent": "pi_unknown"},
        ],
    )
    def test_an_unknown_object_and_tells_the_staff_once(
        self, rates: None, sandbox: RunningSandbox, run_tasks: RunTasks, subject: dict[str, str]
    ) -> None:
        assert send(sandbox, {**EVENT, "data": {"object": subject}}) == 204
        run_tasks()
        follow_up(record_id=GatewayEventRecord.objects.get().pk, now=timezone.now())
        assert statuses() == ["unmatched"]
        assert alerts() == ["unmatched"]

    @pytest.mark.parametrize(("key", "livemode", "theirs"), [("sk_live_x", False, "test"), (None, True, "live")])
    def test_an_event_of_the_other_mode_apart_and_asks_the_gateway_nothing(
        self, brush: Variant, sandbox: RunningSandbox, run_tasks: RunTasks, settings: Settings,
        key: str | None, livemode: bool, theirs: str,
    ) -> None:  # fmt: skip
        order, payment = on_hold(brush, sandbox)
        run_tasks()
        refund = {"object": "refund", "id": "re_1", "payment_intent": payment.reference, "amount": 3095}
        dispute = {"object": "dispute", "id": "du_1", "payment_intent": payment.reference}
        if key:
            settings.PAYMENT_GATEWAYS = {"stripe": {**settings.PAYMENT_GATEWAYS["stripe"], "api_key": key}}
            forget_gateways()
        before = snapshot(order, payment, brush, sandbox)
        for number, subject in enumerate((refund, dispute)):
            assert send(sandbox, {**EVENT, "id": f"evt_{number}", "livemode": livemode, "data": {"object": subject}}) == 204
        assert run_tasks() == 0
        assert statuses() == ["wrong_mode"] * 2
        assert alerts() == ["wrong-mode"]
        assert f"stripe sent an event of its {theirs} mode (evt_0)" in Alert.objects.get().message
        assert snapshot(order, payment, brush, sandbox) == before

    def test_a_payment_of_another_shop_on_the_same_account_apart(
        self, rates: None, sandbox: RunningSandbox, run_tasks: RunTasks
    ) -> None:
        session = foreign_session(sandbox, metadata={})
        sandbox.pay(session)
        for event in sandbox.take_events():
            assert send_in(event) == 204
        run_tasks()
        assert set(statuses()) == {"unmatched"}


def foreign_session(sandbox: RunningSandbox, *, metadata: dict[str, str]) -> str:
    """A page for one dollar that the shop did not open."""
    price: Any = {"currency": "usd", "unit_amount": 100, "product_data": {"name": "Anything"}}
    return (
        sandbox.client()
        .v1.checkout.sessions.create(
            params={
                "mode": "payment",
                "success_url": "http://testserver/",
                "line_items": [{"quantity": 1, "price_data": price}],
                "metadata": metadata,
                "payment_intent_data": {"capture_method": "manual", "metadata": metadata},
            }
        )
        .id
    )


def test_a_dollar_paid_in_the_name_of_a_dear_order_pays_for_nothing(
    brush: Variant, sandbox: RunningSandbox, run_tasks: RunTasks
) -> None:
    order, payment = ordered(brush)
    session = foreign_session(sandbox, metadata={"payment": str(payment.pk), "order": order.number})
    sandbox.pay(session)

    for event in sandbox.take_events():
        assert send_in(event) == 204
    run_tasks()

    assert states(order, payment) == ("awaiting_payment", "started")
    assert mails(order) == []
    assert "unmatched" in alerts()


def test_an_event_may_be_quicker_than_the_answer_to_our_own_call(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox, run_tasks: RunTasks
) -> None:
    order, payment = ordered(brush)
    shopper.pay(order, sandbox)
    Payment.objects.filter(pk=payment.pk).update(session_id=None, session_url="")  # not written down yet

    for event in sandbox.take_events():
        assert send_in(event) == 204
    run_tasks()

    assert states(order, payment) == ("on_hold", "authorized")
    assert Payment.objects.get(pk=payment.pk).session_id == payment.session_id
    assert set(statuses()) == {"done"}


def test_a_gateway_that_is_down_keeps_the_event_for_the_sweep(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox
) -> None:
    order, payment = ordered(brush)
    shopper.pay(order, sandbox)
    event = next(event for event in sandbox.take_events() if event.event_type == "checkout.session.completed")
    send_in(event)
    sandbox.fail("retrieve", "fail", status=429)
    with pytest.raises(UnableToFollowUp, match="GatewayError"):
        follow_up(record_id=GatewayEventRecord.objects.get().pk, now=timezone.now())
    assert statuses() == ["new"]
    assert states(order, payment) == ("awaiting_payment", "started")

    sweep_payments(now=timezone.now() + timedelta(minutes=1))
    assert statuses() == ["new"]
    assert states(order, payment) == ("on_hold", "authorized")  # by asking about the payment itself

    sweep_payments(now=timezone.now() + timedelta(minutes=4))

    assert statuses() == ["done"]


CANCELLED_LIFE = (
    "charge.succeeded",
    "payment_intent.amount_capturable_updated",
    "checkout.session.completed",
    "charge.refunded",
    "payment_intent.canceled",
)


def test_every_order_of_the_events_of_a_cancelled_order_ends_the_same(brush: Variant, sandbox: RunningSandbox) -> None:
    order, payment = on_hold(brush, sandbox)
    void_by_hand(payment)
    life = {event.event_type: event for event in sandbox.take_events()}

    orderings = Orderings([life[kind] for kind in CANCELLED_LIFE], lambda: tell(order, payment, brush)).walk()

    assert orderings.walked == 120
    assert set(orderings.ends) == {(("cancelled", "voided"), (10, 0), ("received", "cancelled"), ("lapsed",), ("done",) * 5)}


def test_every_order_of_the_events_of_an_order_paid_unheard_ends_the_same(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox
) -> None:
    order, payment = ordered(brush)
    shopper.pay(order, sandbox)

    orderings = Orderings(sandbox.take_events(), lambda: tell(order, payment, brush)).walk()

    assert orderings.walked == 24
    assert set(orderings.ends) == {(("on_hold", "authorized"), (10, 2), ("received",), (), ("done",) * 4)}


def test_every_order_of_the_events_of_a_payment_taken_and_given_back_unheard_ends_the_same(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox
) -> None:
    order, payment = ordered(brush)
    payment.reference = shopper.pay(order, sandbox)["payment_intent"]
    capture_by_hand(payment, 3095)
    refund_by_hand(payment, 3095)
    life = {event.event_type: event for event in sandbox.take_events()}
    kinds = ("checkout.session.completed", "charge.captured", "charge.refunded")

    orderings = Orderings([life[kind] for kind in kinds], lambda: tell(order, payment, brush)).walk()

    assert orderings.walked == 6
    assert set(orderings.ends) == {
        (("awaiting_payment", "refunded"), (10, 2), ("refunded",), ("refunded-outside",), ("done",) * 3)
    }
    for kind in kinds:
        deliver(life[kind])
    sweep_payments(now=timezone.now() + timedelta(hours=1))
    assert tell(order, payment, brush)[:3] == (("expired", "refunded"), (10, 0), ("refunded",))
    assert books(sandbox) == [(3095, 3095, 3095, 0)]


@pytest.mark.parametrize("is_captured", [False, True])
def test_each_event_lost_in_turn_is_made_good_by_one_sweep(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox, is_captured: bool
) -> None:
    order, payment = ordered(brush)
    payment.reference = shopper.pay(order, sandbox)["payment_intent"]
    if is_captured:
        capture_by_hand(payment, 3095)
    events = sandbox.take_events()
    ends = set()
    with answers_remembered():
        for lost in [*events, None]:
            with undone():
                for event in events:
                    if event is not lost:
                        deliver(event)
                sweep_payments(now=timezone.now() + timedelta(seconds=29))
                ends.add(tell(order, payment, brush)[:4])
        sweep_payments(now=timezone.now() + timedelta(seconds=29))  # all of them lost
        ends.add(tell(order, payment, brush)[:4])
    assert ends == {(("on_hold", "captured" if is_captured else "authorized"), (10, 2), ("received",), ())}


def test_events_of_what_the_shop_did_itself_change_nothing(
    brush: Variant, sandbox: RunningSandbox, run_tasks: RunTasks
) -> None:
    order, payment = on_hold(brush, sandbox)
    run_tasks()
    before = snapshot(order, payment, brush, sandbox)
    for event in reversed(sandbox.take_events()):
        assert send_in(event) == 204
    run_tasks()
    assert snapshot(order, payment, brush, sandbox) == before
    assert set(statuses()) == {"done"}


def tell(
    order: Order, payment: Payment, variant: Variant
) -> tuple[tuple[str, str], tuple[int, int], tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """States, stock, mails, alerts, what became of the events."""
    return states(order, payment), stock(variant), tuple(mails(order)), tuple(alerts()), tuple(sorted(statuses()))
