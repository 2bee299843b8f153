"""What a restored database needs before anybody may use it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from store.backups.databases import count_rows
from store.backups.engines import UnableToUseDatabase
from store.backups.manifest import Manifest
from store.erasure import Entry, replay_erasures
from store.keycheck import FIELD_PREFIX, remember_keys
from store.keyring import get_keyring
from store.models import KeyCheck


@dataclass(frozen=True)
class Readied:
    """What was done to a restored database."""

    migrated: bool
    erased_again: int  # rows
    sessions_ended: int


def compare_rows(manifest: Manifest) -> None:
    """Raise `UnableToUseDatabase` unless every table has as many rows as it had (stand-in connection)."""
    found, wrong = count_rows(connection), []
    with connection.cursor() as cursor:
        for table, expected in manifest.rows.items():
            if table not in found:  # of an app that is gone
                cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a sealed manifest's
                found[table] = cursor.fetchone()[0]
            if found[table] != expected:
                wrong.append(f"{table}: {found[table]} rows, {expected} expected")
    if wrong:
        raise UnableToUseDatabase(f"The restored database is not what was backed up. {'; '.join(wrong)}.")


def make_ready(manifest: Manifest, *, erasures: Iterable[Entry], keep_sessions: bool) -> Readied:
    """Bring a restored database (the stand-in connection) up to what the shop may use.

    Schema of this code; keys it needs and no others; everybody who was erased since, erased again; nobody logged in.
    """
    _forget_unneeded_keys(manifest)
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        call_command("migrate", interactive=False, verbosity=0)
    remember_keys()
    erased = replay_erasures(erasures)
    ended = 0 if keep_sessions else Session.objects.all().delete()[0]
    return Readied(bool(plan), erased.total, ended)


def _forget_unneeded_keys(manifest: Manifest) -> None:
    """A key that was retired since and that no value in the backup needs: the shop must start without it."""
    needed = {*manifest.kids, *get_keyring().keys}
    for check in KeyCheck.objects.filter(name__startswith=FIELD_PREFIX):
        if check.name.removeprefix(FIELD_PREFIX) not in needed:
            check.delete()
