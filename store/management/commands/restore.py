"""Brings the shop back from a backup."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from store.backups.restore import Restored, UnableToRestore, find_backup, restore_backup
from store.management.progress import stages


class Command(BaseCommand):
    help = (
        "Restores database and pictures from a backup. Reads all of it first, builds the database beside the one there is, "
        "puts it in its place in one step, and keeps the old one under another name. Then nobody is logged in, and whoever "
        "was erased since is erased again. Stop the web server, the worker and the scheduler before. See docs/ops-backup.md."
    )
    requires_system_checks: tuple[str, ...] = ()  # they may want the very database that is to be brought back

    def add_arguments(self, parser: CommandParser) -> None:
        """Take which, where to and how sure."""
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("path", nargs="?", type=Path, help="the folder of a backup, or its name")
        which.add_argument("--latest", action="store_true", help="the newest there is")
        which.add_argument("--at", metavar="TIME", help="the last one made by then, as 2026-11-22T13:45 (shop's time)")
        parser.add_argument("--into", metavar="URL", default="", help="a new or empty database instead; without pictures")
        parser.add_argument("--confirm", metavar="NAME", default="", help="the shop's name: its database may be replaced")
        parser.add_argument("--shop", metavar="NAME", default="", help="the name in the backup, if the shop was renamed")
        parser.add_argument("--keep-sessions", action="store_true", help="don't log everybody out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore, and say what to do next."""
        try:
            backup = find_backup(path=options["path"], at=_moment(options["at"]) if options["at"] else None)
            with stages() as on_progress:
                restored = restore_backup(
                    backup,
                    now=timezone.now(),
                    into=options["into"],
                    confirm=options["confirm"],
                    other_name=options["shop"],
                    keep_sessions=options["keep_sessions"],
                    on_progress=on_progress,
                )
        except UnableToRestore as error:
            raise CommandError(str(error)) from None
        self._print(restored, into=options["into"])

    def _print(self, restored: Restored, *, into: str) -> None:
        manifest, readied = restored.backup.manifest, restored.readied
        self.stdout.write(
            f"{restored.backup.name} restored in {restored.seconds:.1f} s: {manifest.total_rows:,} rows, "
            f"{restored.media_written} of {manifest.media_files} pictures written."
        )
        if readied.migrated:
            self.stdout.write("Its schema was older and was brought up to date.")
        self.stdout.write(
            f"{readied.sessions_ended} sessions ended; {readied.erased_again} rows of people erased since, erased again."
        )
        if restored.kept_as:
            self.stdout.write(f"What was there before is kept: {restored.kept_as}. Delete it when you are sure.")
        steps = [
            "point DATABASE_URL to the new database" if into else "",
            "after a break-in, change SECRET_KEY, the gateways' keys and everybody's passwords before you open",
            "start the web server, the worker and the scheduler",
            f"run `sweep_payments`: what the gateway did after {manifest.at:%Y-%m-%d %H:%M} UTC is not in the backup",
        ]
        self.stdout.write("Next:")
        for number, step in enumerate(filter(None, steps), start=1):
            self.stdout.write(f"  {number}. {step}")


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text.replace(" ", "T", 1))
    except ValueError:
        moment = None
    if moment is None:
        raise UnableToRestore(f"{text!r} is no time like 2026-11-22T13:45 or 2026-11-22T13:45+00:00. Nothing was restored.")
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
