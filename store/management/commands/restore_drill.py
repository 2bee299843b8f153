"""Restores the newest backup to a scratch database, to see that it can be done."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from store.backups.drill import UnableToDrill, run_drill
from store.backups.shelf import AnotherRunIsOn
from store.management.progress import stages


class Command(BaseCommand):
    help = (
        "Restores the newest backup to a scratch database, compares every table's rows, checks keys, decrypts samples, "
        "checks foreign keys and money, drops the scratch database, and says how long it took. The live shop isn't touched. "
        "Exit code 1 if anything is wrong; `doctor` and `backup --check` know the last result."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Drill and print the figures."""
        try:
            with stages() as on_progress:
                drilled = run_drill(timezone.now(), on_progress=on_progress)
        except (UnableToDrill, AnotherRunIsOn) as error:
            raise CommandError(str(error)) from None
        age = int(drilled.age.total_seconds())
        self.stdout.write(
            f"{drilled.backup.name}, {age // 3600} h {age // 60 % 60} min old, was back in {drilled.seconds:.1f} s: "
            f"{drilled.backup.manifest.total_rows:,} rows, {drilled.values} values decrypted, foreign keys whole, "
            f"{drilled.checks} checks of money passed."
        )
