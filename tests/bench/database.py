"""A database of its own for a measurement."""

from __future__ import annotations

import os
from collections.abc import Iterator
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
