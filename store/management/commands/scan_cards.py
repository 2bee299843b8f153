"""Looks for card numbers where none should be."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from tqdm import tqdm

from store.scan import Hit, backup_sources, database_sources, file_sources, record_scan


class Command(BaseCommand):
    help = (
        "Looks through every text column (decrypted), media, logs, mails and the newest backup (restored to a scratch "
        "database, decrypted) for card numbers. "
        "Prints 0, or table, column and row id of each. Exit code 0: none; 1: some; 2: it could not look everywhere."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Scan and exit with the code that says what was found."""
        hits: list[Hit] = []
        # The backup comes last: while it is read, queries go to its scratch database.
        sources = [*database_sources(), *file_sources(), *backup_sources()]
        with tqdm(total=sum(source.steps for source in sources), unit=" rows", disable=None) as bar:
            for source in sources:
                bar.set_description(source.name)
                for hit in source.hits:
                    if hit is None:
                        bar.update()
                    elif hit not in hits:
                        hits.append(hit)
        record_scan(hits=len(hits), steps=sum(source.steps for source in sources), now=timezone.now())
        for hit in hits:
            self.stdout.write(f"{hit.place} {hit.row}")
        self.stdout.write(f"{len(hits)} card numbers found." if hits else "0")
        if hits:
            sys.exit(2 if all("can't be opened" in hit.place for hit in hits) else 1)
