"""The worker."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from store.jobs.worker import run_worker


class Command(BaseCommand):
    help = "Run background jobs, and by the clock all that settings.SCHEDULES names. Any number of these may run at once."

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until told to stop."""
        run_worker()
