"""The worker's process: one loop for short jobs, one for long ones, and a clock beside them.

Long jobs are done in processes of their own (store/jobs/apart.py); their loop only chooses them, and waits.
Where Redis carries the jobs (store/jobs/carried.py) there are two loops more, and these two look only now and then.
"""

from __future__ import annotations

import os
import secrets
import signal
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any, Final

import structlog
from django.conf import settings
from django.db import Error, close_old_connections, connection
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker as TaskWorker
from django_tasks_db.models import DBTaskResult

from store.jobs.apart import do_apart
from store.jobs.recovery import beat, lease, recover_jobs, take_back
from store.jobs.schedules import enqueue_due
from store.maintenance import is_closed

log = structlog.get_logger(__name__)

# Jobs that may take minutes (a reconciliation, a backup): a loop of their own, so that mails and sweeps need not wait.
SLOW: Final = "slow"
TICK: Final = 5.0  # seconds
# Seconds between two looks into the table for what Redis did not carry, and that a job at hand is given at the end.
NET: Final = 5.0
LAST_JOB: Final = 20.0


class Clock(threading.Thread):
    """Says that the process is alive, enqueues what is due, takes over from the dead. It ends with the process."""

    def __init__(self, name: str, *, every: float = TICK, has_schedules: bool = True) -> None:
        super().__init__(name=f"clock {name}", daemon=True)
        self.worker = name
        self.every = every
        self.has_schedules = has_schedules
        self.stopped = threading.Event()
        self.ticks = 0
        self._beats_since: float | None = None  # without a gap
        self._last_beat = 0.0

    def run(self) -> None:
        """Tick until the process ends."""
        while not self.stopped.wait(self.every):
            self.tick()
        connection.close()

    def tick(self) -> None:
        """Do all that is due now; while the database is away, or the shop closed, nothing."""
        if is_closed():
            self._beats_since = None
            _leave_database()
            show_alive()
            return
        close_old_connections()
        now = timezone.now()
        try:
            self._beat()
            if self.has_schedules:
                enqueue_due(now=now)
            if self._may_judge():
                recover_jobs(now=now)
            show_alive()
        except Exception as error:  # noqa: BLE001  # whatever it is, the next tick must come
            self._beats_since = None
            log.warning("clock_trouble", error=type(error).__name__)
        self.ticks += 1

    def _beat(self) -> None:
        beat(self.worker, now=timezone.now())
        moment = time.monotonic()
        if self._beats_since is None or moment - self._last_beat > lease().total_seconds() / 2:
            self._beats_since = moment
        self._last_beat = moment

    def _may_judge(self) -> bool:
        """Only who was heard all the time may call others silent: while the database is away nobody is heard."""
        return self._beats_since is not None and time.monotonic() - self._beats_since >= lease().total_seconds()


class Loop(TaskWorker):
    """Takes one job after the other; between two it waits for as long as the shop is closed, without a connection."""

    _may_wait = True
    _is_on = True

    @property
    def running(self) -> bool:
        """Whether to go on; asked before each job."""
        while self._is_on and self._may_wait and not self.running_task and is_closed():
            _leave_database()
            time.sleep(1)
        return self._is_on

    @running.setter
    def running(self, value: bool) -> None:
        self._is_on = value

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """End, after the job at hand; a closed shop makes nobody wait."""
        self._may_wait = False
        super().shutdown(signum, frame)


class SlowLoop(Loop):
    """Has each job done in a process of its own."""

    def run_task(self, db_task_result: DBTaskResult[Any, Any]) -> None:
        """Wait for the job; one whose process died goes back into the queue, which counts as a try."""
        self.running_task = True
        try:
            connection.close()  # it may take an hour
            if code := do_apart(self.worker_id, str(db_task_result.id)):
                log.error("job_process_died", job=str(db_task_result.id), code=code)
                take_back(self.worker_id, now=timezone.now())
        finally:
            self.running_task = False


def _leave_database() -> None:
    """Be in nobody's way who brings another database in its place."""
    if not connection.in_atomic_block:
        connection.close()


def show_alive() -> None:
    """Touch `settings.HEARTBEAT_FILE`: the container's health check looks at its age, and costs nothing."""
    if settings.HEARTBEAT_FILE:
        Path(settings.HEARTBEAT_FILE).touch()


def run_scheduler(*, every: float = TICK) -> None:
    """Enqueue what is due until a signal says to end. It claims no job, so it leaves none behind."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    while not stopped.is_set():
        close_old_connections()
        try:
            if is_closed():
                _leave_database()
            else:
                enqueue_due(now=timezone.now())
            show_alive()
        except Error as error:
            log.warning("clock_trouble", error=type(error).__name__)
        stopped.wait(every)


def run_worker(*, has_schedules: bool = True) -> None:
    """Work until a signal says to end; the job at hand is finished first. Without schedules, a scheduler has the clock."""
    name = f"{os.getpid()}-{secrets.token_hex(6)}"
    beat(name, now=timezone.now())  # before the first job is claimed
    Clock(name, every=min(TICK, lease().total_seconds() / 6), has_schedules=has_schedules).start()
    interval = NET if settings.TASKS_BACKEND == "rq" else settings.WORKER_INTERVAL
    short = loop(f"{name}.short", queues=["*"], without=[SLOW], interval=interval)
    slow = loop(f"{name}.{SLOW}", queues=[SLOW], without=[], interval=max(interval, settings.WORKER_INTERVAL * 10))
    threading.Thread(target=_keep_running, args=(slow,), daemon=True).start()
    short.configure_signals()
    if settings.TASKS_BACKEND == "rq":
        _run_carried(name, short)
    else:
        _keep_running(short)


def _run_carried(name: str, short: Loop) -> None:
    """Run two loops more, for what Redis carries; at the end the short job at hand is finished first, as elsewhere."""
    from store.jobs import carried  # noqa: PLC0415  # RQ is loaded only where it is used

    for queue in ("default", SLOW):
        runner = loop(f"{name}.rq-{queue}", queues=[queue], without=[], interval=NET)
        ways: dict[str, Any] = {"queue": queue, "is_short": queue != SLOW, "begin_anew": _begin_anew}
        threading.Thread(target=carried.work, args=(runner,), kwargs=ways, daemon=True).start()
    try:
        _keep_running(short)
    finally:
        carried.finish(seconds=LAST_JOB)


def loop(worker_id: str, *, queues: list[str], without: list[str], interval: float) -> Loop:
    """Return a loop over these queues, or over all (`*`) but some."""
    # Not by way of its command, which would set the log level so that two lines a task bury what matters.
    return (SlowLoop if queues == [SLOW] else Loop)(
        queue_names=queues,
        excluded_queue_names=without,
        interval=interval,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=worker_id,
    )


def _keep_running(worker: Loop) -> None:
    """Run the loop, and again when the database was away."""
    while worker.running:
        try:
            worker.run()
        except Error as error:
            log.warning("worker_without_database", error=type(error).__name__)
            _begin_anew(worker)


def _begin_anew(worker: Loop) -> None:
    """Wait until the database answers again, then put back the job that was at hand."""
    while worker.running:
        time.sleep(1)
        close_old_connections()
        try:
            take_back(worker.worker_id, now=timezone.now())
        except Error:
            continue
        return
