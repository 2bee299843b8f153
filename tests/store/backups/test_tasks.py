"""By the clock: backups are made, drills are held when they are due, and trouble reaches the staff."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.module_loading import import_string
from pytest_django import Settings

from checkout.models import Alert
from store.backups.runs import record_run
from store.backups.shelf import Backup, all_backups
from store.backups.tasks import back_up, drill
from store.jobs.models import Schedule
from store.models import BackupRun

pytestmark = pytest.mark.django_db


def schedule(name: str) -> tuple[bool, str]:
    row = Schedule.objects.get(name=name)
    return row.is_good, row.report


def test_both_are_in_the_schedule_and_in_the_queue_of_slow_jobs(settings: Settings) -> None:
    entries = {name: entry for name, entry in settings.SCHEDULES.items() if name in {"backup", "restore drill"}}
    assert entries["backup"]["every"] == 15 * 60
    assert [import_string(entry["task"]).queue_name for entry in entries.values()] == ["slow", "slow"]


def test_a_backup_that_fails_is_told_to_the_staff_once_a_day(settings: Settings) -> None:
    settings.BACKUP_KEY = ""
    back_up.call()
    back_up.call()

    good, report = schedule("backup")
    assert (good, "BACKUP_KEY is not set" in report) == (False, True)
    (alert,) = Alert.objects.all()
    assert alert.message.startswith("BACKUP_KEY is not set")
    assert all_backups() == []


def test_a_drill_is_held_when_it_is_due_and_there_is_something_to_drill(backup: Backup, settings: Settings) -> None:
    record_run(BackupRun.Kind.DRILL, now=timezone.now() - timedelta(days=6), seconds=1, is_good=True, message="")
    drill.call()
    assert schedule("restore drill") == (True, "Not due.")

    (backup.folder / "database.age").unlink()
    BackupRun.objects.all().delete()
    drill.call()
    good, report = schedule("restore drill")
    assert (good, "database.age is missing" in report) == (False, True)
    assert "database.age is missing" in Alert.objects.get().message
