"""Throwing away what nobody will come back for, so that bots can't fill the database."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, QuerySet

from checkout import limits
from checkout.models import Cart, Order, Withdrawal
from checkout.states import OrderStatus
from store.throttle import forget_old_tries

# Carts in one run; the next run goes on.
BATCH = 2000
# A withdrawal that no order fits, with whatever was typed. Long enough to be found when somebody asks what became of theirs.
UNMATCHED_KEPT = timedelta(days=90)


def purge(*, now: datetime) -> int:
    """Delete forgotten carts and idle counters; return how many rows that was. Called by the sweep."""
    return forget_old_tries(now=now) + purge_carts(now=now)


def purge_withdrawals(*, now: datetime) -> int:
    """Delete declarations that no order fits, once they are older than `UNMATCHED_KEPT`; return how many."""
    unmatched = Withdrawal.objects.filter(outcome=Withdrawal.Outcome.UNMATCHED, order=None)
    return unmatched.filter(declared_at__lt=now - UNMATCHED_KEPT).delete()[0]


def purge_carts(*, now: datetime, batch: int = BATCH) -> int:
    """Delete carts that nobody touched for `CARTS_KEPT`, and the oldest of too many that were never touched again.

    A cart whose order waits for its payment stays.
    """
    gone = _delete(_idle(now - limits.CARTS_KEPT)[:batch])
    fresh = _fresh(_idle(now - limits.FRESH_CART_KEPT))
    too_many = _fresh(Cart.objects.all()).count() - limits.MAX_FRESH_CARTS
    if too_many > 0:
        gone += _delete(fresh[: min(too_many, batch)])
    return gone


def _idle(before: datetime) -> QuerySet[Cart]:
    unpaid = Order.objects.filter(cart_id=OuterRef("pk"), status=OrderStatus.AWAITING_PAYMENT)
    return Cart.objects.filter(~Exists(unpaid), updated_at__lt=before).order_by("updated_at")


def _fresh(carts: QuerySet[Cart]) -> QuerySet[Cart]:
    """Carts that were left within a minute: a bot's, mostly, or a passer-by's."""
    return carts.filter(updated_at__lt=F("created_at") + timedelta(minutes=1))


def _delete(carts: QuerySet[Cart]) -> int:
    ids = list(carts.values_list("pk", flat=True))
    return Cart.objects.filter(pk__in=ids).delete()[0] if ids else 0
