"""The scan finds every card number that slipped in, and says where without repeating it."""

from __future__ import annotations

import gzip
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from pytest_django import Settings

from store.models import User
from store.scan import columns_of

CARD = "4242424242424242"


@pytest.fixture(autouse=True)
def _empty_folders(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MAIL_DIR = tmp_path / "mails"
    settings.BACKUP_DIR = tmp_path / "backups"


def scan() -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("scan_cards", stdout=out)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue()
    return 0, out.getvalue()


def test_a_clean_shop_prints_nought(buyer: User, stranger: User) -> None:
    assert scan() == (0, "0\n")


def test_a_card_number_in_an_encrypted_column_is_found(buyer: User) -> None:
    buyer.name = "Ada 4242 4242 4242 4242"
    buyer.save()
    assert scan() == (1, f"store_user.name {buyer.pk}\n1 card numbers found.\n")


def test_a_card_number_in_a_plain_column_is_found(buyer: User) -> None:
    entry = LogEntry.objects.create(user=buyer, action_flag=1, object_repr="x", change_message=f"note {CARD}")
    assert scan() == (1, f"django_admin_log.change_message {entry.pk}\n1 card numbers found.\n")


def test_a_card_number_in_a_session_is_found(db: None) -> None:
    session = SessionStore()
    session["note"] = "4242-4242-4242-4242"
    session.save()
    code, out = scan()
    assert (code, "django_session.session_data" in out) == (1, True)


def test_a_value_that_cannot_be_opened_is_no_clean_scan(buyer: User) -> None:
    from tests.store.conftest import overwrite

    overwrite(buyer, "v1.gone.xxxx")
    code, out = scan()
    assert (code, "store_user.email (can't be opened)" in out) == (2, True)


@pytest.mark.parametrize("name", ["media/a.jpg", "logs/shop.log", "mails/1.log", "backups/b.sql", "backups/b.sql.gz"])
def test_a_card_number_in_a_file_is_found(db: None, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir()
    content = b"\xff\x00" * 600_000 + b"card 4242 4242 4242 4242 end" + b"x" * 100
    path.write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    code, out = scan()
    assert (code, str(path) in out) == (1, True)
    assert "4242" not in out.replace(str(path), "")


def test_a_card_number_in_a_file_name_is_found(db: None, tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / f"{CARD}.jpg").write_bytes(b"x")
    code, out = scan()
    assert (code, CARD in out) == (1, False)


def test_digests_and_hashes_are_not_looked_at(db: None) -> None:
    assert {field.name for field in columns_of(User)} == {"email", "name", "language"}
