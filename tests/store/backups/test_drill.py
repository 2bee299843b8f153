"""The drill finds what would be found out too late, leaves nothing behind, and its result is known afterwards."""

from __future__ import annotations

import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from checkout.models import Payment
from store.backups.drill import UnableToDrill, run_drill
from store.backups.make import run_backup
from store.backups.runs import last_run
from store.backups.shelf import Backup, newest
from store.models import BackupRun, User
from store.signals import data_checked
from tests.factories.checkout import make_order
from tests.store.backups.conftest import NOW, folder_of
from tests.store.conftest import overwrite

pytestmark = pytest.mark.django_db


def databases() -> list[str]:
    if connection.vendor == "sqlite":
        # Another test process may be at a drill of its own beside it.
        path = Path(connection.settings_dict["NAME"])
        return sorted(left.name for left in path.parent.glob(f".scratch-{path.name}-*"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, current_database() || '_scratch')")
        return [name for (name,) in cursor.fetchall()]


def last_drill() -> BackupRun:
    found = last_run(BackupRun.Kind.DRILL)
    assert found is not None
    return found


def test_a_good_backup_passes_and_the_shop_is_what_it_was(backup: Backup) -> None:
    User.objects.create_user("now@example.org", None)
    out = StringIO()
    call_command("restore_drill", stdout=out)

    assert f"{backup.name}, " in out.getvalue()
    assert "2 values decrypted, foreign keys whole, 1 checks of money passed." in out.getvalue()
    assert [user.email for user in User.objects.all()] == ["now@example.org"]
    assert databases() == []
    assert (last_drill().is_good, last_drill().backup) == (True, backup.name)
    assert last_drill().seconds > 0


@pytest.mark.django_db(transaction=True)
def test_all_that_is_wrong_with_the_data_is_named(settings: Settings) -> None:
    """A value nobody can read, lines that don't add up, goods released without money, a check that crashes."""
    overwrite(User.objects.create_user("now@example.org", None), "v1.test1.gAAAAAAAAAAAspoilt")
    with transaction.atomic():
        order = make_order(status="released", payment_status="authorized")
    order.lines.update(unit_price=1, total=1)
    Payment.objects.filter(order=order).update(captured_amount=0)
    made = run_backup(NOW)
    assert made.backup.manifest.rows["checkout_order"] == 1

    def crash(**_: Any) -> list[str]:
        raise ValueError("a check that is wrong itself")

    data_checked.connect(crash)
    try:
        with pytest.raises(UnableToDrill) as caught:
            run_drill(NOW)
    finally:
        data_checked.disconnect(crash)

    for what in (
        "store_user.email (key 'test1')",
        f"Orders {order.number}: their lines don't add up",
        f"Orders {order.number}: they were released or shipped, and no money was captured",
        "a check that is wrong itself",
        "The live shop was not touched.",
    ):
        assert what in str(caught.value)
    assert databases() == []
    assert (last_drill().is_good, order.number in last_drill().message) == (False, True)


def test_without_a_backup_there_is_nothing_to_rely_on(settings: Settings) -> None:
    with pytest.raises(UnableToDrill, match="There is no backup in"):
        run_drill(NOW)
    assert last_drill().is_good is False


def test_the_commands_fail_loudly(backup: Backup, settings: Settings) -> None:
    out = StringIO()
    call_command("verify_backup", stdout=out)
    assert out.getvalue() == "20261122T120000Z: whole.\n"

    path = folder_of(backup) / "database.age"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(CommandError, match=r"database\.age is not|can't be decrypted"):
        call_command("restore_drill", stdout=StringIO())
    for options in ({}, {"all": True}):
        with pytest.raises(SystemExit) as ended:
            call_command("verify_backup", stdout=out, **options)
        assert ended.value.code == 1
    assert "20261122T120000Z: database.age" in out.getvalue()
    assert databases() == []


@pytest.mark.django_db(transaction=True)
def test_the_card_scan_looks_into_the_newest_backup(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    user = User.objects.create_user("now@example.org", None, name="Ada 4242 4242 4242 4242")
    picture = tmp_path / "media" / "note.txt"
    picture.parent.mkdir()
    picture.write_bytes(b"\xff" * 300_000 + b" 4242424242424242 ")
    run_backup(timezone.now())
    User.objects.all().delete()
    picture.unlink()
    found = newest()
    assert found is not None

    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("scan_cards", stdout=out)

    assert ended.value.code == 1
    assert f"backup {found.name}: store_user.name {user.pk}" in out.getvalue()
    assert f"backup {found.name}: note.txt byte" in out.getvalue()
    assert "2 card numbers found." in out.getvalue()
    assert "4242" not in out.getvalue()
    assert databases() == []

    shutil.rmtree(folder_of(found).parent / "media")
    (folder_of(found) / "database.age").write_bytes(b"")
    with pytest.raises(SystemExit) as ended:
        call_command("scan_cards", stdout=out)
    assert ended.value.code == 2
    assert f"backup {found.name} (can't be opened): database.age" in out.getvalue()
