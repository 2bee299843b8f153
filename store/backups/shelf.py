"""The folder that backups are kept in: what is there, who may touch it, and what a killed run left lying about."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from django.conf import settings

from store.backups.manifest import Manifest, read_manifest
from store.backups.streams import DamagedBackup

MEDIA: Final = "media"
_UNFINISHED: Final = ".unfinished-"
_SCRATCH: Final = ".scratch-"
_NAME: Final = "%Y%m%dT%H%M%SZ"


class AnotherRunIsOn(Exception):
    """Somebody else is at work on the backups."""


@dataclass(frozen=True)
class Backup:
    """One backup on the shelf, whole as far as its name and manifest tell."""

    folder: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """Its moment in UTC, as in 20261122T134500Z."""
        return self.folder.name


@dataclass(frozen=True)
class Unreadable:
    """What is called like a backup but has no manifest that can be read."""

    folder: Path
    why: str


def shelf() -> Path:
    """Return the folder (`settings.BACKUP_DIR`)."""
    return Path(settings.BACKUP_DIR)


def look_up_all() -> tuple[list[Backup], list[Unreadable]]:
    """Return the backups on the shelf, oldest first, and what is called like one but can't be read."""
    backups, broken = [], []
    for folder in sorted(shelf().iterdir()) if shelf().is_dir() else []:
        if not is_backup_name(folder.name) or not folder.is_dir():
            continue
        try:
            backups.append(Backup(folder, read_manifest(folder)))
        except DamagedBackup as error:
            broken.append(Unreadable(folder, str(error)))
    return sorted(backups, key=lambda backup: backup.manifest.at), broken


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
    taken = 1
    while (shelf() / (full := name if taken == 1 else f"{name}-{taken}")).exists():
        taken += 1
    return full


@contextmanager
def only_writer() -> Iterator[None]:
    """Hold the right to add backups. Raises `AnotherRunIsOn` if somebody has it. It ends with the process, if not before."""
    shelf().mkdir(parents=True, exist_ok=True, mode=0o700)
    with _locked(".writing", fcntl.LOCK_EX):
        for left in shelf().glob(f"{_UNFINISHED}*"):  # of a run that was killed: nobody else has the right
            shutil.rmtree(left, ignore_errors=True)
        yield


@contextmanager
def reader() -> Iterator[None]:
    """Keep every backup where it is for a while. Raises `AnotherRunIsOn` while old ones are being taken away."""
    shelf().mkdir(parents=True, exist_ok=True, mode=0o700)
    with _locked(".reading", fcntl.LOCK_SH):
        yield


@contextmanager
def no_readers() -> Iterator[None]:
    """Hold the right to take backups away. Raises `AnotherRunIsOn` while somebody reads one."""
    with _locked(".reading", fcntl.LOCK_EX):
        for left in shelf().glob(f"{_SCRATCH}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield


@contextmanager
def _locked(name: str, how: int) -> Iterator[None]:
    with os.fdopen(os.open(shelf() / name, os.O_RDWR | os.O_CREAT, 0o600)) as file:
        try:
            fcntl.flock(file, how | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AnotherRunIsOn(
                f"Another run is at work in {shelf()}. Nothing was done. Wait for it to end and run this again."
            ) from None
        yield


@contextmanager
def unfinished(name: str) -> Iterator[Path]:
    """Give a folder to write a backup into; it is gone afterwards unless it was moved to its name."""
    folder = shelf() / f"{_UNFINISHED}{name}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def scratch_folder(beside: Path | None = None) -> Iterator[Path]:
    """Give a folder for throw-away files on the same disk as `beside` (default: the shelf)."""
    folder = (beside or shelf()) / f"{_SCRATCH}{os.getpid()}-{os.urandom(4).hex()}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put_up(folder: Path, name: str) -> Path:
    """Give an unfinished backup its name: from here on it is one. Returns where it is now."""
    sync(folder)
    done = shelf() / name
    folder.rename(done)
    sync(shelf())
    return done


def take_away(folder: Path) -> None:
    """Delete a backup: first it stops being one, then its files go."""
    doomed = folder.with_name(f"{_UNFINISHED}{folder.name}")
    folder.rename(doomed)
    shutil.rmtree(doomed)


def sync(folder: Path) -> None:
    """Write a folder's entries onto the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
