"""Customers whom nobody reaches: tried again at other hours of their day, then cancelled by policy, never charged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from checkout.models import Mail, Order
from checkout.states import OrderStatus
from fraud.models import Call, CallTask, Decision, DeskRules
from fraud.phones import read_phone
from fraud.services import (
    UnableToRecordCall,
    claim_call_task,
    claim_next_call_task,
    give_up_unreached,
    let_go,
    record_call,
)
from fraud.services.unreached import next_try
from store.models import User
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db
MakeTask = Callable[..., CallTask]
RULES = DeskRules(tries=4, days=2, grace_hours=12, currency="USD")
MORNING = datetime(2026, 3, 3, 17, 0, tzinfo=UTC)  # nine in Oregon


def unanswered(task: CallTask, by: User, now: datetime, **changes: object) -> Call:
    given = {"number": "", "outcome": Call.Outcome.NO_ANSWER, "answer": None, "note": ""}
    return record_call(task_id=task.pk, by=by, now=now, **{**given, **changes})  # type: ignore[arg-type]  # as the cases say


def test_the_next_try_is_in_another_part_of_the_customers_day() -> None:
    phone, zone = read_phone("+15035550142", country="US"), ZoneInfo("America/Los_Angeles")
    tried: list[datetime] = []
    now, until = MORNING, MORNING + timedelta(days=3)
    while (again := next_try(phone=phone, tried_at=[*tried, now], rules=RULES, until=until, now=now)) is not None:
        tried.append(now)
        now = again
    hours = [at.astimezone(zone).strftime("%a %H:%M") for at in [*tried, now]]
    assert hours == ["Tue 09:00", "Tue 15:15", "Wed 12:00", "Wed 18:15"]


def test_a_number_that_may_be_anywhere_is_rung_when_it_is_day_everywhere() -> None:
    toll_free = read_phone("+18005550199", country="US")
    again = next_try(phone=toll_free, tried_at=[MORNING], rules=RULES, until=MORNING + timedelta(days=3), now=MORNING)
    assert again is not None
    assert {8 <= again.astimezone(ZoneInfo(name)).hour < 20 for name in toll_free.zones} == {True}


def test_nobody_is_rung_after_the_case_must_be_decided() -> None:
    phone = read_phone("+15035550142", country="US")
    assert next_try(phone=phone, tried_at=[MORNING], rules=RULES, until=MORNING + timedelta(hours=1), now=MORNING) is None


def test_an_unanswered_call_mails_the_customer_and_waits_for_another_hour(
    make_task: MakeTask, rosa: User, sam: User, now: datetime
) -> None:
    task = make_task()
    claim_call_task(task_id=task.pk, by=rosa, now=now)
    call = unanswered(task, rosa, now, outcome=Call.Outcome.VOICEMAIL)
    let_go(task_id=task.pk, by=rosa)
    task.refresh_from_db()
    assert (task.tries, task.give_up_at, task.is_callback_agreed) == (1, None, False)
    assert task.callback_at is not None
    assert now + timedelta(hours=2) < task.callback_at < task.due_at
    assert [mail.cause for mail in Mail.objects.filter(kind="missed")] == [str(call.pk)]
    assert claim_next_call_task(by=sam, now=now) is None
    assert claim_next_call_task(by=sam, now=task.callback_at) == task


def test_an_agreed_call_back_comes_before_what_is_more_urgent(make_task: MakeTask, rosa: User, now: datetime) -> None:
    promised, urgent = make_task(hours_ago=1), make_task(hours_ago=3)
    at = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    unanswered(promised, rosa, now, outcome=Call.Outcome.REACHED, answer=Call.Answer.UNCLEAR, callback_at=at)
    let_go(task_id=promised.pk, by=rosa)
    assert claim_next_call_task(by=rosa, now=now) == urgent
    let_go(task_id=urgent.pk, by=rosa)
    assert claim_next_call_task(by=rosa, now=at) == promised


@pytest.mark.parametrize(("hours", "words"), [(-1, "over already"), (24 * 8, "The authorisation lapses on")])
def test_a_call_back_must_be_in_time(hours: int, words: str, make_task: MakeTask, rosa: User, now: datetime) -> None:
    task = make_task(payment={"capture_before": now + timedelta(days=7)})
    with pytest.raises(UnableToRecordCall, match=words):
        unanswered(task, rosa, now, callback_at=now + timedelta(hours=hours))
    assert not Call.objects.exists()


def tried_in_vain(task: CallTask, by: User, now: datetime) -> CallTask:
    """Ring as often as the rules say."""
    for hour in range(4):
        unanswered(task, by, now + timedelta(hours=hour))
    let_go(task_id=task.pk, by=by)
    task.refresh_from_db()
    assert (task.tries, task.callback_at) == (4, None)
    assert task.give_up_at is not None
    return task


@pytest.mark.django_db(transaction=True)
def test_after_the_last_try_the_order_is_cancelled_by_policy_and_nothing_is_charged(
    paid_task: CallTask, sandbox: RunningSandbox, rosa: User, now: datetime
) -> None:
    task = tried_in_vain(paid_task, rosa, now)
    assert task.give_up_at is not None
    assert give_up_unreached(now=task.give_up_at - timedelta(seconds=1)) == 0
    claim_call_task(task_id=task.pk, by=rosa, now=task.give_up_at)
    assert give_up_unreached(now=task.give_up_at) == 0  # the customer rings back at this moment
    let_go(task_id=task.pk, by=rosa)
    assert give_up_unreached(now=task.give_up_at) == 1
    order = Order.objects.get()
    assert (order.status, order.cancel_reason, order.decided_by) == (OrderStatus.CANCELLED, "no_answer", None)
    assert [(row["captured"], row["voided"]) for row in sandbox.ledger()] == [(0, order.total)]
    assert [(d.kind, d.reason, d.by) for d in Decision.objects.all()] == [("cancel", "unreached", None)]
    assert give_up_unreached(now=task.give_up_at) == 0


def test_the_rules_may_have_a_person_decide_instead(make_task: MakeTask, rosa: User, now: datetime) -> None:
    DeskRules(created_at=now, currency="USD", when_unreached="escalate").save()
    task = tried_in_vain(make_task(), rosa, now)
    assert task.give_up_at is not None
    assert give_up_unreached(now=task.give_up_at) == 1
    task.refresh_from_db()
    assert (task.status, task.escalated_at, task.order.status) == ("waiting", task.due_at and task.escalated_at, "on_hold")
    assert task.escalated_at is not None
    assert give_up_unreached(now=task.escalated_at + timedelta(days=1)) == 0


def test_reaching_the_customer_ends_the_waiting(make_task: MakeTask, rosa: User, now: datetime) -> None:
    task = tried_in_vain(make_task(), rosa, now)
    unanswered(task, rosa, now + timedelta(hours=5), outcome=Call.Outcome.REACHED, answer=Call.Answer.UNCLEAR)
    task.refresh_from_db()
    assert (task.give_up_at, task.callback_at) == (None, None)


def test_a_corrected_entry_counts_no_longer(make_task: MakeTask, rosa: User, now: datetime) -> None:
    task = make_task()
    wrong = unanswered(task, rosa, now, outcome=Call.Outcome.REACHED, answer=Call.Answer.CONFIRMS)
    right = unanswered(task, rosa, now, corrects=wrong.pk, note="It was her neighbour.")
    assert right.corrects == wrong
    assert list(Call.objects.standing()) == [right]
    task.refresh_from_db()
    assert task.tries == 1
    with pytest.raises(UnableToRecordCall, match="was corrected already"):
        unanswered(task, rosa, now, corrects=wrong.pk)
    assert Call.objects.count() == 2
