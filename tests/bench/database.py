"""A database of its own for a measurement."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import django


def prepare() -> None:
    """Set Django up as for the tests, on the server that DATABASE_URL names."""
    os.environ.setdefault("ENV_FILE", "tests/test.env")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    Path(os.environ.get("VAR_DIR", "var")).mkdir(parents=True, exist_ok=True)
    django.setup()


@contextmanager
def empty_database() -> Iterator[None]:
    """A migrated test database, which is dropped in the end."""
    from django.conf import settings
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(str(settings.DATABASES["default"]["NAME"]), verbosity=0)


@contextmanager
def filled_database(fill: Callable[[], None], *, kept_as: str = "") -> Iterator[None]:
    """A test database that `fill` has written, which is dropped in the end.

    With `kept_as`, on PostgreSQL, it is filled once under that name and copied from then on: for one who measures again and
    again. Nothing sees to it that what is kept is still what `fill` would write.
    """
    from django.db import connection

    with empty_database():
        if not kept_as:
            fill()
            yield
            return
        own, kept = (connection.ops.quote_name(name) for name in (connection.settings_dict["NAME"], kept_as))
        with connection._nodb_cursor() as server:  # Django has no public way to a server without a database
            server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [kept_as])
            is_there = server.fetchone()
        if not is_there:
            fill()
        connection.close()
        with connection._nodb_cursor() as server:
            if is_there:
                server.execute(f"DROP DATABASE {own}")
                server.execute(f"CREATE DATABASE {own} TEMPLATE {kept}")
            else:
                server.execute(f"CREATE DATABASE {kept} TEMPLATE {own}")
        yield
