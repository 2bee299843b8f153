"""The report says what is so, and its exit code says whether something is wrong."""

from __future__ import annotations

import contextlib
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import Settings

from store.evidence import SAQ_A, By
from store.keycheck import remember_keys
from store.models import User
from tests.processes import ROOT
from tests.store.conftest import overwrite


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path, db: None) -> None:
    settings.VAR_DIR = tmp_path
    remember_keys()


def report() -> dict[str, Any]:
    out = StringIO()
    with contextlib.suppress(SystemExit):
        call_command("doctor", json=True, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def line(section: str, start: str) -> dict[str, Any]:
    found: dict[str, Any] = next(entry for entry in report()["sections"][section] if entry["what"].startswith(start))
    return found


def test_all_27_requirements_are_answered_once() -> None:
    assert len(SAQ_A) == len({requirement.number for requirement in SAQ_A}) == 27
    assert {requirement.by for requirement in SAQ_A} == set(By)


def test_it_counts_unencrypted_personal_columns() -> None:
    assert line("Personal data", "unencrypted personal columns: 0")["good"] is True


def test_keys_are_named_by_fingerprint_and_age_only(settings: Settings) -> None:
    entry = line("Keys", "field key 'test1'")
    assert "in use for 0 days, writes" in entry["what"]
    assert settings.FIELD_KEYS.split(":")[1] not in json.dumps(report())


def test_a_value_that_is_no_ciphertext_is_a_problem(buyer: User) -> None:
    overwrite(buyer, "plain@example.com")
    assert line("Keys", "store_user.email")["good"] is False


def test_weak_staff_passwords_are_a_problem(manager: User) -> None:
    assert line("People", "staff whose password")["good"] is True
    manager.set_password("short but odd")
    manager.save()
    entry = line("People", "staff whose password")
    assert (entry["good"], str(manager) in entry["what"]) == (False, True)


def test_it_says_when_cards_were_last_looked_for(buyer: User, settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = settings.MAIL_DIR = tmp_path / "none"
    assert line("Card numbers", "never scanned")["good"] is False
    call_command("scan_cards", stdout=StringIO())
    assert line("Card numbers", "last scan")["good"] is True
    buyer.name = "4242 4242 4242 4242"
    buyer.save()
    with pytest.raises(SystemExit):
        call_command("scan_cards", stdout=StringIO())
    entry = line("Card numbers", "last scan")
    assert (entry["good"], "1 found" in entry["what"]) == (False, True)


def test_the_printed_report_is_dated_and_lists_the_saq() -> None:
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("doctor", stdout=out)
    text = out.getvalue()
    assert "27 requirements: the shop enforces 8, has evidence for 6, and leaves 13 to the merchant" in text
    assert "2.2.2" in text
    assert " problems: see BAD above." in text


def test_the_merchants_page_gives_the_same_answers() -> None:
    answers = {By.ENFORCED: "in place: enforced", By.EVIDENCE: "in place: shown", By.MERCHANT: "you"}
    page = (ROOT / "docs" / "merchant-pci.md").read_text()
    rows = page.partition("## The 27 answers\n")[2].partition("\n\n")[0].splitlines()[2:]
    assert rows == [f"| {each.number} {each.text} | {answers[each.by]} | {each.how} |" for each in SAQ_A]
