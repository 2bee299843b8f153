"""What customers do with their own orders: cancel before shipping, ask for it when it is too late, take past orders home."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from checkout.models import Order
from checkout.services.alerts import tell
from checkout.services.cancel import UnableToCancelOrder, cancel_order
from checkout.services.moves import note_order
from checkout.states import OrderStatus
from store.models import User

# Nobody has begun to pack these: a press on a button is enough.
CANCELLABLE = (OrderStatus.AWAITING_PAYMENT, OrderStatus.ON_HOLD)


class UnableToCancelHere(Exception):
    """The order stands as it did. `str(error)` is for the shopper."""


def cancel_by_customer(*, order_id: uuid.UUID, now: datetime) -> bool:
    """Cancel an order that was not released: no money has moved, so none has to come back. Uses the network.

    False: it is decided, and carried out within minutes. Raises UnableToCancelHere.
    """
    order = Order.objects.get(pk=order_id)
    if order.status not in CANCELLABLE:
        raise UnableToCancelHere(_("This order can't be cancelled any more. Nothing was changed."))
    why = "Cancelled by the customer on the order's page."
    try:
        cancel_order(
            order_id=order_id, by=None, reason=Order.CancelReason.CUSTOMER, why=why, now=now, from_hold=order.is_on_hold
        )
    except UnableToCancelOrder as error:
        if not error.is_final:
            return False
        status = Order.objects.values_list("status", flat=True).get(pk=order_id)
        if status in (OrderStatus.CANCELLED, OrderStatus.EXPIRED):
            return True
        raise UnableToCancelHere(
            _(
                "It could not be cancelled at this moment, as it is just being paid or confirmed. Nothing was "
                "changed. Look at it again in a minute."
            )
        ) from error
    return True


def ask_to_cancel(*, order_id: uuid.UUID, now: datetime) -> None:
    """Ask the people who pack to leave a released order out; asked once. Raises UnableToCancelHere."""
    with transaction.atomic():
        asked = Order.objects.filter(pk=order_id, status=OrderStatus.RELEASED, cancel_asked_at=None)
        if not asked.update(cancel_asked_at=now):
            order = Order.objects.get(pk=order_id)
            if order.cancel_asked_at is not None:
                return
            raise UnableToCancelHere(_("This order can't be cancelled any more. Nothing was changed."))
        order = Order.objects.get(pk=order_id)
        note_order(order, why="The customer asks to cancel it.", now=now)
        tell(
            cause=f"cancel-asked:{order.pk}",
            message=f"Order {order.number}: the customer asks to cancel it. If it has not left, cancel it on its page; "
            "otherwise tell them how to send it back.",
            now=now,
            order=order,
        )


def claim_past_orders(*, user: User) -> int:
    """List in the account what was ordered as a guest under its address; give how many that was.

    The caller has proof that the mailbox is theirs now. It shows them nothing that the mails to that mailbox do not show.
    """
    if not user.email_index:
        return 0
    return Order.objects.filter(customer=None, email_index=user.email_index).update(customer=user)
