"""The clock: each schedule runs once when it is due, however many workers there are, and outlives the database."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from store.jobs.models import Schedule, Worker
from store.jobs.schedules import Plan, enqueue_due, record_run
from store.jobs.worker import Clock
from tests.checkout.together import together

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TASK = "checkout.tasks.sweep"


def enqueued() -> int:
    return DBTaskResult.objects.count()


@pytest.fixture(autouse=True)
def plans(settings: Settings) -> None:
    settings.SHOP_TIME_ZONE = "America/New_York"
    settings.SCHEDULES = {"often": {"task": TASK, "every": 60}, "nightly": {"task": "checkout.tasks.prune", "at": "03:10"}}


def run_all() -> None:
    DBTaskResult.objects.update(status="SUCCESSFUL")


@pytest.mark.django_db
def test_what_runs_every_minute_begins_at_once_and_what_runs_at_night_waits_for_the_night() -> None:
    assert enqueue_due(now=NOW) == ["often"]
    run_all()
    assert enqueue_due(now=NOW + timedelta(seconds=59)) == []
    assert enqueue_due(now=NOW + timedelta(seconds=60)) == ["often"]
    assert Schedule.objects.get(name="nightly").due_at == datetime(2026, 11, 23, 8, 10, tzinfo=UTC)
    run_all()
    night = datetime(2026, 11, 23, 8, 10, 1, tzinfo=UTC)
    assert enqueue_due(now=night) == ["often", "nightly"]
    run_all()
    assert enqueue_due(now=night + timedelta(seconds=1)) == []


@pytest.mark.django_db
def test_a_night_that_was_missed_is_made_up_for_once() -> None:
    enqueue_due(now=NOW)
    run_all()
    later = NOW + timedelta(days=4)
    assert "nightly" in enqueue_due(now=later)
    run_all()
    assert "nightly" not in enqueue_due(now=later + timedelta(hours=1))


def test_a_night_with_a_change_of_clocks_has_one_run() -> None:
    plan = Plan(name="nightly", task=TASK, at="02:30")  # does not exist on 8 March 2026 in New York, is twice on 1 November
    for day in (datetime(2026, 3, 7, 12, tzinfo=UTC), datetime(2026, 10, 31, 12, tzinfo=UTC)):
        first = plan.next_after(day)
        second = plan.next_after(first + timedelta(minutes=1))
        assert timedelta(hours=22) < second - first < timedelta(hours=26)


@pytest.mark.django_db
def test_one_that_has_not_begun_yet_is_not_enqueued_again() -> None:
    enqueue_due(now=NOW)
    assert enqueue_due(now=NOW + timedelta(minutes=5)) == []
    run_all()
    assert enqueue_due(now=NOW + timedelta(minutes=6)) == ["often"]


@pytest.mark.django_db
def test_a_shorter_time_in_the_settings_counts_from_the_next_look(settings: Settings) -> None:
    enqueue_due(now=NOW)
    settings.SCHEDULES = {"nightly": {"task": TASK, "every": 600}}
    enqueue_due(now=NOW)
    assert Schedule.objects.get(name="nightly").due_at == NOW + timedelta(minutes=10)


@pytest.mark.django_db
def test_the_admin_shows_when_each_ran_last_and_what_is_late(admin_client: Client) -> None:
    enqueue_due(now=timezone.now())
    record_run("often", report="Looked at 3 payments.", now=timezone.now() - timedelta(minutes=2))
    record_run("nightly", report="Deleted nothing.", now=timezone.now() - timedelta(days=3), is_good=False)

    page = " ".join(admin_client.get("/admin/").content.decode().split())

    assert "2 minutes ago" in page
    assert "Looked at 3 payments." in page
    assert "3 days ago" in page
    assert page.count("<strong>late</strong>") == page.count("<strong>not finished</strong>") == 1
    assert "No worker is running" in page
    Worker.objects.create(name="w", started_at=timezone.now(), beat_at=timezone.now())
    assert "No worker is running" not in admin_client.get("/admin/").content.decode()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("races")
def test_many_schedulers_at_once_enqueue_each_once() -> None:
    for minute in range(6):
        ends = together(*[lambda m=minute: enqueue_due(now=NOW + timedelta(minutes=m))] * 8)
        assert sorted(ends) == [[]] * 7 + [["often"]]
        assert enqueued() == minute + 1
        run_all()


@pytest.fixture
def database_away() -> Iterator[dict[str, Any]]:
    """Nobody answers to new connections while `gone` is set."""
    true = {name: connection.settings_dict[name] for name in ("NAME", "PORT")}
    yield {"gone": {"NAME": "/nowhere/at/all.sqlite3", "PORT": "1"}, "back": true}
    connection.settings_dict.update(true)


@pytest.mark.django_db(transaction=True)
def test_the_clock_goes_on_while_the_database_is_away(database_away: dict[str, Any], settings: Settings) -> None:
    settings.WORKER_LEASE = 1
    connection.ensure_connection()  # a transactional test before this one closed it
    connection.settings_dict.update(database_away["gone"])
    clock = Clock("here", every=0.02)
    clock.start()
    try:
        until(lambda: clock.ticks > 5)
        assert clock.is_alive()
        assert Worker.objects.count() == enqueued() == 0  # this thread has its connection from before
        connection.settings_dict.update(database_away["back"])

        until(lambda: enqueued() == 1)
        assert Worker.objects.get().name == "here"
    finally:
        clock.stopped.set()
        clock.join(5)


def until(is_so: Any, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_told_so_leaves_the_clock_to_the_scheduler(settings: Settings, tmp_path: Path) -> None:
    settings.HEARTBEAT_FILE = str(tmp_path / "alive")
    Clock("idle", has_schedules=False).tick()
    assert enqueued() == 0
    assert Worker.objects.get().name == "idle"
    assert (tmp_path / "alive").exists()
    Clock("busy").tick()
    assert enqueued() == 1
