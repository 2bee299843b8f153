"""A payment company on the bench, for the contract test: its gateway, and what only the company itself can do."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar, Protocol

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from checkout.gateways.base import Gateway, GatewayError, GatewayPayment, HostedPage
from checkout.gateways.paypal import PayPalGateway
from checkout.gateways.paypal_client import PayPalClient
from checkout.gateways.stripe import StripeGateway
from tests.conftest import paypal_settings
from tests.sandbox.process import RunningSandbox, SandboxRefusedError

OTHER_SECRET = "whsec_of_another_endpoint"
type Books = list[tuple[int, int, int, int]]


class Bench(Protocol):
    """What the contract test needs of each company."""

    gateway: Gateway
    # What this company does in a way of its own.
    honours: ClassVar[timedelta]  # how long an authorised amount is promised
    shortest_page: ClassVar[timedelta]  # it opens no page for less
    keeps_failures: ClassVar[bool]  # a 500 is stored under its key
    closes_pages: ClassVar[bool]  # nobody can pay on an expired page; otherwise only nobody is charged
    unknown: ClassVar[dict[str, str]]  # ids that do not exist
    no_payment: ClassVar[dict[str, Any]]  # an event that is about no payment
    checks: ClassVar[dict[str, Any]]  # of a good payment after one that was declined
    payer: ClassVar[dict[str, Any]]  # what is told of Dana
    almost: ClassVar[list[Any]]  # answers in which one thing is wrong

    def pay(self, page: HostedPage) -> None:
        """Have the order authorised, as Dana Reyes, with money that is there."""

    def decline(self, page: HostedPage) -> None:
        """Try to pay with what is refused."""

    def come_too_late(self, page: HostedPage) -> None:
        """Try to pay on a page that was closed."""

    def books(self) -> Books:
        """The company's truth for each charge: authorised, captured, refunded, voided."""

    def spoil(self, call: str, mode: str, status: int = 500, times: int = 1) -> None:
        """Make the next calls of a kind (capture, void, refund, start, fetch) go wrong."""

    def mend(self) -> None:
        """Let nothing go wrong any more."""

    def capture_by_hand(self, payment: GatewayPayment, minor: int) -> None:
        """Capture in the company's dashboard."""

    def dispute(self, payment: GatewayPayment) -> str:
        """Have the payer ask for all of the money back; give the dispute's id."""

    def lose(self, dispute_id: str) -> None:
        """Decide a dispute for the payer."""

    def at(self, address: str) -> Gateway:
        """The same gateway with something else at the other end."""

    def locked_out(self) -> Gateway:
        """The same gateway with a key that is not ours."""

    def events(self) -> list[tuple[dict[str, str], bytes]]:
        """Every webhook to come: headers and body."""

    def sign(self, body: bytes, *, at: float | None = None, secret: str | None = None) -> dict[str, str]:
        """Headers of a webhook; by default made now, with the right secret."""


@dataclass
class StripeBench:
    """Stripe's API, as the sandbox speaks it."""

    sandbox: RunningSandbox
    gateway: Gateway
    calls: ClassVar[dict[str, str]] = {"start": "create_session", "void": "cancel", "fetch": "retrieve"}
    honours: ClassVar[timedelta] = timedelta(days=7)
    shortest_page: ClassVar[timedelta] = timedelta(minutes=30)
    keeps_failures: ClassVar[bool] = True
    closes_pages: ClassVar[bool] = True
    unknown: ClassVar[dict[str, str]] = {"session_id": "cs_test_unknown", "reference": "pi_unknown"}
    no_payment: ClassVar[dict[str, Any]] = {
        "id": "evt_1",
        "object": "event",
        "type": "payout.paid",
        "data": {"object": {"object": "payout"}},
    }
    checks: ClassVar[dict[str, Any]] = {"cvc": "pass", "postcode": "pass", "line1": "pass", "risk_level": "normal", "declines": 1,
              "is_liability_shifted": False, "brand": "visa", "last4": "4242", "country": "US"}  # fmt: skip
    payer: ClassVar[dict[str, Any]] = {"name": "Dana Reyes", "line1": "1420 SE Ankeny Street", "city": "Portland", "postcode": "97214",
             "country": "US", "email": "dana@example.com", "phone": "+15035550142"}  # fmt: skip
    _session: ClassVar[dict[str, Any]] = {"id": "cs_1", "object": "checkout.session", "status": "open", "client_reference_id": "x", "livemode": False,
                "payment_intent": None, "amount_total": 1, "currency": "usd", "url": "https://x", "expires_at": 1}  # fmt: skip
    almost: ClassVar[list[Any]] = [
        _session | {"amount_total": "1", "expires_at": "soon"},
        _session | {"id": ["cs_1"]},
        _session | {"livemode": "no", "url": None},
        _session | {"payment_intent": {"id": "pi_1", "object": "payment_intent", "status": "requires_capture"}, "url": {}},
    ]

    def pay(self, page: HostedPage) -> None:
        details = {"name": "Dana Reyes", "line1": "1420 SE Ankeny Street", "city": "Portland", "postcode": "97214"}
        assert self.sandbox.pay(page.session_id, country="US", phone="+15035550142", **details)["status"] == "paid"

    def decline(self, page: HostedPage) -> None:
        assert self.sandbox.pay(page.session_id, "4000000000000002")["status"] == "declined"

    def come_too_late(self, page: HostedPage) -> None:
        with pytest.raises(SandboxRefusedError, match="not open"):
            self.pay(page)

    def books(self) -> Books:
        return books(self.sandbox)

    def spoil(self, call: str, mode: str, status: int = 500, times: int = 1) -> None:
        self.sandbox.fail(self.calls.get(call, call), mode, status=status, times=times)

    def mend(self) -> None:
        self.sandbox.control("switches", {"clear_faults": True})

    def capture_by_hand(self, payment: GatewayPayment, minor: int) -> None:
        self.sandbox.client().v1.payment_intents.capture(str(payment.reference), params={"amount_to_capture": minor})

    def dispute(self, payment: GatewayPayment) -> str:
        return str(self.sandbox.dispute(str(payment.reference))["id"])

    def lose(self, dispute_id: str) -> None:
        self.sandbox.close_dispute(dispute_id, "lost")

    def at(self, address: str) -> Gateway:
        return StripeGateway(api_key=self.sandbox.api_key, webhook_secret="whsec_x", api_base=address)

    def locked_out(self) -> Gateway:
        return StripeGateway(api_key="sk_test_somebody_else", webhook_secret="whsec_x", api_base=self.sandbox.url)

    def events(self) -> list[tuple[dict[str, str], bytes]]:
        return [(event.headers, event.payload.encode()) for event in self.sandbox.take_events()]

    def sign(self, body: bytes, *, at: float | None = None, secret: str | None = None) -> dict[str, str]:
        moment = int(time.time() if at is None else at)
        key = (secret or self.sandbox.webhook_secret).encode()
        digest = hmac.new(key, f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
        return {"Stripe-Signature": f"t={moment},v1={digest}"}


@dataclass
class PayPalBench:
    """PayPal's API, as the sandbox speaks it."""

    sandbox: RunningSandbox
    gateway: Gateway
    calls: ClassVar[dict[str, str]] = {"start": "create_order", "fetch": "get_order"}
    honours: ClassVar[timedelta] = timedelta(days=3)
    shortest_page: ClassVar[timedelta] = timedelta(0)
    keeps_failures: ClassVar[bool] = False
    closes_pages: ClassVar[bool] = False
    unknown: ClassVar[dict[str, str]] = {"session_id": "0AB00000CD000000E", "reference": "0AB00000CD000000F"}
    no_payment: ClassVar[dict[str, Any]] = {"id": "WH-1", "event_type": "BILLING.PLAN.CREATED", "resource": {"id": "P-1"}}
    # Nobody asks a bank about an account; the page tells nothing of declines.
    checks: ClassVar[dict[str, Any]] = {"cvc": "unavailable", "postcode": "unavailable", "line1": "unavailable", "risk_level": "unknown", "declines": 0,
              "is_liability_shifted": False, "brand": "paypal", "last4": "", "country": "",
              "payer_status": "verified", "seller_protection": "eligible"}  # fmt: skip
    payer: ClassVar[dict[str, Any]] = {
        "name": "Dana Reyes",
        "country": "US",
        "email": "dana@example.com",
        "phone": "5035550142",
    }
    _unit: ClassVar[dict[str, Any]] = {
        "custom_id": "x",
        "invoice_id": "x",
        "amount": {"currency_code": "USD", "value": "30.95"},
    }
    _order: ClassVar[dict[str, Any]] = {
        "id": "X1",
        "intent": "AUTHORIZE",
        "status": "APPROVED",
        "purchase_units": [_unit],
        "links": [],
    }
    almost: ClassVar[list[Any]] = [
        _order | {"status": "NEW"},
        _order | {"purchase_units": []},
        _order | {"purchase_units": [_unit | {"amount": {"currency_code": "USD", "value": "30.955"}}]},
        _order | {"purchase_units": [_unit | {"amount": {"currency_code": "USD", "value": "NaN"}}]},
        _order | {"purchase_units": [_unit | {"payments": {"authorizations": [{"id": "X2", "status": "CREATED"}]}}]},
        _order | {"purchase_units": [_unit | {"custom_id": 7}]},
    ]

    def pay(self, page: HostedPage) -> None:
        self._approve(page)
        self.gateway.authorise(page.session_id, idempotency_key=f"authorise:{page.session_id}")

    def _approve(self, page: HostedPage) -> None:
        who = {"surname": "Reyes", "email": "dana@example.com", "phone": "5035550142", "country": "US"}
        assert self.sandbox.approve(page.session_id, "good", given_name="Dana", **who)["status"] == "approved"

    def decline(self, page: HostedPage) -> None:
        self.sandbox.approve(page.session_id, "declined")
        with pytest.raises(GatewayError) as refusal:
            self.gateway.authorise(page.session_id, idempotency_key=f"declined:{page.session_id}")
        assert (refusal.value.is_final, refusal.value.is_declined) == (True, True)

    def come_too_late(self, page: HostedPage) -> None:
        self._approve(page)

    def books(self) -> Books:
        return books(self.sandbox)

    def spoil(self, call: str, mode: str, status: int = 500, times: int = 1) -> None:
        self.sandbox.fail(f"paypal.{self.calls.get(call, call)}", mode, status=status, times=times)

    def mend(self) -> None:
        self.sandbox.control("switches", {"clear_faults": True})

    def capture_by_hand(self, payment: GatewayPayment, minor: int) -> None:
        self.sandbox.paypal_dashboard("capture", authorization=str(payment.reference), amount=minor)

    def dispute(self, payment: GatewayPayment) -> str:
        found = PayPalClient(
            api_base=self.sandbox.url,
            client_id=self.sandbox.paypal_client_id,
            client_secret=self.sandbox.paypal_client_secret,
        ).get(f"/v2/checkout/orders/{payment.session_id}")
        (capture,) = found["purchase_units"][0]["payments"]["captures"]
        given = {"capture": capture["id"], "reason": "UNAUTHORISED", "stage": "CHARGEBACK"}
        return str(self.sandbox.control("paypal/dispute", given)["dispute_id"])

    def lose(self, dispute_id: str) -> None:
        self.sandbox.control("paypal/dispute/close", {"dispute": dispute_id, "favour": "buyer"})

    def at(self, address: str) -> Gateway:
        return self._with(api_base=address, page_origin=address, cert_origin=address)

    def locked_out(self) -> Gateway:
        return self._with(client_secret="somebody else's")

    def _with(self, **changes: str) -> Gateway:
        options = {**paypal_settings(self.sandbox), **changes}
        del options["BACKEND"]
        return PayPalGateway(**options)

    def events(self) -> list[tuple[dict[str, str], bytes]]:
        return [(event.headers, event.payload.encode()) for event in self.sandbox.take_events() if event.company == "paypal"]

    def sign(self, body: bytes, *, at: float | None = None, secret: str | None = None) -> dict[str, str]:
        """PayPal's webhook id stands in the place of a secret: whoever guesses it lacks the key all the same."""
        moment = datetime.fromtimestamp(time.time() if at is None else at, tz=UTC).isoformat(timespec="seconds")
        message = f"t-1|{moment}|{secret or self.sandbox.paypal_webhook_id}|{zlib.crc32(body)}".encode()
        folder = self.sandbox.database.with_name("sandbox-paypal-certs")
        key = serialization.load_pem_private_key((folder / "key.pem").read_bytes(), password=None)
        assert isinstance(key, rsa.RSAPrivateKey)
        signature = key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return {
            "Paypal-Transmission-Id": "t-1",
            "Paypal-Transmission-Time": moment,
            "Paypal-Transmission-Sig": base64.b64encode(signature).decode(),
            "Paypal-Cert-Url": str(self.sandbox.control("paypal/ca")["cert_url"]),
            "Paypal-Auth-Algo": "SHA256withRSA",
        }


@dataclass
class Babbler:
    """A server that answers every call alike, but for the one that asks for a token."""

    url: str = ""
    says: Any = None

    def handler(self) -> type[BaseHTTPRequestHandler]:
        babbler = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                is_token = self.path == "/v1/oauth2/token"
                body = json.dumps({"access_token": "x", "expires_in": 900} if is_token else babbler.says).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET  # noqa: N815  # the standard library's name

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        return Handler


BENCHES: dict[str, type[StripeBench | PayPalBench]] = {"stripe": StripeBench, "paypal": PayPalBench}


def books(sandbox: RunningSandbox) -> Books:
    """Of both companies together: a test uses one."""
    return [(row["authorised"], row["captured"], row["refunded"], row["voided"]) for row in sandbox.ledger()]
