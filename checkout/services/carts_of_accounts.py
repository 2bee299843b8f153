"""A cart that goes with its owner: into the account at log-in, out of the browser at log-out.

The cart somebody brings is the one they see; what lay in the account's is shown as saved earlier and never bought unasked
(django-oscar issues 1615 and 1836: carts merged in silence).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from checkout.limits import MAX_LINES
from checkout.models import Cart, CartLine, Order, SavedLine
from checkout.services.carts import add_to_cart
from store.models import User


@dataclass(frozen=True, slots=True)
class OwnCart:
    """The account's cart, if it has one, and how many things were saved from the one before, just now."""

    cart_id: uuid.UUID | None
    saved: int = 0


def take_cart_along(*, user: User, cart_id: uuid.UUID | None, now: datetime) -> OwnCart:
    """Make the cart that the browser brought the account's own; give what the account has after that.

    A cart of another account is left alone. Unpaid orders of both carts belong to the one that stays, so that paying is
    never asked for twice.
    """
    if cart_id is None:
        return OwnCart(Cart.objects.filter(customer=user).values_list("pk", flat=True).first())
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # one log-in after the other
        # Orders before carts, as everywhere: one of them may be paid for just now.
        orders = Order.objects.filter(Q(cart=cart_id) | Q(cart__customer=user)).order_by("pk")
        list(orders.select_for_update(of=("self",)).values_list("pk"))
        own = Cart.objects.select_for_update().filter(customer=user).first()  # an order of it may be placed just now
        brought = Cart.objects.select_for_update().filter(pk=cart_id, customer=None).first()
        if brought is None:
            return OwnCart(own.pk if own else None)
        if own is not None and not brought.lines.exists():
            Order.objects.filter(cart=brought).update(cart=own)
            brought.delete()
            return OwnCart(own.pk)
        saved = _take_over(own, brought) if own is not None else 0
        kept = _under_a_new_id(brought, user=user, now=now)
    return OwnCart(kept.pk, saved)


def put_back(*, cart_id: uuid.UUID, saved_id: int, now: datetime) -> None:
    """Put what was saved earlier into the cart. Raises UnableToChangeCart, which changes nothing."""
    with transaction.atomic():
        line = SavedLine.objects.select_for_update().filter(pk=saved_id, cart_id=cart_id).first()
        if line is None:  # pressed twice
            return
        add_to_cart(cart_id=cart_id, variant_id=line.variant_id, quantity=line.quantity, now=now)
        line.delete()


def forget_saved(*, cart_id: uuid.UUID, saved_id: int) -> None:
    """Throw away what was saved earlier."""
    SavedLine.objects.filter(pk=saved_id, cart_id=cart_id).delete()


def _under_a_new_id(brought: Cart, *, user: User, now: datetime) -> Cart:
    """Make a guest's cart the account's. A copy of the guest's cookie, kept by whoever sat there before, finds nothing."""
    brought.refresh_from_db(fields=["coupon"])
    kept = Cart.objects.create(customer=user, created_at=brought.created_at, updated_at=now, coupon=brought.coupon)
    CartLine.objects.filter(cart=brought).update(cart=kept)
    SavedLine.objects.filter(cart=brought).update(cart=kept)
    Order.objects.filter(cart=brought).update(cart=kept)
    brought.delete()
    return kept


def _take_over(own: Cart, brought: Cart) -> int:
    """Save the lines of `own` in `brought`, unless it has the same things, and delete `own`; say how many."""
    there = set(CartLine.objects.filter(cart=brought).values_list("variant_id", flat=True))
    before = list(SavedLine.objects.filter(cart=own).order_by("pk"))
    lines: list[CartLine | SavedLine] = [*CartLine.objects.filter(cart=own).order_by("pk"), *before]
    left = {line.variant_id: line.quantity for line in reversed(lines) if line.variant_id not in there}
    rows = [SavedLine(cart=brought, variant_id=pk, quantity=units) for pk, units in list(left.items())[-MAX_LINES:]]
    SavedLine.objects.bulk_create(rows)
    if brought.coupon_id is None:
        Cart.objects.filter(pk=brought.pk).update(coupon=own.coupon_id)
    Order.objects.filter(cart=own).update(cart=brought)
    own.delete()
    return len(rows)
