"""The worker: django-tasks-db's own, plus a clock that enqueues the sweep."""

from __future__ import annotations

import threading
import time
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from checkout.tasks import sweep


class Command(BaseCommand):
    help = "Run background tasks and, every minute, the sweep of open payments."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sweep-every", type=int, default=60, help="Seconds between two sweeps (default: 60).")

    def handle(self, *args: Any, **options: Any) -> None:
        threading.Thread(target=_tick, args=(options["sweep_every"],), daemon=True).start()
        call_command("db_worker", queue_name="*", interval=0.5, reload=False)


def _tick(seconds: int) -> None:
    """Enqueue the sweep again and again. Two workers do it twice as often, which is harmless: it is safe to repeat."""
    while True:
        close_old_connections()
        sweep.enqueue()
        time.sleep(seconds)
