"""What the worker does for fraud. Tasks carry ids and may run twice: the second run finds the work done."""

from __future__ import annotations

import uuid

from django.tasks import task
from django.utils import timezone


@task()
def assess(order_id: str) -> None:
    """Assess one order, then release it or put it in the call queue."""
    from fraud.services.assess import UnableToAssessOrder, assess_order  # noqa: PLC0415 - the services enqueue tasks

    try:
        assess_order(order_id=uuid.UUID(order_id), now=timezone.now())
    except UnableToAssessOrder:
        return  # cancelled meanwhile: there is nothing left to judge
