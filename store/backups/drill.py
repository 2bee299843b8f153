"""The drill: the newest backup, restored for real into a scratch database, and looked at as if the shop depended on it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from store.backups.databases import connect, default_settings, standing_in
from store.backups.engines import UnableToUseDatabase, engine_of
from store.backups.ready import Readied
from store.backups.restore import build
from store.backups.runs import record_run
from store.backups.shelf import AnotherRunIsOn, Backup, newest, no_readers, reader, shelf
from store.backups.streams import DamagedBackup, OnProgress
from store.backups.verify import UnfitBackup, check_fit, verify_backup
from store.keycheck import WrongKeys, refuse_wrong_keys
from store.keyring import UnableToDecrypt
from store.models import BackupRun
from store.registry import encrypted_fields
from store.signals import data_checked

_SAMPLE: Final = 50  # values of each encrypted column
_FAILURES: Final = (DamagedBackup, UnfitBackup, UnableToUseDatabase, ImproperlyConfigured, DatabaseError, OSError)


class UnableToDrill(Exception):
    """The newest backup could not be restored, or what came out is wrong. Says what, and what to do."""


@dataclass(frozen=True)
class Drilled:
    """A drill that went well."""

    backup: Backup
    age: timedelta  # of the backup
    seconds: float  # from the first byte read to a database ready for use
    readied: Readied
    values: int  # decrypted
    checks: int  # of other apps


@contextmanager
def restored_to_scratch(backup: Backup, *, on_progress: OnProgress = lambda *_: None) -> Iterator[Readied]:
    """Let this thread's queries go to a scratch database, restored from a backup that was read whole first; then drop it.

    Raises `DamagedBackup`, `UnfitBackup`, `UnableToUseDatabase`, `AnotherRunIsOn`.
    """
    target = default_settings()
    engine = engine_of(target)
    with suppress(AnotherRunIsOn), no_readers():
        engine.drop_leftovers(target)
    with reader():
        check_fit(backup.manifest, target, other_name=backup.manifest.shop.name)
        verify_backup(backup, on_progress=on_progress)
        with engine.scratch(target) as scratch:
            # Erasing again would be told to other apps, as if it had happened.
            readied = build(backup, engine, scratch, erasures=[], keep_sessions=False, on_progress=on_progress)
            with standing_in(connect(scratch)):
                yield readied


def run_drill(now: datetime, *, on_progress: OnProgress = lambda *_: None) -> Drilled:
    """Restore the newest backup to a scratch database and check it: whole, every row, keys, a sample of what is encrypted,
    foreign keys, and what other apps know to be always true (`store.signals.data_checked`).

    Writes down how it went. Raises `UnableToDrill`, and `AnotherRunIsOn` while backups are tidied.
    """  # noqa: D205 - one sentence
    started = time.perf_counter()
    backup = None
    try:
        if (backup := newest()) is None:
            raise UnableToDrill(f"There is no backup in {shelf()}. Make one: `manage.py backup`.")  # noqa: TRY301 - one way out
        with restored_to_scratch(backup, on_progress=on_progress) as readied:
            seconds = time.perf_counter() - started
            values, checks = check_data(on_progress=on_progress)
    except (UnableToDrill, *_FAILURES) as error:
        seconds = time.perf_counter() - started
        why = str(error) if isinstance(error, UnableToDrill) else f"{backup.name if backup else ''}: {error}"
        record_run(
            BackupRun.Kind.DRILL,
            now=now,
            seconds=seconds,
            is_good=False,
            message=why,
            backup=backup.name if backup else "",
        )
        raise UnableToDrill(f"{why} The live shop was not touched.") from error
    record_run(
        BackupRun.Kind.DRILL,
        now=now,
        seconds=seconds,
        is_good=True,
        message=f"{backup.manifest.total_rows} rows, {values} values decrypted, {checks} checks",
        backup=backup.name,
    )
    return Drilled(backup, now - backup.manifest.at, seconds, readied, values, checks)


def check_data(*, on_progress: OnProgress = lambda *_: None) -> tuple[int, int]:
    """Look whether the data of the connection in use hold together; return how many values were decrypted and checks made.

    Raises `UnableToDrill` naming all that is wrong.
    """
    problems: list[str] = []
    on_progress("checking keys and values", 0, None)
    try:
        refuse_wrong_keys(connection)
    except WrongKeys as error:
        problems.append(str(error))
    values, unreadable = _open_samples()
    problems += unreadable
    on_progress("checking foreign keys", 0, None)
    try:
        connection.check_constraints()
    except DatabaseError as error:
        problems.append(str(error))
    on_progress("checking money", 0, None)
    answers = data_checked.send_robust(sender=None)
    for check, answer in answers:
        problems += [f"{check.__module__} failed: {answer}"] if isinstance(answer, Exception) else answer or []
    if problems:
        raise UnableToDrill("The restored data are wrong. " + " ".join(problems))
    return values, len(answers)


def _open_samples() -> tuple[int, list[str]]:
    opened, problems = 0, []
    for model, column in encrypted_fields():
        if not model._meta.managed:  # noqa: SLF001 - Django's public secret
            continue
        rows = model._base_manager.exclude(**{f"{column.name}__isnull": True}).order_by("-pk")  # noqa: SLF001 - same
        for pk, value in rows.values_list("pk", column.name)[:_SAMPLE]:
            try:
                value.open(pk)
                opened += 1
            except UnableToDecrypt as error:
                problems.append(str(error))
                break
    return opened, problems
