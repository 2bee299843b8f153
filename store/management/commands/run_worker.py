"""The worker."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from store.jobs.worker import run_worker
from store.starting import refuse_unsafe_start_of_worker


class Command(BaseCommand):
    help = "Run background jobs, and by the clock all that settings.SCHEDULES names. Any number of these may run at once."

    requires_system_checks: tuple[str, ...] = ()  # it makes them itself

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether the clock is left to others."""
        parser.add_argument("--no-schedule", action="store_true", help="jobs only: a `run_scheduler` looks at the clock")

    def handle(self, *args: Any, no_schedule: bool = False, **options: Any) -> None:
        """Work until told to stop."""
        refuse_unsafe_start_of_worker()
        run_worker(has_schedules=not no_schedule)
