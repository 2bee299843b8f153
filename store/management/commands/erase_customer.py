"""Erases a person."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from store.blind_index import blind_index
from store.erasure import (
    Erased,
    UnableToEraseCustomer,
    count_rows,
    erase_customer,
    ledger_path,
    reasons_against,
    replay_erasures,
)


class Command(BaseCommand):
    help = (
        "Erases the personal data of one person, for good; what the books need stays. "
        "With --replay, does every erasure in the ledger again: run that after each restore."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whom, and how sure."""
        parser.add_argument("email", nargs="?", help="asked for if not given, which keeps it out of the shell's history")
        parser.add_argument("--yes", action="store_true", help="don't ask again")
        parser.add_argument("--dry-run", action="store_true", help="only count")
        parser.add_argument("--replay", action="store_true", help="do the ledger's erasures again")

    def handle(self, *args: Any, email: str | None, yes: bool, dry_run: bool, replay: bool, **options: Any) -> None:
        """Erase, count or replay."""
        if replay:
            self._print(replay_erasures(), "erased again")
            return
        email = email or input("E-mail address: ")
        digest = blind_index("email", email)
        if not digest:
            raise CommandError("No e-mail address was given.")
        found = count_rows(digest)
        if dry_run:
            self._print(found, "would be erased")
            for reason in reasons_against(digest):
                self.stdout.write(f"Not now, though: {reason}")
            return
        if not yes and input(f"Erase {found.total} rows about this person for good? Type 'erase': ").strip() != "erase":
            raise CommandError("Nothing was erased.")
        try:
            erased = erase_customer(email=email, now=timezone.now())
        except UnableToEraseCustomer as error:
            raise CommandError(f"Nothing was erased. {error}") from None
        self._print(erased, "erased")
        self.stdout.write(f"Written to the ledger {ledger_path()}: keep a copy outside the backups of the database.")

    def _print(self, erased: Erased, verb: str) -> None:
        for label, count in erased.rows.items():
            self.stdout.write(f"  {label}: {count}")
        self.stdout.write(f"{erased.total} rows {verb}.")
