"""Two reviewers at the same moment: one winner, one clear message, one move of money. Real threads on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from django.db import connection, transaction

from checkout.models import Mail, Order
from checkout.services.cancel import UnableToCancelOrder
from checkout.services.release import UnableToReleaseOrder
from checkout.states import OrderStatus
from fraud.models import Assessment, Call, CallTask
from fraud.services import (
    UnableToClaimCallTask,
    UnableToDecide,
    assess_order,
    cancel_after_call,
    claim_call_task,
    claim_next_call_task,
    record_call,
    release_after_call,
)
from store.models import User
from tests.factories.checkout import make_order
from tests.sandbox.process import RunningSandbox

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once[T](*acts: Callable[[], T]) -> list[T | Exception]:
    """Do all of it at the same moment, each in a thread with a connection of its own."""
    start = Barrier(len(acts))

    def run(act: Callable[[], T]) -> T | Exception:
        try:
            start.wait(10)
            return act()
        except Exception as error:  # noqa: BLE001 - the outcome is what the test looks at
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_claims_have_one_winner(make_task: Callable[..., CallTask], rosa: User, sam: User, now: datetime) -> None:
    task = make_task()
    outcomes = at_once(*[lambda who=who: claim_call_task(task_id=task.pk, by=who, now=now) for who in (rosa, sam)])
    errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [type(error) for error in errors] == [UnableToClaimCallTask]
    assert str(errors[0]).startswith("Another reviewer has this call until ")
    winner = next(outcome for outcome in outcomes if isinstance(outcome, CallTask))
    assert CallTask.objects.get().claimed_by == winner.claimed_by


def test_next_call_never_gives_one_customer_to_two(
    make_task: Callable[..., CallTask], rosa: User, sam: User, now: datetime
) -> None:
    tasks = {make_task().pk for _ in range(6)}
    outcomes = at_once(*[lambda who=who: claim_next_call_task(by=who, now=now) for who in (rosa, sam) * 4])
    taken = [outcome.pk for outcome in outcomes if isinstance(outcome, CallTask)]
    assert sorted(taken) == sorted(tasks)
    assert outcomes.count(None) == 2


def test_two_workers_assess_an_order_once(polisher: object, now: datetime) -> None:
    with transaction.atomic():
        order = make_order(variant=polisher, quantity=12, placed_at=now)  # type: ignore[arg-type]  # a variant
    outcomes = at_once(*[lambda: assess_order(order_id=order.pk, now=now) for _ in range(4)])
    assert len({outcome.pk for outcome in outcomes if isinstance(outcome, Assessment)}) == 1
    assert (Assessment.objects.count(), CallTask.objects.count(), Mail.objects.count()) == (1, 1, 1)


def test_release_against_release_charges_once(
    paid_task: CallTask, sandbox: RunningSandbox, rosa: User, run_tasks: Callable[[], int], now: datetime
) -> None:
    """The same reviewer in two tabs: the only two who can both hold the lease."""
    record_call(
        task_id=paid_task.pk, by=rosa, number="", outcome=Call.Outcome.REACHED, answer=Call.Answer.CONFIRMS, note="", now=now
    )
    outcomes = at_once(*[lambda: release_after_call(task_id=paid_task.pk, by=rosa, why="", now=now) for _ in range(2)])
    assert sum(isinstance(outcome, Order) for outcome in outcomes) == 1
    (error,) = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert isinstance(error, UnableToReleaseOrder | UnableToDecide)
    run_tasks()
    order = Order.objects.get()
    assert order.status == OrderStatus.RELEASED
    assert [(row["captured"], row["voided"], row["refunded"]) for row in sandbox.ledger()] == [(order.total, 0, 0)]
    assert Mail.objects.filter(kind="released").count() == 1


def test_release_against_cancel_has_one_winner(
    paid_task: CallTask, sandbox: RunningSandbox, rosa: User, now: datetime
) -> None:
    record_call(
        task_id=paid_task.pk, by=rosa, number="", outcome=Call.Outcome.REACHED, answer=Call.Answer.CONFIRMS, note="", now=now
    )
    outcomes = at_once(
        lambda: release_after_call(task_id=paid_task.pk, by=rosa, why="", now=now),
        lambda: cancel_after_call(task_id=paid_task.pk, by=rosa, reason=Order.CancelReason.DENIED, why="", now=now),
    )
    (error,) = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert isinstance(error, UnableToReleaseOrder | UnableToCancelOrder | UnableToDecide)
    order = Order.objects.get()
    (row,) = sandbox.ledger()
    money = (row["captured"], row["voided"], row["refunded"])
    assert (order.status, money) in [
        (OrderStatus.RELEASED, (order.total, 0, 0)),
        (OrderStatus.CANCELLED, (0, order.total, 0)),
    ]
    assert CallTask.objects.get().status == "done"
