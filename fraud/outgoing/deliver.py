"""Sending the rows of the outbox. The row is the truth, the task a hint (checkout/services/jobs.py)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from checkout.models import Alert
from checkout.services.jobs import claim, left_behind, put_off
from fraud.models.outgoing import OutgoingMessage, WebhookEndpoint
from fraud.outgoing.dialling import post
from fraud.outgoing.signing import headers_of
from fraud.tasks import deliver_message

BATCH = 100
GONE = 410


class NotTaken(Exception):
    """The receiver answered, and did not say that it has the message."""


def deliver(*, message_id: int, now: datetime) -> bool:
    """Send one message unless it was sent, is being sent, or is not due; say whether the receiver took it.

    Uses the network: never inside a transaction. It may be sent twice, under one id, when a worker dies in between.
    """
    waiting = OutgoingMessage.objects.filter(sent_at=None, endpoint__is_active=True)
    message = claim(waiting.select_related("endpoint", "order"), pk=message_id, now=now)
    if message is None:
        return False
    status = None
    try:
        status = post(message.endpoint.url, **_letter(message, now=now))
        _demand_thanks(status)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, it waits for its next turn
        OutgoingMessage.objects.filter(pk=message_id).update(status_code=status)
        if status == GONE:  # by the specification: it wants no more of them
            WebhookEndpoint.objects.filter(pk=message.endpoint_id).update(is_active=False)
        number = f"Order {message.order.number}: " if message.order else ""
        alert = Alert(
            cause=f"outgoing:{message.pk}",
            order=message.order,
            message=f"{number}the webhook '{message.get_kind_display()}' was not taken in {{tries}} tries ({{error}}). Look "
            "at its endpoint, then send it again under Outgoing messages.",
            raised_at=now,
        )
        put_off(message, error=error, alert=alert, now=now)
        return False
    OutgoingMessage.objects.filter(pk=message_id).update(sent_at=now, status_code=status)
    return True


def pick_up_messages(*, now: datetime) -> int:
    """Begin again with what a crash or a failure left behind; say how many."""
    waiting = OutgoingMessage.objects.filter(sent_at=None, endpoint__is_active=True)
    found = list(left_behind(waiting, now=now).values_list("pk", flat=True)[:BATCH])
    for pk in found:
        deliver_message.enqueue(pk)
    return len(found)


def body_of(message: OutgoingMessage) -> bytes:
    """The same bytes at every try."""
    whole = {"type": message.kind, "timestamp": message.written_at.isoformat(), "data": message.data}
    return json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()


def _demand_thanks(status: int) -> None:
    if not 200 <= status < 300:
        raise NotTaken(status)


def _letter(message: OutgoingMessage, *, now: datetime) -> dict[str, Any]:
    body = body_of(message)
    signed = headers_of(message_id=message.message_id, body=body, secrets_in_use=message.endpoint.secrets_in_use, now=now)
    return {"body": body, "headers": {"Content-Type": "application/json", "User-Agent": "Ringback-Webhooks/1", **signed}}
