"""The shop refuses to start with wrong keys, and says which it expects."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from store.keycheck import WrongKeys, check_key_settings, given_fingerprints, refuse_wrong_keys, remember_keys
from store.keyring import fingerprint, read_key
from store.models import KeyCheck
from tests.processes import run_manage, run_wsgi
from tests.store.conftest import NEW_KEY, OLD_KEY, OTHER_INDEX_KEY, OTHER_SHOPS_KEY

OLD_PRINT = fingerprint(read_key(OLD_KEY.split(":")[1], name="old"))
OTHER_PRINT = fingerprint(read_key(OTHER_SHOPS_KEY.split(":")[1], name="other"))


@pytest.fixture
def remembered(db: None) -> None:
    remember_keys()


def test_a_migrated_database_remembers_the_keys(db: None) -> None:
    assert dict(KeyCheck.objects.values_list("name", "fingerprint")) == given_fingerprints()


def test_the_right_keys_pass_and_more_are_welcome(remembered: None, settings: Settings) -> None:
    refuse_wrong_keys(connection)
    settings.FIELD_KEYS = f"{NEW_KEY},{OLD_KEY}"
    refuse_wrong_keys(connection)
    remember_keys()
    assert set(KeyCheck.objects.values_list("name", flat=True)) == {"index", "field:test1", "field:test2"}


def test_another_shops_key_is_refused_with_both_fingerprints(remembered: None, settings: Settings) -> None:
    settings.FIELD_KEYS = OTHER_SHOPS_KEY
    with pytest.raises(WrongKeys) as caught:
        refuse_wrong_keys(connection)
    assert f"FIELD_KEYS: key 'test1': fingerprint {OLD_PRINT} expected, {OTHER_PRINT} given." in str(caught.value)
    assert "Nothing was read or changed." in str(caught.value)
    assert OTHER_SHOPS_KEY.split(":")[1] not in str(caught.value)
    with pytest.raises(WrongKeys):
        remember_keys()


def test_a_missing_key_is_refused_with_its_fingerprint(remembered: None, settings: Settings) -> None:
    settings.FIELD_KEYS = NEW_KEY
    with pytest.raises(WrongKeys, match=f"key 'test1' with fingerprint {OLD_PRINT} expected, not given"):
        refuse_wrong_keys(connection)
    assert not KeyCheck.objects.filter(name="field:test2").exists()


def test_another_index_key_is_refused(remembered: None, settings: Settings) -> None:
    settings.INDEX_KEY = OTHER_INDEX_KEY
    with pytest.raises(WrongKeys, match="INDEX_KEY: fingerprint [0-9a-f]{16} expected, [0-9a-f]{16} given"):
        refuse_wrong_keys(connection)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("FIELD_KEYS", "", "entry 1: expected `kid:key`"),
        ("FIELD_KEYS", "k1:c2hvcnQ=", "holds 5 bytes, not 32"),
        ("INDEX_KEY", "", "INDEX_KEY holds 0 bytes, not 32"),
        ("INDEX_KEY", "not base64 at all!", "INDEX_KEY is not urlsafe base64"),
        ("INDEX_KEY", OLD_KEY.split(":")[1], "INDEX_KEY is one of FIELD_KEYS"),
    ],
)
def test_a_bad_setting_is_a_system_check_error(settings: Settings, name: str, value: str, message: str) -> None:
    setattr(settings, name, value)
    (error,) = check_key_settings()
    assert message in error.msg
    assert error.is_serious()


def test_a_process_with_wrong_keys_does_not_come_up(tmp_path: Path) -> None:
    """The real thing: migrate with one key, then start the server's module with another."""
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'shop.sqlite3'}",
        "VAR_DIR": str(tmp_path),
        "FIELD_KEYS": OLD_KEY,
        "PYTHONWARNINGS": "ignore",
    }
    migrated = run_manage(environment, "migrate", "store", "-v0")
    assert migrated.returncode == 0, migrated.stderr
    before = (tmp_path / "shop.sqlite3").read_bytes()
    other_shop = {**environment, "FIELD_KEYS": OTHER_SHOPS_KEY}
    for refused in (run_wsgi(other_shop), run_manage(other_shop, "rotate_keys"), run_manage(other_shop, "migrate")):
        assert refused.returncode != 0
        assert f"fingerprint {OLD_PRINT} expected, {OTHER_PRINT} given" in refused.stderr
    assert run_wsgi({**environment, "INDEX_KEY": OTHER_INDEX_KEY}).returncode != 0
    short = run_wsgi({**environment, "FIELD_KEYS": "test1:c2hvcnQ="})
    assert "holds 5 bytes, not 32" in short.stderr
    assert (tmp_path / "shop.sqlite3").read_bytes() == before
    assert run_wsgi(environment).returncode == 0


def test_new_key_prints_a_key_that_is_good() -> None:
    out, err = StringIO(), StringIO()
    call_command("new_key", "2027a", stdout=out, stderr=err)
    kid, _, key = out.getvalue().strip().partition(":")
    assert kid == "2027a"
    assert fingerprint(read_key(key, name="new")) in err.getvalue()
    again = StringIO()
    call_command("new_key", stdout=again, stderr=StringIO())
    assert again.getvalue().strip() != key
