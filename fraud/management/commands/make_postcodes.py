"""Make the file of postcodes that POSTCODES_PATH names, of a list of postcodes and their places."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from fraud.postcodes import UnableToReadPostcodes, make_postcodes


class Command(BaseCommand):
    """Read a list of postcodes in GeoNames' format, write the file that the fraud rules measure distances by."""

    help = "Make the file that POSTCODES_PATH names, of a list of postcodes in GeoNames' format (allCountries.txt, US.txt)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which list, which file, which countries."""
        parser.add_argument("source", type=Path, help="the list, unpacked: one postcode a line, tabs between its columns")
        parser.add_argument("target", type=Path, help="the file to make; one that is there is replaced at the end")
        parser.add_argument("--countries", default="", help="only these, as in US,CA,GB; all of them without it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it."""
        countries = [country for each in options["countries"].split(",") if (country := each.strip())]
        try:
            count = make_postcodes(options["source"], options["target"], countries=countries)
        except UnableToReadPostcodes as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count:,} postcodes. Set POSTCODES_PATH to {options['target']} and restart the shop.")
