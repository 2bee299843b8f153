"""Which backup to go back to: the newest from before the break-in that is whole and fits."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import structlog

from store.backups.bucket import UnableToReachBucket
from store.backups.databases import default_settings
from store.backups.restore import UnableToRestore, find_backup
from store.backups.shelf import AnotherRunIsOn, Backup, all_backups, reader, shelf
from store.backups.streams import DamagedBackup, OnProgress
from store.backups.verify import UnfitBackup, check_fit, verify_backup
from store.recovery.state import UnableToRecover

log = structlog.get_logger(__name__)


def candidates(*, before: datetime | None, path: Path | None = None) -> list[Backup]:
    """Return the backups that may do, the best first. Raises `UnableToRecover` if there is none."""
    if path is not None:
        try:
            return [find_backup(path=path)]
        except UnableToRestore as error:
            raise UnableToRecover(str(error)) from None
    try:
        found = [backup for backup in all_backups() if before is None or backup.manifest.at <= before]
    except UnableToReachBucket as error:
        raise UnableToRecover(
            f"{shelf()} can't be looked into: {error}. Nothing was restored. See to it, and go on."
        ) from None
    if not found:
        when = f" from {before.isoformat(timespec='minutes')} or earlier" if before else ""
        raise UnableToRecover(
            f"There is no backup{when} in {shelf()}. Nothing was restored. Fetch your copy from the other place, and name "
            "its folder with --backup."
        )
    return found[::-1]


def choose_backup(
    *, before: datetime | None, path: Path | None = None, on_progress: OnProgress = lambda *_: None
) -> tuple[Backup, list[str]]:
    """Return the newest backup that is whole to the last byte and fits, and why newer ones don't do.

    Raises `UnableToRecover` if none does.
    """
    passed_over: list[str] = []
    for backup in candidates(before=before, path=path):
        try:
            with reader():
                check_fit(backup.manifest, default_settings())
                verify_backup(backup, on_progress=on_progress)
        except (DamagedBackup, UnfitBackup, UnableToReachBucket) as error:
            passed_over.append(f"The backup {backup.name} won't do: {error}")
            log.warning("backup_passed_over", backup=backup.name, why=str(error))
            continue
        except AnotherRunIsOn as error:
            raise UnableToRecover(str(error)) from None
        return backup, passed_over
    raise UnableToRecover(
        f"No backup will do. {' '.join(passed_over)} Nothing was restored. Fetch your copy from the other place, and name "
        "its folder with --backup."
    )
