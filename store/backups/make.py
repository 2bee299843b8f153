"""Making a backup: written beside, read back, and only then given its name."""

from __future__ import annotations

import io
import json
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from store.backups import media
from store.backups.bucket import NotAllowedInBucket, UnableToReachBucket
from store.backups.databases import count_rows, newest_migrations
from store.backups.engines import UnableToUseDatabase, own_engine
from store.backups.keys import BackupKey, backup_keys
from store.backups.manifest import DATABASE, ERASURES, FORMAT, Manifest, Shop, write_manifest
from store.backups.retention import choose_to_keep
from store.backups.runs import record_run
from store.backups.shelf import (
    MEDIA,
    AnotherRunIsOn,
    Backup,
    all_backups,
    clear_bucket,
    desk,
    free_name,
    newest,
    no_readers,
    only_writer,
    put_up,
    shelf,
    take_away,
    unfinished,
)
from store.backups.streams import DamagedBackup, OnProgress, Part, Readable, open_stream, seal_stream
from store.erasure import complete_ledger, database_entries
from store.keycheck import FIELD_PREFIX, INDEX, given_fingerprints
from store.models import BackupRun
from store.rotation import rows_per_kid

log = structlog.get_logger(__name__)


class UnableToBackUp(Exception):
    """No backup was made. Says why, what was not done and what to do next."""


@dataclass(frozen=True)
class Made:
    """A backup that was made, and what went to make room."""

    backup: Backup
    seconds: float
    dropped: list[str]


def run_backup(now: datetime, *, on_progress: OnProgress = lambda *_: None) -> Made:
    """Back the shop up, then take away what is older than it is kept for (`store.backups.retention`).

    Safe to call from the worker's schedule and by hand: a second run at the same time is refused. Raises
    `AnotherRunIsOn` and `UnableToBackUp`: the backups there are stay, and `store.backups.health` knows of the failure.
    """
    started = time.perf_counter()
    try:
        with only_writer():
            made = _make(now, started, on_progress)
            dropped = _make_room(now)
    except (UnableToUseDatabase, DamagedBackup, ImproperlyConfigured, DatabaseError, OSError) as error:
        why = _reason(error)
        record_run(BackupRun.Kind.BACKUP, now=now, seconds=time.perf_counter() - started, message=why, is_good=False)
        log.error("backup_failed", why=why)  # noqa: TRY400 - a trace would say no more
        raise UnableToBackUp(f"{why} No backup was made; those there are were not touched.") from error
    seconds = time.perf_counter() - started
    record_run(
        BackupRun.Kind.BACKUP,
        now=now,
        seconds=seconds,
        is_good=True,
        backup=made.name,
        message=f"{made.manifest.total_rows} rows",
    )
    return Made(made, seconds, dropped)


def _reason(error: Exception) -> str:
    if isinstance(error, UnableToReachBucket):
        return f"Sending it to {shelf()} failed: {error}. See to the network, and to BACKUP_BUCKET and its key."
    if isinstance(error, OSError):
        return f"Writing to {desk()} failed: {error.strerror or error}. See to space and rights there."
    if isinstance(error, DatabaseError):
        return f"The database didn't answer as it should ({type(error).__name__}: {str(error).strip()})."
    if isinstance(error, DamagedBackup):
        return f"What was written could not be read back: {error}."
    return str(error)


def _make(now: datetime, started: float, on_progress: OnProgress) -> Backup:
    key, engine, name = backup_keys()[0], own_engine(), free_name(now)
    before = newest()
    with unfinished(name) as folder:
        parts: dict[str, Part] = {}
        expected = before.manifest.parts[DATABASE].inner_size if before else None
        with engine.snapshot(folder) as dump:
            parts[DATABASE] = _seal(dump, folder / f"{DATABASE}.age", key=key, on_progress=on_progress, expected=expected)
            rows, schema = count_rows(connection), newest_migrations(connection)
            kids = sorted({kid for counts in rows_per_kid().values() for kid, n in counts.items() if n and kid != "?"})
        on_progress("erasures", 0, None)
        erased = complete_ledger(database_entries())
        text = "".join(json.dumps(entry.as_json()) + "\n" for entry in erased).encode()
        parts[ERASURES] = _seal(io.BytesIO(text), folder / f"{ERASURES}.age", key=key, on_progress=on_progress)
        files = _keep_media(before, key, on_progress)
        with tempfile.SpooledTemporaryFile(1 << 20, dir=str(folder)) as listing:
            listing.writelines(media.lines_of(files))
            listing.seek(0)
            parts[media.LIST] = _seal(listing, folder / f"{media.LIST}.age", key=key, on_progress=on_progress)
        # Read back from the disk before anybody relies on it.
        for part_name, part in parts.items():
            on_progress(f"checking {part_name}", 0, None)
            open_stream(folder / f"{part_name}.age", part, keys=[key])
        given = given_fingerprints()
        manifest = Manifest(
            format=FORMAT,
            at=now,
            seconds=round(time.perf_counter() - started, 3),
            shop=Shop(id=given[INDEX], name=settings.SHOP_NAME),
            engine=engine.vendor,
            server=engine.version(),
            code=settings.CODE_VERSION,
            schema=schema,
            rows=rows,
            kids=kids,
            keys={
                name: value
                for name, value in given.items()
                if not name.startswith(FIELD_PREFIX) or name.removeprefix(FIELD_PREFIX) in kids
            },
            backup_key=key.print,
            erasures=len({entry.digest for entry in erased}),
            media_files=len(files),
            media_bytes=sum(file.size for file in files),
            parts=parts,
        )
        write_manifest(folder, manifest, key=key)
        on_progress("naming it", 0, None)
        return Backup(put_up(folder, name), manifest)


def _seal(source: Readable, path: Path, *, key: BackupKey, on_progress: OnProgress, expected: int | None = None) -> Part:
    done = 0

    def note(size: int) -> None:
        nonlocal done
        done += size
        on_progress(path.stem, done, expected)

    return seal_stream(source, path, key=key, on_bytes=note)


def _keep_media(before: Backup | None, key: BackupKey, on_progress: OnProgress) -> list[media.MediaFile]:
    known: list[media.MediaFile] = []
    if before is not None:
        try:
            known = media.read_list(before, keys=backup_keys())
        except DamagedBackup as error:  # then every file is read again
            log.warning("backup_unreadable", backup=before.name, why=str(error))
    total, done = len(media.media_files()), 0

    def note() -> None:
        nonlocal done
        done += 1
        on_progress("media", done, total)

    return media.keep_media(shelf() / MEDIA, key=key, before=known, on_file=note)


def _make_room(now: datetime) -> list[str]:
    """Take away what is too old. What can't be taken away now goes next time."""
    if settings.BACKUP_AS_OF:  # what is looked at is not what is there
        return []
    backups = all_backups()
    keep = choose_to_keep({backup.name: backup.manifest.at for backup in backups}, now=now)
    doomed = [backup for backup in backups if backup.name not in keep]
    try:
        clear_bucket(now=now)
        if doomed:
            with no_readers():
                for backup in doomed:
                    take_away(backup.folder)
                media.drop_unwanted(shelf() / MEDIA, all_backups(), keys=backup_keys())
    except AnotherRunIsOn:
        return []
    except NotAllowedInBucket:  # as it is meant, where the storage itself takes away what is old: docs/ops-backup.md
        log.info("backups_left_to_the_storage", too_old=len(doomed))
        return []
    except (DamagedBackup, OSError) as error:
        log.error("backups_not_tidied", why=str(error))  # noqa: TRY400 - a trace would say no more
    return [backup.name for backup in doomed]
