"""Two reviewers at the same moment: one winner, one clear message, one move of money. Real threads on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction

from checkout.models import Confirmation, Mail, Order
from checkout.services.cancel import UnableToCancelOrder
from checkout.services.confirming import UnableToAnswer, answer_confirmation, ask_to_confirm
from checkout.services.deadlines import watch_deadlines
from checkout.services.moves import UnableToMove
from checkout.services.release import UnableToReleaseOrder
from checkout.services.settle import settle
from checkout.services.sweep import sweep_payments
from checkout.states import OrderStatus
from fraud.models import Assessment, Call, CallTask, DeskRules
from fraud.services import (
    UnableToClaimCallTask,
    UnableToDecide,
    assess_order,
    cancel_after_call,
    claim_call_task,
    claim_next_call_task,
    give_up_unreached,
    object_to_release,
    propose_release,
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


def confirm(task: CallTask, by: User, now: datetime) -> None:
    """Write down that the customer confirmed; who does has the case."""
    record_call(
        task_id=task.pk, by=by, number="", outcome=Call.Outcome.REACHED, answer=Call.Answer.CONFIRMS, note="", now=now
    )


def test_two_claims_have_one_winner(make_task: Callable[..., CallTask], rosa: User, sam: User, now: datetime) -> None:
    task = make_task()
    outcomes = at_once(*[lambda who=who: claim_call_task(task_id=task.pk, by=who, now=now) for who in (rosa, sam)])
    errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [type(error) for error in errors] == [UnableToClaimCallTask]
    assert str(errors[0]).startswith("Another reviewer has this call until ")
    winner = next(outcome for outcome in outcomes if isinstance(outcome, CallTask))
    assert CallTask.objects.get().claimed_by == winner.claimed_by


def test_of_two_answers_by_mail_one_counts(make_task: Callable[..., CallTask], rosa: User, now: datetime) -> None:
    asked = ask_to_confirm(order_id=make_task().order_id, by=rosa, now=now)
    outcomes = at_once(
        *(
            lambda yes=yes: answer_confirmation(confirmation_id=asked.pk, confirms=yes, ip_address="", now=now)
            for yes in (True, False) * 3
        )
    )
    (won,) = (outcome for outcome in outcomes if isinstance(outcome, Confirmation))
    assert Confirmation.objects.get().answer == won.answer
    said = [str(outcome) for outcome in outcomes if isinstance(outcome, UnableToAnswer)]
    assert said == ["This link was used already. Nothing was changed."] * 5


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
    confirm(paid_task, rosa, now)
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
    confirm(paid_task, rosa, now)
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


def test_a_release_at_the_end_of_the_lease_against_a_claim_has_one_winner(
    paid_task: CallTask, sandbox: RunningSandbox, rosa: User, sam: User, now: datetime
) -> None:
    """Two servers whose clocks are two seconds apart: to one the lease runs, to the other it is over."""
    confirm(paid_task, rosa, now)
    until = CallTask.objects.get().claimed_until
    assert until is not None
    second = timedelta(seconds=1)
    outcomes = at_once(
        lambda: release_after_call(task_id=paid_task.pk, by=rosa, why="", now=until - second),
        lambda: claim_call_task(task_id=paid_task.pk, by=sam, now=until + second),
    )
    (error,) = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert isinstance(error, UnableToDecide | UnableToClaimCallTask)
    task, order = CallTask.objects.get(), Order.objects.get()
    assert (order.status, task.status, task.claimed_by) in [("released", "done", rosa), ("on_hold", "waiting", sam)]
    assert [row["captured"] for row in sandbox.ledger()] == [order.total if order.is_released else 0]


def test_a_release_against_webhook_and_sweep_charges_once(
    paid_task: CallTask, sandbox: RunningSandbox, rosa: User, now: datetime
) -> None:
    confirm(paid_task, rosa, now)
    payment = paid_task.order.payments.get()
    outcomes = at_once(
        lambda: release_after_call(task_id=paid_task.pk, by=rosa, why="", now=now),
        lambda: settle(payment_id=payment.pk, now=now),
        lambda: sweep_payments(now=now + timedelta(hours=1)),
    )
    assert [
        outcome for outcome in outcomes if isinstance(outcome, Exception) and not isinstance(outcome, UnableToMove)
    ] == []
    sweep_payments(now=now + timedelta(hours=2))
    order = Order.objects.get()
    assert (order.status, CallTask.objects.get().status) == (OrderStatus.RELEASED, "done")
    assert [(row["captured"], row["voided"], row["refunded"]) for row in sandbox.ledger()] == [(order.total, 0, 0)]


@pytest.mark.parametrize("rival", ["give_up", "deadline"])
def test_a_release_against_the_clock_has_one_winner(
    rival: str, paid_task: CallTask, sandbox: RunningSandbox, rosa: User, now: datetime
) -> None:
    """The customer rings back in the very minute in which the desk's rules, or the authorisation's end, cancel the order."""
    confirm(paid_task, rosa, now)
    payment = paid_task.order.payments.get()
    assert payment.capture_before is not None
    end = payment.capture_before - timedelta(hours=1) if rival == "deadline" else now + timedelta(hours=1)
    CallTask.objects.update(claimed_until=end if rival == "give_up" else end + timedelta(hours=1), give_up_at=end)
    outcomes = at_once(
        lambda: release_after_call(task_id=paid_task.pk, by=rosa, why="", now=end - timedelta(seconds=1)),
        lambda: (give_up_unreached if rival == "give_up" else watch_deadlines)(now=end),
    )
    order, (row,) = Order.objects.get(), sandbox.ledger()
    won = {(OrderStatus.RELEASED, 0): (order.total, 0, 0), (OrderStatus.CANCELLED, 1): (0, order.total, 0)}
    gave_up = next(outcome for outcome in outcomes if isinstance(outcome, int))
    assert (row["captured"], row["voided"], row["refunded"]) == won[OrderStatus(order.status), gave_up]
    assert isinstance(outcomes[0], Order if order.is_released else UnableToDecide | UnableToReleaseOrder)
    assert CallTask.objects.get().status == "done"


def test_two_second_people_release_a_proposed_order_once(
    paid_task: CallTask, sandbox: RunningSandbox, rosa: User, sam: User, now: datetime
) -> None:
    DeskRules(created_at=now, currency="USD", second_above=1).save()
    confirm(paid_task, rosa, now)
    propose_release(task_id=paid_task.pk, by=rosa, why="", now=now)
    claim_call_task(task_id=paid_task.pk, by=sam, now=now)
    outcomes = at_once(
        lambda: release_after_call(task_id=paid_task.pk, by=sam, why="", now=now),
        lambda: object_to_release(task_id=paid_task.pk, by=sam, why="Another tab.", now=now),
        lambda: release_after_call(task_id=paid_task.pk, by=rosa, why="", now=now),
    )
    assert isinstance(outcomes[2], UnableToDecide)  # her own proposal
    order = Order.objects.get()
    charged = order.total if order.is_released else 0
    assert [(row["captured"], row["voided"]) for row in sandbox.ledger()] == [(charged, 0)]
    assert order.is_released == isinstance(outcomes[0], Order)
