"""The one place where an order, a payment, a refund, a return or a review changes state."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from checkout.models import (
    Order,
    OrderEvent,
    Payment,
    PaymentEvent,
    Refund,
    Return,
    ReturnEvent,
    Review,
    ReviewEvent,
)
from checkout.services.coupons import give_coupon_back
from checkout.states import (
    ORDER_TRANSITIONS,
    PAYMENT_TRANSITIONS,
    REFUND_TRANSITIONS,
    RETURN_TRANSITIONS,
    REVIEW_TRANSITIONS,
    OrderStatus,
)
from store.models import User


class UnableToMove(Exception):
    """It is not, or no longer, in a state from which it may go there."""

    def __init__(self, what: Order | Payment | Refund | Return | Review, to: str) -> None:
        super().__init__(f"{type(what).__name__} {what.pk} is {what.status} and can't become {to}.")


def move_order(order: Order, *, to: str, by: User | None, why: str, now: datetime, **values: Any) -> None:
    """Move `order` on, set `values` with it and record the fact; raise UnableToMove when another process was quicker."""
    was = order.status
    if to not in ORDER_TRANSITIONS[was]:
        raise UnableToMove(order, to)
    with transaction.atomic():  # never a state without the row that tells how it came about
        if Order.objects.filter(pk=order.pk, status=was).update(status=to, status_at=now, **values) != 1:
            raise UnableToMove(order, to)
        OrderEvent.objects.create(order=order, was=was, now=to, by=by, why=why, at=now)
        if to in (OrderStatus.EXPIRED, OrderStatus.CANCELLED):
            give_coupon_back(order, now=now)
    order.status = to
    order.status_at = now
    for name, value in values.items():
        setattr(order, name, value)


def move_payment(payment: Payment, *, to: str, by: User | None = None, why: str, now: datetime, **values: Any) -> None:
    """Move `payment` on, set `values` with it and record the fact; raise UnableToMove when another process was quicker."""
    was = payment.status
    if to not in PAYMENT_TRANSITIONS[was]:
        raise UnableToMove(payment, to)
    with transaction.atomic():
        if Payment.objects.filter(pk=payment.pk, status=was).update(status=to, status_at=now, **values) != 1:
            raise UnableToMove(payment, to)
        PaymentEvent.objects.create(payment=payment, was=was, now=to, by=by, why=why, at=now)
    payment.status = to
    payment.status_at = now
    for name, value in values.items():
        setattr(payment, name, value)


def move_refund(refund: Refund, *, to: str, by: User | None = None, why: str, now: datetime, **values: Any) -> None:
    """Move `refund` on, set `values` with it and record the fact with its payment; raise UnableToMove as the others do."""
    was = refund.status
    if to not in REFUND_TRANSITIONS[was]:
        raise UnableToMove(refund, to)
    with transaction.atomic():
        if Refund.objects.filter(pk=refund.pk, status=was).update(status=to, status_at=now, **values) != 1:
            raise UnableToMove(refund, to)
        note_payment(refund.payment, by=by, why=why, now=now)
    refund.status = to
    refund.status_at = now
    for name, value in values.items():
        setattr(refund, name, value)


def note_order(order: Order, *, by: User | None = None, why: str, now: datetime) -> None:
    """Record a fact in an order's life that does not change its state."""
    OrderEvent.objects.create(order=order, was=order.status, now=order.status, by=by, why=why, at=now)


def move_return(found: Return, *, to: str, by: User | None, why: str, now: datetime) -> None:
    """Move `found` on and record the fact; raise UnableToMove as the others do. What else is new of it, `save` writes."""
    was = found.status
    if to not in RETURN_TRANSITIONS[was]:
        raise UnableToMove(found, to)
    with transaction.atomic():
        if Return.objects.filter(pk=found.pk, status=was).update(status=to, status_at=now) != 1:
            raise UnableToMove(found, to)
        ReturnEvent.objects.create(of=found, was=was, now=to, by=by, why=why, at=now)
    found.status = to
    found.status_at = now


def move_review(review: Review, *, to: str, by: User | None, why: str, now: datetime) -> None:
    """Move `review` on and record the fact; raise UnableToMove as the others do. What else is new of it, `save` writes."""
    was = review.status
    if to not in REVIEW_TRANSITIONS[was]:
        raise UnableToMove(review, to)
    with transaction.atomic():
        if Review.objects.filter(pk=review.pk, status=was).update(status=to, status_at=now) != 1:
            raise UnableToMove(review, to)
        ReviewEvent.objects.create(review=review, was=was, now=to, by=by, why=why, at=now)
    review.status = to
    review.status_at = now


def note_payment(payment: Payment, *, by: User | None = None, why: str, now: datetime) -> None:
    """Record a fact in a payment's life that does not change its state."""
    PaymentEvent.objects.create(payment=payment, was=payment.status, now=payment.status, by=by, why=why[:200], at=now)


def lock_payment(payment: Payment) -> Payment:
    """Make everybody else wait for the end of this transaction; give the row as it is now.

    Locks are taken in one order everywhere: payment, then order, then stock. Raises UnableToMove when its state is not the
    one we knew. SQLite takes its one lock at BEGIN and needs no other.
    """
    fresh = Payment.objects.select_for_update().filter(pk=payment.pk, status=payment.status).first()
    if fresh is None:
        raise UnableToMove(payment, payment.status)
    return fresh


def lock_order(order: Order) -> Order:
    """As `lock_payment`, for an order."""
    fresh = Order.objects.select_for_update().filter(pk=order.pk, status=order.status).first()
    if fresh is None:
        raise UnableToMove(order, order.status)
    return fresh
