"""Bringing the shop back from a backup, beside what is there, and then in its place in one step."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from store.backups import media
from store.backups.bucket import UnableToReachBucket
from store.backups.databases import connect, default_settings, is_blank, settings_of, standing_in, tables_in_use
from store.backups.engines import Engine, Settings, UnableToUseDatabase, engine_of
from store.backups.manifest import DATABASE, ERASURES, read_manifest
from store.backups.ready import Readied, compare_rows, make_ready
from store.backups.runs import record_run
from store.backups.shelf import AnotherRunIsOn, Backup, all_backups, no_readers, reader, shelf
from store.backups.streams import DamagedBackup, OnProgress, open_stream
from store.backups.verify import UnfitBackup, check_fit, keys_for, verify_backup
from store.erasure import Entry, complete_ledger, database_entries, ledger_entries, read_ledger
from store.models import BackupRun

log = structlog.get_logger(__name__)
_UNTOUCHED = "Nothing was restored; the shop's data are what they were."

_FAILURES: Final = (
    AnotherRunIsOn,
    DamagedBackup,
    UnfitBackup,
    UnableToUseDatabase,
    ImproperlyConfigured,
    ValueError,
    OSError,
    DatabaseError,
)


class UnableToRestore(Exception):
    """The backup was not restored. Says what happened, what was not done, and what to do next."""


@dataclass(frozen=True)
class Restored:
    """What a restore did."""

    backup: Backup
    seconds: float
    readied: Readied
    media_written: int
    kept_as: str | None  # where the database that was there is now
    into: str  # "" for the shop's own


def find_backup(*, path: Path | None = None, at: datetime | None = None) -> Backup:
    """Return the backup at `path`, or the last one made at or before `at`, or the newest. Raises `UnableToRestore`.

    A path may end in the name of a backup on the shelf.
    """
    try:
        there = all_backups()
    except UnableToReachBucket as error:
        if path is None or not path.exists():
            raise UnableToRestore(
                f"{shelf()} can't be looked into: {error}. {_UNTOUCHED} See to the network and its key."
            ) from None
        there = []
    if path is not None:
        if not path.exists() and (named := [backup for backup in there if backup.name == path.name]):
            return named[0]
        folder = path.parent if path.is_file() else path
        try:
            return Backup(folder.resolve(), read_manifest(folder))
        except DamagedBackup as error:
            raise UnableToRestore(f"{path} is no backup that can be used: {error}. {_UNTOUCHED}") from None
    backups = [backup for backup in there if at is None or backup.manifest.at <= at]
    if not backups:
        when = f" from {at.isoformat(timespec='seconds')} or before" if at else ""
        raise UnableToRestore(f"There is no backup{when} in {shelf()}. {_UNTOUCHED} Fetch your copy and name its folder.")
    return backups[-1]


def restore_backup(
    backup: Backup,
    *,
    now: datetime,
    into: str = "",
    confirm: str = "",
    other_name: str = "",
    keep_sessions: bool = False,
    erasures: list[Entry] | None = None,
    prepare: Callable[[], object] = lambda: None,
    on_progress: OnProgress = lambda *_: None,
) -> Restored:
    """Restore a backup to the shop's own database, or to a new one (`into`, a URL).

    Checks first that all of it is whole and fits; builds the database beside; then puts it in place in one step. Whoever is
    killed on the way leaves the shop what it was. `prepare` is called with the new database standing in, last of all before
    it is put in place; `erasures` are those to do again, by default all that are known of. `confirm` must be the shop's name
    if the database holds anything. Pictures are only brought back with the shop's own database. Raises `UnableToRestore`.
    """
    started = time.perf_counter()
    try:
        target = settings_of(into) if into else default_settings()
        engine = engine_of(target)
        with suppress(AnotherRunIsOn), no_readers():
            engine.drop_leftovers(target)
        with reader():
            check_fit(backup.manifest, target, other_name=other_name)
            _check_consent(engine, target, into=into, confirm=confirm)
            if not into:
                engine.check_free(target)
            verify_backup(backup, on_progress=on_progress)
            entries = known_erasures(backup) if erasures is None else erasures
            with _database_for(engine, target, into=into) as new:
                readied = build(backup, engine, new, erasures=entries, keep_sessions=keep_sessions, on_progress=on_progress)
                with standing_in(connect(new)):
                    prepare()
                files = [] if into else media.read_list(backup, keys=keys_for(backup.manifest))
                written = _bring_media(backup, files, on_progress)
                kept_as = None
                if new["NAME"] != target["NAME"]:
                    on_progress("putting it in place", 0, None)
                    kept_as = engine.put_in_place(new, target, stamp=now.strftime("%Y%m%dT%H%M%SZ"))
    except _FAILURES as error:
        raise UnableToRestore(_reason(backup, error)) from error
    seconds = time.perf_counter() - started
    if not into:
        record_run(
            BackupRun.Kind.RESTORE, now=now, seconds=seconds, is_good=True, backup=backup.name, message=f"before: {kept_as}"
        )
    return Restored(backup, seconds, readied, written, kept_as, into)


def _reason(backup: Backup, error: Exception) -> str:
    """Say what happened, what was not done, and what to do next."""
    said = str(error).strip().removesuffix(".")
    match error:
        case AnotherRunIsOn():
            said = str(error)
        case DamagedBackup():
            said = f"{backup.name} is damaged: {said}. {_UNTOUCHED} Take another backup: `manage.py backup --list`."
        case UnfitBackup():
            said = f"{backup.name} does not fit. {error} {_UNTOUCHED}"
        case UnableToReachBucket():
            said = f"{shelf()} could not be read: {said}. {_UNTOUCHED} Try again, or fetch a copy and name its folder."
        case OSError():
            said = f"Writing failed: {error.strerror or said}. {_UNTOUCHED} See to space and rights."
        case DatabaseError():
            said = f"The database refused: {said}. {_UNTOUCHED}"
        case _:
            said = f"{said}. {_UNTOUCHED}"
    return said


def _check_consent(engine: Engine, target: Settings, *, into: str, confirm: str) -> None:
    """Raise `UnableToRestore` if data would be lost that nobody said may be."""
    if not engine.exists(target):
        return
    try:
        with standing_in(connect(target)):
            if into:
                if not is_blank(connection):
                    raise UnableToRestore(
                        f"The database {target['NAME']} is not empty. {_UNTOUCHED} Name one that is, or a new one."
                    )
                return
            in_use = tables_in_use(connection)
    except DatabaseError as error:
        in_use = {f"it can't be read: {type(error).__name__}": 0}
    if in_use and confirm != settings.SHOP_NAME:
        most = ", ".join(f"{table} {rows}" for table, rows in sorted(in_use.items(), key=lambda item: -item[1])[:5])
        raise UnableToRestore(
            f"The shop's database holds data ({most}). {_UNTOUCHED} If it may be replaced, stop web server and worker"
            f' and add --confirm "{settings.SHOP_NAME}"; the database of now is kept under another name.'
        )


def known_erasures(backup: Backup) -> list[Entry]:
    """Gather who was ever erased from all that may know: the ledger, the backups, the database that is about to go."""
    found = ledger_entries()
    try:
        latest = next(reversed(all_backups()), backup)
    except UnableToReachBucket as error:
        log.warning("erasures_in_newest_backup_unknown", why=str(error))
        latest = backup
    for each in {str(backup.folder): backup, str(latest.folder): latest}.values():
        found |= _erasures_in(each)
    try:
        found |= database_entries()
    except (DatabaseError, ImproperlyConfigured) as error:
        log.warning("erasures_in_database_unknown", error=type(error).__name__)
    try:
        return complete_ledger(found)
    except OSError as error:  # they are in the restored database, and the next backup writes them down again
        log.warning("ledger_not_written", error=str(error))
        return sorted(found)


def _erasures_in(backup: Backup) -> set[Entry]:
    text = bytearray()
    try:
        open_stream(
            backup.folder / f"{ERASURES}.age",
            backup.manifest.parts[ERASURES],
            keys=keys_for(backup.manifest),
            give=text.extend,
        )
    except (DamagedBackup, UnfitBackup, UnableToReachBucket) as error:
        log.warning("erasures_in_backup_unknown", backup=backup.name, why=str(error))
        return set()
    return read_ledger(text.decode())


@contextmanager
def _database_for(engine: Engine, target: Settings, *, into: str) -> Iterator[Settings]:
    """Give the database to build in. One that was made for this and is empty needs no other beside it."""
    if into and engine.can_fill_in_place and engine.exists(target):
        yield target
        return
    with engine.scratch(target) as scratch:
        yield scratch


def build(
    backup: Backup,
    engine: Engine,
    new: Settings,
    *,
    erasures: list[Entry],
    keep_sessions: bool,
    on_progress: OnProgress = lambda *_: None,
) -> Readied:
    """Fill an empty database from a backup, compare the rows, and make it ready. Raises as its parts do."""
    part = backup.manifest.parts[DATABASE]

    def feed(write: Callable[[bytes], object]) -> None:
        done = 0

        def give(chunk: bytes) -> None:
            nonlocal done
            write(chunk)
            done += len(chunk)
            on_progress("restoring the database", done, part.inner_size)

        open_stream(backup.folder / f"{DATABASE}.age", part, keys=keys_for(backup.manifest), give=give)

    engine.load(new, feed)
    on_progress("making it ready", 0, None)
    with standing_in(connect(new)):
        compare_rows(backup.manifest)
        readied = make_ready(backup.manifest, erasures=erasures, keep_sessions=keep_sessions)
        connection.check_constraints()
    return readied


def _bring_media(backup: Backup, files: list[media.MediaFile], on_progress: OnProgress) -> int:
    done = 0

    def note() -> None:
        nonlocal done
        done += 1
        on_progress("bringing pictures back", done, len(files))

    return media.bring_back(media.pool_of(backup.folder), files, keys=keys_for(backup.manifest), on_file=note)
