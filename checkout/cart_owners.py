"""What becomes of the browser's cart when somebody logs in or out."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import ngettext

from checkout.cookies import forget_cart_id, read_cart_id, write_cart_id
from checkout.services.carts_of_accounts import take_cart_along
from store.models import User

_MARK = "checkout_cart"


def take_along(*, request: HttpRequest, user: User, **_: Any) -> None:
    """Somebody logged in (receiver of Django's `user_logged_in`)."""
    found = take_cart_along(user=user, cart_id=read_cart_id(request), now=timezone.now())
    setattr(request, _MARK, (found.cart_id, user))
    if found.saved:
        words = ngettext(
            "What lay in your cart before is kept: {count} thing, saved for you under your cart.",
            "What lay in your cart before is kept: {count} things, saved for you under your cart.",
            found.saved,
        )
        messages.info(request, words.format(count=found.saved), fail_silently=True)


def leave(*, request: HttpRequest, **_: Any) -> None:
    """Somebody logged out, or was (receiver of Django's `user_logged_out`). Their cart waits in the account."""
    setattr(request, _MARK, (None, None))


class CartCookieMiddleware:
    """Tells the browser, once the answer is there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Write or delete the cookie if somebody logged in or out during this request."""
        response = self.get_response(request)
        came_or_went: tuple[uuid.UUID | None, User | None] | None = getattr(request, _MARK, None)
        if came_or_went is not None:
            cart_id, owner = came_or_went
            if cart_id is not None:
                write_cart_id(response, cart_id, owner=owner)
            elif owner is None:
                forget_cart_id(response)
        return response
