"""What became of backups, drills and restores, in rows: the folder tells what is there, the rows what was tried."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import DatabaseError, transaction

from store.models import BackupRun

_KEPT_FOR: Final = timedelta(days=90)
log = structlog.get_logger(__name__)


def record_run(
    kind: BackupRun.Kind, *, now: datetime, seconds: float, is_good: bool, message: str, backup: str = ""
) -> None:
    """Write down how a run ended, and forget the oldest. A database that is away doesn't make a run fail."""
    try:
        with transaction.atomic():
            BackupRun.objects.create(kind=kind, at=now, seconds=seconds, is_good=is_good, message=message, backup=backup)
            BackupRun.objects.filter(at__lt=now - _KEPT_FOR).delete()
    except DatabaseError as error:
        log.warning("backup_run_not_recorded", kind=kind, error=type(error).__name__)


def last_run(kind: BackupRun.Kind, *, is_good: bool | None = None) -> BackupRun | None:
    """Return the last run of a kind; with `is_good`, the last that ended so."""
    runs = BackupRun.objects.filter(kind=kind)
    if is_good is not None:
        runs = runs.filter(is_good=is_good)
    return runs.order_by("-at", "-pk").first()
