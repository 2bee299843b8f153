"""What is always true of orders and payments, asked of a restored database, beyond the database's own constraints."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from checkout.models import Order, OrderLine, Payment
from checkout.states import OrderStatus, PaymentStatus

_NAMED: Final = 5  # orders of each kind of trouble
_NOT_CHARGED: Final = [PaymentStatus.STARTED, PaymentStatus.AUTHORIZED, PaymentStatus.VOIDED, PaymentStatus.EXPIRED]


def check_money(**_: Any) -> list[str]:
    """Say what doesn't add up, a sentence for each kind (receiver of `store.signals.data_checked`)."""
    lines = OrderLine.objects.filter(order=OuterRef("pk")).values("order").annotate(sum=Sum("total")).values("sum")
    captured = Payment.objects.filter(order=OuterRef("pk"), captured_amount__gt=0)
    charged = Payment.objects.filter(order=OuterRef("pk"), status__in=_NOT_CHARGED, captured_amount__gt=0)
    troubles = {
        "their lines don't add up to what they cost": Order.objects.exclude(items_total=Coalesce(Subquery(lines), 0)),
        "they were released or shipped, and no money was captured": Order.objects.filter(
            status__in=[OrderStatus.RELEASED, OrderStatus.SHIPPED], total__gt=0
        ).exclude(Exists(captured)),
        "money was captured for a payment that says it wasn't": Order.objects.filter(Exists(charged)),
    }
    return [sentence for what, orders in troubles.items() if (sentence := _tell(what, orders))]


def _tell(what: str, orders: QuerySet[Order]) -> str:
    numbers = list(orders.order_by("number").values_list("number", flat=True)[: _NAMED + 1])
    if not numbers:
        return ""
    more = " and more" if len(numbers) > _NAMED else ""
    return f"Orders {', '.join(numbers[:_NAMED])}{more}: {what}."
