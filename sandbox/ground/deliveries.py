"""The webhook queue: every event is a row first, then a signed POST, again and again until somebody answers 2xx."""

import http.client
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import transaction

from sandbox.ground import switches
from sandbox.ground.models import Delivery, DeliveryAttempt

TIMEOUT_SECONDS = 10
# Short first, so that a demo recovers while somebody watches; then it grows to an hour, for three days.
RETRY_SECONDS = (1, 2, 4, 8, 15, 30, 60, 120, 300, 600, 1800, 3600)
GIVE_UP_AFTER_SECONDS = 3 * 24 * 3600
# While reordering, events wait this long for younger ones to overtake them.
REORDER_SECONDS = 0.4
# A claimed delivery whose process died is tried again after this long.
LEASE_SECONDS = 30

type Signer = Callable[[str, int], dict[str, str]]

# Company name -> what makes the headers that prove who sent the payload; filled by each company's AppConfig.
SIGNERS: dict[str, Signer] = {}

# Set whenever something was queued, so that the worker need not poll quickly.
something_is_due = threading.Event()


@dataclass(frozen=True)
class Round:
    """What one round of delivering did."""

    delivered: int
    failed: int
    remaining: int


@dataclass(frozen=True)
class SignedEvent:
    """An event exactly as it would be posted."""

    event_id: str
    event_type: str
    payload: str
    headers: dict[str, str]
    company: str


def queue_delivery(*, company: str, event_id: str, event_type: str, payload: str) -> Delivery:
    """Store one delivery; the worker (or `/control/api/deliver`) sends it after commit."""
    now = time.time()
    set_to = switches.current()
    delivery = Delivery.objects.create(
        company=company,
        event_id=event_id,
        event_type=event_type,
        payload=payload,
        made_at=now,
        due_at=now + set_to.webhook_delay_seconds + (REORDER_SECONDS if set_to.webhook_reorder else 0),
        state=Delivery.State.DROPPED if set_to.webhook_drop else Delivery.State.PENDING,
    )
    transaction.on_commit(something_is_due.set)
    return delivery


def resend(event_id: str) -> Delivery | None:
    """Queue an event once more, whatever became of it; None when there is no such event."""
    earlier = Delivery.objects.filter(event_id=event_id).order_by("-pk").first()
    if earlier is None:
        return None
    delivery = Delivery.objects.create(
        company=earlier.company,
        event_id=event_id,
        event_type=earlier.event_type,
        payload=earlier.payload,
        made_at=time.time(),
        due_at=time.time(),
    )
    something_is_due.set()
    return delivery


def in_order(deliveries: Iterable[Delivery], *, reorder: bool) -> list[Delivery]:
    """Oldest first, or youngest first while the reorder switch is on."""
    return sorted(deliveries, key=lambda delivery: delivery.pk, reverse=reorder)


def claim(delivery: Delivery, *, now: float) -> bool:
    """Take one pending delivery for this thread; False when another was quicker."""
    return bool(
        Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.PENDING, due_at=delivery.due_at).update(
            due_at=now + LEASE_SECONDS
        )
    )


def send(delivery: Delivery) -> bool:
    """Post one delivery and record what happened; twice when the duplicate switch is on. True when it was accepted."""
    set_to = switches.current()
    url = switches.webhook_urls()[delivery.company]
    accepted = False
    for _ in range(2 if set_to.webhook_duplicate else 1):
        status, problem = _post(url, delivery)
        DeliveryAttempt.objects.create(delivery=delivery, at=time.time(), status=status, problem=problem)
        accepted = accepted or (status is not None and 200 <= status < 300)
    now = time.time()
    delivery.attempts += 1
    if accepted:
        delivery.state = Delivery.State.DELIVERED
    elif now - delivery.made_at > GIVE_UP_AFTER_SECONDS:
        delivery.state = Delivery.State.GAVE_UP
    delivery.due_at = now + RETRY_SECONDS[min(delivery.attempts, len(RETRY_SECONDS)) - 1]
    Delivery.objects.filter(pk=delivery.pk).update(attempts=delivery.attempts, state=delivery.state, due_at=delivery.due_at)
    return accepted


def deliver_all() -> Round:
    """Send everything that is pending, now and in this thread, due or not."""
    set_to = switches.current()
    pending = Delivery.objects.filter(state=Delivery.State.PENDING)
    outcomes = [
        send(delivery) for delivery in in_order(pending, reorder=set_to.webhook_reorder) if claim(delivery, now=time.time())
    ]
    left = Delivery.objects.filter(state=Delivery.State.PENDING).count()
    return Round(delivered=outcomes.count(True), failed=outcomes.count(False), remaining=left)


def take_all() -> list[SignedEvent]:
    """Hand over everything pending, signed as it would be posted, and count it as delivered."""
    taken = []
    for delivery in in_order(
        Delivery.objects.filter(state=Delivery.State.PENDING), reorder=switches.current().webhook_reorder
    ):
        if claim(delivery, now=time.time()):
            Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.DELIVERED)
            taken.append(
                SignedEvent(
                    event_id=delivery.event_id,
                    event_type=delivery.event_type,
                    payload=delivery.payload,
                    headers=headers_for(delivery),
                    company=delivery.company,
                )
            )
    return taken


def headers_for(delivery: Delivery) -> dict[str, str]:
    """The request headers, freshly signed."""
    return {
        "Content-Type": "application/json; charset=utf-8",
        "Accept": "*/*; q=0.5, application/xml",
        **SIGNERS[delivery.company](delivery.payload, switches.now()),
    }


def _post(url: str, delivery: Delivery) -> tuple[int | None, str]:
    """One request, no redirects followed, no proxy asked: the status, or what went wrong."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    try:
        connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, delivery.payload.encode(), headers_for(delivery))
            return connection.getresponse().status, ""
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        return None, type(error).__name__
