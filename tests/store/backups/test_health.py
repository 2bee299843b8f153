"""Absence is the alarm: too old, empty, shrunk, broken, never tried."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from store.backups.health import backup_problems, is_drill_due, is_due
from store.backups.runs import record_run
from store.models import BackupRun
from tests.store.backups.conftest import NOW
from tests.store.backups.manifests import make_manifest

pytestmark = pytest.mark.django_db
DRILL, BACKUP = BackupRun.Kind.DRILL, BackupRun.Kind.BACKUP
ROWS = {"checkout_order": 100, "store_user": 30, "django_session": 400, "auth_permission": 150}


@pytest.fixture
def shelf(settings: Settings) -> Path:
    """Two good backups, a quarter of an hour apart, and a drill."""
    folder: Path = settings.BACKUP_DIR
    make_manifest(folder / "20261122T114500Z", rows=ROWS)
    make_manifest(folder / "20261122T120000Z", rows=ROWS)
    record_run(DRILL, now=NOW, seconds=4, is_good=True, message="", backup="20261122T114500Z")
    return folder


def test_good_ones_are_in_order(shelf: Path) -> None:
    assert backup_problems(NOW + timedelta(minutes=30)) == []


def test_one_that_is_late_is_missed(shelf: Path) -> None:
    (problem,) = backup_problems(NOW + timedelta(minutes=31))
    assert problem.startswith("The newest backup is 31 minutes old; one is due every 15 minutes.")


def test_none_at_all_is_missed(settings: Settings) -> None:
    (problem,) = backup_problems(NOW)
    assert "There is no backup in" in problem
    settings.BACKUP_KEY = ""
    (problem,) = backup_problems(NOW)
    assert "BACKUP_KEY is not set" in problem


def test_an_empty_one_is_told(shelf: Path) -> None:
    make_manifest(shelf / "20261122T121500Z", rows={"checkout_order": 0, "store_user": 0, "auth_permission": 150})
    assert any(problem.startswith("The newest backup is empty") for problem in backup_problems(NOW + timedelta(minutes=20)))


def test_one_that_shrank_is_told_but_sessions_come_and_go(shelf: Path) -> None:
    make_manifest(shelf / "20261122T121500Z", rows={**ROWS, "checkout_order": 49, "django_session": 0})
    assert backup_problems(NOW + timedelta(minutes=20)) == [
        "The newest backup has 49 rows in checkout_order, the one before had 100. Find out who deleted them."
    ]


def test_one_whose_manifest_is_lost_is_told(shelf: Path) -> None:
    (shelf / "20261122T114500Z" / "manifest.json").write_text("{")
    (problem,) = backup_problems(NOW)
    assert problem.startswith("20261122T114500Z can't be read: manifest.json can't be read")


def test_attempts_and_drills_that_failed_are_told(shelf: Path) -> None:
    record_run(BACKUP, now=NOW, seconds=1, is_good=False, message="No space left on device.")
    record_run(DRILL, now=NOW + timedelta(hours=1), seconds=1, is_good=False, message="Keys.")
    make_manifest(shelf / "20261122T131500Z", rows=ROWS)
    assert backup_problems(NOW + timedelta(minutes=80)) == [
        "The last attempt, 2026-11-22T12:00+00:00, failed: No space left on device.",
        "The last restore drill, 2026-11-22T13:00+00:00, failed: Keys.",
    ]


def test_a_drill_that_was_long_ago_is_told(shelf: Path) -> None:
    make_manifest(shelf / "20261201T120000Z", rows=ROWS)
    now = NOW + timedelta(days=9)
    assert backup_problems(now) == ["No backup was restored for 9 days: run `manage.py restore_drill`."]
    BackupRun.objects.all().delete()
    assert backup_problems(now) == ["No backup was restored yet: run `manage.py restore_drill`."]


def test_what_is_due_is_told_to_the_schedule(shelf: Path) -> None:
    assert (is_due(NOW + timedelta(minutes=14)), is_due(NOW + timedelta(minutes=15))) == (False, True)
    assert (is_drill_due(NOW + timedelta(days=6)), is_drill_due(NOW + timedelta(days=7))) == (False, True)


def test_monitoring_gets_an_exit_code_and_doctor_a_section(settings: Settings) -> None:
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("backup", check=True, stdout=out)
    assert (ended.value.code, "There is no backup" in out.getvalue()) == (1, True)

    make_manifest(settings.BACKUP_DIR / timezone.now().strftime("%Y%m%dT%H%M%SZ"), rows=ROWS)
    out = StringIO()
    call_command("backup", check=True, stdout=out)
    assert out.getvalue() == "The backups are in order.\n"
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("doctor", stdout=out)
    assert "newest backup: " in out.getvalue()
    out = StringIO()
    call_command("backup", list=True, stdout=out)
    assert "680 rows" in out.getvalue()
    assert "keys test1" in out.getvalue()
