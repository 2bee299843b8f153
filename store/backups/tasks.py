"""What the worker does about backups (`settings.SCHEDULES`). In the queue of slow jobs: mails and sweeps need not wait."""

from __future__ import annotations

from datetime import datetime

from django.tasks import task
from django.utils import timezone


@task(queue_name="slow")
def back_up() -> None:
    """Back the shop up, and tell what is wrong with the backups. What failed is not tried again before its next time."""
    from store.backups.make import UnableToBackUp, run_backup  # noqa: PLC0415 - models must be loaded first
    from store.backups.shelf import AnotherRunIsOn  # noqa: PLC0415 - same
    from store.jobs.schedules import record_run  # noqa: PLC0415 - same

    now = timezone.now()
    try:
        made = run_backup(now)
    except AnotherRunIsOn:
        return  # somebody makes one by hand
    except UnableToBackUp as error:
        record_run("backup", report=str(error), now=now, is_good=False)
    else:
        report = f"{made.backup.name}: {made.backup.manifest.total_rows} rows in {made.seconds:.1f} s."
        record_run("backup", report=report, now=now)
    _tell(now)


@task(queue_name="slow")
def drill() -> None:
    """Restore the newest backup to a scratch database, if the last time is long enough ago."""
    from store.backups.drill import UnableToDrill, run_drill  # noqa: PLC0415 - models must be loaded first
    from store.backups.health import is_drill_due  # noqa: PLC0415 - same
    from store.backups.shelf import AnotherRunIsOn, newest  # noqa: PLC0415 - same
    from store.jobs.schedules import record_run  # noqa: PLC0415 - same

    now = timezone.now()
    if newest() is None or not is_drill_due(now):
        record_run("restore drill", report="Not due.", now=now)
        return
    try:
        drilled = run_drill(now)
    except AnotherRunIsOn:
        return  # tomorrow
    except UnableToDrill as error:
        record_run("restore drill", report=str(error), now=now, is_good=False)
    else:
        record_run("restore drill", report=f"{drilled.backup.name} was back in {drilled.seconds:.1f} s.", now=now)
    _tell(now)


def _tell(now: datetime) -> None:
    from store.backups.health import backup_problems  # noqa: PLC0415 - models must be loaded first
    from store.signals import backups_troubled  # noqa: PLC0415 - same

    if problems := backup_problems(now):
        backups_troubled.send(sender=None, problems=problems, now=now)
