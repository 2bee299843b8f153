"""Moves every encrypted value to the key that writes now."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from store.keycheck import remember_keys
from store.keyring import get_keyring
from store.rotation import BATCH, UnableToRetireKey, retire, rotate, rows_per_kid, rows_to_rotate


class Command(BaseCommand):
    help = (
        "Re-encrypts, while the shop is open, every value that another key wrote. May be stopped at any time and run again. "
        "Ends with a proof: how many values each key wrote. See store/rotation.py for the steps around it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do."""
        parser.add_argument("--dry-run", action="store_true", help="only count")
        parser.add_argument("--batch", type=int, default=BATCH, help="rows at a time")
        parser.add_argument("--retire", metavar="KID", help="forget a key that nothing needs any more")

    def handle(self, *args: Any, dry_run: bool, batch: int, retire: str | None, **options: Any) -> None:
        """Rotate, or retire a key."""
        if retire:
            self._retire(retire, dry_run=dry_run)
            return
        writer = get_keyring().writer
        total = rows_to_rotate()
        if dry_run:
            self.stdout.write(f"{total} rows would be re-encrypted with key {writer!r}.")
            self._print_proof()
            return
        remember_keys()
        started = time.perf_counter()
        with tqdm(total=total, unit=" rows", disable=None) as bar:
            progress = rotate(batch=batch, on_progress=bar.update)
        seconds = time.perf_counter() - started
        rate = f", {progress.rotated / seconds:,.0f} rows/s" if progress.rotated else ""
        self.stdout.write(f"{progress.rotated} rows re-encrypted with key {writer!r} in {seconds:.1f} s{rate}.")
        if progress.met_again:
            self.stdout.write(f"{progress.met_again} rows were edited meanwhile and looked at again.")
        self._print_proof()
        if progress.unreadable:
            for place, error in zip(progress.unreadable_rows, progress.unreadable, strict=True):
                self.stderr.write(f"{place}: {error}")
            raise CommandError(f"{len(progress.unreadable)} rows can't be opened and were left as they are.")
        if left := rows_to_rotate():
            raise CommandError(
                f"{left} rows still carry another key: a process that wasn't restarted writes with it. Run again."
            )

    def _retire(self, kid: str, *, dry_run: bool) -> None:
        if dry_run:
            self._print_proof()
            return
        try:
            retire(kid)
        except UnableToRetireKey as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"Nothing needs key {kid!r} any more. Take it out of FIELD_KEYS; keep a copy as long as old backups exist."
        )

    def _print_proof(self) -> None:
        """Print how many values each key wrote."""
        self.stdout.write("Values per key:")
        for place, counts in rows_per_kid().items():
            listing = ", ".join(f"{kid} {count}" for kid, count in sorted(counts.items())) or "none"
            self.stdout.write(f"  {place}: {listing}")
