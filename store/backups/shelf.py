"""Where backups are kept, a folder or a bucket: what is there, who may touch it, and what a killed run left lying about.

With a bucket, `settings.BACKUP_DIR` is the desk: a backup is made and read back there before it is sent, and what holds
others off is there. The writers of several machines are held off one another by PostgreSQL.
"""

from __future__ import annotations

import fcntl
import glob
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection

from store.backups import bucket
from store.backups.bucket import BucketPath, Place, Stored
from store.backups.databases import connect, default_settings
from store.backups.manifest import FILE, Manifest, read_manifest
from store.backups.streams import DamagedBackup

MEDIA: Final = "media"
_UNFINISHED: Final = ".unfinished-"
_SCRATCH: Final = ".scratch-"
_NAME: Final = "%Y%m%dT%H%M%SZ"
_CENTURY: Final = "2"  # with which the names of backups begin, and nothing else in the bucket does
_WRITING: Final = 0x52494E47  # PostgreSQL's name for the right to add backups to a bucket


_WAIT_FOR_IT: Final = "Another run is at work in {}. Nothing was done. Wait for it to end and run this again."


class AnotherRunIsOn(Exception):
    """Somebody else is at work on the backups."""


@dataclass(frozen=True)
class Backup:
    """One backup on the shelf, whole as far as its name and manifest tell."""

    folder: Place
    manifest: Manifest

    @property
    def name(self) -> str:
        """Its moment in UTC, as in 20261122T134500Z."""
        return self.folder.name


@dataclass(frozen=True)
class Unreadable:
    """What is called like a backup but has no manifest that can be read."""

    folder: Place
    why: str


def shelf() -> Place:
    """Return where backups are: the bucket, or the folder (`settings.BACKUP_DIR`)."""
    return BucketPath() if bucket.is_in_use() else desk()


def desk() -> Path:
    """Return the folder where backups are made. Without a bucket they stay there."""
    return Path(settings.BACKUP_DIR)


def look_up_all() -> tuple[list[Backup], list[Unreadable]]:
    """Return the backups on the shelf, oldest first, and what is called like one but can't be read.

    Raises `UnableToReachBucket`.
    """
    backups: list[Backup] = []
    broken: list[Unreadable] = []
    for folder, read in _look_up_in_bucket() if bucket.is_in_use() else _look_up_on_desk():
        try:
            backups.append(Backup(folder, read()))
        except DamagedBackup as error:
            broken.append(Unreadable(folder, str(error)))
    return sorted(backups, key=lambda backup: backup.manifest.at), broken


def _look_up_on_desk() -> Iterator[tuple[Place, Callable[[], Manifest]]]:
    for folder in sorted(desk().iterdir()) if desk().is_dir() else []:
        if is_backup_name(folder.name) and folder.is_dir():
            yield folder, partial(read_manifest, folder)


_read_once = bucket.remember(read_manifest)


def _look_up_in_bucket() -> Iterator[tuple[Place, Callable[[], Manifest]]]:
    for name, objects in _names_in_bucket().items():
        if FILE in objects:  # without it, it was never all sent
            folder = BucketPath(name)
            yield folder, partial(_read_once, folder, objects[FILE].tag)


def _names_in_bucket() -> dict[str, dict[str, Stored]]:
    found: dict[str, dict[str, Stored]] = {}
    for stored in bucket.objects_below(BucketPath(), start=_CENTURY):
        name, _, part = stored.key.partition("/")
        if is_backup_name(name):
            found.setdefault(name, {})[part] = stored
    return found


def all_backups() -> list[Backup]:
    """Return the backups on the shelf, oldest first."""
    return look_up_all()[0]


def newest() -> Backup | None:
    """Return the newest backup, if there is any."""
    return next(reversed(all_backups()), None)


def is_backup_name(name: str) -> bool:
    """Say whether a folder of this name is a backup. Unfinished ones begin with a dot."""
    try:
        datetime.strptime(name[:16], _NAME).replace(tzinfo=UTC)
    except ValueError:
        return False
    return True


def free_name(at: datetime) -> str:
    """Return the name of a backup of this moment that no other has."""
    name = at.astimezone(UTC).strftime(_NAME)
    taken = {*_names_in_bucket()} if bucket.is_in_use() else {path.name for path in desk().iterdir()}
    return next(free for free in chain([name], (f"{name}-{n}" for n in count(2))) if free not in taken)


@contextmanager
def only_writer() -> Iterator[None]:
    """Hold the right to add backups. Raises `AnotherRunIsOn` if somebody has it. It ends with the process, if not before."""
    with _locked(".writing", fcntl.LOCK_EX), _locked_everywhere():
        for left in desk().glob(f"{_UNFINISHED}*"):  # of a run that was killed: nobody else has the right
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)
        yield


@contextmanager
def reader() -> Iterator[None]:
    """Keep every backup where it is for a while. Raises `AnotherRunIsOn` while old ones are being taken away.

    In a bucket, another machine may take away what is past its time all the same: whoever reads it sees that it is gone.
    """
    with _locked(".reading", fcntl.LOCK_SH):
        yield


@contextmanager
def no_readers() -> Iterator[None]:
    """Hold the right to take backups away. Raises `AnotherRunIsOn` while somebody reads one."""
    with _locked(".reading", fcntl.LOCK_EX):
        for left in desk().glob(f"{_SCRATCH}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield


@contextmanager
def _locked(name: str, how: int) -> Iterator[None]:
    desk().mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(desk() / name, os.O_RDWR | os.O_CREAT, 0o600)) as file:
        try:
            fcntl.flock(file, how | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AnotherRunIsOn(_WAIT_FOR_IT.format(desk())) from None
        yield


@contextmanager
def _locked_everywhere() -> Iterator[None]:
    """Hold off the writers of other machines. A connection of its own: with it, the lock ends."""
    if not bucket.is_in_use() or connection.vendor != "postgresql":
        yield
        return
    with closing(connect(default_settings())) as own, own.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_WRITING])
        if not cursor.fetchone()[0]:
            raise AnotherRunIsOn(_WAIT_FOR_IT.format(shelf()))
        yield


@contextmanager
def unfinished(name: str) -> Iterator[Path]:
    """Give a folder to write a backup into; it is gone afterwards unless it was moved to its name."""
    folder = desk() / f"{_UNFINISHED}{name}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def scratch_folder(beside: Path | None = None, *, owner: str = "") -> Iterator[Path]:
    """Give a folder for throw-away files on the same disk as `beside` (default: the desk), named by its owner or process."""
    folder = (beside or desk()) / f"{_SCRATCH}{owner or os.getpid()}-{os.urandom(4).hex()}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def scratch_folders_left(beside: Path, *, owner: str) -> Iterator[Path]:
    """Yield what killed runs left there of this owner's; another's may be in use."""
    yield from beside.glob(f"{_SCRATCH}{glob.escape(owner)}-{'[0-9a-f]' * 8}")


def put_up(folder: Path, name: str) -> Place:
    """Give an unfinished backup its name: from here on it is one. Returns where it is now."""
    if bucket.is_in_use():
        for path in sorted(folder.iterdir(), key=lambda path: (path.name == FILE, path.name)):  # the manifest last
            (BucketPath(name) / path.name).send(path)
        return BucketPath(name)
    sync(folder)
    done = desk() / name
    folder.rename(done)
    sync(desk())
    return done


def take_away(folder: Place) -> None:
    """Delete a backup: first it stops being one, then its files go."""
    if isinstance(folder, BucketPath):
        (folder / FILE).unlink()
        for stored in bucket.objects_below(folder):
            BucketPath(stored.key).unlink()
        return
    doomed = folder.with_name(f"{_UNFINISHED}{folder.name}")
    folder.rename(doomed)
    shutil.rmtree(doomed)


def clear_bucket(*, now: datetime) -> None:
    """Delete what killed runs left in the bucket a day ago or longer. Raises `NotAllowedInBucket`."""
    if bucket.is_in_use():
        unfinished = [each for objects in _names_in_bucket().values() if FILE not in objects for each in objects.values()]
        bucket.clear_away(unfinished, now=now)


def unfinished_file(place: Place) -> Path:
    """Return where the content of a file of the shelf is written before `put_file` gives it its name."""
    if isinstance(place, BucketPath):
        return desk() / f"{_UNFINISHED}{place.name}"
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place.with_suffix(".new")


def put_file(unfinished: Path, place: Place) -> None:
    """Put a whole file in its place on the shelf, in one step."""
    if isinstance(place, BucketPath):
        place.send(unfinished)
        unfinished.unlink()
        return
    unfinished.replace(place)
    sync(place.parent)


def sync(folder: Path) -> None:
    """Write a folder's entries onto the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
