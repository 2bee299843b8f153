"""What is wrong with the backups now: absence is the alarm."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from store.backups.bucket import UnableToReachBucket
from store.backups.keys import backup_keys
from store.backups.manifest import Manifest
from store.backups.runs import last_run
from store.backups.shelf import Backup, look_up_all, shelf
from store.models import BackupRun

# A table that lost this share of its rows between two backups is worth a look, unless rows come and go there by the hour.
_LOST: Final = 0.5
_FEWEST: Final = 20  # rows; of fewer, half is nothing odd
_COME_AND_GO: Final = {
    "checkout_cart",
    "checkout_cartline",
    "checkout_gatewayeventrecord",
    "django_session",
    "django_tasks_database_dbtaskresult",
    "store_backuprun",
    "store_knownplace",
    "store_signup",
    "store_tries",
    "store_worker",
}
# What a migration puts there says nothing about whether a shop is in it.
_NOT_THE_SHOP: Final = ("django_", "auth_", "store_keycheck", "store_backuprun")


def is_due(now: datetime) -> bool:
    """Say whether the next backup is due (`settings.BACKUP_EVERY`)."""
    backups, _ = look_up_all()
    return not backups or now - backups[-1].manifest.at >= timedelta(minutes=settings.BACKUP_EVERY)


def is_drill_due(now: datetime) -> bool:
    """Say whether the next drill is due (`settings.DRILL_EVERY`)."""
    last = last_run(BackupRun.Kind.DRILL)
    return last is None or now - last.at >= timedelta(days=settings.DRILL_EVERY)


def backup_problems(now: datetime) -> list[str]:
    """Return what is wrong with the backups, a sentence each: none made, too old, empty, shrunk, broken, never drilled."""
    try:
        backup_keys()
    except ImproperlyConfigured as error:
        return [str(error)]
    try:
        backups, broken = look_up_all()
    except UnableToReachBucket as error:
        return [f"{shelf()} can't be looked into: {error}. Whether the shop is backed up is not known."]
    problems = [f"{left.folder.name} can't be read: {left.why}. It protects nothing; delete it." for left in broken]
    if not backups:
        return [*problems, f"There is no backup in {shelf()}. Make one: `manage.py backup`."]
    problems += _age_problems(backups[-1], now)
    problems += _content_problems(backups[-1].manifest, backups[-2].manifest if len(backups) > 1 else None)
    last = last_run(BackupRun.Kind.BACKUP)
    if last and not last.is_good:
        problems.append(f"The last attempt, {_when(last.at)}, failed: {last.message}")
    return problems + _drill_problems(backups[0], now)


def _age_problems(newest: Backup, now: datetime) -> list[str]:
    age, allowed = now - newest.manifest.at, timedelta(minutes=2 * settings.BACKUP_EVERY)
    if age <= allowed:
        return []
    due = f"one is due every {settings.BACKUP_EVERY} minutes"
    return [f"The newest backup is {_span(age)} old; {due}. See whether the worker runs and what it logs."]


def _content_problems(manifest: Manifest, before: Manifest | None) -> list[str]:
    rows = {table: count for table, count in manifest.rows.items() if not table.startswith(_NOT_THE_SHOP)}
    if not sum(rows.values()):
        return ["The newest backup is empty: no shop is in it. See whether DATABASE_URL is the shop's."]
    if before is None:
        return []
    return [
        f"The newest backup has {rows.get(table, 0)} rows in {table}, the one before had {count}. Find out who deleted them."
        for table, count in before.rows.items()
        if count >= _FEWEST and table not in _COME_AND_GO and rows.get(table, manifest.rows.get(table, 0)) < count * _LOST
    ]


def _drill_problems(oldest: Backup, now: datetime) -> list[str]:
    allowed = timedelta(days=settings.DRILL_EVERY + 1)
    last, last_good = last_run(BackupRun.Kind.DRILL), last_run(BackupRun.Kind.DRILL, is_good=True)
    if last and not last.is_good:
        return [f"The last restore drill, {_when(last.at)}, failed: {last.message}"]
    since = last_good.at if last_good else oldest.manifest.at
    if now - since <= allowed:
        return []
    how_long = f"for {_span(now - since)}" if last_good else "yet"
    return [f"No backup was restored {how_long}: run `manage.py restore_drill`."]


def _when(at: datetime) -> str:
    return at.isoformat(timespec="minutes")


def _span(span: timedelta) -> str:
    """Return a span as people say it."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 48 * 60 else f"{minutes // 1440} days"
