"""What comes back is what was backed up, less who was erased since and without anybody logged in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from store.backups.databases import connect, default_settings, settings_of, standing_in
from store.backups.engines import engine_of
from store.backups.make import run_backup
from store.backups.restore import find_backup, known_erasures, restore_backup
from store.backups.shelf import Backup
from store.erasure import erase_customer, ledger_path
from store.keycheck import refuse_wrong_keys
from store.models import BackupRun, Erasure, KeyCheck, User
from store.rotation import rotate
from tests.store.backups.conftest import NOW
from tests.store.conftest import NEW_KEY, OLD_KEY

pytestmark = pytest.mark.django_db
EMAIL = "ada.byron@example.com"


def people() -> list[tuple[str, str]]:
    return [(user.email, user.name) for user in User.objects.order_by("date_joined")]


def test_the_shop_of_then_takes_the_place_of_the_one_of_now(live: str, backup: Backup, settings: Settings) -> None:
    User.objects.create_user("late@example.org", None, name="Came Later")
    media = Path(settings.MEDIA_ROOT)
    (media / "a").mkdir(parents=True)
    (media / "two.webp").write_bytes(b"spoilt")
    (media / "newer.webp").write_bytes(b"newer")
    assert Session.objects.count() == 1

    restored = restore_backup(backup, now=NOW, confirm="Ringback")

    assert people() == [(EMAIL, "Ada Byron")]
    assert User.objects.get().check_password("correct horse battery staple")
    assert Session.objects.count() == 0
    assert (restored.readied.sessions_ended, restored.readied.migrated, restored.media_written) == (1, False, 2)
    assert (media / "a" / "one.webp").read_bytes() == b"one" * 5000
    assert (media / "two.webp").read_bytes() == b"two" * 70_000
    assert (media / "newer.webp").read_bytes() == b"newer"
    assert [(run.kind, run.is_good, run.backup) for run in BackupRun.objects.filter(kind="restore")] == [
        ("restore", True, backup.name)
    ]
    # The database that was there is still there, under the name that was told.
    assert restored.kept_as is not None
    kept = restored.kept_as.removeprefix("database ")
    with standing_in(connect(default_settings() | {"NAME": kept})):
        assert people() == [(EMAIL, "Ada Byron"), ("late@example.org", "Came Later")]
    # And the shop works on: it writes, its counters go on, its rules are in force.
    User.objects.create_user("next@example.org", None)
    connection.check_constraints()


def test_a_database_of_its_own_leaves_the_shop_alone(
    backup: Backup, new_url: Callable[[str], str], settings: Settings
) -> None:
    User.objects.create_user("now@example.org", None)
    url, out = new_url("beside"), StringIO()

    call_command("restore", latest=True, into=url, keep_sessions=True, stdout=out)

    assert "20261122T120000Z restored in" in out.getvalue()
    assert "0 sessions ended; 0 rows of people erased since, erased again." in out.getvalue()
    assert "is kept" not in out.getvalue()
    assert "1. point DATABASE_URL to the new database" in out.getvalue()
    assert "what the gateway did after 2026-11-22 12:00 UTC is not in the backup" in out.getvalue()
    assert people() == [("now@example.org", "")]
    assert not Path(settings.MEDIA_ROOT).exists()
    with standing_in(connect(settings_of(url))):
        assert people() == [(EMAIL, "Ada Byron")]
        assert Session.objects.count() == 1
        refuse_wrong_keys(connection)


def test_a_shop_without_a_database_is_brought_back_without_asking(live: str, backup: Backup) -> None:
    """The ransom note: all tables gone."""
    tables = connection.introspection.table_names()
    connection.close()
    if connection.vendor == "sqlite":
        Path(connection.settings_dict["NAME"]).unlink()
    else:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {', '.join(tables)} CASCADE")
        connection.close()

    restore_backup(backup, now=NOW)

    assert people() == [(EMAIL, "Ada Byron")]


def test_who_was_erased_after_the_backup_stays_erased(live: str, backup: Backup) -> None:
    erase_customer(email=EMAIL, now=NOW + timedelta(hours=1))

    restored = restore_backup(backup, now=NOW, confirm="Ringback")

    assert people() == [("", "")]
    assert restored.readied.erased_again == 1
    assert Erasure.objects.get().at == NOW + timedelta(hours=1)


@pytest.mark.parametrize("witness", ["the database", "a later backup"])
def test_an_erasure_is_remembered_without_the_ledger(live: str, backup: Backup, witness: str) -> None:
    at = NOW + timedelta(hours=1)
    erase_customer(email=EMAIL, now=at)
    if witness == "a later backup":
        run_backup(NOW + timedelta(hours=2))
        Erasure.objects.all().delete()
    ledger_path().unlink()

    assert [entry.at for entry in known_erasures(backup)] == [at]
    assert ledger_path().read_text().count("\n") == 1


def test_an_older_schema_is_brought_up_to_date_and_a_retired_key_is_not_asked_for(
    live: str, settings: Settings, new_url: Callable[[str], str]
) -> None:
    settings.FIELD_KEYS = f"{NEW_KEY},{OLD_KEY}"
    rotate()
    call_command("migrate", "fraud", "0001", verbosity=0)
    Group.objects.get(name="Integrations").delete()
    older = run_backup(NOW + timedelta(hours=1)).backup
    assert older.manifest.kids == ["test2"]
    settings.FIELD_KEYS = NEW_KEY
    url = new_url("older")

    restored = restore_backup(older, now=NOW, into=url)

    assert restored.readied.migrated is True
    with standing_in(connect(settings_of(url))):
        refuse_wrong_keys(connection)
        assert sorted(KeyCheck.objects.values_list("name", flat=True)) == ["field:test2", "index"]
        assert people() == [(EMAIL, "Ada Byron")]
        assert Group.objects.get(name="Integrations").permissions.count() == 6


@pytest.mark.postgres
def test_a_shop_that_is_open_is_not_pulled_from_under_its_customers(live: str, backup: Backup) -> None:
    shopper = connect(settings_of(live))
    shopper.ensure_connection()
    with pytest.raises(Exception, match=r"1 connections to .* are open\. Stop the web server, the worker and the scheduler"):
        restore_backup(backup, now=NOW, confirm="Ringback")
    with shopper.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM store_user")
        assert cursor.fetchone() == (1,)
    shopper.close()


def test_scratch_databases_of_killed_runs_are_dropped(db: None) -> None:
    target = default_settings()
    engine = engine_of(target)
    left = engine.scratch(target)
    scratch = left.__enter__()
    if connection.vendor == "sqlite":
        Path(scratch["NAME"]).touch()
    assert engine.exists(scratch) or connection.vendor == "sqlite"

    with engine.scratch(target | {"NAME": f"{target['NAME']}2"}) as of_another:
        if connection.vendor == "sqlite":
            Path(of_another["NAME"]).touch()

        engine.drop_leftovers(target)

        assert not engine.exists(scratch)
        assert not Path(scratch["NAME"]).exists()
        assert connection.vendor != "sqlite" or Path(of_another["NAME"]).exists()


class TestCommand:
    def test_it_takes_the_last_one_made_by_a_time(self, backup: Backup, settings: Settings) -> None:
        settings.TIME_ZONE = "UTC"
        with timezone.override("UTC"):
            for text in ("2026-11-22T11:59", "2026-11-22 11:59:59+00:00"):
                with pytest.raises(CommandError, match="There is no backup from 2026-11-22T11:59"):
                    call_command("restore", at=text)
            assert find_backup(at=NOW).name == find_backup(at=NOW + timedelta(days=9)).name == backup.name
            with pytest.raises(CommandError, match="is no time like"):
                call_command("restore", at="yesterday")
