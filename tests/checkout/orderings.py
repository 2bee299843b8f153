"""Every order in which the webhooks of an order can come: all n! of them, each walked to its end.

Two orders that begin alike share that beginning (a savepoint for each event, undone on the way back), and nothing else: no
state is taken for another's because it looks the same. The gateway's truth is final before the first webhook comes, so its
answers are asked for once and given again word for word until somebody calls it to change something.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import stripe
from django.db import transaction
from django.utils import timezone

from checkout.models import GatewayEventRecord
from checkout.services.webhooks import follow_up, receive_event
from tests.sandbox.process import WEBHOOK_SECRET, SignedEvent


@dataclass
class Orderings:
    """Let the events come in every order; `tell` says how it stands, `ends` collects how each order ended."""

    events: list[SignedEvent]
    tell: Callable[[], object]
    ends: dict[object, list[str]] = field(default_factory=dict)  # how it ended -> the first order that led there
    walked: int = 0
    steps: int = 0

    def walk(self) -> Orderings:
        """Try all orders."""
        with answers_remembered():
            self._walk(self.events, [])
        return self

    def _walk(self, left: list[SignedEvent], come: list[str]) -> None:
        if not left:
            self.walked += 1
            self.ends.setdefault(self.tell(), come)
        for event in left:
            with undone():
                self.steps += 1
                deliver(event)
                self._walk([other for other in left if other is not event], [*come, event.event_type])


def deliver(event: SignedEvent) -> None:
    """Take a webhook in and follow it up, as door and worker do. Signed at this moment, as the company does at each try."""
    now = timezone.now()
    body = event.payload.encode()
    moment = int(now.timestamp())
    digest = hmac.new(WEBHOOK_SECRET.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {**event.headers, "Stripe-Signature": f"t={moment},v1={digest}"}
    assert receive_event(gateway_name="stripe", headers=headers, body=body, now=now)
    follow_up(record_id=GatewayEventRecord.objects.get(event_id=event.event_id).pk, now=now)


@contextmanager
def answers_remembered() -> Iterator[None]:
    """Give the payment company's answers to GET again, word for word, until a call is made that may change them."""
    told: dict[str, Any] = {}
    ask = stripe.RequestsClient.request

    def request(self: stripe.RequestsClient, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        if method != "get":
            told.clear()
            return ask(self, method, url, *args, **kwargs)
        if url not in told:
            told[url] = ask(self, method, url, *args, **kwargs)
        return told[url]

    with mock.patch.object(stripe.RequestsClient, "request", request):
        yield


@contextmanager
def undone() -> Iterator[None]:
    """Undo all that happens inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
