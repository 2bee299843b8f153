"""The scheduler."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from store.jobs.worker import run_scheduler
from store.starting import refuse_unsafe_start_of_worker


class Command(BaseCommand):
    help = (
        "Enqueue by the clock all that settings.SCHEDULES names, and nothing else. `run_worker` does so by itself unless "
        "it is told --no-schedule; any number of either may run at once."
    )

    requires_system_checks: tuple[str, ...] = ()  # it makes them itself

    def handle(self, *args: Any, **options: Any) -> None:
        """Look at the clock until told to stop."""
        refuse_unsafe_start_of_worker()
        run_scheduler()
