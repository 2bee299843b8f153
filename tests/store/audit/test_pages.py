"""The audit log is written on every address, shown where it is needed, and taken away by those who may."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from checkout.models import Alert
from store.audit import record
from store.audit.models import AuditHead, AuditRow
from store.audit.nightly import verify_and_note
from store.audit.verify import verify_audit
from store.jobs.models import Schedule
from store.models import User
from tests.factories.checkout import make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(olive: User) -> Client:
    client = Client()
    client.force_login(olive)
    return client


@pytest.fixture
def olive(db: None) -> User:
    return User.objects.create_superuser("olive@shop.example", "a long phrase for olive 7", name="Olive Stern")


@pytest.fixture
def carl(db: None) -> User:
    return User.objects.create_user("carl@example.com", "a long phrase for carl 7", name="Carl Winter")


def looker(*rights: str) -> Client:
    user = User.objects.create_user("vera@shop.example", "a long phrase for vera 7", name="Vera", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client = Client()
    client.force_login(user)
    return client


def last() -> tuple[str, str, str]:
    row = AuditRow.objects.order_by("n").last()
    assert row is not None
    return row.action, f"{row.object_type} {row.object_id}".strip(), row.field_names


def test_a_change_in_the_admin_names_the_fields_and_not_the_values(owner: Client, carl: User) -> None:
    page = f"/admin/store/user/{carl.pk}/change/"
    assert owner.post(page, {"email": "carlo@example.com", "name": "Carlo", "is_active": "on"}).status_code == 302
    assert last() == ("admin.changed", f"store.User {carl.pk}", "E-mail Name")
    assert owner.post(f"/admin/store/user/{carl.pk}/delete/", {"post": "yes"}).status_code == 302
    assert last() == ("admin.deleted", f"store.User {carl.pk}", "")
    assert AuditRow.objects.count() == 2
    assert verify_audit().faults == []


def test_a_form_whose_view_writes_nothing_is_written_down_all_the_same(owner: Client, olive: User) -> None:
    order = make_order()
    owner.post(f"/admin/checkout/order/{order.pk}/cancel/", {"csrfmiddlewaretoken": "x", "why": "4111"})
    assert last() == ("admin:checkout_order_cancel", f"checkout.Order {order.pk}", "why")
    row = AuditRow.objects.get()
    assert (row.actor, row.address, row.why) == (olive, "127.0.0.1", "")
    owner.post("/admin/store/user/", {"action": "delete_selected", "_selected_action": str(olive.pk)})
    owner.get(f"/admin/checkout/order/{order.pk}/change/")
    assert AuditRow.objects.count() == 1  # asked, looked at: nothing was done


def test_an_object_shows_its_entries_to_those_who_may_read_them(owner: Client, olive: User) -> None:
    order = make_order()
    record(actor=olive, action="order.reveal", object=order, fields=["phone"], why="They rang")
    for address in (f"/admin/checkout/order/{order.pk}/change/", f"/admin/store/auditrow/?object_id={order.pk}"):
        page = owner.get(address).content.decode()
        assert "order.reveal" in page
        assert "They rang" in page
    assert "All they did" in owner.get(f"/admin/store/user/{olive.pk}/change/").content.decode()
    client = looker("view_order")
    assert "order.reveal" not in client.get(f"/admin/checkout/order/{order.pk}/change/").content.decode()
    assert client.get("/admin/store/auditrow/").status_code == 403


def test_the_list_asks_as_often_for_twenty_rows_as_for_two(owner: Client, olive: User) -> None:
    owner.get("/admin/store/auditrow/")  # what a session's first page writes is not counted
    counts = []
    for many in (2, 18):
        for _ in range(many):
            record(actor=olive, action="order.reveal", object=olive)
        with CaptureQueriesContext(connection) as queries:
            assert owner.get("/admin/store/auditrow/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_log_is_taken_away_as_a_file_and_that_is_written_down(owner: Client, olive: User) -> None:
    record(actor=olive, action="order.reveal", object=olive, why="=1+1")
    record(actor=None, action="staff.owner_link_made")
    assert owner.post("/admin/store/auditrow/export/", {"why": ""}).status_code == 422
    answer = owner.post("/admin/store/auditrow/export/", {"why": "For the auditor"})
    lines = list(csv.DictReader(answer.getvalue().decode().splitlines()))
    assert [line["action"] for line in lines] == ["order.reveal", "staff.owner_link_made", "audit.exported"]
    assert [line["why"] for line in lines] == ["'=1+1", "", "For the auditor"]
    assert (lines[0]["name"], lines[1]["name"], lines[2]["entry"]) == ("Olive Stern", "", "3")
    assert "no-store" in answer["Cache-Control"]
    days = {"first": "2020-01-01", "last": "2020-01-02", "why": "Old ones"}
    old = owner.post("/admin/store/auditrow/export/", days)
    assert old.getvalue().count(b"\n") == 1


def test_reading_is_not_taking_away(owner: Client) -> None:
    client = looker("view_auditrow")
    assert "Take it away" not in client.get("/admin/store/auditrow/").content.decode()
    assert client.post("/admin/store/auditrow/export/", {"why": "x"}).status_code == 403
    assert last()[0] == "access.refused"
    for page in ("add/", f"{AuditRow.objects.get().pk}/delete/"):
        assert owner.get(f"/admin/store/auditrow/{page}").status_code == 403


def test_the_nightly_walk_notes_the_end_and_tells_of_a_log_put_back(olive: User, settings: Settings, tmp_path: Path) -> None:
    settings.ERASURE_LEDGER = tmp_path / "erasures.jsonl"
    record(actor=olive, action="order.reveal")
    head = AuditHead.objects.values("n", "last", "seal").get()
    record(actor=olive, action="order.stolen")
    assert verify_and_note(now=timezone.now()).faults == []
    assert (tmp_path / "audit-log.end").read_text().startswith("2:")

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM store_auditrow WHERE n = 2")
    AuditHead.objects.update(**head)
    assert verify_and_note(now=timezone.now()).faults == ["The log ends at entry 1; it once had 2."]

    assert Alert.objects.get().message.startswith("The audit log can't be believed: The log ends at entry 1")
    assert Schedule.objects.get(name="audit log").is_good is False
    assert verify_and_note(now=timezone.now()).faults == []  # told once
