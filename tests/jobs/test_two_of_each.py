"""Two webs, two workers, one PostgreSQL, one Redis, which carries the jobs: together they are one shop."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
import requests
from django.core.cache import caches
from django.test import override_settings
from django_tasks_db.models import DBTaskResult

from store.jobs.models import Schedule, Worker
from store.models import User
from tests.factories.catalog import VariantFactory
from tests.jobs.tasks import write_line
from tests.jobs.test_processes import SWEEP, url_of_database
from tests.jobs.test_schedules import until
from tests.processes import running

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
PASSWORD = "a long phrase for vera 7"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_redis(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A Redis of this test's own, which keeps nothing."""
    program = shutil.which("redis-server")
    assert program, "redis-server is not installed; the tests need it (Debian: apt-get install redis-server)"
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        until(lambda: is_open(port), seconds=20)
        yield f"redis://127.0.0.1:{port}/0", process
    finally:
        process.kill()
        process.wait()


@contextmanager
def carried_by(url: str) -> Iterator[Callable[..., bool]]:
    """Make this process one that has its jobs carried; give what sends an id once more."""
    backends = {
        "default": {"BACKEND": "store.jobs.carried.CarriedBackend", "QUEUES": ["default", "slow", "parked"]},
        "redis": {"BACKEND": "store.jobs.carried.CarryingBackend", "QUEUES": ["default", "slow"]},
    }
    queue = {"URL": url, "DEFAULT_TIMEOUT": -1, "SERIALIZER": "rq.serializers.JSONSerializer"}
    with override_settings(TASKS=backends, RQ_QUEUES={"default": queue, "slow": queue}):
        from store.jobs.carried import send

        yield send


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def log_in(browser: requests.Session, shop: str, email: str, password: str) -> requests.Response:
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get(f"{shop}/account/log-in/").text)
    assert token
    form = {"username": email, "password": password, "csrfmiddlewaretoken": token[1]}
    return browser.post(f"{shop}/account/log-in/", form, timeout=30)


def test_two_webs_and_two_workers_on_one_database_and_one_redis_are_one_shop(tmp_path: Path) -> None:
    User.objects.create_user("vera@example.com", PASSWORD, name="Vera")
    shelf = VariantFactory.create().product.category
    lines, log = tmp_path / "lines", tmp_path / "log"
    with ExitStack() as stack:
        redis_url, redis = stack.enter_context(running_redis(tmp_path))
        settings = {"TASKS_BACKEND": "rq", "CACHE_URL": redis_url, "WORKER_LEASE": "2", "SWEEP_SECONDS": "1"}
        env = {**os.environ, "DATABASE_URL": url_of_database(), **settings}
        ports = free_port(), free_port()
        for port in ports:
            words = "gunicorn", "--no-control-socket", "--threads", "2", "--bind", f"127.0.0.1:{port}", "config.wsgi"
            stack.enter_context(running(env, *words, log=log))
        pids = {stack.enter_context(running(env, "run_worker", log=log)).pid for _ in range(2)}
        until(lambda: all(map(is_open, ports)) and Worker.objects.count() == 2, seconds=60)
        one, other = (f"http://127.0.0.1:{port}" for port in ports)

        # Who logs in at one is known at the other.
        vera = requests.Session()
        log_in(vera, one, "vera@example.com", PASSWORD)
        account = vera.get(f"{other}/account/", timeout=30)
        assert (account.url, account.status_code) == (f"{other}/account/", 200)

        # Tries are counted together: three here and two there, and the next must wait at both.
        thief = requests.Session()
        for shop in (one, other, one, other, one):
            assert log_in(thief, shop, "mallory@example.com", "guess").status_code == 422
        assert [log_in(thief, shop, "mallory@example.com", "guess").status_code for shop in (one, other)] == [429, 429]

        # A category that is renamed has its new name at both at once: they share what they remember.
        assert all(shelf.name in requests.get(shop, timeout=30).text for shop in (one, other))
        type(shelf).objects.filter(pk=shelf.pk).update(name="Renamed meanwhile")
        shared = {
            "default": {"BACKEND": "store.cache.ForgivingRedisCache", "LOCATION": redis_url, "KEY_PREFIX": "ringback-0.1.0"}
        }
        with override_settings(CACHES=shared):
            caches["default"].delete("catalog:tree-stamp")
        assert all("Renamed meanwhile" in requests.get(shop, timeout=30).text for shop in (one, other))

        # Each job is done once, though Redis carries each twice. The last five it doesn't carry at all: they are found.
        with carried_by(redis_url) as send:
            jobs = [write_line.enqueue(str(lines)).id for _ in range(25)]
            assert all(send(job, queue="default") for job in jobs)
        jobs += [write_line.enqueue(str(lines)).id for _ in range(5)]
        until(lambda: lines.exists() and lines.read_text().count("done") >= 30, seconds=40)

        # Redis is gone: nothing is lost, all goes on.
        redis.kill()
        redis.wait()
        jobs += [write_line.enqueue(str(lines)).id for _ in range(5)]
        assert requests.get(other, timeout=30).status_code == 200
        until(lambda: DBTaskResult.objects.filter(pk__in=jobs, status="SUCCESSFUL").count() == 35, seconds=40)

    assert lines.read_text() == "done\n" * 35
    tries = DBTaskResult.objects.filter(pk__in=jobs).values_list("worker_ids", flat=True)
    assert {len(workers) for workers in tries} == {1}
    swept = DBTaskResult.objects.filter(task_path=SWEEP).order_by("enqueued_at")
    assert min((b.enqueued_at - a.enqueued_at).total_seconds() for a, b in pairwise(swept)) > 0.9  # two clocks, one beat
    assert {name.partition("-")[0] for (name,) in tries} <= {str(pid) for pid in pids}
    assert {name.partition(".")[2] for (name,) in tries} == {"rq-default", "short"}
    assert Schedule.objects.get(name="sweep").report.startswith("Looked at 0 events")
