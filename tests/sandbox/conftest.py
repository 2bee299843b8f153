"""The stand-in by itself, without the shop: emptied before every test, with a receiver for its webhooks."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stripe

from tests.sandbox.paypal_client import Paypal
from tests.sandbox.process import RunningSandbox, urls_beside

type Json = dict[str, Any]
type OpenSession = Callable[..., stripe.checkout.Session]


@dataclass
class Received:
    """One webhook as it arrived."""

    body: bytes
    signature: str
    at: float
    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Receiver:
    """A shop that writes down every webhook and answers as told: `answers` first, then 200."""

    url: str
    received: list[Received] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def wait_for(self, count: int, *, seconds: float = 10) -> list[Received]:
        """Everything received, once there is this much of it."""
        until = time.monotonic() + seconds
        while len(self.received) < count:
            assert time.monotonic() < until, f"only {len(self.received)} of {count} webhooks came"
            time.sleep(0.01)
        return self.received


@pytest.fixture
def sandbox(sandbox_process: RunningSandbox) -> RunningSandbox:
    """The stand-in, empty; its events wait until a test takes or delivers them."""
    sandbox_process.reset(webhook_url="http://127.0.0.1:9/nobody")
    return sandbox_process


@pytest.fixture(scope="session")
def official_client(sandbox_process: RunningSandbox) -> stripe.StripeClient:
    return sandbox_process.client()


@pytest.fixture
def client(sandbox: RunningSandbox, official_client: stripe.StripeClient) -> stripe.StripeClient:
    """The official client, facing an empty sandbox."""
    return official_client


@pytest.fixture
def paypal(sandbox: RunningSandbox) -> Paypal:
    """A shop's access to an empty stand-in PayPal."""
    return Paypal(sandbox)


@pytest.fixture
def receiver(sandbox: RunningSandbox) -> Iterator[Receiver]:
    """The sandbox delivers here."""
    heard = Receiver(url="")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            signature = self.headers.get("Stripe-Signature", "")
            heard.received.append(Received(body, signature, time.monotonic(), self.path, dict(self.headers)))
            self.send_response(heard.answers.pop(0) if heard.answers else 200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        heard.url = f"http://127.0.0.1:{server.server_address[1]}/webhooks/stripe/"
        sandbox.control("switches", {"webhook_urls": urls_beside(heard.url)})
        yield heard
        sandbox.reset(webhook_url="http://127.0.0.1:9/nobody")
        server.shutdown()
        thread.join()


@pytest.fixture
def open_session(client: stripe.StripeClient) -> OpenSession:
    """Open a session as the shop does: two mugs and a throw for £114.00, authorised only."""

    def opening(**changes: Any) -> stripe.checkout.Session:
        params: Any = session_params(**changes)
        return client.v1.checkout.sessions.create(params)

    return opening


@pytest.fixture
def authorised(sandbox: RunningSandbox, open_session: OpenSession) -> Json:
    """A session paid with a good card: 11,400 pence authorised, nothing captured, its events already taken."""
    outcome = sandbox.pay(open_session().id)
    sandbox.take_events()
    return outcome


def session_params(**changes: Any) -> Json:
    """What the shop sends to open a session."""
    return {
        "mode": "payment",
        "client_reference_id": "order-7",
        "metadata": {"order": "7"},
        "line_items": [
            {"price_data": {"currency": "gbp", "unit_amount": 1250, "product_data": {"name": "Mug"}}, "quantity": 2},
            {"price_data": {"currency": "gbp", "unit_amount": 8900, "product_data": {"name": "Throw"}}, "quantity": 1},
        ],
        "payment_intent_data": {"capture_method": "manual", "metadata": {"order": "7"}},
        "customer_email": "ada@example.com",
        "billing_address_collection": "required",
        "phone_number_collection": {"enabled": True},
        "expires_at": int(time.time()) + 3600,
        "success_url": "http://shop.test/thanks/?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://shop.test/cart/",
        **changes,
    }
