"""Proof of delivery: what the carrier says, written down while it can still be had."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils import timezone

from checkout.models import DeliveryProof, Order, OrderEvent
from checkout.states import OrderStatus
from store.models import User


class UnableToNoteDelivery(Exception):
    """Nothing was written down. `str(error)` says why."""


def note_delivery(
    *, order_id: uuid.UUID, delivered_at: datetime, signed_by: str, words: str, by: User | None, now: datetime
) -> DeliveryProof:
    """Add proof that the parcel of a shipped order came; raise UnableToNoteDelivery. Rows are only added."""
    shipped = OrderEvent.objects.filter(order_id=order_id, now=OrderStatus.SHIPPED).order_by("at").first()
    if shipped is None:
        raise UnableToNoteDelivery("The order was not shipped, so nothing of it can have come. Nothing was written down.")
    if delivered_at > now:
        raise UnableToNoteDelivery("That time is still to come. Nothing was written down. Look at the date again.")
    placed_at = Order.objects.get(pk=order_id).placed_at
    # By the shop's own calendar, for one of the two moments may be told in another zone.
    if timezone.localdate(delivered_at) < timezone.localdate(placed_at):
        raise UnableToNoteDelivery("That is before the order was placed. Nothing was written down. Look at the date again.")
    return DeliveryProof.objects.create(
        order_id=order_id,
        delivered_at=delivered_at,
        signed_by=signed_by or None,
        words=words or None,
        noted_at=now,
        noted_by=by,
    )
