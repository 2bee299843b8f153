"""Every backup that isn't whole, ours and fit is refused before anything is touched."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from store.backups.databases import default_settings
from store.backups.keys import backup_keys
from store.backups.manifest import Manifest, write_manifest
from store.backups.restore import UnableToRestore, find_backup, restore_backup
from store.backups.shelf import Backup
from store.backups.streams import DamagedBackup
from store.backups.verify import verify_backup
from store.models import BackupRun, User
from tests.store.backups.conftest import NOW, folder_of
from tests.store.backups.manifests import OTHER_BACKUP_KEY
from tests.store.conftest import OTHER_INDEX_KEY, OTHER_SHOPS_KEY

UNTOUCHED = "Nothing was restored; the shop's data are what they were."


def files_of(backup: Backup) -> list[Path]:
    return [*sorted(folder_of(backup).iterdir()), *sorted((folder_of(backup).parent / "media").rglob("*.age"))]


def test_a_whole_one_is_whole(backup: Backup) -> None:
    seen: set[str] = set()
    verify_backup(backup, on_progress=lambda stage, done, total: seen.add(stage))

    assert seen == {"verifying database", "verifying erasures", "verifying media"}
    assert len(files_of(backup)) == 4 + 2


def test_a_flip_anywhere_and_a_cut_anywhere_are_refused(backup: Backup) -> None:
    """In all six files, at many places: 100 % are noticed, and named."""
    tried = 0
    for path in files_of(backup):
        whole = path.read_bytes()
        places = sorted({*range(0, len(whole), max(1, len(whole) // 12)), len(whole) - 1})
        for at in places:
            for bad in (whole[:at] + bytes([whole[at] ^ 16]) + whole[at + 1 :], whole[:at]):
                path.write_bytes(bad)
                with pytest.raises(DamagedBackup):
                    verify_backup(find(backup))
                tried += 1
        path.unlink()
        with pytest.raises(DamagedBackup):
            verify_backup(find(backup))
        path.write_bytes(whole)

    assert tried > 140
    verify_backup(find(backup))


def find(backup: Backup) -> Backup:
    """Read the manifest anew, as a command does."""
    from store.backups.manifest import read_manifest

    return Backup(folder_of(backup), read_manifest(folder_of(backup)))


def refuse(backup: Backup | Path, **options: Any) -> str:
    """Try to restore over the shop's own database, as sure as one can be; return why it was refused."""
    User.objects.create_user("grace@example.org", None)
    with pytest.raises(UnableToRestore) as caught:  # noqa: PT012 - either of the two may refuse
        found = find_backup(path=backup) if isinstance(backup, Path) else backup
        restore_backup(found, now=NOW, confirm="Ringback", **options)
    assert [user.email for user in User.objects.all()] == ["grace@example.org"]
    assert not BackupRun.objects.filter(kind="restore").exists()
    assert UNTOUCHED in str(caught.value)
    return str(caught.value)


def rewrite(backup: Backup, **values: Any) -> Backup:
    """Write another manifest with a good seal: what another shop, version or server would have written."""
    (folder_of(backup) / "manifest.json").unlink()
    manifest = replace(backup.manifest, **values)
    write_manifest(folder_of(backup), manifest, key=backup_keys()[0])
    return Backup(folder_of(backup), manifest)


@pytest.mark.django_db
class TestRefusals:
    def test_a_damaged_part(self, backup: Backup) -> None:
        path = folder_of(backup) / "database.age"
        path.write_bytes(path.read_bytes()[:-1])
        why = refuse(backup)
        assert "20261122T120000Z is damaged: database.age" in why
        assert "Take another backup" in why

    def test_a_damaged_picture(self, backup: Backup) -> None:
        files_of(backup)[-1].write_bytes(b"")
        assert ".webp: " in refuse(backup)

    def test_a_manifest_that_was_edited(self, backup: Backup) -> None:
        path = folder_of(backup) / "manifest.json"
        path.write_text(path.read_text().replace('"store_user": 1', '"store_user": 2'))
        assert "manifest.json was changed after it was written" in refuse(folder_of(backup))

    def test_parts_of_two_backups_put_together(self, backup: Backup, tmp_path: Path) -> None:
        from store.backups.make import run_backup

        other = run_backup(NOW + timedelta(minutes=15)).backup
        shutil.copy(folder_of(other) / "database.age", folder_of(backup) / "database.age")
        assert "database.age is not the file that was written" in refuse(backup)

    def test_one_without_a_manifest(self, backup: Backup) -> None:
        (folder_of(backup) / "manifest.json").unlink()
        assert "manifest.json can't be read" in refuse(folder_of(backup))

    def test_another_backup_key(self, backup: Backup, settings: Settings) -> None:
        settings.BACKUP_KEY = OTHER_BACKUP_KEY
        why = refuse(backup)
        assert backup.manifest.backup_key in why
        assert backup_keys()[0].print in why
        assert OTHER_BACKUP_KEY not in why

    def test_another_shop(self, backup: Backup, settings: Settings) -> None:
        settings.INDEX_KEY = OTHER_INDEX_KEY
        assert "It is another shop's, 'Ringback'" in refuse(backup)

    def test_a_shop_of_another_name_unless_it_is_named(self, backup: Backup) -> None:
        other = rewrite(backup, shop=replace(backup.manifest.shop, name="Tailwind & Paws"))
        assert '--shop "Tailwind & Paws"' in refuse(other)

    def test_a_field_key_that_is_missing(self, backup: Backup, settings: Settings) -> None:
        settings.FIELD_KEYS = OTHER_SHOPS_KEY.replace("test1", "test9")
        why = refuse(backup)
        assert f"key 'test1' with fingerprint {backup.manifest.keys['field:test1']} expected" in why

    def test_another_engine(self, backup: Backup) -> None:
        engine = "postgresql" if connection.vendor == "sqlite" else "sqlite"
        why = refuse(rewrite(backup, engine=engine))
        assert f"It is of {engine}, and the database to restore to is {connection.vendor}." in why

    def test_a_newer_schema(self, backup: Backup) -> None:
        schema = {**backup.manifest.schema, "checkout": "9999_of_next_year"}
        assert "doesn't know checkout.9999_of_next_year" in refuse(rewrite(backup, schema=schema, code="9.0"))

    def test_a_newer_server(self, backup: Backup) -> None:
        if connection.vendor == "sqlite":
            pytest.skip("SQLite files are of no server")
        assert "the server is 15, which is older" in refuse(rewrite(backup, server="99.1"))

    def test_no_space(self, backup: Backup) -> None:
        if connection.vendor == "postgresql":
            pytest.skip("the server's disk is not ours to look at: pg_restore fails, and its database is dropped")
        huge = replace(backup.manifest.parts["database"], inner_size=1 << 60)
        assert "There is no space" in refuse(rewrite(backup, parts={**backup.manifest.parts, "database": huge}))

    def test_a_format_of_later_days(self, backup: Backup) -> None:
        assert "is of format 2" in refuse(folder_of(rewrite(backup, format=2)))

    def test_no_backup_at_all(self, db: None, tmp_path: Path) -> None:
        with pytest.raises(UnableToRestore, match="There is no backup in"):
            find_backup()
        assert "is no backup that can be used" in refuse(tmp_path)


@pytest.mark.django_db
class TestTargets:
    def test_a_full_database_without_consent(self, live: str, backup: Backup) -> None:
        for confirm in ("", "ringback", "yes"):
            with pytest.raises(
                UnableToRestore, match=r"holds data \(django_session 1, store_user 1\).*--confirm \"Ringback\""
            ):
                restore_backup(backup, now=NOW, confirm=confirm)
        assert User.objects.count() == 1

    def test_another_database_that_is_not_empty(self, live: str, backup: Backup) -> None:
        with pytest.raises(UnableToRestore, match="is not empty"):
            restore_backup(backup, now=NOW, into=live, confirm="Ringback")

    def test_rows_that_were_not_backed_up(self, backup: Backup, new_url: Callable[[str], str]) -> None:
        rows = {**backup.manifest.rows, "store_user": 2}
        with pytest.raises(UnableToRestore, match=r"store_user: 1 rows, 2 expected"):
            restore_backup(rewrite(backup, rows=rows), now=NOW, into=new_url("short"))


def test_a_manifest_is_json_anybody_can_read(backup: Backup) -> None:
    said = json.loads((folder_of(backup) / "manifest.json").read_text())
    assert set(said) == {*Manifest.__dataclass_fields__, "seal"}
    assert default_settings()["NAME"] not in json.dumps(said)
