"""A shop with something in it, its own shelf, and databases to restore to."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import override_settings
from pytest_django import DjangoDbBlocker, Settings

from store.backups.databases import connect, default_settings, settings_of, standing_in
from store.backups.make import run_backup
from store.backups.restore import restore_backup
from store.backups.shelf import Backup, newest
from store.keycheck import remember_keys
from store.models import User

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_folders(settings: Settings, tmp_path: Path) -> None:
    use_folders(settings, tmp_path)


def use_folders(settings: Settings, path: Path) -> None:
    """Keep media, backups and ledger below a folder of the test's own."""
    settings.BACKUP_DIR = path / "backups"
    settings.MEDIA_ROOT = str(path / "media")
    settings.ERASURE_LEDGER = path / "ledger" / "erasures.jsonl"


def folder_of(backup: Backup) -> Path:
    """Return where a backup is that isn't in a bucket."""
    assert isinstance(backup.folder, Path)
    return backup.folder


def fill_shop(media: Path) -> User:
    """Put a customer, a session and two pictures into the shop."""
    session = SessionStore()
    session["cart"] = 7
    session.save()
    for name, content in (("a/one.webp", b"one" * 5000), ("two.webp", b"two" * 70_000)):
        (media / name).parent.mkdir(parents=True, exist_ok=True)
        (media / name).write_bytes(content)
    return User.objects.create_user(
        "ada.byron@example.com", "correct horse battery staple", name="Ada Byron", date_joined=NOW - timedelta(days=1)
    )


@pytest.fixture(scope="session")
def kept(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shelf with one backup, made once for all tests. Copy it before you change it."""
    path = tmp_path_factory.mktemp("kept")
    folders = {"BACKUP_DIR": path / "backups", "MEDIA_ROOT": path / "media", "ERASURE_LEDGER": path / "ledger"}
    with django_db_blocker.unblock(), override_settings(**folders):
        remember_keys()  # as after any migration; other tests count on it
        fill_shop(path / "media")
        run_backup(NOW)
        with connection.cursor() as cursor:
            for table in ("store_user", "django_session", "store_backuprun"):
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - the three above
    return path / "backups"


@pytest.fixture
def backup(kept: Path, settings: Settings) -> Backup:
    """A copy of the kept backup, on this test's own shelf."""
    shutil.copytree(kept, settings.BACKUP_DIR)
    found = newest()
    assert found is not None
    return found


@pytest.fixture(scope="session")
def model(kept: Path, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database that the kept backup was restored to, to be copied."""
    path = tmp_path_factory.mktemp("model")
    with django_db_blocker.unblock():
        name = str(path / "model.sqlite3") if connection.vendor == "sqlite" else f"{default_settings()['NAME']}_model"
        with override_settings(BACKUP_DIR=kept, ERASURE_LEDGER=path / "ledger"):
            found = newest()
            assert found is not None
            restore_backup(found, now=NOW, into=url_of(name), keep_sessions=True)
    yield name
    with django_db_blocker.unblock():
        drop_databases(name)


def url_of(name: str) -> str:
    """Return the URL of a database beside the test's own."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**default_settings() | {"NAME": name})


def drop_databases(start: str) -> None:
    """Drop every database whose name begins so."""
    if connection.vendor == "postgresql":
        with on_server() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [start])
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def on_server() -> Iterator[Any]:
    """Give a cursor on PostgreSQL's server, in no database of ours."""
    with closing(connect(default_settings() | {"NAME": "postgres"})) as server, server.cursor() as cursor:
        yield cursor


@pytest.fixture
def new_url(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Give URLs of databases that aren't there yet; they are dropped at the end."""
    own = default_settings()["NAME"]
    marks: list[str] = []

    def make(mark: str) -> str:
        marks.append(mark)
        return url_of(f"{tmp_path / mark}.sqlite3" if connection.vendor == "sqlite" else f"{own}_{mark}")

    yield make
    for mark in marks:
        drop_databases(f"{own}_{mark}")


@pytest.fixture
def live(model: str, backup: Backup, new_url: Callable[[str], str]) -> Iterator[str]:
    """A shop of its own, as the kept backup has it, that stands in for this test's database. Gives its URL."""
    url = new_url("live")
    target = settings_of(url)
    if connection.vendor == "sqlite":
        shutil.copy(model, target["NAME"])
    else:
        with on_server() as cursor:
            cursor.execute(f'CREATE DATABASE "{target["NAME"]}" TEMPLATE "{model}"')
    with standing_in(connect(target)):
        yield url
