"""The figures of the call desk: what is counted, that it costs the same at any size, and who may see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from checkout.models import Dispute, Order, OrderEvent
from checkout.states import OrderStatus
from fraud.figures import Period, charts_of, headlines_of, period_of, read_figures
from fraud.models import Assessment, Call, CallTask, Policy
from fraud.services.assess import current_policy
from store.audit.models import AuditRow
from store.models import User
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import make_order
from tests.fraud.conftest import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def uma(db: None) -> User:
    return make_staff("Uma Reed", "view_figures")


@pytest.fixture
def make_case(rosa: User, now: datetime) -> Callable[..., CallTask]:
    """Write down a case that was rung about, and how its order ended."""
    policy = current_policy(now=now)
    variant = VariantFactory.create(price=10000, on_hand=500)

    def make(*, ended: str, reason: str = "", minutes: int = 4, outcome: str = "reached", days_ago: int = 1) -> CallTask:
        at = now - timedelta(days=days_ago)
        order = make_order(variant=variant, placed_at=at, status=OrderStatus.SHIPPED)
        Order.objects.filter(pk=order.pk).update(status=ended, cancel_reason=reason)
        if ended != OrderStatus.CANCELLED:
            OrderEvent.objects.create(order=order, was="on_hold", now="released", why="Said yes.", at=at)
        return _case(order, policy, rosa, at, minutes=minutes, outcome=outcome)

    return make


def _case(order: Order, policy: Policy, by: User, at: datetime, *, minutes: int, outcome: str) -> CallTask:
    look = Assessment.objects.create(order=order, policy=policy, verdict="call", points=90, assessed_at=at)
    task = CallTask.objects.create(
        order=order, assessment=look, points=90, created_at=at, due_at=at, status="done", closed_at=at + timedelta(hours=2)
    )
    answer = "confirms" if outcome == "reached" else ""
    ended = at + timedelta(minutes=minutes)
    Call.objects.create(task=task, by=by, at=ended, started_at=at, ended_at=ended, outcome=outcome, answer=answer)
    return task


def test_the_figures_say_what_happened(make_case: Callable[..., CallTask], now: datetime) -> None:
    good = make_case(ended=OrderStatus.SHIPPED, minutes=3)
    make_case(ended=OrderStatus.CANCELLED, reason="denied", minutes=5)
    make_case(ended=OrderStatus.CANCELLED, reason="deadline", outcome="no_answer", minutes=1)
    make_case(ended=OrderStatus.SHIPPED, days_ago=60)  # before the period
    Dispute.objects.create(
        payment=good.order.payments.get(), gateway="stripe", reference="dp_1", amount=1, status="lost", status_at=now,
        takes_money=True, noted_at=now, looked_at=now,
    )  # fmt: skip
    figures = read_figures(Period(30, now))
    said = {one.name: (one.value.replace("\N{NO-BREAK SPACE}", " "), one.is_bad) for one in headlines_of(figures)}
    assert said == {
        "Orders flagged": ("3", False),
        "Customers reached": ("67 %", False),
        "Minutes per case": ("3.0", False),
        "Accepted after a call": ("33 %", False),
        "Fraud stopped": ("$105.95", False),
        "Later disputes": ("1", False),
        "Oldest waiting": ("–", False),
        "Lost to the clock": ("1", True),
    }
    charts = charts_of(figures)
    assert [sum(one.values) for one in charts["calls"].series] == [2, 1, 0, 0]  # type: ignore[arg-type]  # no gaps here
    assert [sum(one.values) for one in charts["disputes"].series] == [1, 0]  # type: ignore[arg-type]
    assert list(charts["reasons"].labels) == [
        "Nobody decided before the authorisation lapsed",
        "The cardholder denies the order",
    ]


@pytest.mark.parametrize(
    ("asked", "days", "pieces"), [("7", 7, 7), ("30", 30, 30), ("90", 90, 14), ("365", 365, 13), ("x", 30, 30)]
)
def test_a_period_is_cut_into_whole_pieces(asked: str, days: int, pieces: int, now: datetime) -> None:
    period = period_of(asked, now=now)
    assert (period.days, len(period.labels)) in ((days, pieces), (days, pieces - 1))
    assert period.since <= now - timedelta(days=days - 1)


def test_the_page_asks_as_often_for_twenty_cases_as_for_two(
    make_case: Callable[..., CallTask], uma: User, client: Client
) -> None:
    client.force_login(uma)
    counts = []
    client.get(reverse("admin:fraud_figures_changelist"))  # content types are read once
    for more in (2, 18):
        for _ in range(more):
            make_case(ended=OrderStatus.SHIPPED)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page = client.get(reverse("admin:fraud_figures_changelist"), {"days": "365"})
        counts.append(len(asked))
        assert page.status_code == 200
    assert counts[0] == counts[1]
    assert b"style=" not in page.content
    assert b"dana@example.com" not in page.content


def test_the_figures_behind_a_chart_come_as_csv(make_case: Callable[..., CallTask], uma: User, client: Client) -> None:
    make_case(ended=OrderStatus.CANCELLED, reason="denied")
    client.force_login(uma)
    answer = client.get(reverse("admin:fraud_figures_csv", args=["stopped"]), {"days": "7"})
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"] == 'attachment; filename="stopped-7-days.csv"'
    lines = answer.getvalue().decode().splitlines()
    assert lines[0] == 'Day,"Amount, USD"'
    assert sorted(line.split(",")[1] for line in lines[1:]) == ["0.0"] * 6 + ["105.95"]
    assert client.get(reverse("admin:fraud_figures_csv", args=["nothing"])).status_code == 404
    taken = AuditRow.objects.get()
    assert (taken.actor, taken.action, taken.field_names, taken.why) == (uma, "figures.csv", "stopped", "7 days")


def test_nobody_sees_figures_without_the_right(rosa: User, uma: User, client: Client) -> None:
    pages = [reverse("admin:fraud_figures_changelist"), reverse("admin:fraud_figures_csv", args=["flagged"])]
    client.force_login(rosa)
    assert [client.get(page).status_code for page in pages] == [403, 403]
    client.force_login(uma)
    assert client.get(reverse("admin:fraud_figures_change", args=[uuid4()])).status_code in (302, 403)
