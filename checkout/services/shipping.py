"""Shipping: only what is released *and* captured leaves the house, whole or in parts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F

from catalog.stock import take_stock
from checkout.models import Mail, Order, OrderLine, Shipment, ShipmentLine
from checkout.services.alerts import resolve_alerts
from checkout.services.mails import queue_mail
from checkout.services.moves import UnableToMove, move_order, note_order
from checkout.states import OrderStatus, PaymentStatus
from store.models import User


class UnableToShipOrder(Exception):
    """The order stays where it is. `str(error)` says why."""


def ship_order(
    *,
    order_id: uuid.UUID,
    by: User | None,
    carrier: str,
    tracking_number: str,
    now: datetime,
    units: Mapping[int, int] | None = None,
) -> Order:
    """Take goods out of stock and write down the parcel; raise UnableToShipOrder.

    `units` says how many of which order line (by id) are in it; without it, all that is left. The order is SHIPPED with the
    last of them. This is the only way out of the house.
    """
    order = Order.objects.get(pk=order_id)
    if order.status != OrderStatus.RELEASED:
        raise UnableToShipOrder(
            f"Order {order.number} is {order.get_status_display().lower()}, not released. It was not shipped."
        )
    try:
        with transaction.atomic():
            _lock_what_may_leave(order)
            left = {line.pk: line for line in OrderLine.objects.filter(order=order).order_by("pk") if line.quantity_to_ship}
            if not left:
                raise UnableToShipOrder(f"All goods of order {order.number} were refunded. There is nothing to ship.")
            wanted = _read_units(order, left, units)
            is_first = not Shipment.objects.filter(order=order).exists()
            is_last = wanted == {pk: line.quantity_to_ship for pk, line in left.items()}
            shipment = Shipment.objects.create(
                order=order, carrier=carrier, tracking_number=tracking_number, shipped_at=now, by=by
            )
            for pk, quantity in wanted.items():
                ShipmentLine.objects.create(shipment=shipment, line_id=pk, quantity=quantity)
                OrderLine.objects.filter(pk=pk).update(shipped_quantity=F("shipped_quantity") + quantity)
            # One name for the whole order, as it has always been: it can't leave twice, whoever tries.
            cause = f"order:{order.pk}:ship" if is_first and is_last else f"shipment:{shipment.pk}"
            take_stock(quantities={left[pk].variant_id: units for pk, units in wanted.items()}, cause=cause, now=now)
            if is_last:
                move_order(
                    order,
                    to=OrderStatus.SHIPPED,
                    by=by,
                    why="Handed to the carrier." if is_first else "The last part was handed to the carrier.",
                    now=now,
                    carrier=carrier,
                    tracking_number=tracking_number,
                )
                queue_mail(order_id=order.pk, kind=Mail.Kind.SHIPPED, now=now)
                resolve_alerts("cancel-asked", about=order.pk, now=now)
            else:
                note_order(order, by=by, why="A part was handed to the carrier.", now=now)
                queue_mail(order_id=order.pk, kind=Mail.Kind.PART_SHIPPED, cause=str(shipment.pk), now=now)
    except UnableToMove as error:
        raise UnableToShipOrder(
            f"Order {order.number} was changed by somebody else at this moment. It was not shipped."
        ) from error
    return order


def _lock_what_may_leave(order: Order) -> None:
    """Lock payment and order, and make sure that both let goods go. Inside the transaction; raises UnableToShipOrder."""
    # Locked, so that a cancellation at this moment waits, and then finds the order shipped.
    payment = order.payments.select_for_update().filter(status=PaymentStatus.CAPTURED).first()
    if payment is None:
        raise UnableToShipOrder(f"The money for order {order.number} is not captured. It was not shipped.")
    locked = Order.objects.select_for_update().get(pk=order.pk)
    if locked.status != OrderStatus.RELEASED:
        raise UnableToMove(locked, OrderStatus.SHIPPED)
    if locked.is_frozen:
        raise UnableToShipOrder(
            f"Order {order.number} is stopped by a dispute, a warning or a review. It was not shipped. Look at the "
            "order's page: lift the stop there, or cancel the order."
        )
    if payment.refunding_amount:
        raise UnableToShipOrder(
            f"A refund for order {order.number} is under way. It was not shipped; look again in a minute."
        )


def _read_units(order: Order, left: Mapping[int, OrderLine], units: Mapping[int, int] | None) -> dict[int, int]:
    """What goes into the parcel: order line -> units. Raises UnableToShipOrder."""
    if units is None:
        return {pk: line.quantity_to_ship for pk, line in left.items()}
    wanted = {pk: quantity for pk, quantity in units.items() if quantity}
    if not wanted:
        raise UnableToShipOrder(f"Nothing of order {order.number} was chosen. It was not shipped.")
    if any(pk not in left or not 1 <= quantity <= left[pk].quantity_to_ship for pk, quantity in wanted.items()):
        raise UnableToShipOrder(f"Fewer units of order {order.number} are left than were chosen. It was not shipped.")
    return wanted
