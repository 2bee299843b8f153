"""Gives payments that have no order one."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from checkout.recovery.payments import rebuild_orders
from store.recovery.state import UnableToRecover


class Command(BaseCommand):
    help = (
        "Gives every payment that the gateways' books list since a moment, and of which this shop knows nothing, an order "
        "made from what the gateway knows, on hold and stopped. `recover` does it; after a plain restore, or for what "
        "PayPal lists hours late, run it by hand. Safe to repeat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the moment."""
        parser.add_argument("--since", metavar="TIME", required=True, help="of the backup, as 2026-11-22T03:00Z")

    def handle(self, *args: Any, since: str, **options: Any) -> None:
        """Rebuild, and say what came of it."""
        moment = parse_datetime(since.replace(" ", "T", 1))
        if moment is None:
            raise CommandError(f"{since!r} is no time like 2026-11-22T03:00Z. Nothing was done.")
        moment = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
        try:
            rebuilt = rebuild_orders(since=moment, now=timezone.now(), database=None)
        except UnableToRecover as error:
            raise CommandError(str(error)) from None
        self.stdout.write(str(rebuilt))
        for what in [*rebuilt.troubles, *(f"Rebuilt: {number}" for number in rebuilt.built_anew)]:
            self.stdout.write(f"  {what}")
