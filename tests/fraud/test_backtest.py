"""A draft tried on past orders: what would change, what is caught and missed, in the background and by command."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from checkout.models import Dispute, GatewayNotice, Order, Payment
from fraud import backtest as module
from fraud.backtest import Tally, run_backtest
from fraud.models import Assessment, Backtest, CallTask, Policy
from fraud.services import current_policy
from fraud.services.backtests import UnableToStartBacktest, carry_out_backtest, start_backtest, stop_backtest
from fraud.services.policies import discard_draft, save_draft, start_draft
from store.models import User
from tests.fraud.conftest import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def paula(db: None) -> User:
    """She looks after the policy."""
    return make_staff("Paula Moor", "view_policy", "change_policy", "run_backtest", "view_backtest", "view_scorecard")


@pytest.fixture
def draft(paula: User, now: datetime) -> Policy:
    """A draft that rings about nobody but the block list's."""
    draft = start_draft(by=paula, now=now)
    values = draft.values
    lax = type(values)(values.version, 499, dict.fromkeys(values.points, 0), frozenset({"list.blocked"}), {}, values.limits)
    return save_draft(policy_id=draft.pk, values=lax, note="Trust everybody.")


@pytest.fixture
def past(make_task: Callable[..., CallTask]) -> list[Order]:
    """Four orders that were rung about: shipped, denied, disputed after shipping, and still on hold."""
    shipped, denied, disputed, held = (make_task(email=f"{name}@example.com").order for name in "abcd")
    Order.objects.filter(pk__in=[shipped.pk, disputed.pk]).update(status="shipped")
    Order.objects.filter(pk=denied.pk).update(status="cancelled", cancel_reason="denied")
    payment = Payment.objects.get(order=disputed)
    times = dict.fromkeys(("status_at", "noted_at", "looked_at"), timezone.now())
    Dispute.objects.create(
        payment=payment, gateway="stripe", reference="d", amount=100, status="needs_response", takes_money=True, **times
    )
    return [shipped, denied, disputed, held]


def _run(draft: Policy, now: datetime, **more: Any) -> Tally:
    active = current_policy(now=now)
    since, until = now - timedelta(days=7), now + timedelta(seconds=1)
    return run_backtest(base=active.values, tried=draft.values, since=since, until=until, **more)


def test_what_would_change_is_told_by_how_the_orders_ended(past: list[Order], draft: Policy, now: datetime) -> None:
    tally = _run(draft, now)
    assert (tally.orders, tally.unreadable) == (4, 0)
    assert tally.endings == {"good": 1, "bad": 2, "open": 1}
    assert tally.sides["before"] == {"called": 4, "good": 1, "bad": 2, "open": 1}
    assert tally.sides["after"] == {}
    assert tally.moved == {"release good": 1, "release bad": 2, "release open": 1}
    assert tally.rules["items.many_of_expensive"] == {"before": 4, "after": 4, "good": 1, "bad": 2, "open": 1}
    assert tally.days == {now.date().isoformat(): {"orders": 4, "before": 4}}
    assert {one["number"] for one in tally.changed} == {order.number for order in past}
    assert "@" not in str(tally.as_json())


def test_the_same_version_changes_nothing(past: list[Order], now: datetime) -> None:
    tally = _run(current_policy(now=now), now)
    assert (tally.moved, tally.changed) == ({}, [])
    assert tally.sides["before"] == tally.sides["after"]


def test_a_warning_of_the_bank_makes_an_order_bad(past: list[Order], draft: Policy, now: datetime) -> None:
    payment = Payment.objects.get(order=past[0])
    GatewayNotice.objects.create(
        payment=payment, gateway="stripe", reference="w", kind="early_warning", is_open=True, noted_at=now, looked_at=now
    )
    assert _run(draft, now).endings == {"bad": 3, "open": 1}


def test_facts_of_later_looks_and_erased_ones_are_left_out(past: list[Order], draft: Policy, now: datetime) -> None:
    first = Assessment.objects.get(order=past[3])
    Assessment.objects.create(
        order=past[3], pass_number=2, policy=first.policy, verdict="call", points=1, assessed_at=now, facts=first.facts
    )
    Assessment.objects.filter(order=past[0]).update(facts=None)
    tally = _run(draft, now)
    assert (tally.orders, tally.unreadable) == (3, 1)


def test_batches_read_every_order_once_in_as_many_queries(
    past: list[Order],
    draft: Policy,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    Assessment.objects.update(assessed_at=now)  # all at one moment: the id decides
    monkeypatch.setattr(module, "BATCH", 2)
    values, parts = (current_policy(now=now).values, draft.values), list[int]()
    with django_assert_num_queries(3):
        tally = run_backtest(
            base=values[0], tried=values[1], since=now, until=now + timedelta(seconds=1), on_progress=parts.append
        )
    assert (tally.orders, parts) == (4, [2, 2])


def test_a_run_keeps_its_figures_though_the_draft_goes(past: list[Order], draft: Policy, paula: User, now: datetime) -> None:
    row = start_backtest(version=draft.version, days=7, by=paula, now=now + timedelta(seconds=1))
    discard_draft(policy_id=draft.pk)
    carry_out_backtest(backtest_id=row.pk, now=now)
    row.refresh_from_db()
    assert (row.status, row.total, row.done, row.error) == ("done", 4, 4, "")
    assert row.result is not None
    assert row.result["moved"] == {"release good": 1, "release bad": 2, "release open": 1}
    carry_out_backtest(backtest_id=row.pk, now=now)  # the job is tried again: it is done already
    assert Backtest.objects.get().finished_at == row.finished_at


def test_one_run_at_a_time_and_a_silent_one_is_dead(draft: Policy, paula: User, now: datetime) -> None:
    start_backtest(version=draft.version, days=7, by=paula, now=now)
    with pytest.raises(UnableToStartBacktest, match="is being tried"):
        start_backtest(version=draft.version, days=7, by=paula, now=now + timedelta(minutes=9))
    start_backtest(version=draft.version, days=7, by=paula, now=now + timedelta(minutes=11))
    assert Backtest.objects.count() == 2


def test_a_stopped_run_ends_without_figures(past: list[Order], draft: Policy, paula: User, now: datetime) -> None:
    row = start_backtest(version=draft.version, days=7, by=paula, now=now + timedelta(seconds=1))
    assert stop_backtest(backtest_id=row.pk, now=now)
    carry_out_backtest(backtest_id=row.pk, now=now)
    row.refresh_from_db()
    assert (row.status, row.result, row.done) == ("stopped", None, 0)
    assert not stop_backtest(backtest_id=row.pk, now=now)


def test_the_command_writes_every_order_that_changes(
    past: list[Order], draft: Policy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("backtest", "--days", "7", "--csv", str(tmp_path / "changed.csv"))
    said = capsys.readouterr().out
    assert "4 orders in 7 days: 2 ended badly, 1 well, 1 neither; 0 more could not be read." in said
    assert "version 1    calls       4 (100.0%)" in said
    assert "bad caught 0, missed 2" in said
    assert "4 orders change: 0 called anew, 4 no longer." in said
    rows = list(csv.DictReader((tmp_path / "changed.csv").read_text().splitlines()))
    assert {(row["order"], row["before"], row["after"]) for row in rows} == {(o.number, "call", "release") for o in past}


# -- The page ----------------------------------------------------------------------------------------------------------


def _address(name: str, *args: object) -> str:
    return reverse(f"admin:fraud_backtest_{name}", args=args)


def test_the_page_starts_a_run_shows_how_far_it_is_and_what_came_out(
    past: list[Order], draft: Policy, paula: User, client: Client, now: datetime
) -> None:
    client.force_login(paula)
    assert f'<option value="{draft.version}">{draft.version} (draft)' in client.get(_address("changelist")).content.decode()
    answer = client.post(_address("start"), {"version": draft.version, "days": 7})
    row = Backtest.objects.get()
    assert answer["Location"] == _address("change", row.pk) + "?watch=1"
    waiting = client.get(answer["Location"])
    assert waiting["Refresh"] == "5"
    assert "Waiting for the worker" in waiting.content.decode()
    assert "Refresh" not in client.get(_address("change", row.pk))
    carry_out_backtest(backtest_id=row.pk, now=now)
    done = client.get(answer["Location"])
    shown = done.content.decode()
    assert "Refresh" not in done
    assert "4 of 4 orders would change" in shown
    assert "0 would be rung about that were released, 4 would be released that were rung about" in shown
    assert shown.count('class="chart-svg"') == 2  # no rule hits differently
    assert all(order.number in shown for order in past)
    assert "/admin/checkout/order/" not in shown  # she may not look at orders
    assert "style=" not in shown
    file = client.get(_address("csv", row.pk, "bad-orders"))
    assert file["Content-Disposition"] == f'attachment; filename="bad-orders-version-{draft.version}-beside-1.csv"'
    assert file.getvalue().decode().splitlines() == ["Policy,Caught,Missed", "Version 1,2,0", f"Version {draft.version},0,2"]
    assert client.get(_address("csv", row.pk, "nothing")).status_code == 404


def test_a_run_can_be_stopped_and_a_wrong_form_starts_nothing(
    draft: Policy, paula: User, client: Client, now: datetime
) -> None:
    client.force_login(paula)
    said = client.post(_address("start"), {"version": 99, "days": 7}, follow=True).content.decode()
    assert "Choose a version and a time from the lists. Nothing was started." in said
    assert not Backtest.objects.exists()
    row = start_backtest(version=draft.version, days=7, by=paula, now=now)
    assert "Stopped. No figures were kept." in client.post(_address("stop", row.pk), follow=True).content.decode()
    row.refresh_from_db()
    assert row.status == "stopped"
    assert "It was over already." in client.post(_address("stop", row.pk), follow=True).content.decode()


def test_only_those_with_the_right_look_at_runs_or_start_them(
    draft: Policy, paula: User, mona: User, client: Client, now: datetime
) -> None:
    row = start_backtest(version=draft.version, days=7, by=paula, now=now)
    looker = make_staff("Vera Holt", "view_backtest")
    for user, looks in ((mona, 403), (looker, 200)):
        client.force_login(user)
        assert client.get(_address("changelist")).status_code == looks
        assert client.get(_address("change", row.pk)).status_code == looks
        # Whoever may look finds nothing yet: the run has not begun.
        assert client.get(_address("csv", row.pk, "calls")).status_code == (404 if looks == 200 else looks)
        assert client.post(_address("start"), {"version": draft.version, "days": 7}).status_code == 403
        assert client.post(_address("stop", row.pk)).status_code == 403
    assert "Try it" not in client.get(_address("changelist")).content.decode()
    row.refresh_from_db()
    assert (row.status, Backtest.objects.count()) == ("waiting", 1)
