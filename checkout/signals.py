"""What checkout tells whoever listens, after the transaction that made it true. Each carries ids only."""

from __future__ import annotations

import uuid
from datetime import datetime
from functools import partial

from django.db import transaction
from django.dispatch import Signal

payment_authorized = Signal()  # provides: order_id: UUID, now: datetime. The order is on hold and wants an assessment
order_released = Signal()  # provides: order_id: UUID, now: datetime. The money is captured
order_cancelled = Signal()  # provides: order_id: UUID, now: datetime. The money is given back and the goods are free
payment_disputed = Signal()  # provides: order_id: UUID, now: datetime. The payer asks the bank for the money back
dispute_decided = Signal()  # provides: order_id: UUID, now: datetime. A dispute was won or lost
fraud_warned = Signal()  # provides: order_id: UUID, now: datetime. The card's bank suspects fraud
review_opened = Signal()  # provides: order_id: UUID, now: datetime. The gateway's own rules want a person to look
card_declined = Signal()  # provides: order_id: UUID, now: datetime. A card was declined on the order's payment page
order_answered = Signal()  # provides: order_id: UUID, now: datetime. Answered by mail whether the order is theirs
ship_to_changed = Signal()  # provides: order_id: UUID, now: datetime. The parcel goes elsewhere than was paid for
payments_swept = Signal()  # provides: now: datetime. A good moment to pick up whatever a crash left behind

# Of the admin, not of an order's life. provides: order: Order, user: User; answered with a link, (address, words), or None
order_page_shown = Signal()

# Inside the transaction that makes a fact true, for whoever writes a row with it (an outbox): an error undoes the fact.
# provides: fact: Signal, one of the above; order_id: UUID, now: datetime
fact_written = Signal()


def announce(signal: Signal, *, order_id: uuid.UUID, now: datetime) -> None:
    """Send `signal` once the present transaction is committed; a listener that fails is logged and hurts nobody else."""
    fact_written.send(sender=None, fact=signal, order_id=order_id, now=now)
    transaction.on_commit(partial(signal.send_robust, sender=None, order_id=order_id, now=now))
