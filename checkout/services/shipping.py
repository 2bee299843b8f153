"""Shipping: only what is released *and* captured leaves the house."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from catalog.stock import take_stock
from checkout.models import Mail, Order
from checkout.services.alerts import resolve_alerts
from checkout.services.mails import queue_mail
from checkout.services.moves import UnableToMove, move_order
from checkout.services.orders import quantities_left
from checkout.states import OrderStatus, PaymentStatus
from store.models import User


class UnableToShipOrder(Exception):
    """The order stays where it is. `str(error)` says why."""


def ship_order(*, order_id: uuid.UUID, by: User | None, carrier: str, tracking_number: str, now: datetime) -> Order:
    """Take the goods out of stock and mark the order as shipped; raise UnableToShipOrder."""
    order = Order.objects.get(pk=order_id)
    if order.status != OrderStatus.RELEASED:
        raise UnableToShipOrder(
            f"Order {order.number} is {order.get_status_display().lower()}, not released. It was not shipped."
        )
    try:
        with transaction.atomic():
            # Locked, so that a cancellation at this moment waits, and then finds the order shipped.
            payment = order.payments.select_for_update().filter(status=PaymentStatus.CAPTURED).first()
            if payment is None:
                raise UnableToShipOrder(f"The money for order {order.number} is not captured. It was not shipped.")
            if Order.objects.select_for_update().filter(pk=order.pk, frozen_at__isnull=False).exists():
                raise UnableToShipOrder(
                    f"Order {order.number} is stopped by a dispute, a warning or a review. It was not shipped. Look at the "
                    "order's page: lift the stop there, or cancel the order."
                )
            if payment.refunding_amount:
                raise UnableToShipOrder(
                    f"A refund for order {order.number} is under way. It was not shipped; look again in a minute."
                )
            quantities = quantities_left(order)
            if not quantities:
                raise UnableToShipOrder(f"All goods of order {order.number} were refunded. There is nothing to ship.")
            move_order(
                order,
                to=OrderStatus.SHIPPED,
                by=by,
                why="Handed to the carrier.",
                now=now,
                carrier=carrier,
                tracking_number=tracking_number,
            )
            take_stock(quantities=quantities, cause=f"order:{order.pk}:ship", now=now)
            queue_mail(order_id=order.pk, kind=Mail.Kind.SHIPPED, now=now)
            resolve_alerts("cancel-asked", about=order.pk, now=now)
    except UnableToMove as error:
        raise UnableToShipOrder(
            f"Order {order.number} was changed by somebody else at this moment. It was not shipped."
        ) from error
    return order
