"""The desk in a real Chromium, by keyboard: a case is found, claimed, rung, written down and released. Axe finds nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from checkout.models import Dispute
from checkout.states import OrderStatus, PaymentStatus
from fraud.models import Call, CallTask, DeskRules
from fraud.services import claim_call_task, record_call
from store.models import User
from tests.browsing import browser, faults_of
from tests.factories.checkout import make_order

__all__ = ["browser"]  # a fixture
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
MakeTask = Callable[..., CallTask]


def log_in(page: Page, origin: str, user: User) -> None:
    page.goto(f"{origin}/admin/login/?next=/admin/fraud/calltask/")
    page.locator('[name="username"]').fill(user.email)
    page.locator('[name="password"]').fill("a long phrase 7")
    page.locator('[type="submit"]').click()


def test_a_case_is_worked_by_keyboard_and_axe_finds_nothing(
    browser: Browser, live_server: LiveServer, make_task: MakeTask, rosa: User, sam: User, now: datetime
) -> None:
    old = {"placed_at": now - timedelta(days=120), "status": OrderStatus.SHIPPED, "payment_status": PaymentStatus.CAPTURED}
    make_order(**old)  # type: ignore[arg-type]  # as above
    disputed = make_order(**{**old, "email": "other@example.com", "phone": "+15035550177"})  # type: ignore[arg-type]
    Dispute.objects.create(
        payment=disputed.payments.get(), gateway="stripe", reference="dp_1", amount=disputed.total, status="lost",
        reason="fraudulent", noted_at=now, status_at=now, looked_at=now, takes_money=True,
    )  # fmt: skip
    DeskRules(created_at=now, created_by=rosa, currency="USD", release_limit=50_000, second_above=1_000_000).save()
    rosa.user_permissions.add(Permission.objects.get(codename="change_policy"))
    for hours in (1, 2, 5):
        make_task(hours_ago=hours)
    task = make_task(hours_ago=6, is_gift=True)
    other = make_task(hours_ago=3)
    claim_call_task(task_id=other.pk, by=sam, now=now)
    unanswered = {"number": "", "outcome": Call.Outcome.NO_ANSWER, "answer": None, "note": "It rang for long."}
    record_call(task_id=other.pk, by=sam, now=now, **unanswered)  # type: ignore[arg-type]  # as above
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    origin, faults = live_server.url, {}

    def look(name: str) -> None:
        faults[name] = faults_of(page, name)

    def press(key: str) -> None:
        """What Alt and this key do: Chromium without a window knows no access keys, so focus and Enter."""
        page.locator(f'[accesskey="{key}"]').press("Enter")

    log_in(page, origin, rosa)
    look("queue")
    page.get_by_role("link", name=other.order.number).click()
    look("case of another")
    press("q")
    page.get_by_role("heading", name="Call queue").wait_for()
    press("n")
    page.get_by_role("heading", name=f"Order {task.order.number}").wait_for()
    press("b")
    page.get_by_text("The call runs since").wait_for()
    page.get_by_role("group", name="Can you tell me one of the things that you ordered?").get_by_label("Right").check()
    page.get_by_label("Reached the customer").check()
    press("w")
    page.get_by_text("You reached the customer: say what they said of the order.").wait_for()
    look("call with errors")
    page.get_by_label("Confirms the order").check()
    press("w")
    page.get_by_text("The call is written down.").wait_for()
    press("r")
    page.get_by_text("Nothing is charged until a second person agrees.").wait_for()
    page.goto(f"{origin}/admin/fraud/deskrules/")
    look("desk rules")

    call = Call.objects.get(task=task)
    assert (call.answers, call.answer, call.started_at is not None) == ({"items": "pass"}, "confirms", True)
    assert CallTask.objects.get(pk=task.pk).proposal.by == rosa  # type: ignore[union-attr]  # it was proposed
    assert {name: rows for name, rows in faults.items() if rows} == {}
    page.context.close()
