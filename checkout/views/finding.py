"""Which order an address is about."""

from __future__ import annotations

from django.http import Http404

from checkout.models import Order
from checkout.services.orders import hash_token


def find_order(token: str) -> Order:
    """The order whose page has this token, with all that the page shows; raise Http404."""
    order = Order.objects.for_order_page().filter(token_hash=hash_token(token)).first()
    if order is None:
        raise Http404
    return order
