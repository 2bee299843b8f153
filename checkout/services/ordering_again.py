"""Ordering again what was not paid in time: the same things in the cart, as far as they are to be had, at today's prices."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from checkout.models import CartLine, Order, OrderLine
from checkout.services.carts import UnableToChangeCart, add_to_cart, free_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What came of it, by the names that the order's page shows."""

    there: tuple[str, ...]  # as many as were ordered
    fewer: tuple[tuple[str, int], ...]  # and so many of each are in the cart
    gone: tuple[str, ...]

    @property
    def is_any_there(self) -> bool:
        """Whether anything of the order is in the cart now."""
        return bool(self.there or self.fewer)


def order_again(*, order: Order, cart_id: uuid.UUID, now: datetime) -> Again:
    """Fill the cart up to what `order` had of each thing; what it holds already is not added twice. Raises nothing."""
    there: list[str] = []
    fewer: list[tuple[str, int]] = []
    gone: list[str] = []
    for line in OrderLine.objects.filter(order=order).order_by("pk"):
        name = f"{line.name} ({line.options})" if line.options else line.name
        units = _fill_up(cart_id, line, now=now)
        if units >= line.quantity:
            there.append(name)
        elif units:
            fewer.append((name, units))
        else:
            gone.append(name)
    return Again(there=tuple(there), fewer=tuple(fewer), gone=tuple(gone))


def _fill_up(cart_id: uuid.UUID, line: OrderLine, *, now: datetime) -> int:
    """Units of it that the cart has in the end and that can be had."""
    before = CartLine.objects.filter(cart_id=cart_id, variant_id=line.variant_id).values_list("quantity", flat=True).first()
    wanted = min(line.quantity, free_for(cart_id=cart_id, variant_id=line.variant_id))
    there = before or 0
    if wanted <= there:
        return wanted
    try:
        return add_to_cart(cart_id=cart_id, variant_id=line.variant_id, quantity=wanted - there, now=now).quantity
    except UnableToChangeCart:  # sold at this very moment, or the cart is full
        return there
