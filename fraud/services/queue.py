"""Who rings whom. A claim is a lease: closing the tab loses nobody, and two reviewers never ring the same customer."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from checkout.models import Order
from checkout.states import OrderStatus
from fraud.models import CallTask, Looking
from fraud.states import CallTaskStatus
from store.models import User

# Longer than a call takes; recording one starts it anew.
CLAIM_LEASE = timedelta(minutes=15)
# How many of the most urgent tasks are tried before the list is read again.
_CANDIDATES = 5
# Whoever opened a page this long ago, and nothing since, has gone on to something else.
LOOKS_FOR = timedelta(minutes=5)
# What a case that is done waits for.
_NOTHING_LEFT: dict[str, Any] = {"ringing_since": None, "callback_at": None, "is_callback_agreed": False, "give_up_at": None}


class UnableToClaimCallTask(Exception):
    """The call is not yours. `str(error)` says whose it is and what to do."""


def claim_call_task(*, task_id: uuid.UUID, by: User, now: datetime) -> CallTask:
    """Take one call, or start one's own lease anew. Raises UnableToClaimCallTask."""
    mine_or_free = CallTask.objects.filter(pk=task_id).filter(
        Q(claimed_by=by) | Q(claimed_by=None) | Q(claimed_until__lte=now), status=CallTaskStatus.WAITING
    )
    if mine_or_free.update(claimed_by=by, claimed_until=now + CLAIM_LEASE) != 1:
        raise UnableToClaimCallTask(_why_not(task_id))
    return CallTask.objects.select_related("order").get(pk=task_id)


def claim_next_call_task(*, by: User, now: datetime) -> CallTask | None:
    """Take the most urgent call that nobody has and `by` may work on; None when there is none.

    First whom we promised to ring at this time, then by deadline, then by value at risk. Who waits for another hour of the
    customer's day is left alone.
    """
    while True:
        ready = CallTask.objects.free(now).for_reviewer(by)
        promised = ready.filter(is_callback_agreed=True, callback_at__lte=now).order_by("callback_at", "pk")
        candidates = list(promised.values_list("pk", flat=True)[:_CANDIDATES])
        candidates += ready.due_now(now).most_urgent_first().values_list("pk", flat=True)[:_CANDIDATES]
        for task_id in candidates:
            taken = CallTask.objects.free(now).filter(pk=task_id).update(claimed_by=by, claimed_until=now + CLAIM_LEASE)
            if taken == 1:
                return CallTask.objects.select_related("order").get(pk=task_id)
        if not candidates:
            return None


def look_in(*, task_id: uuid.UUID, by: User, now: datetime) -> list[User]:
    """Note that `by` has the case open; give the others who opened it in the last minutes, the newest first."""
    if not Looking.objects.filter(task_id=task_id, by=by).update(at=now):
        Looking.objects.bulk_create([Looking(task_id=task_id, by=by, at=now)], ignore_conflicts=True)
    others = Looking.objects.filter(task_id=task_id, at__gt=now - LOOKS_FOR).exclude(by=by).select_related("by")
    return [each.by for each in others.order_by("-at")[:5]]


def forget_looks(*, now: datetime) -> None:
    """Drop who looked at what more than a day ago."""
    Looking.objects.filter(at__lt=now - timedelta(days=1)).delete()


def let_go(*, task_id: uuid.UUID, by: User) -> None:
    """Give the call back to the queue. Raises UnableToClaimCallTask when it was not one's own."""
    mine = CallTask.objects.filter(pk=task_id, status=CallTaskStatus.WAITING, claimed_by=by)
    if mine.update(claimed_by=None, claimed_until=None, ringing_since=None) != 1:
        raise UnableToClaimCallTask(_why_not(task_id))


def let_go_all(*, user_id: uuid.UUID) -> int:
    """Give all calls of somebody who has left back to the queue; say how many."""
    theirs = CallTask.objects.filter(status=CallTaskStatus.WAITING, claimed_by_id=user_id)
    return theirs.update(claimed_by=None, claimed_until=None)


def close_call_task(*, order_id: uuid.UUID, now: datetime) -> bool:
    """End the order's open call because the order is decided; False when there was none."""
    waiting = CallTask.objects.waiting().filter(order_id=order_id)
    return waiting.update(status=CallTaskStatus.DONE, closed_at=now, **_NOTHING_LEFT) == 1


def close_stale_call_tasks(*, now: datetime) -> int:
    """End calls whose order was decided while nobody listened; say how many."""
    undecided = Order.objects.filter(pk=OuterRef("order_id"), status=OrderStatus.ON_HOLD)
    return (
        CallTask.objects.waiting()
        .exclude(Exists(undecided))
        .update(status=CallTaskStatus.DONE, closed_at=now, **_NOTHING_LEFT)
    )


def _why_not(task_id: uuid.UUID) -> str:
    """Tell a reviewer what is in the way. Names nobody: messages pass through the session."""
    task = CallTask.objects.select_related("order").filter(pk=task_id).first()
    if task is None:
        return "There is no such call. Nothing was changed."
    if not task.is_waiting:
        return f"Order {task.order.number} is {task.order.get_status_display().lower()} already. Nothing was changed."
    if task.claimed_until is None:
        return "Nobody has this call. Nothing was changed; claim it first."
    until = timezone.localtime(task.claimed_until)
    return f"Another reviewer has this call until {until:%H:%M}. Nothing was changed; take the next call instead."
