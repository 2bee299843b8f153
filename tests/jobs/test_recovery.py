"""Jobs that fail are tried again later and later, then parked; jobs of the dead are taken over; no job stops another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker as TaskWorker
from django_tasks_db.models import DBTaskResult

from checkout.models import Alert
from checkout.tasks import prune
from store.jobs.models import Job, Worker
from store.jobs.recovery import FIRST_DELAY, MAX_TRIES, beat, lease, prune_jobs, recover_jobs, take_back
from store.models import User
from tests.jobs.tasks import poison, slow_poison, write_line

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def work(name: str = "here.short") -> None:
    """Run all that is ready, as a worker does; its own loop would close the test's connection."""
    worker = TaskWorker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=name,
        excluded_queue_names=[],
    )
    while (row := DBTaskResult.objects.ready().get_locked()) is not None:
        row.claim(name)
        worker.run_task(row)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def job() -> Job:
    return Job.objects.get()


def claimed(by: str, *, since: datetime) -> DBTaskResult[Any, Any]:
    """A job that a worker is at."""
    row = DBTaskResult.objects.get(pk=write_line.enqueue("/nowhere").id)
    row.claim(by)
    DBTaskResult.objects.filter(pk=row.pk).update(started_at=since)
    return row


def test_a_job_that_fails_waits_longer_each_time_and_is_parked_at_last(clock: time_machine.Traveller) -> None:
    poison.enqueue("dana@example.com")
    waits = []
    for tries in range(1, MAX_TRIES):
        work()
        assert (job().status, job().tries) == ("FAILED", tries)
        recover_jobs(now=timezone.now())
        assert job().status == "READY"
        waits.append((job().run_after - timezone.now()) / FIRST_DELAY)
        clock.move_to(job().run_after - timedelta(seconds=1))
        work()
        assert job().tries == tries  # not before its time
        clock.shift(2)
    assert all(0.8 * 2**n <= wait <= 1.2 * 2**n for n, wait in enumerate(waits))
    assert not Alert.objects.exists()

    work()
    assert recover_jobs(now=timezone.now()).parked == 1
    clock.shift(timedelta(days=3))
    assert (recover_jobs(now=timezone.now()).parked, recover_jobs(now=timezone.now()).retried) == (0, 0)
    work()
    assert (job().status, job().tries, job().queue_name) == ("FAILED", MAX_TRIES, "parked")
    alert = Alert.objects.get()
    assert alert.message.startswith("The job tests.jobs.tasks.poison failed 9 times and was given up.")
    assert "dana" not in alert.message
    assert job().traceback.endswith("ValueError: [e-mail]\n")


def test_a_poison_job_does_not_stop_the_others(tmp_path: Path) -> None:
    for _ in range(3):
        poison.enqueue("x")
        write_line.enqueue(str(tmp_path / "lines"))
    work()
    assert (tmp_path / "lines").read_text() == "done\n" * 3


def test_a_job_of_a_dead_worker_is_taken_over_and_one_of_a_living_worker_is_not() -> None:
    beat("living", now=NOW)
    beat("dead", now=NOW - lease() - timedelta(seconds=1))
    long_ago = NOW - timedelta(hours=5)
    busy = claimed("living.short", since=long_ago)
    lost, unknown = claimed("dead.slow", since=long_ago), claimed("never-heard-of.short", since=long_ago)
    fresh = claimed("never-heard-of.short", since=NOW)

    assert recover_jobs(now=NOW).taken_over == 2
    assert recover_jobs(now=NOW).taken_over == 0

    states = dict(DBTaskResult.objects.values_list("pk", "status"))
    assert (states[busy.pk], states[lost.pk], states[unknown.pk], states[fresh.pk]) == (
        "RUNNING",
        "READY",
        "READY",
        "RUNNING",
    )
    assert DBTaskResult.objects.ready().count() == 2  # at once


def test_a_job_that_kills_its_workers_is_parked_in_the_end() -> None:
    row = claimed("dead.short", since=NOW - timedelta(hours=5))
    DBTaskResult.objects.filter(pk=row.pk).update(worker_ids=["dead.short"] * MAX_TRIES)
    recover_jobs(now=NOW)
    recover_jobs(now=NOW)
    assert (job().status, job().queue_name, job().exception_class_path) == (
        "FAILED",
        "parked",
        "store.jobs.recovery.WorkerDied",
    )
    assert Alert.objects.count() == 1


def test_a_worker_that_lost_its_database_puts_its_own_job_back() -> None:
    mine, other = claimed("here.short", since=NOW), claimed("there.short", since=NOW)
    assert take_back("here.short", now=NOW) == 1
    assert list(DBTaskResult.objects.ready().values_list("pk", flat=True)) == [mine.pk]
    assert DBTaskResult.objects.running().get() == other


def park(task: Any, *args: str) -> Job:
    row = DBTaskResult.objects.get(pk=task.enqueue(*args).id)
    row.worker_ids = ["x"] * (MAX_TRIES - 1)
    row.save()
    work()
    recover_jobs(now=timezone.now())
    return Job.objects.get(pk=row.pk)


def retry(client: Client, row: Job) -> int:
    form = {"action": "try_again", "_selected_action": [str(row.pk)]}
    return client.post("/admin/store/job/", form).status_code


def test_staff_see_parked_jobs_and_have_them_tried_again(admin_client: Client) -> None:
    row = park(slow_poison)
    page = admin_client.get("/admin/store/job/?status__exact=FAILED").content.decode()
    assert "tests.jobs.tasks.slow_poison" in page
    assert "ValueError" in page

    assert retry(admin_client, row) == 302

    row.refresh_from_db()
    assert (row.status, row.tries, row.queue_name) == ("READY", 0, "slow")
    work()
    recover_jobs(now=timezone.now())
    row.refresh_from_db()
    assert (row.status, row.tries) == ("READY", 1)


def test_trying_again_wants_its_own_right(client: Client) -> None:
    row = park(poison, "x")
    clerk = User.objects.create_user(email="carl@shop.example", password="a long phrase for carl 7", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_job"))
    client.force_login(clerk)
    assert "try_again" not in client.get("/admin/store/job/").content.decode()
    retry(client, row)
    assert Job.objects.get().status == "FAILED"


def test_finished_jobs_and_silent_workers_are_forgotten_after_a_while() -> None:
    for _ in range(3):
        write_line.enqueue("/dev/null")
    work()
    park(poison, "x")
    beat("gone", now=NOW - timedelta(days=2))
    beat("here", now=NOW)
    assert prune_jobs(now=timezone.now()) == 0
    assert prune_jobs(now=timezone.now() + timedelta(days=1, minutes=1)) == 3
    assert prune_jobs(now=timezone.now() + timedelta(days=61)) == 1
    assert not Worker.objects.filter(name="gone").exists()
    prune.call()
