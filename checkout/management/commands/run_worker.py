"""The worker: django-tasks-db's own, plus a clock that enqueues the sweep."""

from __future__ import annotations

import threading
import time
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from checkout.tasks import sweep

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Run background tasks and, every minute, the sweep of open payments."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sweep-every", type=int, default=60, help="Seconds between two sweeps (default: 60).")

    def handle(self, *args: Any, **options: Any) -> None:
        threading.Thread(target=_tick, args=(options["sweep_every"],), daemon=True).start()
        # Not by way of its command, which would set the log level so that two lines a task bury what matters.
        worker = Worker(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=0.5,
            batch=False,
            backend_name="default",
            startup_delay=True,
            max_tasks=None,
            worker_id=get_random_string(32),
        )
        worker.configure_signals()
        worker.run()


def _tick(seconds: int) -> None:
    """Enqueue the sweep again and again. Two workers do it twice as often, which is harmless: it is safe to repeat."""
    while True:
        close_old_connections()
        try:
            sweep.enqueue()
        except DatabaseError as error:  # it is away: the clock goes on, or nothing would be swept when it is back
            log.warning("sweep_not_enqueued", error=type(error).__name__)
        time.sleep(seconds)
