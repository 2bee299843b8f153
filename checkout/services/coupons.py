"""Coupons: put in a cart, redeemed in the order's transaction, given back when the order is given up or cancelled.

A coupon's row is counted up by a conditional UPDATE, which also locks it: whoever comes next sees this order. Locks come in
the order order, coupon, stock.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkout import limits
from checkout.models import Cart, CartLine, Coupon, CouponRedemption, Order
from store.blind_index import blind_index
from store.money import format_money
from store.templatetags.language import day
from store.throttle import give_back_uses, take_uses

# Said of what nobody has heard of, of what was switched off, and of what isn't begun: there is nothing to learn from it.
UNKNOWN = gettext_lazy(
    "We do not know that coupon. Please look at its spelling. Nothing was taken off, and your cart is unchanged."
)
SPENT = gettext_lazy("That coupon has been used as often as it can be. It was not taken off.")


class UnableToUseCoupon(Exception):
    """Nothing was taken off. `str(error)` tells the shopper why and what to do."""


def normalise_code(code: str) -> str:
    """A code as it is stored, however it was typed."""
    return "".join(code.split()).upper()


def put_coupon(*, cart_id: uuid.UUID, code: str, address: str, now: datetime) -> Coupon:
    """Put the coupon in the cart, in the place of any other; raise UnableToUseCoupon, or TooOften for who guesses.

    A try that was right isn't counted.
    """
    uses = limits.uses_of_coupon(cart_id=cart_id, address=address)
    take_uses(uses, now=now)
    coupon = Coupon.objects.filter(code=normalise_code(code)).first()
    if coupon is None or not coupon.is_active or (coupon.valid_from and coupon.valid_from > now):
        raise UnableToUseCoupon(UNKNOWN)
    give_back_uses(uses, now=now)
    lines = list(CartLine.objects.filter(cart_id=cart_id).select_related("variant"))
    check_coupon(coupon, items=sum(line.total for line in lines), now=now)
    Cart.objects.filter(pk=cart_id).update(coupon=coupon, updated_at=now)
    return coupon


def take_coupon_out(*, cart_id: uuid.UUID) -> None:
    """Leave the coupon out of the cart again."""
    Cart.objects.filter(pk=cart_id).update(coupon=None)


def usable_coupon(lines: Sequence[CartLine], *, now: datetime) -> tuple[Coupon | None, str]:
    """The coupon of the cart if it can be used now, else why not. The lines bring their cart and its coupon with them."""
    coupon = lines[0].cart.coupon if lines else None
    if coupon is None:
        return None, ""
    try:
        check_coupon(coupon, items=sum(line.total for line in lines), now=now)
    except UnableToUseCoupon as error:
        return None, str(error)
    return coupon, ""


def check_coupon(coupon: Coupon, *, items: int, now: datetime) -> None:
    """Raise UnableToUseCoupon unless goods for `items` (minor units) could have it now, whoever buys them."""
    if not coupon.is_active or (coupon.valid_from and coupon.valid_from > now):
        raise UnableToUseCoupon(UNKNOWN)
    if coupon.valid_until and coupon.valid_until <= now:
        raise UnableToUseCoupon(
            _("Coupon {code} was valid until {day}. It was not taken off.").format(
                code=coupon.code, day=day(timezone.localtime(coupon.valid_until))
            )
        )
    if coupon.max_uses is not None and coupon.uses >= coupon.max_uses:
        raise UnableToUseCoupon(SPENT)
    if items < coupon.minimum:
        needed, there = (format_money(amount, settings.SHOP_CURRENCY) for amount in (coupon.minimum, items))
        raise UnableToUseCoupon(
            _("Coupon {code} is for goods of {needed} or more, and yours come to {there}. It was not taken off.").format(
                code=coupon.code, needed=needed, there=there
            )
        )


def redeem_coupon(coupon: Coupon, *, order: Order, email: str, now: datetime) -> None:
    """Count the coupon for an order that was just written. Inside its transaction; raises UnableToUseCoupon."""
    left = Coupon.objects.filter(Q(max_uses=None) | Q(uses__lt=F("max_uses")), pk=coupon.pk, is_active=True)
    if left.update(uses=F("uses") + 1) != 1:
        raise UnableToUseCoupon(SPENT)
    # Under the lock of the coupon's row, so two orders of one customer can't both be the first.
    mine = CouponRedemption.objects.filter(
        coupon=coupon, released_at=None, order__email_index=blind_index("email", email)
    ).count()
    if coupon.max_uses_per_customer is not None and mine >= coupon.max_uses_per_customer:
        raise UnableToUseCoupon(
            _("Coupon {code} was used for this e-mail address as often as it can be. It was not taken off.").format(
                code=coupon.code
            )
        )
    CouponRedemption.objects.create(coupon=coupon, order=order, redeemed_at=now)


def give_coupon_back(order: Order, *, now: datetime) -> None:
    """Count the coupon no longer: the order was given up or cancelled. Harmless when repeated; inside a transaction."""
    if not order.coupon_code:
        return
    redemption = CouponRedemption.objects.filter(order=order, released_at=None)
    if redemption.update(released_at=now):
        Coupon.objects.filter(redemptions__order=order).update(uses=F("uses") - 1)


def count_coupon_again(order: Order) -> None:
    """The order was given up, and paid all the same. Its price stands; the coupon is counted again if any use is left."""
    if not order.coupon_code:
        return
    left = Coupon.objects.filter(Q(max_uses=None) | Q(uses__lt=F("max_uses")), redemptions__order=order)
    over = CouponRedemption.objects.filter(order=order).exclude(released_at=None)
    if over.exists() and left.update(uses=F("uses") + 1):
        over.update(released_at=None)
