"""Walks the audit log's chain."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from store.audit.verify import verify_audit


class Command(BaseCommand):
    help = (
        "Proves that no entry of the audit log was altered, removed or moved. Prints where it ends (number:seal); note that "
        "down somewhere else, and give it back with --expect to find out a log that was put back as a whole. "
        "Exit code 0: whole; 1: not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take an older note of the end."""
        parser.add_argument("--expect", metavar="NUMBER:SEAL", default="", help="the end as an earlier run printed it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk, print, and fail loudly."""
        expect = None
        if given := options["expect"]:
            number, colon, seal = given.partition(":")
            if not colon or not number.isdigit() or len(seal) < 8:
                raise CommandError("--expect takes number:seal, as an earlier run printed it.")
            expect = (int(number), seal)
        verdict = verify_audit(expect=expect)
        for fault in verdict.faults:
            self.stderr.write(fault)
        if verdict.faults:
            raise CommandError(
                f"The audit log can't be believed: {len(verdict.faults)} faults. Nothing was changed. Keep this database as "
                "it is, and compare it with a backup."
            )
        self.stdout.write(f"{verdict.n} entries, whole. The end: {verdict.n}:{verdict.last[:16]}")
