"""What fraud does when checkout speaks. Receivers take ids, do one thing, and may be called twice."""

from __future__ import annotations

import uuid
from datetime import datetime

from fraud.services.assess import pick_up_orders
from fraud.services.queue import close_call_task, close_stale_call_tasks
from fraud.tasks import assess


def enqueue_assessment(*, order_id: uuid.UUID, **_: object) -> None:
    """The card is authorised: have the order assessed by the worker."""
    assess.enqueue(str(order_id))


def end_call(*, order_id: uuid.UUID, now: datetime, **_: object) -> None:
    """The order is decided: nobody needs to ring about it any more."""
    close_call_task(order_id=order_id, now=now)


def pick_up(*, now: datetime, **_: object) -> None:
    """A sweep is over: look for orders on hold that nobody looks at, and for calls whose order is decided."""
    close_stale_call_tasks(now=now)
    pick_up_orders(now=now)
