"""What staff do with goods: send them whole or in parts, take them back, refund them, count them."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone

from catalog.models import Variant
from catalog.stock import count_stock
from checkout.models import Order, OrderLine, Payment, Refund, ReturnLine
from checkout.services.refunds import LineToRefund, find_refundable_payment, quote_refund, request_refund
from checkout.services.returns import (
    LineToReturn,
    answer_return,
    quote_return,
    receive_return,
    refund_return,
    request_return,
)
from checkout.services.shipping import ship_order
from store.models import User
from tests.torture.shelves import THINGS


def pick[T](things: list[T], which: int) -> T | None:
    """One of what there is, counted round."""
    return things[which % len(things)] if things else None


class Goods:
    """The part of a world that is about goods."""

    reviewer: User

    def do_ship(self, *, order: int, is_part: bool = False) -> str:
        """Staff ship what is left of an order, or one unit of it."""
        found = pick(self.orders(), order)
        if found is None:
            return "no order"
        line = found.lines.all()[0]
        return ship_order(
            order_id=found.pk,
            by=self.reviewer,
            carrier="Post",
            tracking_number="1",
            now=timezone.now(),
            units={line.pk: 1} if is_part else None,
        ).status

    def do_return(self, *, order: int, is_restocked: bool) -> str:
        """A unit that has left comes back, whether or not the rest has left, and is refunded with the same form twice."""
        found, now = pick(self.orders(), order), timezone.now()
        line = OrderLine.objects.filter(order=found).order_by("pk").first() if found else None
        if found is None or line is None:
            return "no order"
        wanted = LineToReturn(line_id=line.pk, quantity=1, reason=ReturnLine.Reason.FAULTY)
        asked = request_return(order_id=found.pk, lines=[wanted], note="", attempt=uuid.uuid4(), now=now)
        answer_return(return_id=asked.pk, is_approved=True, answer="Send it to us.", by=self.reviewer, now=now)
        arrived = {row.pk: 1 for row in asked.lines.all()}
        asked = receive_return(return_id=asked.pk, arrived=arrived, condition="", by=self.reviewer, now=now)
        lines = [LineToRefund(line_id=line.pk, quantity=1, is_restocked=is_restocked)]
        quote = quote_return(found=asked, lines=lines, with_delivery=False)
        for _ in range(2):
            refund = refund_return(
                return_id=asked.pk,
                lines=lines,
                with_delivery=False,
                expected_total=quote.total,
                token=asked.refund_token,
                by=self.reviewer,
                now=timezone.now(),
            )
        return f"{refund.status} {refund.amount}"

    def do_refund(self, *, order: int, what: str, is_restocked: bool) -> str:
        """Staff refund a unit, the delivery, some amount, or everything; now and then with the same form twice."""
        found = pick(self.orders(), order)
        payment = find_refundable_payment(found.pk) if found else None
        if found is None or payment is None:
            return "nothing to refund"
        line = OrderLine.objects.filter(order=found).order_by("pk").first()
        units = {"unit": 1, "all": line.quantity_left if line else 0}.get(what, 0)
        lines = [LineToRefund(line_id=line.pk, quantity=units, is_restocked=is_restocked)] if line and units else []
        delivery = found.delivery_total if what in {"all", "delivery"} else 0
        other = 100 if what == "amount" else 0
        quote = quote_refund(payment=payment, lines=lines, delivery=delivery, other=other)
        token = uuid.uuid4()
        for _ in range(2):
            refund = request_refund(
                order_id=found.pk,
                lines=lines,
                delivery=delivery,
                other=other,
                expected_total=quote.total,
                reason=Refund.Reason.GOODWILL,
                note="",
                by=self.reviewer,
                token=token,
                now=timezone.now(),
            )
        return f"{refund.status} {refund.amount}"

    def do_count(self, *, thing: int, change: int) -> str:
        """Staff count the shelf: more or less of it than was thought."""
        with transaction.atomic():
            variant = self.things()[thing]
            count_stock(variant_id=variant.pk, change=change, cause=f"count:{uuid.uuid4()}", now=timezone.now())
        return f"counted {change}"

    @staticmethod
    def things() -> list[Variant]:
        """What the shop sells: something cheap, something dear, and something of which there is one only."""
        return list(Variant.objects.filter(sku__in=THINGS).order_by("sku"))

    @staticmethod
    def orders() -> list[Order]:
        """Oldest first."""
        return list(Order.objects.prefetch_related("lines").order_by("placed_at"))

    @staticmethod
    def payments() -> list[Payment]:
        """Oldest first."""
        return list(Payment.objects.order_by("created_at"))
