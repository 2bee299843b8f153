"""Jobs that Redis carries to the workers, by django-tasks-rq (`TASKS_BACKEND=rq`). What is true stands in the database.

A queue in Redis can't commit together with an order. So a job stays a row, written with its cause, and what Redis carries is
only the row's id, sent after commit. Whoever gets it claims the row as every worker does: carried twice, it is done once.
What Redis loses, or never got because it was away, the workers find by looking into the table now and then; so are jobs that
wait for their time, and those that are tried again. Retries, take-overs, the Jobs page and the figures know no difference.

This module is imported only where the setting asks for it.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

import django_rq
import structlog
from django.core.checks import CheckMessage
from django.db import Error, close_old_connections, transaction
from django.tasks import task
from django_tasks_db.backend import DatabaseBackend
from django_tasks_db.management.commands.db_worker import Worker as TaskWorker
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import exclusive_transaction
from django_tasks_rq import Job, RQBackend
from redis.exceptions import RedisError
from rq.timeouts import BaseDeathPenalty
from rq.worker import SimpleWorker

from store.jobs.recovery import PARKED
from store.maintenance import is_closed

log = structlog.get_logger(__name__)

# The other backend of settings.TASKS: the one that carries.
REDIS: Final = "redis"
# Seconds; who didn't answer isn't asked again at once. The rows wait, and are found.
_PAUSE: Final = 5.0
_away_until = 0.0
# Whom a thread of this process works for, and whether it may begin another job.
_here = threading.local()
_stopping = threading.Event()
_at_work: Final = threading.Lock()  # held by the loop for short jobs while it has one in hand


class CarriedBackend(DatabaseBackend):
    """The queue in the database; what can begin at once is announced through Redis."""

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> Any:
        """Write the row in the transaction at hand, and have it carried once that commits."""
        result: Any = super().enqueue(task, args, kwargs)
        if task.run_after is None:
            transaction.on_commit(partial(send, str(result.id), queue=task.queue_name))
        return result


class CarryingBackend(RQBackend):
    """django-tasks-rq without django-rq's pages: they would show jobs to staff who have no right to them."""

    def check(self, **kwargs: Any) -> Iterable[CheckMessage]:
        """All but that django_rq must be among INSTALLED_APPS."""
        return [message for message in super().check(**kwargs) if "app not installed" not in message.msg]


def send(job_id: str, *, queue: str) -> bool:
    """Have Redis carry a job's id; False if it is away. That loses nothing: the job is in the table, and found there."""
    global _away_until  # noqa: PLW0603  # of the process, as the cache has it
    if time.monotonic() < _away_until:
        return False
    try:
        carry.using(backend=REDIS, queue_name=queue).enqueue(job_id)
    except RedisError as error:
        _away_until = time.monotonic() + _PAUSE
        log.warning("queue_away", error=type(error).__name__)
        return False
    return True


@task()
def carry(job_id: str) -> None:
    """Do the job whose id came, unless somebody has it or had it. What fails is noted on its row, not in Redis."""
    runner: TaskWorker = _here.runner
    is_short = _here.is_short
    if is_short:
        _at_work.acquire()
    try:
        close_old_connections()
        # While the shop is closed the job stays where it is, and is found there later.
        if not _stopping.is_set() and not is_closed() and (row := _claim(job_id, runner.worker_id)):
            runner.run_task(row)
    except Error as error:
        log.warning("worker_without_database", error=type(error).__name__)
        _here.begin_anew(runner)
    finally:
        close_old_connections()
        if is_short:
            _at_work.release()


def work(runner: TaskWorker, *, queue: str, is_short: bool, begin_anew: Callable[[TaskWorker], None]) -> None:
    """Take what Redis carries in `queue` until the process ends; while Redis is away, look for it again and again.

    When the database was away, `begin_anew` waits for it and puts the job back that was at hand.
    """
    _here.runner, _here.is_short, _here.begin_anew = runner, is_short, begin_anew
    while not _stopping.is_set():
        try:
            name = f"{runner.worker_id}.{secrets.token_hex(4)}"  # a name that was used may not be used again
            ways: dict[str, Any] = {
                "job_class": Job,
                "worker_class": _Worker,
                "serializer": django_rq.get_queue(queue).serializer,
            }
            django_rq.get_worker(queue, name=name, **ways).work(logging_level="WARNING")
        except (RedisError, ValueError) as error:
            log.warning("queue_away", error=type(error).__name__)
        _stopping.wait(1)


def finish(*, seconds: float) -> None:
    """Begin no further job, and wait for the short one at hand."""
    _stopping.set()
    _at_work.acquire(timeout=seconds)


def _claim(job_id: str, worker_id: str) -> DBTaskResult[Any, Any] | None:
    with exclusive_transaction():
        row = DBTaskResult.objects.ready().filter(pk=job_id).exclude(queue_name=PARKED).get_locked()
        if row is not None:
            row.claim(worker_id)
    return row


class _NoDeathPenalty(BaseDeathPenalty):
    """Jobs have no deadline here: a worker that hangs is told from its silence (store/jobs/recovery.py)."""

    def setup_death_penalty(self) -> None:
        """Set no alarm: signals are for the main thread only."""

    def cancel_death_penalty(self) -> None:
        """Nothing was set."""


class _Worker(SimpleWorker):
    """RQ's worker in a thread."""

    death_penalty_class = _NoDeathPenalty

    def _install_signal_handlers(self) -> None:
        """The main thread has them."""
