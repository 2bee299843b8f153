"""What every page of the shop shows."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from checkout.cookies import read_cart_id
from checkout.models import Cart


def shop(request: HttpRequest) -> dict[str, object]:
    """The shop's name, and how many things are in the cart, counted only where a page shows it."""

    def count() -> int:
        cart_id = read_cart_id(request)
        return Cart.objects.count_items(cart_id) if cart_id else 0

    return {
        "shop_name": settings.SHOP_NAME,
        "shop_phone": settings.SHOP_PHONE,
        "shop_is_demo": settings.DEMO,
        "cart_count": SimpleLazyObject(count),
    }
