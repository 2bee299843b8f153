"""Steering the stand-in: trouble on demand, the control page, resets, and when it refuses to start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import stripe

from tests.sandbox.conftest import Json, OpenSession, Receiver, session_params
from tests.sandbox.process import PROJECT, RunningSandbox, SandboxRefusedError, start_sandbox
from tests.sandbox.test_hosted_page import Visitor


def test_a_dispute_can_be_opened_and_won(sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json) -> None:
    client.v1.payment_intents.capture(authorised["payment_intent"])

    dispute = sandbox.dispute(authorised["payment_intent"], amount=5000, reason="product_not_received")
    assert client.v1.charges.retrieve(authorised["charge"]).disputed is True
    with pytest.raises(stripe.InvalidRequestError, match="charged back"):
        client.v1.refunds.create({"payment_intent": authorised["payment_intent"]})
    sandbox.close_dispute(dispute["id"], "won")

    closed = client.v1.disputes.retrieve(dispute["id"])
    assert (closed.amount, closed.reason, closed.status) == (5000, "product_not_received", "won")
    assert [entry.net for entry in closed.balance_transactions] == [-6500, 5000]
    assert [event["type"] for event in sandbox.events()][-2:] == ["charge.dispute.created", "charge.dispute.closed"]


def test_an_authorisation_cannot_be_disputed(sandbox: RunningSandbox, authorised: Json) -> None:
    with pytest.raises(SandboxRefusedError, match="has not been captured"):
        sandbox.dispute(authorised["payment_intent"])

    assert sandbox.ledger()[0]["disputed"] is False


def test_the_shop_can_accept_a_dispute(sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json) -> None:
    client.v1.payment_intents.capture(authorised["payment_intent"])
    dispute = sandbox.dispute(authorised["payment_intent"])["id"]

    assert client.v1.disputes.close(dispute).status == "lost"

    assert sandbox.events()[-1]["type"] == "charge.dispute.closed"
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        client.v1.disputes.close(dispute)


def test_an_early_fraud_warning_is_actionable_until_the_money_is_given_back(
    sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json
) -> None:
    client.v1.payment_intents.capture(authorised["payment_intent"])
    warning = sandbox.warn_early(authorised["payment_intent"], fraud_type="misc")
    assert (warning["actionable"], warning["fraud_type"]) == (True, "misc")

    client.v1.refunds.create({"payment_intent": authorised["payment_intent"], "reason": "fraudulent"})

    assert client.v1.radar.early_fraud_warnings.retrieve(warning["id"]).actionable is False


def test_a_review_opens_and_closes_and_captures_nothing(
    sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json
) -> None:
    review = sandbox.open_review(authorised["payment_intent"])["id"]
    assert client.v1.payment_intents.retrieve(authorised["payment_intent"]).review == review
    assert [found.id for found in client.v1.reviews.list().data] == [review]

    closed = client.v1.reviews.approve(review)

    assert (closed.open, closed.closed_reason) == (False, "approved")
    intent = client.v1.payment_intents.retrieve(authorised["payment_intent"])
    assert (intent.review, intent.status) == (None, "requires_capture")
    assert [event["type"] for event in sandbox.events()][-2:] == ["review.opened", "review.closed"]
    with pytest.raises(SandboxRefusedError, match="already been closed"):
        sandbox.close_review(review)


def test_the_ledger_names_order_and_session(sandbox: RunningSandbox, client: stripe.StripeClient, authorised: Json) -> None:
    client.v1.payment_intents.capture(authorised["payment_intent"], {"amount_to_capture": 9000})
    client.v1.refunds.create({"payment_intent": authorised["payment_intent"], "amount": 1000})

    assert sandbox.ledger() == [
        {
            "company": "stripe",
            "charge": authorised["charge"],
            "payment_intent": authorised["payment_intent"],
            "session": authorised["session"],
            "client_reference_id": "order-7",
            "metadata": {"order": "7"},
            "currency": "gbp",
            "authorised": 11400,
            "captured": 9000,
            "refunded": 1000,
            "voided": 2400,
            "disputed": False,
        }
    ]


def test_a_reset_empties_everything_and_restores_the_defaults(
    sandbox: RunningSandbox, open_session: OpenSession, authorised: Json
) -> None:
    sandbox.set(drop=True, delay_seconds=3)
    sandbox.fail("capture")
    sandbox.travel(1000)

    sandbox.reset(webhook_url="http://127.0.0.1:9/other")

    assert sandbox.ledger() == sandbox.events() == []
    assert sandbox.control("switches") == {
        "clock_offset": 0.0,
        "webhook_urls": {"stripe": "http://127.0.0.1:9/other", "paypal": "http://127.0.0.1:9/other"},
        "paypal": {
            "late_captures": "allow",
            "captures": "complete",
            "reauthorizations": "allow",
            "permissions": "allow",
            "report_delay_seconds": 0.0,
        },
        "webhook": {
            "mode": "manual",
            "delay_seconds": 0.0,
            "drop": False,
            "duplicate": False,
            "reorder": False,
            "ungenerated": False,
        },
        "faults": [],
    }


@pytest.mark.parametrize(
    ("name", "given", "reason"),
    [
        ("switches", {"webhook": {"loud": True}}, "there is no webhook switch 'loud'"),
        ("switches", {"webhook": {"mode": "sometimes"}}, "mode is automatic or manual"),
        ("switches", {"volume": 11}, "no such switch: volume"),
        ("pay", {}, "session is missing"),
        ("pay", {"session": "cs_test_nothing"}, "No such checkout.session"),
        ("clock", {"offset_seconds": "tomorrow"}, "offset_seconds is a number"),
        ("resend", {"event": "evt_nothing"}, "no such event"),
        ("switches", {"webhook_urls": {"visa": "http://127.0.0.1:9/"}}, "there is no company 'visa'"),
        ("switches", {"paypal": {"captures": "lost"}}, "captures is one of complete, pending, declined"),
        ("paypal/approve", {"order": "5O190127TN364715T"}, "INVALID_RESOURCE_ID"),
        ("paypal/approve", {"order": "5O190127TN364715T", "buyer": "nobody"}, "there is no buyer 'nobody'"),
    ],
)
def test_a_senseless_request_is_explained(sandbox: RunningSandbox, name: str, given: Json, reason: str) -> None:
    with pytest.raises(SandboxRefusedError, match=reason):
        sandbox.control(name, given)


def test_the_page_shows_payments_and_events(sandbox: RunningSandbox, authorised: Json) -> None:
    page = Visitor().get(f"{sandbox.url}/control/")

    assert page.status == 200
    for shown in ("£114.00", "requires_capture", "visa ending in 4242", "checkout.session.completed", "reference order-7"):
        assert shown in page.html
    assert "Content-Security-Policy" in page.headers


def test_the_buttons_of_the_page_do_what_they_say(
    sandbox: RunningSandbox, client: stripe.StripeClient, receiver: Receiver, authorised: Json
) -> None:
    visitor = Visitor()
    page = f"{sandbox.url}/control/"
    token = visitor.get(page).html.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]

    def press(name: str, **fields: str) -> str:
        done = visitor.post_again(f"{page}do/{name}", {"csrfmiddlewaretoken": token, **fields})
        assert done.status == 302
        return done.headers["Location"]

    press("make", payment_intent=authorised["payment_intent"], what="review")
    press("make", payment_intent=authorised["payment_intent"], what="warning")
    assert "problem=" in press("make", payment_intent=authorised["payment_intent"], what="dispute")
    client.v1.payment_intents.capture(authorised["payment_intent"])
    press("make", payment_intent=authorised["payment_intent"], what="dispute")
    press("make", payment_intent=authorised["payment_intent"], what="won")
    press("make", payment_intent=authorised["payment_intent"], what="approved")
    press("deliver", back="events")
    press("resend", event=sandbox.events()[0]["id"])
    press("fault", call="refund", mode="fail", status="429", times="2", seconds="0")
    press("clock", hours="24")
    press("switches", mode="manual", delay_seconds="2", duplicate="on", webhook_url=receiver.url)

    made = [event["type"] for event in sandbox.events()]
    assert made[4:] == [
        "review.opened",
        "radar.early_fraud_warning.created",
        "charge.captured",
        "payment_intent.succeeded",
        "charge.dispute.created",
        "charge.dispute.closed",
        "review.closed",
    ]
    assert len(receiver.received) == 7
    state = sandbox.control("switches")
    assert (state["clock_offset"], state["webhook"]["delay_seconds"], state["webhook"]["duplicate"]) == (86400, 2, True)
    assert state["faults"] == [{"call": "refund", "mode": "fail", "status": 429, "seconds": 0, "left": 2}]


def test_a_button_pressed_from_elsewhere_does_nothing(sandbox: RunningSandbox) -> None:
    assert Visitor().post_again(f"{sandbox.url}/control/do/clock", {"hours": "24"}).status == 403

    assert sandbox.control("switches")["clock_offset"] == 0


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({}, "for development and tests only. Set DEMO=1."),
        ({"DEMO": "0"}, "for development and tests only. Set DEMO=1."),
        ({"DEMO": "1", "STRIPE_API_KEY": "sk_live_51abc"}, "STRIPE_API_KEY is not a test key"),
        ({"DEMO": "1", "PAYPAL_API_BASE": "https://api-m.paypal.com"}, "PAYPAL_API_BASE is PayPal's live address."),
    ],
)
@pytest.mark.parametrize("command", ["check", "server"])
def test_it_refuses_to_start_where_it_does_not_belong(
    tmp_path: Path, environment: dict[str, str], reason: str, command: str
) -> None:
    arguments = {
        "check": [sys.executable, "-m", "sandbox", "check"],
        "server": [
            sys.executable, "-m", "gunicorn", "sandbox.wsgi:application", "--bind", "127.0.0.1:0", "--no-control-socket",
        ],
    }[command]  # fmt: skip
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}

    ended = subprocess.run(
        arguments,
        cwd=PROJECT,
        env={**kept, **environment, "SANDBOX_DB": str(tmp_path / "no.sqlite3")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 4
    said = [line for line in ended.stderr.splitlines() if line.startswith("sandbox:")]
    assert len(said) == 1
    assert said[0].endswith(reason) or reason in said[0]
    assert "Traceback" not in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_was_stored_survives_a_restart(tmp_path: Path) -> None:
    first = start_sandbox(tmp_path, webhook_url="http://127.0.0.1:9/nobody")
    session = first.client().v1.checkout.sessions.create(session_params())  # type: ignore[arg-type]  # plain dictionary
    first.pay(session.id)
    first.stop()

    second = start_sandbox(tmp_path, webhook_url="http://127.0.0.1:9/nobody")
    try:
        assert second.client().v1.checkout.sessions.retrieve(session.id).status == "complete"
        assert len(second.take_events()) == 4
    finally:
        second.stop()
