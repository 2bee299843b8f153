"""Writes down all that the shop knows about a person."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from store.export import as_json, export_customer


class Command(BaseCommand):
    help = "Writes all that the shop knows about a person as JSON, to a file only you can read, or to standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whom and where."""
        parser.add_argument("email", nargs="?", help="asked for if not given, which keeps it out of the shell's history")
        parser.add_argument("--output", type=Path, help="a file that doesn't exist yet")

    def handle(self, *args: Any, email: str | None, output: Path | None, **options: Any) -> None:
        """Export."""
        try:
            text = as_json(export_customer(email=email or input("E-mail address: "), now=timezone.now()))
        except ValueError as error:
            raise CommandError(str(error)) from None
        if output is None:
            self.stdout.write(text)
            return
        try:
            descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"Can't write {output}: {error.strerror}.") from None
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        self.stdout.write(f"Written to {output}. It is not encrypted: hand it over safely and delete it.")
