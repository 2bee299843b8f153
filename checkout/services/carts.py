"""Putting things in a cart. Quantities are checked here, whatever the form said."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from catalog.models import Variant
from checkout.limits import MAX_LINES, MAX_QUANTITY
from checkout.models import Cart, CartLine, OrderLine
from checkout.states import OrderStatus
from store.models import User


class UnableToChangeCart(Exception):
    """The cart is as it was. `str(error)` tells the shopper why."""


def open_cart(*, now: datetime, customer: User | None = None) -> Cart:
    """Create an empty cart; for a customer who is logged in, their own, which they may have already."""
    if customer is None:
        return Cart.objects.create(created_at=now, updated_at=now)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=customer.pk)  # a log-in elsewhere may bring one at this moment
        return Cart.objects.get_or_create(customer=customer, defaults={"created_at": now, "updated_at": now})[0]


@transaction.atomic
def add_to_cart(*, cart_id: uuid.UUID, variant_id: int, quantity: int, now: datetime) -> CartLine:
    """Put `quantity` more of a variant in the cart; raise UnableToChangeCart, which changes nothing."""
    variant = Variant.objects.filter(pk=variant_id, is_active=True, product__is_active=True).first()
    if variant is None:
        raise UnableToChangeCart(_("That item is not in the shop any more. Your cart is unchanged."))
    # First, so that it can't be cleared away meanwhile.
    if not _touch(cart_id, now):
        raise UnableToChangeCart(
            _("Your cart lay idle for so long that it was cleared away. Nothing was added: please try again.")
        )
    line = CartLine.objects.select_for_update().filter(cart_id=cart_id, variant_id=variant_id).first()
    if line is None and CartLine.objects.filter(cart_id=cart_id).count() >= MAX_LINES:
        raise UnableToChangeCart(_("A cart holds at most {most} different items. Nothing was added.").format(most=MAX_LINES))
    wanted = (line.quantity if line else 0) + quantity
    _check_quantity(wanted, variant.available + _own_hold(cart_id, variant_id))
    return CartLine.objects.update_or_create(cart_id=cart_id, variant_id=variant_id, defaults={"quantity": wanted})[0]


@transaction.atomic
def change_quantity(*, cart_id: uuid.UUID, line_id: int, quantity: int, now: datetime) -> None:
    """Set a line's quantity; zero takes it out. Raise UnableToChangeCart, which changes nothing."""
    _touch(cart_id, now)  # first: the cart is locked before its lines, as everywhere
    lines = CartLine.objects.select_for_update(of=("self",)).select_related("variant")
    line = lines.filter(pk=line_id, cart_id=cart_id).first()
    if line is None:
        raise UnableToChangeCart(_("That item is not in your cart any more. Nothing was changed."))
    if quantity == 0:
        line.delete()
    else:
        _check_quantity(quantity, line.variant.available + _own_hold(cart_id, line.variant_id))
        CartLine.objects.filter(pk=line.pk).update(quantity=quantity)


def remove_from_cart(*, cart_id: uuid.UUID, line_id: int, now: datetime) -> None:
    """Take a line out of the cart; raise UnableToChangeCart when it is not there."""
    change_quantity(cart_id=cart_id, line_id=line_id, quantity=0, now=now)


def take_out_bought(*, cart_id: uuid.UUID, bought: dict[int, int], coupon_code: str) -> None:
    """Take what was bought (variant id -> units), and its coupon, out of the cart; whatever was added meanwhile stays.

    Inside a transaction. The cart is locked first, so that what somebody adds at this moment is not lost.
    """
    cart = Cart.objects.select_for_update(no_key=True, of=("self",)).select_related("coupon").filter(pk=cart_id).first()
    if cart is not None and cart.coupon is not None and cart.coupon.code == coupon_code:
        Cart.objects.filter(pk=cart_id).update(coupon=None)  # the order has it
    for line in CartLine.objects.filter(cart_id=cart_id, variant_id__in=bought):
        left = line.quantity - bought[line.variant_id]
        if left > 0:
            CartLine.objects.filter(pk=line.pk).update(quantity=left)
        else:
            line.delete()


def free_for(*, cart_id: uuid.UUID, variant_id: int) -> int:
    """Units of a variant that this cart could hold right now: none of what is not sold any more."""
    variant = Variant.objects.filter(pk=variant_id, is_active=True, product__is_active=True).first()
    return max(min(variant.available + _own_hold(cart_id, variant_id), MAX_QUANTITY), 0) if variant else 0


def _own_hold(cart_id: uuid.UUID, variant_id: int) -> int:
    """Units that the cart's own unpaid orders hold: ordering again frees them first."""
    lines = OrderLine.objects.filter(
        order__cart_id=cart_id, order__status=OrderStatus.AWAITING_PAYMENT, variant_id=variant_id
    )
    return int(lines.aggregate(units=Coalesce(Sum("quantity"), 0))["units"])


def _check_quantity(quantity: int, free: int) -> None:
    if quantity < 1:
        raise UnableToChangeCart(_("The quantity must be 1 or more. Your cart is unchanged."))
    if quantity > MAX_QUANTITY:
        raise UnableToChangeCart(
            _("We sell at most {most} of one item at a time. Your cart is unchanged.").format(most=MAX_QUANTITY)
        )
    if free <= 0:
        raise UnableToChangeCart(_("Sorry, that one is sold out. Your cart is unchanged."))
    if quantity > free:
        raise UnableToChangeCart(_("Sorry, we have only {free} of those left. Your cart is unchanged.").format(free=free))


def _touch(cart_id: uuid.UUID, now: datetime) -> bool:
    """Keep it from being taken for forgotten; False when it is gone."""
    return bool(Cart.objects.filter(pk=cart_id).update(updated_at=now))
