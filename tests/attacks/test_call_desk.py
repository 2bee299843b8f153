"""Two reviewers, lapsed claims, orders that go away meanwhile: one clear word, nothing done twice, nothing typed lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from checkout.models import Order
from checkout.states import OrderStatus
from fraud.models import Call, CallTask
from fraud.services import UnableToDecide, claim_call_task, record_call, release_after_call
from store.models import User
from tests.attacks.conftest import client_of
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db
MakeTask = Callable[..., CallTask]


def press(client: Client, name: str, task: CallTask, **fields: str) -> str:
    """Press a button; give what the page then says."""
    answer = client.post(reverse(f"admin:fraud_calltask_{name}", args=[task.pk]), fields, follow=True)
    assert answer.status_code in (200, 422)
    return answer.content.decode()


def lapse(task: CallTask) -> None:
    CallTask.objects.filter(pk=task.pk).update(claimed_until=timezone.now() - timedelta(seconds=1))


def test_the_second_to_claim_is_told_and_the_first_keeps_the_call(make_task: MakeTask, rosa: User, sam: User) -> None:
    task = make_task()
    press(client_of(rosa), "claim", task)
    assert "Another reviewer has this call until" in press(client_of(sam), "claim", task)
    assert "Another reviewer has this call" in press(client_of(sam), "let_go", task)
    task.refresh_from_db()
    assert task.claimed_by == rosa


def test_a_note_typed_after_the_claim_lapsed_is_not_lost(make_task: MakeTask, rosa: User) -> None:
    task, client = make_task(), client_of(rosa)
    press(client, "claim", task)
    lapse(task)
    page = press(client, "record", task, outcome="reached", answer="", note="She asked us to ring at nine.")
    assert "You reached the customer: say what they said of the order." in page
    assert "She asked us to ring at nine." in page
    assert not Call.objects.exists()
    assert "The call is written down." in press(client, "record", task, outcome="voicemail", answer="", note="Left word.")
    task.refresh_from_db()
    assert task.claimed_by == rosa


def test_words_typed_after_the_claim_went_to_somebody_else_are_shown_again(
    make_task: MakeTask, rosa: User, sam: User
) -> None:
    task, client = make_task(), client_of(rosa)
    press(client, "claim", task)
    lapse(task)
    press(client_of(sam), "claim", task)
    page = press(client, "cancel", task, reason="", why="He hung up twice.")
    assert "Choose why the order is cancelled." in page
    assert "He hung up twice." in page
    assert Order.objects.get().is_on_hold


@pytest.mark.parametrize("button", ["release", "cancel"])
def test_deciding_without_the_claim_does_nothing(button: str, make_task: MakeTask, rosa: User, sam: User) -> None:
    task = make_task()
    words = {"why": "I know them.", "reason": "denied"}
    assert "You do not have this call" in press(client_of(rosa), button, task, **words)
    press(client_of(sam), "claim", task)
    assert "Another reviewer has this call now" in press(client_of(rosa), button, task, **words)
    lapse(task)
    assert "your claim has run out" in press(client_of(sam), button, task, **words)
    order = Order.objects.get()
    assert (order.status, order.decision) == (OrderStatus.ON_HOLD, None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("first", "second"), [("release", "release"), ("release", "cancel"), ("cancel", "cancel"), ("cancel", "release")]
)
def test_a_decision_is_made_once(first: str, second: str, paid_task: CallTask, sandbox: RunningSandbox, rosa: User) -> None:
    client = client_of(rosa)
    press(client, "claim", paid_task)
    words = {"why": "Known to us.", "reason": "denied"}
    press(client, first, paid_task, **words)
    said = press(client, second, paid_task, **words)
    status = {"release": "released", "cancel": "cancelled"}[first]
    assert f"is {status} already. Nothing was done twice." in said
    ledger = sandbox.ledger()
    assert Order.objects.get().status == status
    assert [(row["captured"] > 0, row["voided"] > 0, row["refunded"]) for row in ledger] == [
        (first == "release", first == "cancel", 0)
    ]


@pytest.mark.django_db(transaction=True)
def test_an_order_cancelled_meanwhile_is_said_to_be(paid_task: CallTask, sandbox: RunningSandbox, rosa: User) -> None:
    from checkout.services.cancel import cancel_order

    client = client_of(rosa)
    press(client, "claim", paid_task)
    cancel_order(
        order_id=paid_task.order_id,
        by=None,
        reason=Order.CancelReason.CUSTOMER,
        why="By phone.",
        now=timezone.now(),
        from_hold=True,
    )
    for button in ("release", "cancel", "claim", "let_go"):
        assert "is cancelled already" in press(client, button, paid_task, why="Fine.", reason="denied")
    page = client.get(reverse("admin:fraud_calltask_change", args=[paid_task.pk])).content.decode()
    assert "This call is done: the order is cancelled." in page
    assert [row["captured"] for row in sandbox.ledger()] == [0]


# -- What the last call said counts -------------------------------------------------------------------------------------


def said(task: CallTask, by: User, answer: Call.Answer, at: datetime) -> None:
    record_call(task_id=task.pk, by=by, number="", outcome=Call.Outcome.REACHED, answer=answer, note="", now=at)


def test_a_customer_who_denies_after_somebody_confirmed_is_not_released_without_a_word(
    make_task: MakeTask, rosa: User, now: datetime
) -> None:
    """A thief confirms on the number he gave; then the cardholder is found in the directory and knows of nothing."""
    task = make_task()
    claim_call_task(task_id=task.pk, by=rosa, now=now)
    said(task, rosa, Call.Answer.CONFIRMS, now)
    said(task, rosa, Call.Answer.DENIES, now + timedelta(minutes=5))
    page = client_of(rosa).get(reverse("admin:fraud_calltask_change", args=[task.pk])).content.decode()
    assert "The customer confirmed the order." not in page
    assert "When last reached, the customer knew nothing of this order." in page
    with pytest.raises(UnableToDecide, match="write why none is needed"):
        release_after_call(task_id=task.pk, by=rosa, why=" ", now=now + timedelta(minutes=6))
    assert Order.objects.get().decision is None


def test_a_call_that_reached_nobody_does_not_undo_a_confirmation(make_task: MakeTask, rosa: User, now: datetime) -> None:
    task = make_task()
    claim_call_task(task_id=task.pk, by=rosa, now=now)
    said(task, rosa, Call.Answer.DENIES, now)
    said(task, rosa, Call.Answer.CONFIRMS, now + timedelta(minutes=1))
    record_call(
        task_id=task.pk,
        by=rosa,
        number="",
        outcome=Call.Outcome.NO_ANSWER,
        answer=None,
        note="",
        now=now + timedelta(minutes=2),
    )
    page = client_of(rosa).get(reverse("admin:fraud_calltask_change", args=[task.pk])).content.decode()
    assert "The customer confirmed the order." in page


def test_a_card_number_is_refused_in_every_box_of_the_desk(make_task: MakeTask, rosa: User) -> None:
    task, client = make_task(), client_of(rosa)
    press(client, "claim", task)
    for button, fields in (
        ("record", {"outcome": "voicemail", "note": "4242 4242 4242 4242"}),
        ("record", {"outcome": "voicemail", "dialled_phone": "4242-4242-4242-4242"}),
        ("release", {"why": "card 4242424242424242"}),
        ("cancel", {"reason": "denied", "why": "４２４２４２４２４２４２４２４２"}),
    ):
        assert "That looks like a card number" in press(client, button, task, **fields)
    assert not Call.objects.exists()
    assert Order.objects.get().decision is None
