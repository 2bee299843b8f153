"""The audit log holds what was done, and whoever alters it is found out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import RequestFactory
from pytest_django import Settings

from store.audit import record
from store.audit.models import HEAD_ID, AuditHead, AuditRow, OnlyAdded
from store.audit.verify import verify_audit
from store.models import User
from store.rotation import rotate, rows_per_kid
from tests.store.conftest import NEW_KEY

pytestmark = pytest.mark.django_db


@pytest.fixture
def olive(db: None) -> User:
    return User.objects.create_user("olive@shop.example", "a long phrase for olive 7")


@pytest.fixture
def rows(olive: User) -> list[AuditRow]:
    """Five things done."""
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.7")
    return [
        record(
            actor=olive, action=f"order.deed{n}", object=olive, fields=["phone", "email"], why="Asked to", request=request
        )
        for n in range(5)
    ]


def sql(statement: str, *values: str | int) -> None:
    """What somebody does who has got hold of the database."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_record_writes_who_did_what_to_which_object_from_where_and_why(olive: User, rows: list[AuditRow]) -> None:
    row = AuditRow.objects.about(olive).first()
    assert row is not None
    assert (row.n, row.actor, row.action) == (5, olive, "order.deed4")
    assert (row.object_type, row.object_id, row.field_names) == ("store.User", str(olive.pk), "phone email")
    assert (row.address, row.why) == ("203.0.113.7", "Asked to")
    with connection.cursor() as cursor:
        cursor.execute("SELECT address, why FROM store_auditrow")
        assert all(text.startswith("v1.") for stored in cursor.fetchall() for text in stored)


def test_a_whole_log_is_whole_and_its_end_can_be_noted_down(rows: list[AuditRow]) -> None:
    out = StringIO()
    call_command("verify_audit", stdout=out)
    end = f"5:{rows[-1].seal[:16]}"
    assert out.getvalue() == f"5 entries, whole. The end: {end}\n"
    call_command("verify_audit", expect=end, stdout=out)


def test_a_rotation_of_keys_breaks_no_seal(rows: list[AuditRow], settings: Settings) -> None:
    settings.FIELD_KEYS = f"{NEW_KEY},{settings.FIELD_KEYS}"
    rotate()
    per_kid = rows_per_kid()
    assert (per_kid["store_audithead.chain_key"], per_kid["store_auditrow.why"]) == ({"test2": 1}, {"test2": 5})
    assert verify_audit().faults == []


def test_an_empty_log_is_whole() -> None:
    assert verify_audit().faults == []


def cut_the_end(rows: list[AuditRow]) -> None:
    sql("DELETE FROM store_auditrow WHERE n > 3")
    sql("UPDATE store_audithead SET n = 3, last = %s", rows[2].seal)


def swap(rows: list[AuditRow]) -> None:
    for n, to in ((2, 99), (3, 2), (99, 3)):
        sql("UPDATE store_auditrow SET n = %s WHERE n = %s", to, n)


def close_the_gap(rows: list[AuditRow]) -> None:
    sql("DELETE FROM store_auditrow WHERE n = 3")
    sql("UPDATE store_auditrow SET n = 3 WHERE n = 4")
    sql("UPDATE store_auditrow SET n = 4 WHERE n = 5")


@pytest.mark.parametrize(
    ("do", "found"),
    [
        (lambda _: sql("UPDATE store_auditrow SET action = 'order.looked' WHERE n = 2"), "Entry 2 was altered"),
        (lambda _: sql("UPDATE store_auditrow SET actor_id = NULL WHERE n = 5"), "Entry 5 was altered"),
        (lambda _: sql("UPDATE store_auditrow SET field_names = 'email' WHERE n = 1"), "Entry 1 was altered"),
        (
            lambda _: sql(
                "UPDATE store_auditrow SET address = (SELECT address FROM store_auditrow WHERE n = 2) WHERE n = 1"
            ),
            "another row",
        ),
        (lambda _: sql("DELETE FROM store_auditrow WHERE n = 3"), "Before entry 4: 3 removed"),
        (lambda _: sql("DELETE FROM store_auditrow WHERE n < 3"), "Before entry 3: 1 to 2 removed"),
        (lambda _: sql("DELETE FROM store_auditrow WHERE n = 5"), "should end at entry 5"),
        (lambda _: sql("DELETE FROM store_auditrow"), "should end at entry 5"),
        (lambda _: sql("DELETE FROM store_audithead"), "prove nothing"),
        (lambda _: sql("UPDATE store_auditrow SET n = 9 WHERE n = 5"), "1 entries stand behind the end"),
        (cut_the_end, "The end of the log was altered"),
        (swap, "Entry 2 was altered, or isn't where it was"),
        (close_the_gap, "Entry 3 was altered, or isn't where it was"),
    ],
)
def test_what_was_done_to_the_log_is_found(rows: list[AuditRow], do: Callable[[list[AuditRow]], None], found: str) -> None:
    do(rows)
    assert any(found in fault for fault in verify_audit().faults), verify_audit().faults
    with pytest.raises(CommandError, match="can't be believed"):
        call_command("verify_audit", stderr=StringIO())


def test_a_log_put_back_as_a_whole_is_found_by_an_older_note(olive: User, rows: list[AuditRow]) -> None:
    head = AuditHead.objects.values("n", "last", "seal").get(pk=HEAD_ID)
    noted = (6, record(actor=olive, action="order.stolen").seal[:16])
    sql("DELETE FROM store_auditrow WHERE n = 6")
    AuditHead.objects.update(**head)
    assert verify_audit().faults == []  # nothing inside the database can tell
    assert verify_audit(expect=noted).faults == ["The log ends at entry 5; it once had 6."]
    record(actor=olive, action="order.harmless")
    assert verify_audit(expect=noted).faults == ["Entry 6 is not the one that was noted down."]


def test_rows_are_neither_changed_nor_deleted(rows: list[AuditRow]) -> None:
    row = AuditRow.objects.get(n=2)
    row.action = "order.looked"
    for attempt in (row.save, row.delete, AuditRow.objects.all().delete, lambda: AuditRow.objects.update(action="x")):
        with pytest.raises(OnlyAdded):
            attempt()
    assert verify_audit().faults == []


def test_a_deed_undone_leaves_no_row(olive: User) -> None:
    with transaction.atomic():
        record(actor=olive, action="order.nothing")
        transaction.set_rollback(True)
    assert verify_audit().n == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_moment_make_one_chain(olive: User) -> None:
    barrier = threading.Barrier(4)

    def write() -> None:
        barrier.wait(timeout=30)
        for _ in range(10):
            record(actor=olive, action="order.deed")
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    verdict = verify_audit()
    assert (verdict.n, verdict.faults) == (40, [])
