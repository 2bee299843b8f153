"""Two real worker processes: what is due is done once, and what a killed one had in hand is done by the other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult

from store.jobs.models import Schedule, Worker
from tests.jobs.tasks import die_once, hang_once, poison, write_line
from tests.jobs.test_schedules import until
from tests.processes import run_manage
from tests.sandbox.process import PROJECT

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
SWEEP = "checkout.tasks.sweep"


def url_of_database() -> str:
    """Where the tests' database is, for a process of its own."""
    database = connection.settings_dict
    if connection.vendor != "postgresql":
        return f"sqlite:///{database['NAME']}"
    password = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
    return f"postgres://{database['USER']}{password}@{database['HOST']}:{database['PORT']}/{database['NAME']}"


@contextmanager
def running_worker(log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker on this test's database; killed at the end. Its lease is short, so that the test is."""
    env = {**os.environ, "DATABASE_URL": url_of_database()}
    env |= {"WORKER_LEASE": "2", "WORKER_INTERVAL": "0.05", "SWEEP_SECONDS": "1"}
    with log.open("ab") as output:
        command = [sys.executable, "manage.py", "run_worker"]
        process = subprocess.Popen(command, cwd=PROJECT, env=env, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_what_a_worker_seldom_needs_is_not_in_its_memory() -> None:
    words = "import sys, config.urls, store.jobs.worker; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = run_manage({**os.environ, "DATABASE_URL": url_of_database()}, "shell", "-v0", "-c", words)
    loaded = set(done.stdout.split())
    assert {"fraud", "checkout", "config"} <= loaded, done.stderr[-2000:]
    # 20 MB of PDFs, 10 of a client for buckets, 6 of a queue: each where it is used, by an import inside the function.
    assert not {"fpdf", "fontTools", "boto3", "storages", "rq", "django_rq", "django_tasks_rq"} & loaded


def test_two_workers_do_each_thing_once_and_a_killed_one_loses_nothing(tmp_path: Path) -> None:
    mark, lines, log, pids = tmp_path / "mark", tmp_path / "lines", tmp_path / "log", tmp_path / "pids"
    dying = die_once.enqueue(str(pids))
    hanging = hang_once.enqueue(str(mark))
    for _ in range(20):
        write_line.enqueue(str(lines))
        poison.enqueue("x")
    with running_worker(log) as first, running_worker(log) as second:
        until(lambda: Worker.objects.count() == 2 and mark.exists(), seconds=40)
        at_it = int(DBTaskResult.objects.get(pk=hanging.id).worker_ids[0].partition("-")[0])
        until(lambda: lines.exists() and lines.read_text().count("done") == 20, seconds=20)

        os.kill(at_it, signal.SIGKILL)
        assert {first.pid, second.pid} > {at_it}
        until(lambda: DBTaskResult.objects.get(pk=hanging.id).status == "SUCCESSFUL", seconds=40)
        until(lambda: DBTaskResult.objects.get(pk=dying.id).status == "SUCCESSFUL", seconds=60)

    # Each try of a slow job has a process of its own: it dies of the job, and no worker does.
    tried_in = {int(pid) for pid in pids.read_text().split()}
    assert len(tried_in) >= 2
    assert not tried_in & {first.pid, second.pid}

    tries = [int(name.partition("-")[0]) for name in DBTaskResult.objects.get(pk=hanging.id).worker_ids]
    assert tries == [at_it, ({first.pid, second.pid} - {at_it}).pop()]
    assert lines.read_text() == "done\n" * 20
    sweeps = DBTaskResult.objects.filter(task_path=SWEEP).order_by("enqueued_at").values_list("enqueued_at", flat=True)
    assert min((later - one).total_seconds() for one, later in pairwise(sweeps)) > 0.7  # one a second, not two
    assert Schedule.objects.get(name="sweep").report.startswith("Looked at 0 events")
