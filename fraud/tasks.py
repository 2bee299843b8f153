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


@task()
def reassess(order_id: str) -> None:
    """Look again at an order, and at those that share something with it and can still be stopped."""
    from fraud.services.reassess import look_again_at_linked, reassess_order  # noqa: PLC0415 - as above

    now = timezone.now()
    this = uuid.UUID(order_id)
    for each in (this, *look_again_at_linked(order_id=this, now=now)):
        reassess_order(order_id=each, now=now)


@task(queue_name="slow")
def backtest(backtest_id: str) -> None:
    """Try a version of the policy on past orders."""
    from fraud.services.backtests import carry_out_backtest  # noqa: PLC0415 - as above

    carry_out_backtest(backtest_id=uuid.UUID(backtest_id), now=timezone.now())


@task()
def deliver_message(message_id: int) -> None:
    """Tell one endpoint of one decision; its row says how that went, and when it is tried again."""
    from fraud.outgoing.deliver import deliver  # noqa: PLC0415 - as above

    deliver(message_id=message_id, now=timezone.now())


@task()
def prune_messages() -> None:
    """Delete messages that were taken long ago."""
    from fraud.outgoing.prune import prune_messages as prune  # noqa: PLC0415 - as above
    from store.jobs.schedules import record_run  # noqa: PLC0415

    now = timezone.now()
    record_run("old messages", report=f"Deleted {prune(now=now)} messages that were taken long ago.", now=now)
