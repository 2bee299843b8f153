"""Rows that stand for something to be done: mails to send, gateway events to follow up.

The row is the truth, the task only a hint. Whoever begins claims the row for a while by a conditional UPDATE, so that two
workers do it once and the claim of a dead one lapses; what fails waits longer each time, and is left to a person at last.
"""

from __future__ import annotations

import random
import uuid
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db.models import F, QuerySet

from checkout.models import Alert
from checkout.models.outbox import Retried
from checkout.services.alerts import tell

log = structlog.get_logger(__name__)

# What could not be done for more than two days (2 minutes, doubled eleven times) is left to a person.
MAX_TRIES = 12
FIRST_DELAY = timedelta(minutes=2)
# A worker that has claimed a row and died: after this another may claim it.
LEASE = timedelta(minutes=10)
# Tasks do what is younger than this; the sweep does the rest.
IN_HAND = timedelta(seconds=30)


def left_behind[M: Retried](rows: QuerySet[M], *, now: datetime) -> QuerySet[M]:
    """Of rows not done yet, those that are due and that no task has come to, longest waiting first."""
    return rows.filter(next_try_at__lte=now - IN_HAND, tries__lt=MAX_TRIES).order_by("next_try_at")


def claim[M: Retried](rows: QuerySet[M], *, pk: int | uuid.UUID, now: datetime) -> M | None:
    """Take a row that is not done yet; None when it is done, not due, given up, or in somebody else's hands."""
    free = rows.filter(pk=pk, next_try_at__lte=now, tries__lt=MAX_TRIES)
    if not free.update(next_try_at=now + LEASE, tries=F("tries") + 1, error=""):
        return None
    return rows.get(pk=pk)


def put_off(row: Retried, *, error: Exception, alert: Alert, now: datetime) -> str:
    """Keep that it failed and when it is tried again, and raise `alert` at the last try. Gives the class of the error.

    Never its text: a mail server's words may hold the address.
    """
    name = type(error).__name__[:80]
    delay = FIRST_DELAY * 2 ** (row.tries - 1) * random.uniform(0.8, 1.2)  # noqa: S311  # spreads load, hides nothing
    type(row)._default_manager.filter(pk=row.pk).update(next_try_at=now + delay, error=name)  # noqa: SLF001
    log.warning("put_off", what=type(row).__name__, id=row.pk, tries=row.tries, error=name)
    if row.tries >= MAX_TRIES:
        alert.message = alert.message.format(tries=row.tries, error=name)
        tell(cause=alert.cause, message=alert.message, now=alert.raised_at, order=alert.order, again=True)
    return name


def try_again(rows: QuerySet[Any], *, now: datetime) -> int:
    """Begin anew with what was given up, or waits; say how many. The next sweep does them."""
    return rows.update(tries=0, next_try_at=now - IN_HAND, error="")
