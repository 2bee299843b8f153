"""In the place of Django's command of this name, which would let one person choose another's password."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Not here: `create_owner EMAIL` makes an owner by a one-time link."

    def run_from_argv(self, argv: list[str]) -> None:
        """Take no arguments, so that none is asked for."""
        super().run_from_argv(argv[:2])

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse."""
        raise CommandError("No account was made. Use `create_owner EMAIL`: it prints a one-time link for the owner to open.")
