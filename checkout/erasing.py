"""What checkout says when a person's data are to be erased."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from checkout.models import Order
from checkout.states import OrderStatus

# Until these are over, somebody must be able to ring the customer, and to send a parcel to them.
OPEN = (OrderStatus.AWAITING_PAYMENT, OrderStatus.ON_HOLD, OrderStatus.RELEASED)


def object_to_erasure(*, digest: str, **_kwargs: Any) -> list[str]:
    """Object while an order of the person with this e-mail digest is open (receiver of `erasure_requested`)."""
    orders = Order.objects.filter(Q(email_index=digest) | Q(customer__email_index=digest), status__in=OPEN)
    return [f"Order {order.number} is not over yet: we need name and address until it is." for order in orders[:10]]
