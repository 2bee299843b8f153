"""Correcting where a parcel goes: what a customer says on the telephone, before anything has left."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from checkout.addressing import check_address
from checkout.models import Order, OrderAddress
from checkout.services.moves import note_order
from checkout.signals import announce, ship_to_changed
from store.models import User


class UnableToReaddress(Exception):
    """The order goes where it went before. `str(error)` says why and what to do."""


@dataclass(frozen=True, slots=True)
class NewPlace:
    """Where the parcel is to go instead. Country and region stay: tax and delivery were worked out for them."""

    name: str
    line1: str
    line2: str
    city: str
    postcode: str


def change_ship_to(
    *, order_id: uuid.UUID, place: NewPlace, as_typed: bool, by: User, why: str, now: datetime
) -> OrderAddress:
    """Send an order elsewhere in the same country and region, while it is on hold. Raises UnableToReaddress.

    `as_typed` takes an address that fails the checks of its country. `ship_to_changed` has the order looked at again: what
    the gateway checked, and what its protection may hang on, is the old address.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if not order.is_on_hold:
            raise UnableToReaddress(f"Order {order.number} is {order.get_status_display().lower()}. Nothing was changed.")
        address = OrderAddress.objects.select_for_update().get(order=order, kind=OrderAddress.Kind.SHIP_TO)
        wrong = check_address(
            country=address.country, region=address.region, city=place.city, postcode=place.postcode, line1=place.line1
        )
        if wrong and not as_typed:
            raise UnableToReaddress(f"{' '.join(str(each) for each in wrong.values())} Nothing was changed.")
        before = NewPlace(
            address.name or "", address.line1 or "", address.line2 or "", address.city or "", address.postcode or ""
        )
        if before == place:
            raise UnableToReaddress("That is where it goes already. Nothing was changed.")
        address.name, address.line1, address.line2 = place.name, place.line1, place.line2
        address.city, address.postcode, address.is_as_typed = place.city, place.postcode, bool(wrong)
        address.save()
        note_order(order, by=by, why=f"Ship-to was changed: {why}", now=now)
        announce(ship_to_changed, order_id=order.pk, now=now)
    return address
