"""What the ground tells of itself: migrations, keys, jobs, schedules, disks, backups (receiver of `facts_wanted`)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Case, Count, F, Max, Min, Q, When
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from store.jobs.models import Worker
from store.jobs.recovery import PARKED, lease
from store.jobs.runs import last_runs
from store.keycheck import compare, given_fingerprints
from store.models import BackupRun, KeyCheck
from store.watch.facts import Fact, span

# A job that could run and waits for longer: the workers are too few, or gone.
LONGEST_WAIT: Final = 300  # seconds
# Less than this, and uploads, dumps and the database itself are about to fail.
LITTLE_ROOM: Final = 1024**3  # bytes
NO_ROOM: Final = 64 * 1024**2


def tell_of_ground(*, now: datetime, **_: Any) -> list[Fact]:
    """Tell all of it, in eight queries."""
    return [*_database(), *_jobs(now), *_schedules(now), *_disks(), *_backups(now)]


@cache
def _migrations_on_disk() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def _database() -> Iterator[Fact]:
    pending = len(_migrations_on_disk() - set(MigrationRecorder(connection).applied_migrations()))
    yield Fact(
        name="migrations_pending",
        about="Migrations of this version that the database has not seen",
        value=pending,
        group="The shop",
        trouble="Run `manage.py migrate`: this version of the shop expects another schema." if pending else "",
    )
    known = dict(KeyCheck.objects.values_list("name", "fingerprint"))
    wrong = compare(known, given_fingerprints())
    yield Fact(
        name="keys_wrong",
        about="Keys that are missing or wrong",
        value=len(wrong),
        group="The shop",
        trouble=" ".join(wrong),
    )


def _jobs(now: datetime) -> Iterator[Fact]:
    due_since = Case(When(run_after=get_date_max(), then=F("enqueued_at")), default=F("run_after"))
    due = Q(status=TaskResultStatus.READY) & (Q(run_after=get_date_max()) | Q(run_after__lte=now))
    found = DBTaskResult.objects.filter(Q(status=TaskResultStatus.READY) | Q(queue_name=PARKED)).aggregate(
        waiting=Count("pk", filter=due),
        oldest=Min(due_since, filter=due),
        parked=Count("pk", filter=Q(status=TaskResultStatus.FAILED, queue_name=PARKED)),
    )
    age = max(0.0, (now - found["oldest"]).total_seconds()) if found["oldest"] else 0.0
    workers = Worker.objects.filter(beat_at__gt=now - lease()).count()
    yield Fact(
        name="workers",
        about="Workers that are alive",
        value=workers,
        group="Jobs",
        trouble="" if workers else "No worker is running: mails wait, and nothing is swept. Start `manage.py run_worker`.",
    )
    yield Fact(name="jobs_waiting", about="Jobs that could run now", value=found["waiting"], group="Jobs")
    yield Fact(
        name="job_oldest_seconds",
        about="How long the oldest of them has waited",
        value=age,
        group="Jobs",
        trouble=f"A job has waited for {span(age)}. See whether the workers run; start more." if age > LONGEST_WAIT else "",
    )
    yield Fact(
        name="jobs_given_up",
        about="Jobs that failed again and again and were given up",
        value=found["parked"],
        group="Jobs",
        trouble="See Jobs in the admin: mend the cause, then have them tried again." if found["parked"] else "",
    )


def _schedules(now: datetime) -> Iterator[Fact]:
    for run in last_runs(now=now):
        trouble = ""
        if run.is_late:
            trouble = "It is late. See whether worker and scheduler run."
        elif not run.is_good:
            trouble = run.report or "Its last run failed: see Jobs in the admin."
        yield Fact(
            name="schedule_last_run_seconds",
            about=f"{run.name.capitalize()}, last run",
            value=max(0.0, (now - run.ran_at).total_seconds()) if run.ran_at else None,
            group="By the clock",
            labels={"schedule": run.name},
            trouble=trouble,
        )


def _disks() -> Iterator[Fact]:
    media = Path(settings.MEDIA_ROOT)
    for what, folder in (("media", media if media.is_dir() else settings.VAR_DIR), ("backups", settings.BACKUP_DIR)):
        if not Path(folder).is_dir():
            continue  # a container without it has no part in it
        free = shutil.disk_usage(folder).free
        yield Fact(
            name="disk_free_bytes",
            about=f"Free on the disk of {what}",
            value=free,
            group="The shop",
            labels={"disk": what},
            trouble=f"Only {free // 1024**2:,} MB are free where {what} are kept. Make room." if free < LITTLE_ROOM else "",
        )


def _backups(now: datetime) -> Iterator[Fact]:
    rows = BackupRun.objects.filter(is_good=True).values_list("kind").annotate(Max("at")).order_by()
    ended: dict[str, datetime] = dict(rows)
    for kind, name, about, allowed, do in (
        (
            BackupRun.Kind.BACKUP,
            "backup_age_seconds",
            "Last good backup",
            timedelta(minutes=2 * settings.BACKUP_EVERY),
            "See `manage.py backup --check` and what the worker logs.",
        ),
        (
            BackupRun.Kind.DRILL,
            "drill_age_seconds",
            "Last good restore drill",
            timedelta(days=settings.DRILL_EVERY + 1),
            "Run `manage.py restore_drill`.",
        ),
    ):
        at = ended.get(kind)
        age = (now - at).total_seconds() if at else None
        trouble = f"It was {span(age)} ago. {do}" if age is not None and age > allowed.total_seconds() else ""
        yield Fact(
            name=name, about=about, value=age, group="Backups", trouble=trouble if at else f"There was none yet. {do}"
        )
