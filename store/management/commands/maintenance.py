"""Closes the shop, and opens it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from store.maintenance import close_shop, flag, open_shop


class Command(BaseCommand):
    help = (
        "Closes the shop (on) or opens it (off): while it is closed every page and webhook is answered with 503, and worker "
        "and scheduler do nothing. Without a word, says which it is."
    )
    requires_system_checks: tuple[str, ...] = ()  # they may want a database that is away

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do."""
        parser.add_argument("to", nargs="?", choices=["on", "off"])

    def handle(self, *args: Any, to: str | None = None, **options: Any) -> None:
        """Close, open or say."""
        try:
            if to == "on":
                close_shop(why="Closed by hand.")
            elif to == "off":
                open_shop()
        except OSError as error:
            raise CommandError(f"{flag()} could not be changed: {error.strerror or error}. Nothing was done.") from None
        self.stdout.write(f"The shop is {'closed' if flag().exists() else 'open'}.")
