"""How each rule has done: hits, what calls found, what was disputed later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from checkout.models import Order
from fraud.models import Assessment, CallTask
from fraud.rules import RULES
from fraud.scorecard import Score, scorecard
from store.models import User
from tests.fraud.conftest import make_staff
from tests.fraud.test_backtest import past, paula

__all__ = ["past", "paula"]
pytestmark = pytest.mark.django_db
ADDRESS = "admin:fraud_policy_scorecard"


def test_a_rule_is_scored_by_how_its_orders_ended(
    past: list[Order], now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    until = now + timedelta(seconds=1)
    Assessment.objects.filter(order=past[2]).update(assessed_at=now - timedelta(days=3))  # the disputed one
    Assessment.objects.filter(order=past[1]).update(assessed_at=now - timedelta(days=5))  # the denied one
    with django_assert_num_queries(1):
        scores = {one.code: one for one in scorecard(since=now - timedelta(days=30), until=until)}
    assert scores["items.many_of_expensive"] == Score(
        code="items.many_of_expensive",
        title="Many of an expensive item",
        is_trust=False,
        hits=4,
        released=2,
        stopped=1,
        disputed=1,
        last_useful=now - timedelta(days=3),
    )
    assert scores["items.many_of_expensive"].share_stopped == pytest.approx(1 / 3)
    assert (scores["gateway.cvc_failed"].hits, scores["gateway.cvc_failed"].share_stopped) == (0, None)
    assert scores["address.gift"].is_trust
    recent = {one.code: one for one in scorecard(since=now - timedelta(days=1), until=until)}
    assert (recent["items.many_of_expensive"].hits, recent["items.many_of_expensive"].last_useful) == (2, None)


def test_the_page_wants_a_right_of_its_own(past: list[Order], client: Client) -> None:
    client.force_login(make_staff("Percy Lane", "view_policy", "change_policy", "view_finding"))
    assert [client.get(reverse(name)).status_code for name in (ADDRESS, f"{ADDRESS}_csv")] == [403, 403]
    assert reverse(ADDRESS) not in client.get(reverse("admin:fraud_policy_changelist")).content.decode()


def test_the_page_takes_as_many_queries_for_many_orders_as_for_few(
    paula: User, make_task: Callable[..., CallTask], client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(paula)
    assert "No rule hit any order" in client.get(reverse(ADDRESS), {"days": "30"}).content.decode()
    for number in range(3):
        make_task(email=f"{number}@example.com")
    with django_assert_max_num_queries(8):
        shown = client.get(reverse(ADDRESS), {"days": "x"}).content.decode()
    assert "Rules that hit in the last 90 days" in shown
    assert "Many of an expensive item" in shown
    assert "Rules that never hit" in shown
    file = client.get(reverse(f"{ADDRESS}_csv"), {"days": "30"})
    lines = file.getvalue().decode().splitlines()
    assert "no-store" in file["Cache-Control"]
    assert len(lines) == 1 + len(RULES)
    assert lines[0] == "Rule,Code,Orders hit,Released after a call,Stopped as a theft,Disputed later,Last useful hit"
    assert "Many of an expensive item,items.many_of_expensive,3,0,0,0," in lines
