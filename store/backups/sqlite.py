"""SQLite: copies and restores through its own backup interface, never by copying the file of an open database."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

from django.db import connection, connections

from store.backups.databases import connect, default_settings, standing_in
from store.backups.engines import Feed, Settings, UnableToUseDatabase
from store.backups.manifest import Manifest
from store.backups.shelf import scratch_folder, scratch_folders_left, sync
from store.backups.streams import Readable

_PAGES: Final = 4096  # at a time, 16 MB
_WAIT: Final = 20.0  # seconds, for a lock


class Sqlite:
    """See `store.backups.engines.Engine`."""

    vendor = "sqlite"
    can_fill_in_place = False

    def version(self) -> str:
        return sqlite3.sqlite_version

    @contextmanager
    def snapshot(self, folder: Path) -> Iterator[Readable]:
        settings = default_settings()
        with scratch_folder(folder) as scratch:
            copy = scratch / "copy.sqlite3"
            _copy(_path(settings), copy)
            with standing_in(connect(_bare(settings, copy))), copy.open("rb") as source:
                yield source

    def check_fit(self, manifest: Manifest, target: Settings) -> None:
        path = _path(target)
        size = manifest.parts["database"].inner_size
        # The scratch copy; the old database beside the new one; the log through which the change goes.
        needed = size + (2 * max(path.stat().st_size, size) if path.exists() else 0)
        free = shutil.disk_usage(path.parent if path.parent.exists() else Path()).free
        if free < needed:
            raise UnableToUseDatabase(
                f"There is no space: {needed / 2**20:,.0f} MB are needed in {path.parent}, {free / 2**20:,.0f} MB are free."
            )

    def exists(self, target: Settings) -> bool:
        path = _path(target)
        return path.exists() and path.stat().st_size > 0

    @contextmanager
    def scratch(self, beside: Settings) -> Iterator[Settings]:
        path = _path(beside)
        path.parent.mkdir(parents=True, exist_ok=True)
        with scratch_folder(path.parent, owner=path.name) as scratch:
            yield _bare(beside, scratch / "database.sqlite3")

    def load(self, target: Settings, feed: Feed) -> None:
        with os.fdopen(os.open(_path(target), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            feed(file.write)
            file.flush()
            os.fsync(file.fileno())
        try:
            with closing(_open(_path(target))) as database:
                problem = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
        except sqlite3.Error as error:
            problem = str(error)
        if problem != "ok":
            raise UnableToUseDatabase(f"The restored database is damaged: {problem}.")

    def check_free(self, target: Settings) -> None:
        """SQLite changes the content of a database that others have open."""

    def put_in_place(self, scratch: Settings, target: Settings, *, stamp: str) -> str | None:
        new, path = _path(scratch), _path(target)
        if not self.exists(target):
            new.replace(path)
            sync(path.parent)
            return None
        if Path(str(connection.settings_dict["NAME"])) == path:
            connections.close_all()
        names = (_kept_name(path, stamp), *(f"{_kept_name(path, stamp)}-{n}" for n in range(2, 100)))
        old = next(free for name in names if not (free := path.with_name(name)).exists())
        try:
            with closing(_open(path)) as live, closing(_open(new)) as source:
                live.execute("SELECT count(*) FROM sqlite_master").fetchone()
                with closing(sqlite3.connect(old)) as kept:
                    live.backup(kept)
                old.chmod(0o600)
                # One transaction of SQLite's own: whoever has the database open sees the old one, then the new one; who is
                # killed in between leaves the old one.
                source.backup(live, progress=_give_up_after(_WAIT))
                live.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.DatabaseError as error:
            if "not a database" not in str(error) and "malformed" not in str(error):
                old.unlink(missing_ok=True)
                raise UnableToUseDatabase(f"SQLite could not change the live database: {error}.") from None
            _move_aside(path, old)  # nobody can be using what can't be opened
            new.replace(path)
            sync(path.parent)
        return str(old)

    def kept(self, target: Settings, *, stamp: str) -> Settings | None:
        path = _path(target)
        old = path.with_name(_kept_name(path, stamp))
        return _bare(target, old) if old.exists() else None

    def end_others(self, target: Settings) -> int:  # noqa: ARG002 - nobody is in the way: see check_free
        return 0

    def drop_leftovers(self, beside: Settings) -> None:
        path = _path(beside)
        for left in scratch_folders_left(path.parent, owner=path.name):
            shutil.rmtree(left, ignore_errors=True)


def _copy(path: Path, copy: Path) -> None:
    """Copy the database of one moment. Raises `UnableToUseDatabase` if it is damaged."""
    try:
        with closing(_open(path)) as live, closing(sqlite3.connect(copy)) as target:
            # Within a transaction that reads, the copy is of one moment, and writers neither wait nor make it start again.
            live.isolation_level = None
            live.execute("BEGIN")
            live.execute("SELECT count(*) FROM sqlite_master").fetchone()
            live.backup(target, pages=_PAGES, sleep=0)
            target.execute("PRAGMA journal_mode=DELETE")
            problem = target.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise UnableToUseDatabase(f"SQLite could not copy the database: {error}.") from None
    if problem != "ok":
        raise UnableToUseDatabase(f"The database is damaged ({problem}). Restore a backup from before.")


def _path(settings: Settings) -> Path:
    name = str(settings["NAME"])
    if name == ":memory:" or name.startswith("file:"):
        raise UnableToUseDatabase("A database in memory has no backups: it ends with its process.")
    return Path(name)


def _kept_name(path: Path, stamp: str) -> str:
    return f"{path.name}.before-{stamp}"


def _bare(settings: Settings, path: Path) -> Settings:
    """The settings of a database that one connection uses: no write-ahead log beside it."""
    return settings | {"NAME": str(path), "OPTIONS": {"transaction_mode": "IMMEDIATE"}}


def _open(path: Path) -> sqlite3.Connection:
    """Open a database that is there; `connect` alone would make an empty one."""
    return sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=rw", uri=True, timeout=_WAIT)


def _give_up_after(seconds: float) -> Callable[[int, int, int], None]:
    """Return what ends a copy that waits for a lock all this time: by itself SQLite's interface would wait for ever."""
    deadline = time.monotonic() + seconds

    def look_at_clock(status: int, *_pages: int) -> None:
        if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} and time.monotonic() > deadline:
            raise sqlite3.OperationalError("another process keeps it locked: stop the web server and the worker")

    return look_at_clock


def _move_aside(path: Path, to: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        if (part := Path(f"{path}{suffix}")).exists():
            part.replace(f"{to}{suffix}")
