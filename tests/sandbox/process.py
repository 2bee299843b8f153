"""The stand-in payment company as a real process, for the whole suite.

    sandbox = start_sandbox(tmp_path, webhook_url=f"{live_server.url}/webhooks/stripe/")
    ...
    sandbox.stop()

One per test session (and per xdist worker) is enough: call `reset()` between tests. Everything here goes over HTTP;
`sandbox/control/api.py` documents the addresses.
"""

import functools
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import stripe

PROJECT = Path(__file__).resolve().parents[2]
API_KEY = "sk_test_ringback"
WEBHOOK_SECRET = "whsec_ringback_demo"
PAYPAL_CLIENT_ID = "ringback-test-client"
PAYPAL_CLIENT_SECRET = "ringback-test-secret"
PAYPAL_WEBHOOK_ID = "8PT597110X687430L"
START_SECONDS = 30

type Json = dict[str, Any]


class SandboxRefusedError(Exception):
    """The control API said no, and why."""


@dataclass(frozen=True)
class SignedEvent:
    """One event exactly as it would have been posted to the shop."""

    event_id: str
    event_type: str
    payload: str
    headers: dict[str, str]
    company: str = "stripe"


@dataclass
class RunningSandbox:
    """A running stand-in. `url` is STRIPE_API_BASE, PAYPAL_API_BASE and the origin of both hosted pages.

    PayPal's webhooks go where Stripe's go, with `paypal` in the place of `stripe` in the address.
    """

    url: str
    api_key: str
    webhook_secret: str
    database: Path
    log: Path
    webhook_url: str
    process: subprocess.Popen[bytes] = field(repr=False)
    paypal_client_id: str = PAYPAL_CLIENT_ID
    paypal_client_secret: str = PAYPAL_CLIENT_SECRET
    paypal_webhook_id: str = PAYPAL_WEBHOOK_ID

    @functools.cached_property
    def paypal_ca_pem(self) -> str:
        """The root certificate that PayPal's webhooks are to be verified against."""
        return str(self.control("paypal/ca")["ca_pem"])

    def client(self, *, max_network_retries: int = 0) -> stripe.StripeClient:
        """The official client, with nothing changed but the address."""
        return stripe.StripeClient(self.api_key, base_addresses={"api": self.url}, max_network_retries=max_network_retries)

    def reset(self, *, webhook_url: str | None = None, mode: Literal["automatic", "manual"] = "manual") -> None:
        """Empty everything, all switches to their defaults; webhooks wait for `deliver` unless mode is automatic."""
        if webhook_url is not None:
            self.webhook_url = webhook_url
        self.control("reset", {"webhook_urls": urls_beside(self.webhook_url)})
        self.set(mode=mode)

    def pay(self, session_id: str, card: str = "4242424242424242", **details: str) -> Json:
        """Pay as the hosted page would: `status` (paid, declined, challenge), `success_url`, `message`, ids.

        Details: exp, name, email, phone, country, line1, line2, city, postcode, state, three_d_secure.
        """
        return self.control("pay", {"session": session_id, "card": card, **details})

    def approve(self, order_id: str, buyer: Literal["good", "unverified", "declined"] = "good", **details: str) -> Json:
        """Approve a PayPal order as its page would: `return_url` (with token and PayerID), `payer_id`.

        Details: given_name, surname, email, phone, country, and the address on file: line1, city, state, postcode.
        """
        return self.control("paypal/approve", {"order": order_id, "buyer": buyer, **details})

    def cancel_approval(self, order_id: str) -> str:
        """Leave PayPal's page without approving: where the buyer goes."""
        return str(self.control("paypal/cancel", {"order": order_id})["cancel_url"])

    def paypal_dashboard(self, act: Literal["capture", "void", "refund", "settle"], **details: Any) -> Json:
        """What a person does in PayPal's own dashboard; amounts in minor units.

        capture: authorization, amount. void: authorization. refund: capture, amount. settle (of a pending capture):
        capture, status COMPLETED or DECLINED.
        """
        return self.control(f"paypal/{act}", details)

    def dispute_paypal(self, capture: str, **details: Any) -> Json:
        """A buyer disputes a PayPal capture: amount (minor units), reason, stage (INQUIRY, CHARGEBACK)."""
        return self.control("paypal/dispute", {"capture": capture, **details})

    def close_paypal_dispute(self, dispute: str, favour: Literal["buyer", "seller"]) -> Json:
        """PayPal or the bank decides on a dispute."""
        return self.control("paypal/dispute/close", {"dispute": dispute, "favour": favour})

    def set_paypal(self, **switches: Any) -> Json:
        """Set PayPal's own switches: late_captures, captures, reauthorizations, permissions, report_delay_seconds."""
        return self.control("switches", {"paypal": switches})

    def deliver(self) -> Json:
        """Post every pending event to the webhook address now: counts `delivered`, `failed`, `remaining`."""
        return self.control("deliver", {})

    def take_events(self) -> list[SignedEvent]:
        """Take every pending event instead of having it posted, to hand it to the shop in a test of one's own."""
        return [SignedEvent(**event) for event in self.control("take", {})["events"]]

    def events(self) -> list[Json]:
        """Every event, oldest first: id, type, object, deliveries with their attempts."""
        events: list[Json] = self.control("events")["events"]
        return events

    def resend(self, event_id: str) -> None:
        """Queue an event once more."""
        self.control("resend", {"event": event_id})

    def ledger(self) -> list[Json]:
        """The truth: every charge with authorised, captured, refunded and voided amounts in minor units."""
        charges: list[Json] = self.control("ledger")["charges"]
        return charges

    def set(self, **webhook: Any) -> Json:
        """Set webhook switches: mode, delay_seconds, drop, duplicate, reorder, ungenerated."""
        return self.control("switches", {"webhook": webhook})

    def fail(self, call: str, mode: str = "fail", *, status: int = 500, times: int = 1, seconds: float = 0) -> Json:
        """Make the next calls of a kind go wrong.

        Calls: create_session, expire, capture, cancel, refund, retrieve, list, update; PayPal's are paypal.token,
        paypal.create_order, paypal.get_order, paypal.authorize_order, paypal.capture_order, paypal.get_authorization,
        paypal.capture, paypal.void, paypal.reauthorize, paypal.get_capture, paypal.refund, paypal.get_refund,
        paypal.verify, paypal.list.
        Modes: fail, fail_after, timeout_before, timeout_after, garbage, slow.
        """
        fault = {"call": call, "mode": mode, "status": status, "times": times, "seconds": seconds}
        return self.control("switches", {"fault": fault})

    def travel(self, seconds: float) -> None:
        """Set the company's clock this far ahead of real time; what fell due happens before this returns."""
        self.control("clock", {"offset_seconds": seconds})

    def dispute(self, payment_intent: str, **details: Any) -> Json:
        """A cardholder disputes a captured payment: amount, reason."""
        return self.control("dispute", {"payment_intent": payment_intent, **details})

    def answer_dispute(self, dispute: str) -> Json:
        """The merchant sends the evidence; the bank looks at it."""
        return self.control("dispute/answer", {"dispute": dispute})

    def close_dispute(self, dispute: str, status: Literal["won", "lost"]) -> Json:
        """The bank decides on a dispute."""
        return self.control("dispute/close", {"dispute": dispute, "status": status})

    def warn_early(self, payment_intent: str, **details: Any) -> Json:
        """An early fraud warning: fraud_type."""
        return self.control("warning", {"payment_intent": payment_intent, **details})

    def open_review(self, payment_intent: str, **details: Any) -> Json:
        """The company's own rules put a payment into review: reason."""
        return self.control("review", {"payment_intent": payment_intent, **details})

    def close_review(self, review: str, reason: str = "approved") -> Json:
        """Somebody decides on a review."""
        return self.control("review/close", {"review": review, "reason": reason})

    def control(self, name: str, given: Json | None = None) -> Json:
        """One call of the control API: GET without, POST with a JSON object; raise SandboxRefusedError when it says no."""
        status, body = request(
            "GET" if given is None else "POST",
            f"{self.url}/control/api/{name}",
            body=None if given is None else json.dumps(given),
        )
        answer: Json = json.loads(body)
        if status != 200:
            raise SandboxRefusedError(answer.get("error", f"status {status}"))
        return answer

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start_sandbox(tmp_path: Path, *, webhook_url: str, port: int = 0) -> RunningSandbox:
    """Start the real gunicorn process on a free loopback port (or this one), and wait until it answers.

    Webhooks wait for `deliver` until a test sets mode="automatic". Raises RuntimeError with the log when it does
    not come up.
    """
    # Bound here and handed over, so that no other process can take the port in between.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    database = tmp_path / "sandbox.sqlite3"
    log = tmp_path / "sandbox.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "gunicorn", "sandbox.wsgi:application",
                "--bind", f"fd://{listener.fileno()}", "--workers", "1", "--threads", "16", "--no-control-socket",
                "--worker-tmp-dir", str(tmp_path), "--access-logfile", "-", "--graceful-timeout", "1",
            ],
            cwd=PROJECT,
            env=_environment(database=database, url=url, webhook_url=webhook_url),
            pass_fds=[listener.fileno()],
            stdout=output,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
    listener.close()
    sandbox = RunningSandbox(
        url=url,
        api_key=API_KEY,
        webhook_secret=WEBHOOK_SECRET,
        database=database,
        log=log,
        webhook_url=webhook_url,
        process=process,
    )
    _wait_until_it_answers(sandbox)
    sandbox.set(mode="manual")
    return sandbox


def urls_beside(stripe: str) -> dict[str, str]:
    """Company -> webhook address, from Stripe's."""
    return {"stripe": stripe, "paypal": stripe.replace("stripe", "paypal")}


def request(
    method: str, url: str, *, body: str | None = None, headers: dict[str, str] | None = None, timeout: float = 30
) -> tuple[int, str]:
    """One HTTP request without following redirects: status and body."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, body=body, headers=headers or {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def _environment(*, database: Path, url: str, webhook_url: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV") if name in os.environ}
    return kept | {
        "DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "sandbox.settings",
        "SANDBOX_DB": str(database),
        "SANDBOX_ORIGIN": url,
        "SANDBOX_WEBHOOK_URL": webhook_url,
        "SANDBOX_PAYPAL_WEBHOOK_URL": urls_beside(webhook_url)["paypal"],
        "PAYPAL_CLIENT_ID": PAYPAL_CLIENT_ID,
        "PAYPAL_CLIENT_SECRET": PAYPAL_CLIENT_SECRET,
        "PAYPAL_WEBHOOK_ID": PAYPAL_WEBHOOK_ID,
        "STRIPE_API_KEY": API_KEY,
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", ""),
    }


def _wait_until_it_answers(sandbox: RunningSandbox) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if sandbox.process.poll() is not None:
            break
        try:
            if request("GET", f"{sandbox.url}/livez", timeout=START_SECONDS)[0] == 200:
                return
        except OSError:
            time.sleep(0.02)
    sandbox.stop()
    raise RuntimeError(f"the sandbox did not start:\n{sandbox.log.read_text()}")
