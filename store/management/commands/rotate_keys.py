"""Moves every encrypted value to the key that writes now."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from store.keycheck import remember_keys
from store.keyring import get_keyring
from store.reindexing import (
    Reindexed,
    UnableToRetireIndexKey,
    count_rows,
    find_stale,
    reindex,
    retire_index_keys,
)
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
        parser.add_argument(
            "--index",
            action="store_true",
            help="make blind indexes anew: under the first key of INDEX_KEY, and as this release spells values",
        )
        parser.add_argument("--retire-index", action="store_true", help="forget the other keys of INDEX_KEY")
        parser.add_argument(
            "--forget-erased",
            action="store_true",
            help="with --retire-index: even if entries of erased people match no more",
        )

    def handle(
        self,
        *args: Any,
        dry_run: bool = False,
        batch: int = BATCH,
        retire: str | None = None,
        index: bool = False,
        retire_index: bool = False,
        forget_erased: bool = False,
        **options: Any,
    ) -> None:
        """Rotate, or retire a key."""
        if index:
            self._reindex(dry_run=dry_run, batch=batch)
            return
        if retire_index:
            self._retire_index(forget_erased=forget_erased)
            return
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

    def _reindex(self, *, dry_run: bool, batch: int) -> None:
        total = count_rows()
        if dry_run:
            with tqdm(total=total, unit=" rows", disable=None) as bar:
                self._print_stale(find_stale(on_progress=bar.update))
            return
        remember_keys()
        started = time.perf_counter()
        with tqdm(total=total, unit=" rows", disable=None, desc="making anew") as bar:
            result = reindex(batch=batch, on_progress=bar.update)
        seconds = time.perf_counter() - started
        rate = f", {total / seconds:,.0f} rows/s looked at" if total else ""
        self.stdout.write(f"{result.done} rows have digests of the first index key now, in {seconds:.1f} s{rate}.")
        if result.met_again:
            self.stdout.write(f"{result.met_again} rows were edited meanwhile and looked at again.")
        with tqdm(total=total, unit=" rows", disable=None, desc="proving it") as bar:
            proof = find_stale(on_progress=bar.update)
        self._print_stale(proof)
        if unreadable := sorted({*result.unreadable, *proof.unreadable}):
            for place in unreadable:
                self.stderr.write(place)
            raise CommandError(f"{len(unreadable)} rows were left as they are.")
        if left := proof.stale.total():
            raise CommandError(
                f"{left} digests are still of another key: a process that wasn't restarted writes with it. Run again."
            )

    def _retire_index(self, *, forget_erased: bool) -> None:
        try:
            retire_index_keys(forget_erased=forget_erased)
        except UnableToRetireIndexKey as error:
            raise CommandError(str(error)) from None
        self.stdout.write("Nothing needs another index key any more. Leave only the first one in INDEX_KEY.")

    def _print_stale(self, found: Reindexed) -> None:
        """Print how many digests another key made, and how many nobody can make anew."""
        for place, count in found.stale.items():
            self.stdout.write(f"  {place}: {count} digests of another key, or made the old way")
        for place, count in found.orphaned.items():
            self.stdout.write(f"  {place}: {count} of people who were erased; kept as they are")
        if not found.stale:
            self.stdout.write("  Every digest that can be made is of the first index key.")

    def _print_proof(self) -> None:
        """Print how many values each key wrote."""
        self.stdout.write("Values per key:")
        for place, counts in rows_per_kid().items():
            listing = ", ".join(f"{kid} {count}" for kid, count in sorted(counts.items())) or "none"
            self.stdout.write(f"  {place}: {listing}")
