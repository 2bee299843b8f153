"""What the shopper reads on the order's page about returns and opinions, once the parcel has left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from checkout.models import Order, OrderLine, Return, Review
from checkout.services.returns import Returnable, find_returnable
from checkout.states import ReturnStatus

# In the shopper's words; the page and the mails say more.
RETURN_WORDS = {
    ReturnStatus.REQUESTED: _("We look at it"),
    ReturnStatus.APPROVED: _("Please send it back"),
    ReturnStatus.REFUSED: _("We can't take it back"),
    ReturnStatus.RECEIVED: _("It is here"),
    ReturnStatus.REFUNDED: _("Money sent back"),
    ReturnStatus.CLOSED: _("Closed"),
}


@dataclass(frozen=True, slots=True)
class ReturnShown:
    """One return, and how it stands in words."""

    found: Return
    words: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """One thing bought, and what the buyer said of it."""

    line: OrderLine
    written: Review | None


@dataclass(frozen=True, slots=True)
class After:
    """What can be done after shipping, and what was."""

    returns: list[ReturnShown]
    returnable: Returnable
    opinions: list[Opinion]


def look_after(order: Order, *, now: datetime) -> After | None:
    """Say what comes after the parcel; None before anything was sent. Needs the order's lines.

    Opinions are asked for once all of it was sent.
    """
    if not order.is_shipped and not any(line.shipped_quantity for line in order.lines.all()):
        return None
    found = Return.objects.filter(order=order).prefetch_related("lines__line").order_by("-requested_at", "-pk")
    written = {review.product_id: review for review in Review.objects.filter(order=order)}
    opinions: dict[int, Opinion] = {}
    lines = OrderLine.objects.filter(order=order).select_related("variant").order_by("pk")
    for line in lines if order.is_shipped else ():
        product_id = line.variant.product_id
        opinions.setdefault(product_id, Opinion(line, written.get(product_id)))
    return After(
        returns=[ReturnShown(row, str(RETURN_WORDS[ReturnStatus(row.status)])) for row in found],
        returnable=find_returnable(order, now=now),
        opinions=list(opinions.values()),
    )


def newest_returns(orders: Iterable[Order]) -> dict[Order, str]:
    """How the newest return of each order stands, in words; one query."""
    rows = Return.objects.filter(order__in=list(orders)).select_related("order").order_by("requested_at", "pk")
    return {row.order: str(RETURN_WORDS[ReturnStatus(row.status)]) for row in rows}
