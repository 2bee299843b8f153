"""The signed cookie that ties a browser to its cart: the cart's id, and a mark of the account it belongs to, if it does.

A cart with a mark is seen by sessions of that account only: at a shared computer nobody finds the cart of who was there
before, however that session ended.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from checkout.models import Cart
from store.models import User

# Seconds; 30 days from the last change.
CART_COOKIE_AGE = 60 * 60 * 24 * 30
_SALT = "checkout.cart"


def read_cart_id(request: HttpRequest) -> uuid.UUID | None:
    """The cart's id, or None where there is no cookie, somebody has altered it, or the cart is of another account.

    One query where the cart is an account's.
    """
    value, _, mark = _read(request).partition(":")
    if mark:
        user = getattr(request, "user", None)
        if not (isinstance(user, User) and constant_time_compare(mark, _mark_of(user))):
            return None
        # Not the one named here: a log-in on another device may have brought another since.
        return Cart.objects.filter(customer=user).values_list("pk", flat=True).first()
    try:
        return uuid.UUID(value)
    except ValueError:
        return None


def has_mark(request: HttpRequest) -> bool:
    """Whether the cookie's cart belongs to an account."""
    return ":" in _read(request)


def write_cart_id(response: HttpResponse, cart_id: uuid.UUID, *, owner: User | None = None) -> None:
    """Let the browser remember its cart; with `owner`, for sessions of that account only."""
    response.set_signed_cookie(
        settings.CART_COOKIE_NAME,
        f"{cart_id}:{_mark_of(owner)}" if owner else str(cart_id),
        salt=_SALT,
        max_age=CART_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget_cart_id(response: HttpResponse) -> None:
    """Let the browser forget its cart."""
    response.delete_cookie(settings.CART_COOKIE_NAME, samesite="Lax")


def _read(request: HttpRequest) -> str:
    return request.get_signed_cookie(settings.CART_COOKIE_NAME, default="", salt=_SALT, max_age=CART_COOKIE_AGE) or ""


def _mark_of(user: User) -> str:
    return salted_hmac("checkout.cart.owner", str(user.pk), algorithm="sha256").hexdigest()[:24]
