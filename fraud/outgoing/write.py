"""Rows of the outbox, one for each endpoint that wants to hear of a decision. They commit with it, or not at all."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from checkout.models import Order
from fraud.models.outgoing import OutgoingMessage, WebhookEndpoint
from fraud.reading import Prepared
from fraud.tasks import deliver_message

_read_endpoints = Prepared(lambda: WebhookEndpoint.objects.filter(is_active=True))


def write_messages(*, kind: OutgoingMessage.Kind, order: Order, now: datetime, **data: Any) -> int:
    """Write down that endpoints are to be told; say how many. Inside the caller's transaction.

    `data` holds ids and codes only, nothing of the customer's.
    """
    endpoints = [each for each in _read_endpoints({}) if each.wants(kind)]
    for endpoint in endpoints:
        message = OutgoingMessage.objects.create(
            endpoint=endpoint,
            kind=kind,
            order=order,
            data={"order": {"id": str(order.pk), "number": order.number, "status": order.status}, **data},
            written_at=now,
            next_try_at=now,
        )
        deliver_message.enqueue(message.pk)
    return len(endpoints)


def write_test(endpoint: WebhookEndpoint, *, now: datetime) -> OutgoingMessage:
    """Have a message sent that tells of nothing."""
    message = OutgoingMessage.objects.create(
        endpoint=endpoint, kind=OutgoingMessage.Kind.TEST, data={"test": str(uuid.uuid4())}, written_at=now, next_try_at=now
    )
    deliver_message.enqueue(message.pk)
    return message
