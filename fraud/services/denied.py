"""Somebody answered by mail that they know nothing of an order: it is looked at before all others."""

from __future__ import annotations

import uuid
from datetime import datetime

from checkout.models import Alert, Confirmation, Order
from fraud.models import CallTask
from fraud.services.keep import WORSE_WITHIN, slot_of


def hurry_denied(*, order_id: uuid.UUID, now: datetime) -> bool:
    """Have the case of an order that was denied by mail decided within the hour; False when it was not denied.

    Nothing is cancelled: whoever has the mailbox may be a rival or a child. What was to wait for another hour of the
    customer's day waits no more, unless the customer is promised a call then. An order without a case becomes a matter to
    look at. Repeating it is harmless.
    """
    if not Confirmation.objects.filter(order_id=order_id, answer=Confirmation.Answer.DENIES).exists():
        return False
    waiting = CallTask.objects.waiting().filter(order_id=order_id)
    soon = slot_of(now + WORSE_WITHIN)
    waiting.filter(due_at__gt=soon).update(due_at=soon)
    waiting.filter(is_callback_agreed=False).update(callback_at=None, give_up_at=None)
    if not waiting.exists():
        order = Order.objects.get(pk=order_id)
        if order.is_on_hold or order.is_released:
            Alert.objects.get_or_create(
                cause=f"denied:{order_id}",
                defaults={
                    "order": order,
                    "message": f"Order {order.number}: somebody who reads its mail says that they know nothing of it, and "
                    "no call is open about it. Don't ship it before somebody has rung the customer; cancel it on its "
                    "page if it is not theirs.",
                    "raised_at": now,
                },
            )
    return True
