"""The queue and the call page in the admin: what they show, to whom, and at what price."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
import time_machine
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from checkout.models import Order
from checkout.states import OrderStatus, PaymentStatus
from fraud.models import Call, CallTask
from fraud.script import CLOSING_BAD, CLOSING_GOOD, OPENING, QUESTIONS, VOICEMAIL
from fraud.selectors import clock
from fraud.selectors.asking import LANGUAGES
from fraud.services import claim_call_task
from store.models import User
from tests.factories.checkout import make_order
from tests.fraud.desk import QUEUE, MakeTask, button, desk, page_of, text
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db


# -- The queue -------------------------------------------------------------------------------------------------------------


def test_queue_is_ordered_by_deadline_and_says_why(make_task: MakeTask, rosa: User) -> None:
    later, first = make_task(hours_ago=1), make_task(hours_ago=5)
    html = desk(rosa).get(QUEUE).content.decode()
    assert html.index(first.order.number) < html.index(later.order.number)
    shown = text(html)
    assert "2 waiting, 2 to ring now, 1 late" in shown
    assert re.search(r"1 h \d+ min late", shown)  # whole quarters of an hour
    assert shown.count("$10,793.95") == 2  # 12 at 899.00, and delivery
    assert "Many of an expensive item +100" in shown
    assert "Ship-to differs from bill-to +38" in shown


def test_queue_opens_nothing_that_it_does_not_show(make_task: MakeTask, rosa: User) -> None:
    task = make_task()
    html = desk(rosa).get(QUEUE).content.decode()
    for personal in ("dana@example.com", "Dana Reyes", "Victor Stone", "77 Ocean Drive"):
        assert personal not in html
    assert task.order.number in html


def test_queue_takes_as_many_queries_at_twenty_rows_as_at_two(make_task: MakeTask, rosa: User, sam: User) -> None:
    client = desk(rosa)
    tasks = [make_task() for _ in range(2)]
    claim_call_task(task_id=tasks[0].pk, by=sam, now=tasks[0].created_at)
    client.get(QUEUE)  # content types and permissions are read once
    with CaptureQueriesContext(connection) as at_two:
        client.get(QUEUE)
    tasks += [make_task() for _ in range(18)]
    for task in tasks[1:9]:
        claim_call_task(task_id=task.pk, by=sam, now=task.created_at)
    with CaptureQueriesContext(connection) as at_twenty:
        html = client.get(QUEUE).content.decode()
    assert html.count('class="case-row"') == 20
    assert len(at_two) == len(at_twenty)
    assert len(at_twenty) <= 12


@pytest.mark.parametrize(("show", "expected"), [("", "ab"), ("free", "b"), ("mine", "a"), ("done", "c")])
def test_queue_can_show_mine_and_done(show: str, expected: str, make_task: MakeTask, rosa: User) -> None:
    tasks = {"a": make_task(), "b": make_task(), "c": make_task()}
    claim_call_task(task_id=tasks["a"].pk, by=rosa, now=tasks["a"].created_at)
    CallTask.objects.filter(pk=tasks["c"].pk).update(status="done", closed_at=tasks["c"].created_at)
    html = desk(rosa).get(QUEUE, {"show": show} if show else {}).content.decode()
    assert "".join(name for name, task in tasks.items() if task.order.number in html) == expected


def test_next_call_claims_the_most_urgent_and_opens_it(make_task: MakeTask, rosa: User) -> None:
    make_task(hours_ago=1)
    urgent = make_task(hours_ago=2)
    answer = desk(rosa).post(reverse("admin:fraud_calltask_next"))
    assert answer.headers["Location"] == page_of(urgent)
    urgent.refresh_from_db()
    assert urgent.claimed_by == rosa


def test_next_call_says_when_there_is_none(rosa: User) -> None:
    shown = text(desk(rosa).post(reverse("admin:fraud_calltask_next"), follow=True).content.decode())
    assert "No call is waiting for you" in shown


# -- The call page ---------------------------------------------------------------------------------------------------------


def test_call_page_shows_what_a_reviewer_needs(make_task: MakeTask, rosa: User, now: datetime) -> None:
    make_order(
        placed_at=now - timedelta(days=9), email="other@example.com", status=OrderStatus.CANCELLED, cancel_reason="denied"
    )
    task = make_task(payment={"postcode_check": "unavailable", "payer_name": "Dana Reyes"})
    client = desk(rosa)
    client.post(button("claim", task))
    html = client.get(page_of(task)).content.decode()
    shown = text(html)
    assert "12 × Grand Polisher at $899.00; nothing in the catalogue costs more." in shown
    assert "+100 100 in all Many of an expensive item calls by itself" in shown
    assert "Billed to Portland, OR, US, sent to another region: Miami, FL, US." in shown
    assert "Name differs Dana Reyes Victor Stone" in shown
    assert "Country US US" in shown
    assert 'href="tel:+15035550142"' in html
    assert "fixed line or mobile · Oregon · US" in shown or "fixed line or mobile · Portland, OR · US" in shown
    assert "Postcode Not available" in shown
    assert "Linked to a stopped order" in shown
    assert "Cancelled: the cardholder denies the order" in shown
    assert "The bank could not check the billing postcode." in shown
    assert "Nobody has rung yet." in shown
    assert "style=" not in html.split('<div class="fraud case">')[1].split("<footer")[0]
    assert "<script" not in html.split('<div class="fraud case">')[1].split("<footer")[0]


def test_call_page_warns_outside_decent_hours(make_task: MakeTask, rosa: User) -> None:
    with time_machine.travel(datetime(2026, 3, 3, 14, 0, tzinfo=UTC), tick=False):  # six in the morning in Oregon
        task, client = make_task(), desk(rosa)
        client.post(button("claim", task))
        shown = text(client.get(page_of(task)).content.decode())
    assert "There it is 06:00 on Tuesday." in shown
    assert "Outside 8 to 20 h there: ring later unless the deadline is near." in shown


def test_call_page_gives_a_span_where_the_number_could_be_anywhere(make_task: MakeTask, rosa: User) -> None:
    with time_machine.travel(datetime(2026, 3, 3, 14, 0, tzinfo=UTC), tick=False):
        task, client = make_task(phone="+18005550199"), desk(rosa)  # toll-free: from Hawaii to Nova Scotia
        client.post(button("claim", task))
        shown = text(client.get(page_of(task)).content.decode())
    assert "There it is between 03:00 on Tuesday and 00:00 on Wednesday. Outside 8 to 20 h" in shown


def test_call_page_takes_a_fixed_number_of_queries(make_task: MakeTask, rosa: User, now: datetime) -> None:
    task = make_task()
    claim_call_task(task_id=task.pk, by=rosa, now=now)
    client = desk(rosa)
    make_order(placed_at=now - timedelta(days=30))
    client.get(page_of(task))
    with CaptureQueriesContext(connection) as few:
        client.get(page_of(task))
    for days in range(15):
        make_order(placed_at=now - timedelta(days=days + 1))
        Call.objects.create(task=task, by=rosa, at=now, outcome="no_answer", number="+15035550142", note="")
    with CaptureQueriesContext(connection) as many:
        client.get(page_of(task))
    assert len(few) == len(many)
    assert len(many) <= 22


def test_holder_sees_the_forms_and_a_colleague_sees_who_has_the_call(
    make_task: MakeTask, rosa: User, sam: User, now: datetime
) -> None:
    task = make_task()
    claim_call_task(task_id=task.pk, by=rosa, now=now)
    own = desk(rosa).get(page_of(task)).content.decode()
    assert 'name="outcome"' in own
    assert "Release and charge" in own
    assert "Cancel the order" in own
    other = desk(sam).get(page_of(task)).content.decode()
    assert "Rosa Lind has this call until" in text(other)
    assert 'name="outcome"' not in other


def test_losing_a_claim_leaves_one_clear_message_without_names(
    make_task: MakeTask, rosa: User, sam: User, now: datetime
) -> None:
    task = make_task()
    claim_call_task(task_id=task.pk, by=rosa, now=now)
    answer = desk(sam).post(button("claim", task), follow=True)
    (message,) = [str(message) for message in answer.context["messages"]]
    assert re.fullmatch(
        r"Another reviewer has this call until \d\d:\d\d\. Nothing was changed; take the next call instead\.", message
    )
    task.refresh_from_db()
    assert task.claimed_by == rosa


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"outcome": "reached", "answer": "confirms", "note": "her card is 4242 4242 4242 4242"},
            "That looks like a card number",
        ),
        ({"outcome": "reached", "answer": "", "note": "x"}, "You reached the customer: say what they said of the order."),
        ({"outcome": "no_answer", "answer": "confirms", "note": "x"}, "Nobody was reached, so nobody can have said this."),
        ({"note": "x"}, "Say who or what answered."),
        ({"outcome": "abducted", "note": "x"}, "Select a valid choice."),
    ],
)
def test_a_call_that_does_not_add_up_is_sent_back_with_a_word_and_not_saved(
    given: dict[str, str], words: str, make_task: MakeTask, rosa: User, now: datetime
) -> None:
    task = make_task()
    claim_call_task(task_id=task.pk, by=rosa, now=now)
    answer = desk(rosa).post(button("record", task), given)
    assert answer.status_code == 422
    assert words in unescape(answer.content.decode())
    assert Call.objects.count() == 0


def test_cancel_without_a_reason_is_sent_back(make_task: MakeTask, rosa: User, now: datetime) -> None:
    task = make_task()
    claim_call_task(task_id=task.pk, by=rosa, now=now)
    answer = desk(rosa).post(button("cancel", task), {"reason": "", "why": ""})
    assert answer.status_code == 422
    assert "Choose why the order is cancelled." in answer.content.decode()
    assert task.order.payments.get().status == PaymentStatus.AUTHORIZED


def test_a_call_in_which_the_customer_denies_suggests_the_reason(make_task: MakeTask, rosa: User, now: datetime) -> None:
    task = make_task()
    claim_call_task(task_id=task.pk, by=rosa, now=now)
    html = desk(rosa).post(button("record", task), {"outcome": "reached", "answer": "denies", "note": ""}, follow=True)
    assert '<option value="denied" selected>' in html.content.decode()
    assert "When last reached, the customer knew nothing of this order." in html.content.decode()


@pytest.mark.django_db(transaction=True)
def test_reviewer_releases_from_the_page(paid_task: CallTask, sandbox: RunningSandbox, rosa: User) -> None:
    client = desk(rosa)
    client.post(button("claim", paid_task))
    client.post(button("record", paid_task), {"outcome": "reached", "answer": "confirms", "note": "Named it all."})
    answer = client.post(button("release", paid_task), follow=True)
    order = Order.objects.get()
    assert [str(message) for message in answer.context["messages"]] == [
        "The call is written down.",
        f"Order {order.number} is released: {order.money} was charged and a mail is on its way to the customer.",
    ]
    assert order.status == OrderStatus.RELEASED
    assert [row["captured"] for row in sandbox.ledger()] == [order.total]


@pytest.mark.django_db(transaction=True)
def test_reviewer_is_told_what_was_not_done_when_the_gateway_is_silent(
    paid_task: CallTask, sandbox: RunningSandbox, rosa: User
) -> None:
    client = desk(rosa)
    client.post(button("claim", paid_task))
    sandbox.fail("cancel", status=500, times=10)
    answer = client.post(button("cancel", paid_task), {"reason": "denied", "why": ""}, follow=True)
    (message,) = [str(message) for message in answer.context["messages"]]
    assert message.startswith("The gateway did not answer.")
    html = answer.content.decode()
    assert "A decision is made and the gateway has not confirmed it yet." in html
    assert "Release and charge" not in html
    assert Order.objects.get().status == OrderStatus.ON_HOLD
    assert CallTask.objects.get().status == "waiting"


@pytest.mark.parametrize(
    ("left", "words", "is_over", "is_short"),
    [
        (timedelta(days=6, hours=3, minutes=20), "6 d 3 h", False, False),
        (timedelta(hours=3, minutes=20), "3 h 20 min", False, False),
        (timedelta(minutes=59), "59 min", False, True),
        (timedelta(0), "0 min late", True, True),
        (-timedelta(hours=2), "2 h 0 min late", True, True),
    ],
)
def test_time_left_in_words(left: timedelta, words: str, is_over: bool, is_short: bool, now: datetime) -> None:
    found = clock(now + left, now=now)
    assert (found.left, found.is_over, found.is_short) == (words, is_over, is_short)


# -- The call --------------------------------------------------------------------------------------------------------------


def test_a_call_is_timed_and_its_answers_are_ticked(make_task: MakeTask, rosa: User) -> None:
    task, client = make_task(), desk(rosa)
    client.post(button("claim", task))
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False) as clock_there:
        client.post(button("begin", task))
        assert "The call runs since" in text(client.get(page_of(task)).content.decode())
        clock_there.shift(timedelta(seconds=150))
        said = {"outcome": "reached", "answer": "confirms", "asked_items": "pass", "asked_billing_address": "fail"}
        shown = text(client.post(button("record", task), said, follow=True).content.decode())
    call = Call.objects.get()
    assert (call.seconds, call.source) == (150, "order")
    assert call.answers == {"items": "pass", "billing_address": "fail"}
    assert "the order, +15035550142 · 2 min 30 s items right , billing address wrong" in shown


def test_the_number_of_a_past_good_order_is_offered_with_its_source(make_task: MakeTask, rosa: User, now: datetime) -> None:
    past = make_order(
        placed_at=now - timedelta(days=90), status=OrderStatus.SHIPPED, email="d@example.com", phone="+15035550177"
    )
    make_order(placed_at=now - timedelta(days=9), status=OrderStatus.SHIPPED, email="d2@example.com", phone="+15035550188")
    task, client = make_task(phone="+13055550123"), desk(rosa)
    client.post(button("claim", task))
    shown = text(client.get(page_of(task)).content.decode())
    assert f"+1 503-555-0177 A past good order : on order {past.number} of" in shown
    assert "0188" not in shown  # too young to vouch for anybody
    client.post(button("record", task), {"outcome": "no_answer", "dialled_phone": "(503) 555-0177"})
    client.post(button("record", task), {"outcome": "no_answer", "dialled_phone": "+1 503 555 0199"})
    assert [call.source for call in Call.objects.order_by("at")] == ["past", "look_up"]


def test_directories_are_one_click_away_from_whoever_has_the_case(
    make_task: MakeTask, rosa: User, settings: Settings
) -> None:
    settings.NUMBER_LOOKUPS = {
        "Directory": "https://directory.example/?who={name}&where={city}",
        "Script": "javascript:alert('{name}')",
    }
    task, client = make_task(), desk(rosa)
    address = (
        'href="https://directory.example/?who=Dana%20Reyes&amp;where=Portland" target="_blank" rel="noopener noreferrer"'
    )
    assert address not in client.get(page_of(task)).content.decode()
    client.post(button("claim", task))
    html = client.get(page_of(task)).content.decode()
    assert address in html
    assert "javascript:" not in html


def test_the_script_speaks_the_customers_language(make_task: MakeTask, rosa: User) -> None:
    task = make_task(bill_to={"country": "DE", "city": "Bonn", "region": "", "postcode": "53113"}, phone="+49228555012")
    html = desk(rosa).get(page_of(task)).content.decode()
    assert "Was haben Sie zum Beispiel bestellt?" in html
    assert (
        "Can you tell me one of the things that you ordered?" in desk(rosa).get(page_of(task) + "?lang=en").content.decode()
    )


def test_every_spoken_text_is_translated_and_what_is_compiled_is_what_is_written() -> None:
    spoken = [str(question.text) for question in QUESTIONS]
    spoken += [str(each) for each in (OPENING, CLOSING_GOOD, CLOSING_BAD, VOICEMAIL)]
    for language in set(LANGUAGES) - {"en"}:
        folder = Path(apps.get_app_config("fraud").path) / "locale" / language / "LC_MESSAGES"
        with (folder / "django.po").open("rb") as source, (folder / "django.mo").open("rb") as compiled:
            written = {message.id: message.string for message in read_po(source) if message.id}
            assert {message.id: message.string for message in read_mo(compiled) if message.id} == written
        assert [text for text in spoken if not written.get(text)] == [], language


# -- More than one page of cases -------------------------------------------------------------------------------------------


def test_a_list_goes_on_where_its_page_ended(make_task: MakeTask, rosa: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fraud.selectors.queue.ROWS", 2)
    tasks = [make_task(hours_ago=hours) for hours in (5, 4, 4, 3, 1)]
    ordered = [task.order.number for task in CallTask.objects.most_urgent_first().select_related("order")]
    client, seen, address = desk(rosa), [], QUEUE
    for _ in range(3):
        html = client.get(address).content.decode()
        seen += re.findall(r'/change/">(R-\d+)</a>', html)
        more = re.search(r'href="(\?after=[^"]+)"', html)
        address = QUEUE + more[1] if more else ""
    assert seen == ordered
    assert len(seen) == len(tasks)
    assert address == ""
    for odd in ("x", "1.2", "9" * 40 + ".1." + "0" * 32, "-1.-1.zz"):
        assert client.get(QUEUE, {"after": odd}).status_code == 200
