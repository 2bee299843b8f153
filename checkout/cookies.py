"""The signed cookie that ties a browser to its cart. It holds the cart's id and nothing else."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# Seconds; 30 days from the last change.
CART_COOKIE_AGE = 60 * 60 * 24 * 30
_SALT = "checkout.cart"


def read_cart_id(request: HttpRequest) -> uuid.UUID | None:
    """The cart's id, or None where there is no cookie or somebody has altered it."""
    value = request.get_signed_cookie(settings.CART_COOKIE_NAME, default="", salt=_SALT, max_age=CART_COOKIE_AGE)
    try:
        return uuid.UUID(value)
    except ValueError:
        return None


def write_cart_id(response: HttpResponse, cart_id: uuid.UUID) -> None:
    """Let the browser remember its cart."""
    response.set_signed_cookie(
        settings.CART_COOKIE_NAME,
        str(cart_id),
        salt=_SALT,
        max_age=CART_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
