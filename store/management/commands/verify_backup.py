"""Reads a backup whole."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from store.backups.bucket import UnableToReachBucket
from store.backups.restore import UnableToRestore, find_backup
from store.backups.shelf import AnotherRunIsOn, look_up_all, reader, shelf
from store.backups.streams import DamagedBackup
from store.backups.verify import UnfitBackup, verify_backup
from store.management.progress import stages


class Command(BaseCommand):
    help = (
        "Reads every byte of the newest backup, of the one given, or of --all, and compares it with what was written. "
        "Changes nothing. Exit code 1 if one is damaged or can't be opened. `restore_drill` goes further."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take which."""
        parser.add_argument("path", nargs="?", type=Path, help="the folder or name of a backup (default: the newest)")
        parser.add_argument("--all", action="store_true", help="every one in BACKUP_DIR")

    def handle(self, *args: Any, path: Path | None, **options: Any) -> None:
        """Verify and say how each one is."""
        try:
            backups, broken = look_up_all() if options["all"] else ([], [])
        except UnableToReachBucket as error:
            raise CommandError(f"{shelf()} can't be looked into: {error}. Nothing was verified.") from None
        bad = len(broken)
        for left in broken:
            self.stdout.write(f"{left.folder.name}: {left.why}.")
        try:
            if not options["all"]:
                backups = [find_backup(path=path)]
            with reader():
                for backup in backups:
                    try:
                        with stages() as on_progress:
                            verify_backup(backup, on_progress=on_progress)
                        self.stdout.write(f"{backup.name}: whole.")
                    except (DamagedBackup, UnfitBackup, UnableToReachBucket) as error:
                        bad += 1
                        self.stdout.write(f"{backup.name}: {error}")
        except (AnotherRunIsOn, UnableToRestore) as error:
            raise CommandError(str(error)) from None
        if bad:
            sys.exit(1)
