"""Who rings whom: claims, leases, the log of calls, and decisions that only the holder may take."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from checkout.models import Order
from checkout.states import OrderStatus, PaymentStatus
from fraud.models import Call, CallTask
from fraud.services import (
    CLAIM_LEASE,
    UnableToClaimCallTask,
    UnableToDecide,
    UnableToRecordCall,
    cancel_after_call,
    claim_call_task,
    claim_next_call_task,
    let_go,
    record_call,
    release_after_call,
)
from store.models import User
from store.records import NeverChanges
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db
MakeTask = Callable[..., CallTask]
CARD = "4242 4242 4242 4242"


def record(task: CallTask, by: User, now: datetime, **changes: object) -> Call:
    """Write down that the customer confirmed."""
    given = {"number": "", "outcome": Call.Outcome.REACHED, "answer": Call.Answer.CONFIRMS, "note": "Named all of it."}
    return record_call(task_id=task.pk, by=by, now=now, **{**given, **changes})  # type: ignore[arg-type]  # as the cases say


def state(task: CallTask) -> tuple[str, User | None, datetime | None]:
    task = CallTask.objects.get(pk=task.pk)
    return task.status, task.claimed_by, task.claimed_until


# -- Claims ----------------------------------------------------------------------------------------------------------------


def test_claim_is_a_lease_of_fifteen_minutes(make_task: MakeTask, rosa: User, now: datetime) -> None:
    task = claim_call_task(task_id=make_task().pk, by=rosa, now=now)
    assert (task.claimed_by, task.claimed_until) == (rosa, now + timedelta(minutes=15))


def test_second_reviewer_is_told_and_changes_nothing(make_task: MakeTask, rosa: User, sam: User, now: datetime) -> None:
    task = make_task()
    claim_call_task(task_id=task.pk, by=rosa, now=now)
    with pytest.raises(
        UnableToClaimCallTask, match=r"^Another reviewer has this call until \d\d:\d\d\. Nothing was changed"
    ):
        claim_call_task(task_id=task.pk, by=sam, now=now + timedelta(minutes=14))
    assert state(task) == ("waiting", rosa, now + CLAIM_LEASE)


def test_lapsed_lease_is_anybodys(make_task: MakeTask, rosa: User, sam: User, now: datetime) -> None:
    task = make_task()
    claim_call_task(task_id=task.pk, by=rosa, now=now)
    claim_call_task(task_id=task.pk, by=sam, now=now + CLAIM_LEASE)
    assert state(task) == ("waiting", sam, now + 2 * CLAIM_LEASE)


def test_claiming_ones_own_call_again_starts_the_lease_anew(make_task: MakeTask, rosa: User, now: datetime) -> None:
    task = make_task()
    claim_call_task(task_id=task.pk, by=rosa, now=now)
    claim_call_task(task_id=task.pk, by=rosa, now=now + timedelta(minutes=10))
    assert state(task) == ("waiting", rosa, now + timedelta(minutes=25))


def test_next_call_is_the_most_urgent_that_nobody_has(make_task: MakeTask, rosa: User, sam: User, now: datetime) -> None:
    later, first, second = make_task(hours_ago=1), make_task(hours_ago=3), make_task(hours_ago=2)
    assert [claim_next_call_task(by=who, now=now) for who in (rosa, sam, rosa, sam)] == [first, second, later, None]
    assert state(first)[1] == rosa
    assert state(second)[1] == sam


def test_letting_go_gives_the_call_back(make_task: MakeTask, rosa: User, sam: User, now: datetime) -> None:
    task = make_task()
    claim_call_task(task_id=task.pk, by=rosa, now=now)
    with pytest.raises(UnableToClaimCallTask):
        let_go(task_id=task.pk, by=sam)
    assert state(task)[1] == rosa
    let_go(task_id=task.pk, by=rosa)
    assert state(task) == ("waiting", None, None)


def test_a_done_call_cannot_be_claimed(make_task: MakeTask, rosa: User, now: datetime) -> None:
    task = make_task()
    Order.objects.filter(pk=task.order_id).update(status=OrderStatus.CANCELLED)
    CallTask.objects.update(status="done", closed_at=now)
    with pytest.raises(UnableToClaimCallTask, match=r"^Order R-\S+ is cancelled already\. Nothing was changed\.$"):
        claim_call_task(task_id=task.pk, by=rosa, now=now)
    assert state(task) == ("done", None, None)


def test_an_order_has_one_open_call(make_task: MakeTask, now: datetime) -> None:
    task = make_task()
    with pytest.raises(IntegrityError), transaction.atomic():
        CallTask.objects.create(order=task.order, assessment=task.assessment, points=1, created_at=now, due_at=now)
    assert CallTask.objects.count() == 1


# -- The log ---------------------------------------------------------------------------------------------------------------


def test_a_call_is_written_down_encrypted_and_starts_the_lease_anew(make_task: MakeTask, rosa: User, now: datetime) -> None:
    task = make_task()
    call = record(task, rosa, now, answers={"items": "pass", "billing_address": "shrugs", "shoe_size": "pass"})
    assert call.answers == {"items": "pass"}  # nothing but what can be asked, and how it can be answered
    assert (call.by, call.at, call.outcome, call.answer) == (rosa, now, "reached", "confirms")
    assert (call.number, call.note) == (task.order.phone, "Named all of it.")
    assert state(task) == ("waiting", rosa, now + CLAIM_LEASE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, note FROM fraud_call")
        assert all(value.startswith("v1.test1.") for value in cursor.fetchone())


def test_a_call_made_without_the_lease_is_written_down_but_takes_nothing_away(
    make_task: MakeTask, rosa: User, sam: User, now: datetime
) -> None:
    task = make_task()
    claim_call_task(task_id=task.pk, by=rosa, now=now)
    record(task, sam, now + timedelta(minutes=1), outcome=Call.Outcome.NO_ANSWER, answer=None, note="")
    assert Call.objects.get().by == sam
    assert state(task) == ("waiting", rosa, now + CLAIM_LEASE)


@pytest.mark.parametrize("note", [CARD, "it is 4242-4242-4242-4242 she says", "４２４２４２４２４２４２４２４２"])
def test_a_note_with_a_card_number_is_refused_and_nothing_is_saved(
    note: str, make_task: MakeTask, rosa: User, now: datetime
) -> None:
    task = make_task()
    with pytest.raises(UnableToRecordCall, match="card number"):
        record(task, rosa, now, note=note)
    assert Call.objects.count() == 0
    assert state(task) == ("waiting", None, None)


@pytest.mark.parametrize(
    ("outcome", "answer"), [(Call.Outcome.REACHED, None), (Call.Outcome.NO_ANSWER, Call.Answer.CONFIRMS)]
)
def test_an_answer_needs_somebody_who_gave_it(
    outcome: Call.Outcome, answer: Call.Answer | None, make_task: MakeTask, rosa: User, now: datetime
) -> None:
    task = make_task()
    with pytest.raises(UnableToRecordCall, match="Nothing was saved"):
        record(task, rosa, now, outcome=outcome, answer=answer)
    assert Call.objects.count() == 0


def test_recorded_calls_never_change(make_task: MakeTask, rosa: User, now: datetime) -> None:
    call = record(make_task(), rosa, now)
    call.answer = Call.Answer.DENIES
    with pytest.raises(NeverChanges):
        call.save()
    with pytest.raises(NeverChanges):
        Call.objects.update(answer="denies")
    with pytest.raises(NeverChanges):
        Call.objects.update(note="another")
    with pytest.raises(NeverChanges):
        call.delete()
    with pytest.raises(NeverChanges):
        Call.objects.all().delete()
    kept = Call.objects.get()
    assert (kept.answer, kept.note) == ("confirms", "Named all of it.")


def test_erasure_may_blank_what_is_personal(make_task: MakeTask, rosa: User, now: datetime) -> None:
    record(make_task(), rosa, now)
    Call.objects.update(number=None, note=None)
    kept = Call.objects.get()
    assert (kept.number, kept.note, kept.answer) == (None, None, "confirms")


# -- Decisions -------------------------------------------------------------------------------------------------------------


def untouched(task: CallTask) -> bool:
    order = Order.objects.get(pk=task.order_id)
    return order.is_on_hold and order.decision is None and order.payments.get().status == PaymentStatus.AUTHORIZED


def test_release_without_the_lease_is_refused(make_task: MakeTask, rosa: User, sam: User, now: datetime) -> None:
    task = make_task()
    with pytest.raises(UnableToDecide, match=r"You do not have this call"):
        release_after_call(task_id=task.pk, by=rosa, why="Known customer.", now=now)
    claim_call_task(task_id=task.pk, by=sam, now=now)
    with pytest.raises(UnableToDecide, match=r"^Another reviewer has this call now"):
        release_after_call(task_id=task.pk, by=rosa, why="Known customer.", now=now)
    assert untouched(task)


def test_decision_after_the_lease_lapsed_is_refused(make_task: MakeTask, rosa: User, now: datetime) -> None:
    task = make_task()
    claim_call_task(task_id=task.pk, by=rosa, now=now)
    with pytest.raises(UnableToDecide, match=r"your claim has run out\. Nothing was done; claim it and decide\.$"):
        cancel_after_call(task_id=task.pk, by=rosa, reason=Order.CancelReason.DENIED, why="", now=now + CLAIM_LEASE)
    assert untouched(task)


def test_release_needs_a_confirmation_or_a_reason(make_task: MakeTask, rosa: User, now: datetime) -> None:
    task = make_task()
    record(task, rosa, now, answer=Call.Answer.UNCLEAR)
    with pytest.raises(UnableToDecide, match="Record the call first, or write why none is needed"):
        release_after_call(task_id=task.pk, by=rosa, why="  ", now=now)
    assert untouched(task)


def test_a_decision_with_a_card_number_in_it_is_refused(make_task: MakeTask, rosa: User, now: datetime) -> None:
    task = make_task()
    record(task, rosa, now)
    with pytest.raises(UnableToDecide, match="card number"):
        release_after_call(task_id=task.pk, by=rosa, why=CARD, now=now)
    with pytest.raises(UnableToDecide, match="card number"):
        cancel_after_call(task_id=task.pk, by=rosa, reason=Order.CancelReason.DENIED, why=CARD, now=now)
    assert untouched(task)


def test_a_reason_that_is_the_shops_own_is_refused(make_task: MakeTask, rosa: User, now: datetime) -> None:
    task = make_task()
    claim_call_task(task_id=task.pk, by=rosa, now=now)
    with pytest.raises(UnableToDecide, match="Choose why"):
        cancel_after_call(task_id=task.pk, by=rosa, reason=Order.CancelReason.SUPERSEDED, why="", now=now)
    assert untouched(task)


@pytest.mark.django_db(transaction=True)
def test_release_after_a_call_charges_and_says_why(
    paid_task: CallTask, sandbox: RunningSandbox, rosa: User, now: datetime
) -> None:
    record(paid_task, rosa, now)
    order = release_after_call(task_id=paid_task.pk, by=rosa, why="Bulk buyer for a kennel.", now=now)
    assert (order.status, order.decided_by) == (OrderStatus.RELEASED, rosa)
    assert order.decision == "Confirmed by phone. Bulk buyer for a kennel."
    assert [row["captured"] for row in sandbox.ledger()] == [order.total]
    assert CallTask.objects.get().status == "done"
    with pytest.raises(UnableToDecide, match=r"is released already\. Nothing was done twice\.$"):
        cancel_after_call(task_id=paid_task.pk, by=rosa, reason=Order.CancelReason.DENIED, why="", now=now)
    assert [(row["captured"], row["voided"], row["refunded"]) for row in sandbox.ledger()] == [(order.total, 0, 0)]


@pytest.mark.django_db(transaction=True)
def test_cancel_after_a_call_voids_and_says_why(
    paid_task: CallTask, sandbox: RunningSandbox, rosa: User, now: datetime
) -> None:
    claim_call_task(task_id=paid_task.pk, by=rosa, now=now)
    order = cancel_after_call(task_id=paid_task.pk, by=rosa, reason=Order.CancelReason.DENIED, why="", now=now)
    assert (order.status, order.cancel_reason, order.decided_by) == (OrderStatus.CANCELLED, "denied", rosa)
    assert order.decision == "The cardholder denies the order."
    assert [(row["captured"], row["voided"]) for row in sandbox.ledger()] == [(0, order.total)]
    assert CallTask.objects.get().status == "done"


@pytest.mark.django_db(transaction=True)
def test_while_the_gateway_is_silent_the_call_stays_and_nobody_can_decide_twice(
    paid_task: CallTask, sandbox: RunningSandbox, rosa: User, now: datetime
) -> None:
    from checkout.services.cancel import UnableToCancelOrder
    from checkout.services.release import UnableToReleaseOrder

    record(paid_task, rosa, now)
    sandbox.fail("capture", status=500, times=10)
    with pytest.raises(UnableToReleaseOrder, match="The gateway did not answer"):
        release_after_call(task_id=paid_task.pk, by=rosa, why="", now=now)
    assert CallTask.objects.get().status == "waiting"
    with pytest.raises(UnableToCancelOrder, match="Somebody else is deciding"):
        cancel_after_call(task_id=paid_task.pk, by=rosa, reason=Order.CancelReason.DENIED, why="", now=now)
    assert paid_task.order.payments.get().status == PaymentStatus.CAPTURING
    assert [(row["captured"], row["voided"]) for row in sandbox.ledger()] == [(0, 0)]
