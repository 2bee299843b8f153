"""Backs the shop up."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from store.backups.bucket import UnableToReachBucket
from store.backups.health import backup_problems
from store.backups.make import UnableToBackUp, run_backup
from store.backups.shelf import AnotherRunIsOn, look_up_all, shelf
from store.management.progress import stages


class Command(BaseCommand):
    help = (
        "Backs up database and pictures to BACKUP_DIR or BACKUP_BUCKET, encrypted with BACKUP_KEY, and takes away what is "
        "older than it is kept for: all of a day, one of each hour for a week, one of each day for 35 days. With --check, "
        "only says what is wrong with the backups, and exits with 1 if anything is: for monitoring. With --list, lists them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do."""
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--check", action="store_true", help="say what is wrong with the backups; exit code 1 if anything")
        what.add_argument("--list", action="store_true", help="list the backups there are")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make a backup, or look at those there are."""
        if options["check"]:
            self._check()
        elif options["list"]:
            self._list()
        else:
            self._make()

    def _make(self) -> None:
        try:
            with stages() as on_progress:
                made = run_backup(timezone.now(), on_progress=on_progress)
        except (UnableToBackUp, AnotherRunIsOn) as error:
            raise CommandError(str(error)) from None
        manifest = made.backup.manifest
        size = sum(part.size or 0 for part in manifest.parts.values())
        self.stdout.write(
            f"{made.backup.folder}: {manifest.total_rows:,} rows of {manifest.engine} {manifest.server}, "
            f"{size / 2**20:,.1f} MB, {manifest.media_files} pictures, in {made.seconds:.1f} s, read back."
        )
        if made.dropped:
            self.stdout.write(f"{len(made.dropped)} old ones taken away.")

    def _check(self) -> None:
        problems = backup_problems(timezone.now())
        for problem in problems:
            self.stdout.write(problem)
        if problems:
            sys.exit(1)
        self.stdout.write("The backups are in order.")

    def _list(self) -> None:
        try:
            backups, broken = look_up_all()
        except UnableToReachBucket as error:
            raise CommandError(f"{shelf()} can't be looked into: {error}.") from None
        for backup in backups:
            manifest = backup.manifest
            size = sum(part.size or 0 for part in manifest.parts.values())
            self.stdout.write(
                f"{backup.name}  {manifest.total_rows:>12,} rows  {size / 2**20:>10,.1f} MB  "
                f"{manifest.media_files:>6} pictures  {manifest.engine} {manifest.server}  "
                f"keys {', '.join(manifest.kids) or 'none'}"
            )
        for left in broken:
            self.stdout.write(f"{left.folder.name}  can't be read: {left.why}")
        self.stdout.write(f"{len(backups)} backups in {shelf()}.")
