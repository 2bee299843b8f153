"""Earlier orders that share something with a disputed one and were never disputed themselves.

Visa's Compelling Evidence 3.0 (in force since April 2023) turns a fraud dispute round when two earlier payments with the
same card, 120 to 365 days before the dispute, were not disputed and share at least two of IP address, device, account,
e-mail address and ship-to with this one, the IP address or the device among them. The shop knows no device: what a browser
calls itself is none.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q

from checkout.models import Dispute, GatewayNotice, Order, OrderAddress, Payment

NEAREST: Final = timedelta(days=120)
FARTHEST: Final = timedelta(days=365)
NEEDED: Final = 2
MOST: Final = 25


def earlier_undisputed(order: Order, *, payments: Iterable[Payment], asked_at: datetime) -> list[dict[str, Any]]:
    """The newest earlier paid orders of the same hand, what each shares, and whether it counts. Three queries.

    `asked_at` is when the bank asked: the days are counted back from there.
    """
    ship_to = order.ship_to.address_index
    cards = {payment.card_fingerprint for payment in payments if payment.card_fingerprint}
    same = Q(pk__in=[])
    # An IP address alone makes nobody the same: whole towns share one, and a bank must not read of a stranger's order.
    for name, value in (("email_index", order.email_index), ("customer", order.customer_id)):
        if value:
            same |= Q(**{name: value})
    if ship_to:
        same |= Q(Exists(OrderAddress.objects.filter(order=OuterRef("pk"), kind="ship_to", address_index=ship_to)))
    if cards:
        same |= Q(Exists(Payment.objects.filter(order=OuterRef("pk"), card_fingerprint__in=cards)))
    orders = (
        Order.objects.filter(same, placed_at__lt=order.placed_at)
        .filter(Exists(Payment.objects.filter(order=OuterRef("pk"), captured_amount__gt=0)))
        .exclude(Exists(Dispute.objects.filter(payment__order=OuterRef("pk"))))
        .exclude(Exists(GatewayNotice.objects.filter(payment__order=OuterRef("pk"), kind="early_warning")))
        .prefetch_related("addresses", "payments")
        .order_by("-placed_at")[:MOST]
    )
    return [_compared(each, order, ship_to=ship_to, cards=cards, asked_at=asked_at) for each in orders]


def compelling(earlier: list[dict[str, Any]]) -> dict[str, Any]:
    """Whether the earlier orders meet Visa's rule, and which do."""
    counting = [each["number"] for each in earlier if each["counts"]]
    return {"is_met": len(counting) >= NEEDED, "orders": counting, "needed": NEEDED}


def _compared(each: Order, order: Order, *, ship_to: str | None, cards: set[str], asked_at: datetime) -> dict[str, Any]:
    matches = {
        "ip_address": bool(order.ip_index) and each.ip_index == order.ip_index,
        "account": order.customer_id is not None and each.customer_id == order.customer_id,
        "email": bool(order.email_index) and each.email_index == order.email_index,
        "ship_to": bool(ship_to) and each.ship_to.address_index == ship_to,
    }
    shared = [name for name, is_same in matches.items() if is_same]
    is_same_card = any(payment.card_fingerprint in cards for payment in each.payments.all() if payment.captured_amount)
    in_time = asked_at - FARTHEST <= each.placed_at <= asked_at - NEAREST
    return {
        "number": each.number,
        "placed_at": each.placed_at,
        "total": each.total,
        "currency": each.currency,
        "status": each.status,
        "same_card": is_same_card,
        "same": shared,
        "days_before_dispute": (asked_at - each.placed_at).days,
        "counts": is_same_card and in_time and len(shared) >= 2 and "ip_address" in shared,
    }
