"""Decisions: a reason each, a second person above an amount, escalation, and no undoing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from catalog.models import Variant
from checkout.models import Order, Payment
from checkout.services.readdressing import NewPlace
from checkout.services.release import UnableToReleaseOrder
from checkout.states import OrderStatus, PaymentStatus
from fraud.models import Call, CallTask, Decision, DeskRules, EscalationReason, ReleaseReason
from fraud.services import (
    SecondPersonNeeded,
    UnableToDecide,
    claim_call_task,
    claim_next_call_task,
    correct_decision,
    escalate_case,
    object_to_release,
    propose_release,
    readdress_case,
    record_call,
    release_after_call,
)
from fraud.services.ring import ring_of
from store.models import User
from store.records import NeverChanges
from tests.checkout.shopper import ELSEWHERE, Shopper
from tests.fraud.desk import button, desk, text
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db
MakeTask = Callable[..., CallTask]


def written() -> list[tuple[str, str, User | None]]:
    return [(one.kind, one.reason, one.by) for one in Decision.objects.order_by("at", "kind")]


def confirmed(task: CallTask, by: User, now: datetime) -> None:
    record_call(
        task_id=task.pk, by=by, number="", outcome=Call.Outcome.REACHED, answer=Call.Answer.CONFIRMS, note="", now=now
    )


@pytest.mark.django_db(transaction=True)
def test_cases_of_one_hand_are_cancelled_together_and_each_says_what_became_of_it(
    paid_task: CallTask,
    polisher: Variant,
    sandbox: RunningSandbox,
    run_tasks: Callable[[], int],
    rosa: User,
    sam: User,
    lee: User,
    now: datetime,
) -> None:
    others = []
    for _ in range(2):
        shopper = Shopper()
        order = shopper.order(polisher, 12, **ELSEWHERE)
        shopper.pay(order, sandbox)
        shopper.come_back(order)
        run_tasks()
        others.append(CallTask.objects.get(order=order))
    free, taken = others
    claim_call_task(task_id=taken.pk, by=sam, now=now)
    assert {member.task for member in ring_of(paid_task, now=now)} == {free, taken}
    address = button("ring", paid_task)
    sent = {"case": [free.pk, taken.pk, paid_task.pk, "x"], "reason": "denied", "why": ""}
    assert desk(lee).post(address, sent).status_code == 403
    assert "Tick the cases" in text(desk(rosa).post(address, {"reason": "denied"}).content.decode())
    said = text(desk(rosa).post(address, sent, follow=True).content.decode())
    assert f"{free.order.number} is cancelled; its card was not charged." in said
    assert f"{taken.order.number}: Another reviewer has this call" in said
    stand = {task.order.number: task.order.status for task in CallTask.objects.select_related("order")}
    assert stand == {
        paid_task.order.number: OrderStatus.ON_HOLD,
        free.order.number: OrderStatus.CANCELLED,
        taken.order.number: OrderStatus.ON_HOLD,
    }
    assert free.order.payments.get().status == PaymentStatus.VOIDED
    decision = Decision.objects.get()
    assert (decision.task, decision.by, decision.note) == (free, rosa, f"With order {paid_task.order.number}.")


@pytest.fixture
def two_people(now: datetime) -> DeskRules:
    rules = DeskRules(created_at=now, currency="USD", second_above=100_000)
    rules.save()
    return rules


@pytest.mark.django_db(transaction=True)
def test_a_dear_order_is_released_by_two_people(
    two_people: DeskRules, paid_task: CallTask, sandbox: RunningSandbox, rosa: User, sam: User, now: datetime
) -> None:
    confirmed(paid_task, rosa, now)
    with pytest.raises(SecondPersonNeeded, match="released by two people"):
        release_after_call(task_id=paid_task.pk, by=rosa, why="", now=now)
    assert written() == []
    propose_release(task_id=paid_task.pk, by=rosa, why="Kennel in Portland.", now=now)
    assert claim_next_call_task(by=rosa, now=now) is None  # her own proposal is for others
    claim_call_task(task_id=paid_task.pk, by=rosa, now=now)
    with pytest.raises(UnableToDecide, match="somebody else must agree"):
        release_after_call(task_id=paid_task.pk, by=rosa, why="", now=now)
    CallTask.objects.update(claimed_by=None, claimed_until=None)
    assert claim_next_call_task(by=sam, now=now) == paid_task
    order = release_after_call(task_id=paid_task.pk, by=sam, why="", now=now)
    assert (order.status, order.decided_by) == (OrderStatus.RELEASED, sam)
    assert written() == [("propose", "verified", rosa), ("release", "verified", sam)]
    assert Decision.objects.get(kind="release").second == rosa
    assert [row["captured"] for row in sandbox.ledger()] == [order.total]


def test_the_second_person_may_object_and_then_it_is_an_ordinary_case(
    two_people: DeskRules, make_task: MakeTask, rosa: User, sam: User, now: datetime
) -> None:
    task = make_task()
    confirmed(task, rosa, now)
    propose_release(task_id=task.pk, by=rosa, why="", now=now)
    claim_call_task(task_id=task.pk, by=sam, now=now)
    with pytest.raises(UnableToDecide, match="Say why"):
        object_to_release(task_id=task.pk, by=sam, why=" ", now=now)
    object_to_release(task_id=task.pk, by=sam, why="The number is three days old.", now=now)
    task.refresh_from_db()
    assert (task.proposal, task.order.status) == (None, "on_hold")
    with pytest.raises(SecondPersonNeeded):
        release_after_call(task_id=task.pk, by=sam, why="", now=now)


def test_whoever_sends_a_parcel_elsewhere_does_not_agree_to_what_was_proposed_before(
    two_people: DeskRules, make_task: MakeTask, rosa: User, sam: User, now: datetime
) -> None:
    task = make_task()
    confirmed(task, rosa, now)
    propose_release(task_id=task.pk, by=rosa, why="", now=now)
    claim_call_task(task_id=task.pk, by=sam, now=now)
    own = NewPlace(name="Sam Poe", line1="901 Brickell Ave", line2="", city="Miami", postcode="33131")
    readdress_case(task_id=task.pk, place=own, as_typed=False, by=sam, why="He moved.", now=now)
    with pytest.raises(SecondPersonNeeded):
        release_after_call(task_id=task.pk, by=sam, why="", now=now)
    assert set(written()) == {("propose", "verified", rosa), ("object", "disagrees", sam)}

    Decision(task=task, kind=Decision.Kind.RELEASE, reason="verified", by=sam, at=now).save()  # another window releases
    with pytest.raises(UnableToDecide, match="under way"):
        readdress_case(task_id=task.pk, place=replace(own, line1="1 Elm"), as_typed=True, by=sam, why="No.", now=now)


def test_an_escalated_case_goes_to_somebody_who_may_release(
    make_task: MakeTask, lee: User, sam: User, now: datetime
) -> None:
    task = make_task()
    claim_call_task(task_id=task.pk, by=lee, now=now)
    escalate_case(task_id=task.pk, by=lee, reason=EscalationReason.PRESSURE, why="He threatens to sue.", now=now)
    assert written() == [("escalate", "pressure", lee)]
    assert claim_next_call_task(by=lee, now=now) is None
    assert claim_next_call_task(by=sam, now=now) == task


def test_a_release_without_a_call_names_its_reason_and_words(make_task: MakeTask, rosa: User, now: datetime) -> None:
    task = make_task()
    claim_call_task(task_id=task.pk, by=rosa, now=now)
    for reason, why in ((ReleaseReason.VERIFIED, "I know her."), (ReleaseReason.KNOWN, " ")):
        with pytest.raises(UnableToDecide, match="No call in which the customer confirmed"):
            release_after_call(task_id=task.pk, by=rosa, reason=reason, why=why, now=now)
    assert written() == []


def test_a_decision_that_cannot_be_carried_out_is_followed_by_a_row_that_says_so(
    make_task: MakeTask, rosa: User, now: datetime
) -> None:
    task = make_task()
    confirmed(task, rosa, now)
    Payment.objects.update(captured_amount=1, status=PaymentStatus.CAPTURED)  # at the gateway, and not the whole of it
    with pytest.raises(UnableToReleaseOrder, match="Not released"):
        release_after_call(task_id=task.pk, by=rosa, why="", now=now)
    failed = Decision.objects.get(kind="failed")
    assert failed.about == Decision.objects.get(kind="release")
    assert Order.objects.get().is_on_hold


def test_a_decision_is_corrected_by_another_entry_never_undone(make_task: MakeTask, lee: User, now: datetime) -> None:
    task = make_task()
    claim_call_task(task_id=task.pk, by=lee, now=now)
    wrong = escalate_case(task_id=task.pk, by=lee, reason=EscalationReason.UNSURE, why="", now=now)
    with pytest.raises(UnableToDecide, match="card number"):
        correct_decision(decision_id=wrong.pk, by=lee, why="4242 4242 4242 4242", now=now)
    correct_decision(decision_id=wrong.pk, by=lee, why="Meant the order before.", now=now)
    assert written() == [("correct", "mistake", lee), ("escalate", "unsure", lee)]
    with pytest.raises(NeverChanges):
        wrong.save()
    with pytest.raises(NeverChanges):
        Decision.objects.filter(pk=wrong.pk).update(reason="amount")
    with pytest.raises(NeverChanges):
        Decision.objects.all().delete()
