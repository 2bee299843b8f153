"""A migrated database for a process of its own, without migrating again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection
from pytest_django import DjangoDbBlocker

from store.models import KeyCheck


def copy_database(path: Path, blocker: DjangoDbBlocker) -> None:
    """Write the tests' own database, as it is between tests, to `path`. The keys it was made with are forgotten.

    Where the tests run on another engine nothing is written; `migrate` then does its work from the beginning.
    """
    if connection.vendor != "sqlite":
        return
    with blocker.unblock(), closing(sqlite3.connect(path)) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)
        copy.execute(f"DELETE FROM {KeyCheck._meta.db_table}")  # noqa: S608 - the name of our own table
        copy.commit()
