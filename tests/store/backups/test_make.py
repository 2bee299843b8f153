"""A backup is whole, says what it is, and appears in one step; who fails leaves what there was."""

from __future__ import annotations

import json
import resource
import stat
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from store.backups.engines import UnableToUseDatabase
from store.backups.make import UnableToBackUp, run_backup
from store.backups.postgres import find_tools
from store.backups.shelf import AnotherRunIsOn, Backup, all_backups, only_writer, reader
from store.backups.verify import verify_backup
from store.models import BackupRun
from tests.store.backups.conftest import NOW, folder_of
from tests.store.backups.manifests import OTHER_BACKUP_KEY, make_manifest

pytestmark = pytest.mark.django_db


def files_on(shelf: Path) -> dict[str, bytes]:
    return {str(path.relative_to(shelf)): path.read_bytes() for path in shelf.rglob("*") if path.is_file()}


def test_it_says_what_is_in_it_and_shows_nothing_else(backup: Backup, settings: Settings) -> None:
    said = json.loads((folder_of(backup) / "manifest.json").read_text())
    assert backup.name == "20261122T120000Z"
    assert (said["at"], said["engine"], said["shop"]["name"]) == (NOW.isoformat(), connection.vendor, "Ringback")
    assert (said["rows"]["store_user"], said["rows"]["django_session"], said["rows"]["checkout_order"]) == (1, 1, 0)
    assert said["kids"] == ["test1"]
    assert set(said["keys"]) == {"field:test1", "index"}
    assert said["schema"]["store"] >= "0001_first_release"
    assert (said["media_files"], said["media_bytes"]) == (2, 15_000 + 210_000)
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder_of(backup).iterdir()} == {0o600}
    kept = b"".join(files_on(settings.BACKUP_DIR).values())
    for secret in (b"SQLite format", b"PGDMP", b"one" * 10, b"two.webp", b"gAAAAA", settings.BACKUP_KEY.encode()):
        assert secret not in kept


def test_pictures_are_kept_once_for_all_backups_and_go_with_the_last(settings: Settings, tmp_path: Path) -> None:
    media = tmp_path / "media"
    (media / "a").mkdir(parents=True)
    (media / "a" / "one.webp").write_bytes(b"one" * 5000)
    (media / "two.webp").write_bytes(b"two" * 70_000)
    run_backup(NOW)
    assert stat.S_IMODE(settings.BACKUP_DIR.stat().st_mode) == 0o700
    (media / "copy.webp").write_bytes((media / "two.webp").read_bytes())
    (media / "a" / "one.webp").unlink()
    run_backup(NOW + timedelta(minutes=15))
    pool = settings.BACKUP_DIR / "media"
    assert len(list(pool.rglob("*.age"))) == 2

    run_backup(NOW + timedelta(days=50))  # both are past their time: they go, and the picture that only the first had

    assert [backup.name for backup in all_backups()] == ["20270111T120000Z"]
    assert len(list(pool.rglob("*.age"))) == 1


def test_old_ones_stay_while_somebody_reads(tmp_path: Path) -> None:
    run_backup(NOW)
    with reader():
        made = run_backup(NOW + timedelta(days=50))

    assert made.dropped == []
    assert len(all_backups()) == 2


def test_a_second_run_is_refused_and_does_nothing(settings: Settings) -> None:
    with only_writer(), pytest.raises(AnotherRunIsOn, match=r"Nothing was done\. Wait"):
        run_backup(NOW)

    assert all_backups() == []


def test_what_a_killed_run_left_is_no_backup_and_is_cleared_away(settings: Settings) -> None:
    make_manifest(settings.BACKUP_DIR / ".unfinished-20261122T114500Z" / "20261122T114500Z")
    assert all_backups() == []

    run_backup(NOW)

    assert [path.name for path in settings.BACKUP_DIR.glob(".unfinished*")] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("limit", [0, 20_000])
def test_a_full_disk_keeps_the_old_backup_and_says_so(settings: Settings, tmp_path: Path, limit: int) -> None:
    run_backup(NOW)
    before = files_on(settings.BACKUP_DIR)
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "large.webp").write_bytes(bytes(range(256)) * 4000)
    with ExitStack() as stack:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        stack.callback(resource.setrlimit, resource.RLIMIT_FSIZE, (soft, hard))
        # The limit is for files, not the disk: the shop's own database must not grow meanwhile, so nothing is recorded.
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        with pytest.raises(UnableToBackUp, match=r"No backup was made; those there are were not touched\."):
            run_backup(NOW + timedelta(minutes=15))

    assert files_on(settings.BACKUP_DIR) == before
    assert [backup.name for backup in all_backups()] == ["20261122T120000Z"]


def test_without_a_key_nothing_is_written(settings: Settings) -> None:
    settings.BACKUP_KEY = ""
    with pytest.raises(UnableToBackUp, match=r"BACKUP_KEY is not set.*new_key --backup"):
        run_backup(NOW)
    settings.BACKUP_KEY = "AGE-SECRET-KEY-1QQQQ"
    with pytest.raises(UnableToBackUp) as caught:
        run_backup(NOW)

    assert "no age identity" in str(caught.value)
    assert "QQQQ" not in str(caught.value)
    assert all_backups() == []
    assert list(BackupRun.objects.values_list("is_good", flat=True)) == [False, False]


def test_a_new_key_writes_and_the_old_one_still_reads(settings: Settings) -> None:
    first = run_backup(NOW).backup
    settings.BACKUP_KEY = f"{OTHER_BACKUP_KEY},{settings.BACKUP_KEY}"
    second = run_backup(NOW + timedelta(minutes=15)).backup

    assert first.manifest.backup_key != second.manifest.backup_key
    assert list(BackupRun.objects.order_by("at").values_list("kind", "is_good", "backup")) == [
        ("backup", True, first.name),
        ("backup", True, second.name),
    ]
    for backup in (first, second):
        verify_backup(backup)


class TestTools:
    @pytest.mark.parametrize(
        ("program", "said"), [("", "nor of any other"), ("echo 'pg_dump (PostgreSQL) 9.6.2'", "is of version 9")]
    )
    def test_missing_or_wrong_ones_are_named(self, settings: Settings, tmp_path: Path, program: str, said: str) -> None:
        settings.PG_BIN = str(tmp_path)
        if program:
            (tmp_path / "pg_dump").write_text(f"#!/bin/sh\n{program}\n")
            (tmp_path / "pg_dump").chmod(0o755)
        with pytest.raises(UnableToUseDatabase, match=said) as caught:
            find_tools(15)
        assert "Install postgresql-client-15, or set PG_BIN" in str(caught.value)

    @pytest.mark.postgres
    def test_a_dump_that_fails_is_no_backup(self, settings: Settings, tmp_path: Path) -> None:
        tools = find_tools(connection.pg_version // 10000)  # type: ignore[attr-defined]  # PostgreSQL's has it
        settings.PG_BIN = str(tmp_path)
        script = f'#!/bin/sh\nif [ "$1" = --version ]; then exec {tools.folder}/pg_dump --version; fi\n'
        (tmp_path / "pg_dump").write_text(script + "echo PGDMP; echo 'pg_dump: error: the wire came loose' >&2; exit 1\n")
        (tmp_path / "pg_dump").chmod(0o755)
        (tmp_path / "pg_restore").touch()
        with pytest.raises(UnableToBackUp, match=r"the wire came loose.*No backup was made"):
            run_backup(NOW)
        assert all_backups() == []
