"""Connections beside the shop's own: to a copy, to a scratch database, to a new one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import environ
from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import load_backend

from store.keycheck import CHECK_KEYS

MIGRATIONS: Final = "django_migrations"
# What a database may hold right after `migrate`, before anybody did anything.
_OF_MIGRATE: Final = {
    MIGRATIONS,
    "django_content_type",
    "auth_permission",
    "auth_group",
    "auth_group_permissions",
    "store_keycheck",
    "store_backuprun",
}


def default_settings() -> dict[str, Any]:
    """Return the settings of the shop's own database."""
    return dict(connections[DEFAULT_DB_ALIAS].settings_dict)


def settings_of(url: str) -> dict[str, Any]:
    """Return the settings of the database that a URL names, in all else those of the shop's own.

    Raises `ValueError` for a URL that can't be read or names no database.
    """
    given = dict(environ.Env.db_url_config(url))
    if not given.get("ENGINE") or not given.get("NAME"):
        raise ValueError(f"This names no database: {url.partition('@')[2] or url}")
    ours = default_settings()
    if given["ENGINE"] == ours["ENGINE"]:
        return ours | given | {"OPTIONS": {**ours["OPTIONS"], **given.get("OPTIONS", {})}}
    return ours | {"OPTIONS": {}} | given


def connect(settings: dict[str, Any]) -> BaseDatabaseWrapper:
    """Return a new connection, of this thread, that nobody else uses. The keys are not compared: the caller does."""
    wrapper: BaseDatabaseWrapper = load_backend(settings["ENGINE"]).DatabaseWrapper(
        settings | {CHECK_KEYS: False}, DEFAULT_DB_ALIAS
    )
    return wrapper


@contextmanager
def standing_in(wrapper: BaseDatabaseWrapper) -> Iterator[BaseDatabaseWrapper]:
    """Let all that this thread asks of the shop's database go to another one. Other threads don't notice."""
    own = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = wrapper
    try:
        yield wrapper
    finally:
        connections[DEFAULT_DB_ALIAS] = own
        wrapper.close()


def count_rows(wrapper: BaseDatabaseWrapper) -> dict[str, int]:
    """Return table -> rows, for every table of the shop that is there."""
    with wrapper.cursor() as cursor:
        there = set(wrapper.introspection.table_names(cursor))
        counts = {}
        for table in sorted(there & {*_our_tables(), MIGRATIONS}):
            cursor.execute(f"SELECT count(*) FROM {wrapper.ops.quote_name(table)}")  # noqa: S608 - our models' names
            counts[table] = cursor.fetchone()[0]
    return counts


def _our_tables() -> set[str]:
    # `_meta` is Django's public secret.
    return {
        model._meta.db_table  # noqa: SLF001
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy  # noqa: SLF001
    }


def tables_in_use(wrapper: BaseDatabaseWrapper) -> dict[str, int]:
    """Return the tables that hold more than a migration puts there: none means that nothing would be lost."""
    return {table: rows for table, rows in count_rows(wrapper).items() if rows and table not in _OF_MIGRATE}


def is_blank(wrapper: BaseDatabaseWrapper) -> bool:
    """Say whether a database has no table at all."""
    with wrapper.cursor() as cursor:
        return not wrapper.introspection.table_names(cursor)


def newest_migrations(wrapper: BaseDatabaseWrapper) -> dict[str, str]:
    """Return app -> the newest migration that the database has."""
    latest: dict[str, str] = {}
    for app, name in MigrationRecorder(wrapper).applied_migrations():
        latest[app] = max(name, latest.get(app, ""))
    return latest


def unknown_migrations(schema: dict[str, str]) -> list[str]:
    """Return the migrations that the code doesn't have: a database with them is newer than the code."""
    loader = MigrationLoader(None)
    known = set(loader.disk_migrations) | {old for new in loader.replacements.values() for old in new.replaces}
    return [f"{app}.{name}" for app, name in sorted(schema.items()) if (app, name) not in known]
