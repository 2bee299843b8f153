"""A passkey answers one question, on one address, for one person. Good answers: test_browser.py."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from store.audit.models import AuditRow
from store.models import Passkey, User
from store.staff.passkeys import are_possible
from tests.store.staff.conftest import client_of, get_past, give_app

pytestmark = pytest.mark.django_db
FORGED = {"clientDataJSON": "e30", "authenticatorData": "QUJD", "signature": "QUJD"}
ADD = "/admin/second-factor/passkeys/add/"


@pytest.fixture(autouse=True)
def _a_shop_with_a_name(settings: Settings) -> None:
    settings.SHOP_ORIGIN = "https://shop.example"


def give_passkey(user: User, credential: str = "QUJD") -> Passkey:
    return Passkey.objects.create(
        user=user, credential=credential, public_key="QUJD", sign_count=0, name="Laptop", made_at=timezone.now()
    )


@pytest.mark.parametrize(
    ("origin", "is_possible"),
    [
        ("https://shop.example", True),
        ("http://localhost:8000", True),
        ("http://shop.example", False),
        ("https://203.0.113.7", False),
        ("http://127.0.0.1:8000", False),
        ("", False),
    ],
)
def test_passkeys_take_a_name_and_tls(settings: Settings, origin: str, is_possible: bool) -> None:
    settings.SHOP_ORIGIN = origin
    assert are_possible() is is_possible


@pytest.mark.parametrize(
    "answer",
    [
        "{}",
        "nonsense",
        "[]",
        json.dumps({"id": "QUJD", "rawId": "QUJD", "type": "public-key", "response": FORGED}),
        "x" * 30_000,
    ],
)
def test_an_answer_that_is_none_opens_nothing_and_is_written_down(olive: User, answer: str) -> None:
    give_passkey(olive)
    client = client_of(olive)
    assert "data-passkey" in client.get("/admin/second-factor/").content.decode()
    assert client.post("/admin/second-factor/", {"answer": answer})["Location"] == "/admin/second-factor/"
    assert client.get("/admin/")["Location"].startswith("/admin/second-factor/")
    assert AuditRow.objects.get().action == "staff.passkey_refused"
    made = client.post(ADD, {"answer": answer, "name": "Mine"})
    assert made["Location"] == "/admin/second-factor/"  # who has one shows it first
    assert Passkey.objects.count() == 1


def test_an_answer_to_no_question_is_refused(olive: User) -> None:
    client = client_of(olive)
    answer = client.post(ADD, {"answer": "{}", "name": "Mine"})
    assert (answer.status_code, Passkey.objects.count()) == (422, 0)
    assert "made no passkey" in answer.content.decode()


def test_the_last_way_in_is_kept_and_nobody_removes_anothers(olive: User, oscar: User) -> None:
    app, theirs = give_app(olive), give_passkey(oscar, "REVG")
    own = give_passkey(olive)
    client = get_past(client_of(olive), olive)
    remove = "/admin/second-factor/passkeys/{}/remove/"
    client.post(remove.format(theirs.pk))
    assert Passkey.objects.filter(pk=theirs.pk).exists()
    app.delete()
    client.post(remove.format(own.pk))
    assert Passkey.objects.filter(pk=own.pk).exists()
    give_passkey(olive, "R0hJ")
    client.post(remove.format(own.pk))
    assert not Passkey.objects.filter(pk=own.pk).exists()
    assert [row.args_kwargs["args"] for row in DBTaskResult.objects.all()] == [["passkey_removed", str(olive.pk), 1, "en"]]


def test_a_passkey_is_a_second_factor_and_its_question_names_only_own_keys(olive: User, oscar: User) -> None:
    give_passkey(olive)
    give_passkey(oscar, "REVG")
    client = client_of(olive)
    assert client.get("/admin/second-factor/set-up/")["Location"] == "/admin/second-factor/"
    page = client.get("/admin/second-factor/").content.decode()
    assert "QUJD" in page
    assert "REVG" not in page
    assert "data-passkey" not in Client().get("/admin/login/").content.decode()
