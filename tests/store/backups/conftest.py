"""A shop with something in it, its own shelf, and databases to restore to."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import override_settings
from pytest_django import DjangoDbBlocker, Settings

from store.backups.databases import connect, default_settings, standing_in
from store.backups.make import run_backup
from store.backups.shelf import Backup
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


def fill_shop(media: Path) -> User:
    """Put a customer, a session and two pictures into the shop."""
    session = SessionStore()
    session["cart"] = 7
    session.save()
    for name, content in (("a/one.webp", b"one" * 5000), ("two.webp", b"two" * 70_000)):
        (media / name).parent.mkdir(parents=True, exist_ok=True)
        (media / name).write_bytes(content)
    return User.objects.create_user("ada.byron@example.com", "correct horse battery staple", name="Ada Byron")


@pytest.fixture(scope="module")
def kept(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shelf with one backup, made once for a whole file of tests. Copy it before you change it."""
    path = tmp_path_factory.mktemp("kept")
    folders = {"BACKUP_DIR": path / "backups", "MEDIA_ROOT": path / "media", "ERASURE_LEDGER": path / "ledger"}
    with django_db_blocker.unblock(), override_settings(**folders):
        fill_shop(path / "media")
        run_backup(NOW)
        with connection.cursor() as cursor:
            for table in ("store_user", "django_session", "store_backuprun"):
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - the three above
    return path / "backups"


@pytest.fixture
def backup(kept: Path, settings: Settings) -> Backup:
    """A copy of the kept backup, on this test's own shelf."""
    from store.backups.shelf import newest

    shutil.copytree(kept, settings.BACKUP_DIR)
    found = newest()
    assert found is not None
    return found


@pytest.fixture
def new_url(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Give URLs of databases that aren't there yet; they are dropped at the end."""
    own = default_settings()
    marks: list[str] = []

    def make(mark: str) -> str:
        marks.append(mark)
        if connection.vendor == "sqlite":
            return f"sqlite:///{tmp_path / mark}.sqlite3"
        return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**own | {"NAME": f"{own['NAME']}_{mark}"})

    yield make
    if connection.vendor == "postgresql":
        with connect(own | {"NAME": "postgres"}).cursor() as cursor:
            for mark in marks:
                cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [f"{own['NAME']}_{mark}"])
                for (name,) in cursor.fetchall():
                    cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            cursor.connection.close()


@pytest.fixture
def live(backup: Backup, new_url: Callable[[str], str]) -> Iterator[str]:
    """A shop of its own, made from the kept backup, that stands in for this test's database. Gives its URL."""
    from store.backups.databases import settings_of
    from store.backups.restore import restore_backup

    url = new_url("live")
    restore_backup(backup, now=NOW, into=url, keep_sessions=True)
    with standing_in(connect(settings_of(url))):
        yield url
