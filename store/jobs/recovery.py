"""Jobs that did not end well: tried again later and later, then left to a person; jobs of a dead worker are taken over.

django-tasks-db marks a failed task and forgets it, and leaves the task of a killed worker running for ever. Both are put
back into the queue here, on the same row: `worker_ids` counts the tries, as Django's own `attempts` does. All of it is told
from the rows alone, so a crash at any point leaves nothing behind that the next look would miss.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.tasks import TaskResultStatus
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult, get_date_max

from store.jobs.models import Worker
from store.logs import mask
from store.signals import job_parked

# 30 s, doubled each time: given up after about two hours. What must be tried for longer (mails) keeps its own row.
MAX_TRIES: Final = 9
FIRST_DELAY: Final = timedelta(seconds=30)
# Where jobs lie that were given up: a queue that no worker reads.
PARKED: Final = "parked"
# How long finished jobs are kept.
KEEP_DONE: Final = timedelta(days=1)
KEEP_FAILED: Final = timedelta(days=60)
DEAD: Final = "store.jobs.recovery.WorkerDied"


def lease() -> timedelta:
    """How long a worker may be silent before its jobs are given to others."""
    return timedelta(seconds=settings.WORKER_LEASE)


def process_of(worker_id: str) -> str:
    """The process that a worker belongs to: `a1b2.short` is one of `a1b2`."""
    return worker_id.partition(".")[0]


@dataclass(slots=True)
class Recovered:
    """How many jobs were put back, taken from the dead, and given up."""

    retried: int = 0
    taken_over: int = 0
    parked: int = 0


def beat(name: str, *, now: datetime) -> None:
    """Say that this process is alive."""
    Worker.objects.update_or_create(
        name=name, defaults={"beat_at": now}, create_defaults={"beat_at": now, "started_at": now}
    )


def recover_jobs(*, now: datetime) -> Recovered:
    """Put back what failed or lost its worker. Safe to call from any number of processes at once."""
    result = Recovered()
    alive = set(Worker.objects.filter(beat_at__gt=now - lease()).values_list("name", flat=True))
    for job in DBTaskResult.objects.running().filter(started_at__lte=now - lease()):
        if process_of(job.worker_ids[-1]) not in alive:
            result.taken_over += _put_back(job, now=now)
    for job in DBTaskResult.objects.failed().exclude(queue_name=PARKED):
        if len(job.worker_ids) < MAX_TRIES:
            result.retried += _put_back(job, now=now)
        else:
            result.parked += _park(job, now=now)
    return result


def take_back(worker_id: str, *, now: datetime) -> int:
    """Put back what this worker has left running; it lost its database in the middle and begins anew."""
    running = DBTaskResult.objects.running()
    return sum(_put_back(job, now=now) for job in running if job.worker_ids[-1] == worker_id)


def retry_now(job: DBTaskResult[Any, Any]) -> bool:
    """Try a given-up job again from the start; False when it is in the queue already."""
    if job.status != TaskResultStatus.FAILED:
        return False
    queue = import_string(job.task_path).queue_name
    return _move(job, to=TaskResultStatus.READY, worker_ids=[], queue_name=queue, run_after=get_date_max(), finished_at=None)


def prune_jobs(*, now: datetime) -> int:
    """Delete jobs that are done, and failed ones that nobody has cared about for long."""
    done = DBTaskResult.objects.successful().filter(finished_at__lt=now - KEEP_DONE)
    failed = DBTaskResult.objects.failed().filter(finished_at__lt=now - KEEP_FAILED)
    Worker.objects.filter(beat_at__lt=now - KEEP_DONE).delete()
    return int(done.delete()[0] + failed.delete()[0])


def _put_back(job: DBTaskResult[Any, Any], *, now: datetime) -> bool:
    """Queue the job again: at once if its worker died, later and later if it failed. Too many tries end it."""
    tries = len(job.worker_ids)
    if job.status == TaskResultStatus.FAILED:
        delay = FIRST_DELAY * 2 ** (tries - 1) * random.uniform(0.8, 1.2)  # noqa: S311  # spreads load, hides nothing
        return _move(job, to=TaskResultStatus.READY, run_after=now + delay, finished_at=None)
    if tries < MAX_TRIES:
        return _move(job, to=TaskResultStatus.READY, run_after=get_date_max(), finished_at=None)
    # It has cost so many workers their lives: no more.
    return _move(job, to=TaskResultStatus.FAILED, finished_at=now, exception_class_path=DEAD)


def _park(job: DBTaskResult[Any, Any], *, now: datetime) -> bool:
    """Give the job up and tell whoever listens, both or neither."""
    with transaction.atomic():
        if not _move(job, to=TaskResultStatus.FAILED, queue_name=PARKED):
            return False
        job_parked.send(sender=None, task=job.task_path, tries=len(job.worker_ids), now=now)
    return True


def _move(job: DBTaskResult[Any, Any], *, to: TaskResultStatus, **values: object) -> bool:
    """Change the job unless somebody else was quicker."""
    same = DBTaskResult.objects.filter(pk=job.pk, status=job.status, started_at=job.started_at)
    return same.update(status=to, **values) == 1


def mask_trouble(*, instance: DBTaskResult[Any, Any], **_: Any) -> None:
    """Mask what a failed job says of its error, as a log line's is (receiver of `pre_save`): a library may quote a value."""
    instance.traceback = mask(instance.traceback)
