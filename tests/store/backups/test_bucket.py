"""Backups in a bucket: whole or not there, refused when damaged, and out of the reach of whoever has the shop's key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from store.backups import bucket
from store.backups.bucket import BucketPath, UnableToReachBucket
from store.backups.databases import connect, default_settings
from store.backups.drill import UnableToDrill, run_drill
from store.backups.health import backup_problems
from store.backups.make import UnableToBackUp, run_backup
from store.backups.restore import UnableToRestore, find_backup, restore_backup
from store.backups.shelf import AnotherRunIsOn, Backup, all_backups, look_up_all, only_writer
from store.backups.streams import DamagedBackup, open_stream
from store.backups.verify import verify_backup
from store.models import BackupRun, User
from store.rotation import backups_with
from tests.object_storage import Storage, object_storage
from tests.store.backups.conftest import NOW
from tests.store.backups.manifests import OTHER_BACKUP_KEY
from tests.store.conftest import OTHER_INDEX_KEY

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=15)


@pytest.fixture
def storage(settings: Settings) -> Iterator[Storage]:
    with object_storage() as started:
        settings.BACKUP_BUCKET, settings.BACKUP_ENDPOINT, settings.BACKUP_PREFIX = "safe", started.address, "ringback"
        settings.BACKUP_ACCESS_KEY, settings.BACKUP_SECRET_KEY = "key", "secret"
        started.now = NOW
        yield started


@pytest.fixture
def there(storage: Storage, kept: Path) -> Backup:
    """The kept backup, in the bucket."""
    for path in (path for path in kept.rglob("*") if path.is_file() and not path.name.startswith(".")):
        storage.put(f"/safe/ringback/{path.relative_to(kept)}", path.read_bytes())
    (found,) = all_backups()
    return found


def test_the_shop_goes_out_and_comes_back_with_its_pictures(
    live: str, storage: Storage, settings: Settings, tmp_path: Path
) -> None:
    picture = tmp_path / "media" / "a" / "one.webp"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"one" * 5000)

    made = run_backup(LATER).backup

    assert [backup.name for backup in all_backups()] == ["20261122T121500Z"] == [made.name]
    assert str(made.folder) == "s3://safe/ringback/20261122T121500Z"
    *before, last = storage.kept
    assert last == "/safe/ringback/20261122T121500Z/manifest.json"
    assert sorted(path.rpartition("/")[2] for path in before)[-3:] == ["database.age", "erasures.age", "media.age"]
    assert not [path for path in settings.BACKUP_DIR.rglob("*") if "unfinished" in path.name]
    assert b"PGDMP" not in b"".join(storage.kept.values())
    picture.write_bytes(b"spoilt")
    User.objects.create_user("now@example.org", None)

    restored = restore_backup(find_backup(path=Path(str(made.folder))), now=LATER, confirm="Ringback")

    assert (restored.media_written, picture.read_bytes()) == (1, b"one" * 5000)
    assert [user.email for user in User.objects.all()] == ["ada.byron@example.com"]


def test_a_drill_takes_the_newest_and_the_alarm_knows_its_age(there: Backup) -> None:
    assert run_drill(LATER).backup == there
    assert backup_problems(NOW + timedelta(minutes=30)) == []
    assert backup_problems(NOW + timedelta(minutes=31))[0].startswith("The newest backup is 31 minutes old")


def test_a_flip_a_cut_and_a_gap_anywhere_are_refused(there: Backup, storage: Storage) -> None:
    kept = storage.kept
    assert len(kept) == 4 + 2
    for number, (path, whole) in enumerate(kept.items()):
        middle = len(whole) // 2
        damages = [whole[:middle] + bytes([whole[middle] ^ 16]) + whole[middle + 1 :], whole[:-1], None]
        storage.put(path, damages[number % 3])
        with pytest.raises((DamagedBackup, UnableToRestore)):
            verify_backup(find_backup())
        storage.put(path, whole)
    verify_backup(find_backup())


@pytest.mark.parametrize(
    ("setting", "value", "why"),
    [
        ("BACKUP_KEY", OTHER_BACKUP_KEY, "It was made with the backup key"),
        ("INDEX_KEY", OTHER_INDEX_KEY, "It is another shop's, 'Ringback'"),
    ],
)
def test_another_key_and_another_shop_are_refused(
    there: Backup, settings: Settings, setting: str, value: str, why: str
) -> None:
    setattr(settings, setting, value)
    with pytest.raises(UnableToRestore, match=why):
        restore_backup(there, now=NOW, confirm="Ringback")
    assert not BackupRun.objects.exists()


def test_one_that_was_not_all_sent_is_no_backup_and_is_cleared_away_a_day_later(
    there: Backup, storage: Storage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    storage.put("/safe/ringback/20261122T121500Z/database.age", b"some")  # of a process that was killed
    storage.uploads["u9/safe/ringback/20261122T121500Z/media.age"] = {1: b"a piece"}
    assert look_up_all() == ([there], [])
    storage.refuse_pieces = True
    (tmp_path / "media").mkdir(exist_ok=True)
    (tmp_path / "media" / "large.bin").write_bytes(b"\0" * 100)
    monkeypatch.setattr(bucket, "_PIECE", 5 << 20)
    large = tmp_path / "large"
    large.write_bytes(bytes(6 << 20))
    with pytest.raises(UnableToReachBucket, match="AccessDenied"):
        BucketPath("2large").send(large)
    assert (storage.get("/safe/ringback/2large"), list(storage.uploads)) == (
        None,
        ["u9/safe/ringback/20261122T121500Z/media.age"],
    )

    storage.refuse_pieces = False
    BucketPath("2large").send(large)
    assert storage.get("/safe/ringback/2large") == bytes(6 << 20)
    made = run_backup(NOW + timedelta(days=2)).backup
    assert [backup.name for backup in all_backups()] == [there.name, made.name]
    assert (storage.get("/safe/ringback/20261122T121500Z/database.age"), storage.uploads) == (None, {})


def test_a_storage_that_refuses_or_is_away_is_told_and_the_old_backup_stays(
    there: Backup, storage: Storage, settings: Settings
) -> None:
    storage.forbidden = {"PUT"}
    with pytest.raises(UnableToBackUp, match=r"Sending it to s3://safe/ringback failed: .*AccessDenied.*No backup was made"):
        run_backup(LATER)
    assert all_backups() == [there]
    storage.forbidden = {"GET"}
    (problem,) = backup_problems(NOW)
    assert "Whether the shop is backed up is not known" in problem
    with pytest.raises(UnableToRestore, match="can't be looked into"):
        find_backup()
    with pytest.raises(UnableToDrill, match="AccessDenied"):
        run_drill(NOW)
    assert "nobody can say" in backups_with("test1")[0]


def test_old_ones_go_with_their_pictures_unless_the_key_may_not_delete(there: Backup, storage: Storage) -> None:
    storage.forbidden = {"DELETE"}
    run_backup(NOW + timedelta(days=50))
    assert [backup.name for backup in all_backups()] == [there.name, "20270111T120000Z"]
    storage.forbidden = set()

    made = run_backup(NOW + timedelta(days=50, minutes=15))

    assert made.dropped == [there.name]
    assert not [path for path in storage.kept if "/media/" in path or there.name in path]


def test_what_an_intruder_deleted_and_wrote_over_is_read_as_it_was(
    there: Backup, storage: Storage, settings: Settings
) -> None:
    storage.now = datetime(2026, 11, 22, 13, 30, tzinfo=UTC)
    for path in list(storage.kept):
        storage.put(path, b"ransom" if "database" in path else None)
    assert all_backups() == []

    settings.BACKUP_AS_OF = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)

    (found,) = all_backups()
    verify_backup(found)
    assert found == there


def test_a_reading_that_breaks_off_goes_on_from_there(there: Backup, storage: Storage) -> None:
    storage.break_off_after = 900
    part = there.manifest.parts["database"]
    out = bytearray()

    from store.backups.keys import backup_keys

    open_stream(there.folder / "database.age", part, keys=backup_keys(), give=out.extend)

    assert len(out) == part.inner_size


@pytest.mark.postgres
def test_a_second_machine_is_refused(storage: Storage, new_url: Callable[[str], str]) -> None:
    from store.backups.shelf import _WRITING

    with closing(connect(default_settings())) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_WRITING])
        with pytest.raises(AnotherRunIsOn, match="s3://safe/ringback"), only_writer():
            pass
    with only_writer():
        assert connection.vendor == "postgresql"
