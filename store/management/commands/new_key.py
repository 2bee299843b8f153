"""Makes a key."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from store.backups.keys import new_backup_key, read_backup_key
from store.keyring import fingerprint, read_key


class Command(BaseCommand):
    help = (
        "Prints a new random key for FIELD_KEYS or INDEX_KEY, or with --backup for BACKUP_KEY. Nothing is stored: keep a "
        "copy where no backup of the shop is."
    )
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the name of the key."""
        parser.add_argument(
            "kid", nargs="?", help="a short name, to print it the way FIELD_KEYS takes it; none for INDEX_KEY"
        )

        parser.add_argument("--backup", action="store_true", help="a key for BACKUP_KEY instead")

    def handle(self, *args: Any, kid: str | None, backup: bool = False, **options: Any) -> None:
        """Print the key to stdout and its fingerprint to stderr, so that a pipe carries the key alone."""
        if backup:
            made = new_backup_key()
            self.stdout.write(made)
            self.stderr.write(f"fingerprint {read_backup_key(made).print}")
            return
        key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        self.stdout.write(f"{kid}:{key}" if kid else key)
        self.stderr.write(f"fingerprint {fingerprint(read_key(key, name='the key'))}")
