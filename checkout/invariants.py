"""What is always true of orders and payments, asked of a restored database, beyond the database's own constraints."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from checkout.models import (
    Coupon,
    Document,
    DocumentSeries,
    Order,
    OrderLine,
    Payment,
    Refund,
    Shipment,
    ShipmentLine,
)
from checkout.states import OrderStatus, PaymentStatus, RefundStatus

_NAMED: Final = 5  # orders of each kind of trouble
_NOT_CHARGED: Final = [PaymentStatus.STARTED, PaymentStatus.AUTHORIZED, PaymentStatus.VOIDED, PaymentStatus.EXPIRED]


def check_money(**_: Any) -> list[str]:
    """Say what doesn't add up, a sentence for each kind (receiver of `store.signals.data_checked`)."""
    lines, off = _summed("total"), _summed("discount")
    captured = Payment.objects.filter(order=OuterRef("pk"), captured_amount__gt=0)
    charged = Payment.objects.filter(order=OuterRef("pk"), status__in=_NOT_CHARGED, captured_amount__gt=0)
    invoiced = Document.objects.filter(payment=OuterRef("payment"))
    credited = Document.objects.filter(refund=OuterRef("pk"))
    uncredited = Refund.objects.filter(
        ~Exists(credited), Exists(invoiced), payment__order=OuterRef("pk"), status=RefundStatus.DONE
    )
    sent = ShipmentLine.objects.filter(line=OuterRef("pk")).values("line").annotate(sum=Sum("quantity")).values("sum")
    unlike = OrderLine.objects.filter(order=OuterRef("pk")).exclude(shipped_quantity=Coalesce(Subquery(sent), 0))
    troubles = {
        "their lines' discounts don't add up to the order's": Order.objects.exclude(
            discount_total=Coalesce(Subquery(off), 0)
        ),
        "their lines don't add up to what they cost": Order.objects.exclude(items_total=Coalesce(Subquery(lines), 0)),
        "the tax or the delivery of their lines doesn't add up to theirs": Order.objects.filter(tax_rate=None).exclude(
            tax_total=Coalesce(Subquery(_summed("tax")), 0), delivery_total=Coalesce(Subquery(_summed("delivery_share")), 0)
        ),
        "they were released or shipped, and no money was captured": Order.objects.filter(
            status__in=[OrderStatus.RELEASED, OrderStatus.SHIPPED], total__gt=0
        ).exclude(Exists(captured)),
        "money was captured for a payment that says it wasn't": Order.objects.filter(Exists(charged)),
        "their parcels hold other goods than their lines say": Order.objects.filter(Exists(unlike)),
        "goods have left, and they were never released": Order.objects.filter(
            Exists(Shipment.objects.filter(order=OuterRef("pk")))
        ).exclude(status__in=[OrderStatus.RELEASED, OrderStatus.SHIPPED, OrderStatus.CANCELLED]),
        "a refund was made of an invoice, and there is no credit note for it": Order.objects.filter(Exists(uncredited)),
    }
    told = [sentence for what, orders in troubles.items() if (sentence := _tell(what, orders))]
    return [*told, *_check_numbers(), *_check_coupons()]


def _summed(column: str) -> QuerySet[OrderLine, Any]:
    """A column of an order's lines, for a subquery."""
    return OrderLine.objects.filter(order=OuterRef("pk")).values("order").annotate(sum=Sum(column)).values("sum")


def _check_coupons() -> list[str]:
    """A coupon counts the orders that it made cheaper and that were not given up."""
    counting = Count("redemptions", filter=Q(redemptions__released_at=None, redemptions__isnull=False))
    wrong = Coupon.objects.annotate(counting=counting).exclude(uses=F("counting")).count()
    return [f"{wrong} coupons were not used as often as they say."] if wrong else []


def _check_numbers() -> list[str]:
    """Invoices and credit notes are numbered without gaps: as many rows as the counter has counted, up to its number."""
    series = DocumentSeries.objects.values_list("kind", "year", "last")
    found = {
        (row["kind"], row["year"]): (row["count"], row["highest"])
        for row in Document.objects.values("kind", "year").annotate(count=Count("pk"), highest=Max("serial")).order_by()
    }
    return [
        f"The numbers of {kind} {year} have gaps: {last} were drawn, {found.get((kind, year), (0, 0))[0]} are there."
        for kind, year, last in series
        if found.get((kind, year), (0, 0)) != (last, last) and (last or (kind, year) in found)
    ]


def _tell(what: str, orders: QuerySet[Order]) -> str:
    numbers = list(orders.order_by("number").values_list("number", flat=True)[: _NAMED + 1])
    if not numbers:
        return ""
    more = " and more" if len(numbers) > _NAMED else ""
    return f"Orders {', '.join(numbers[:_NAMED])}{more}: {what}."
