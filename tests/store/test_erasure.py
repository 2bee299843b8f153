"""Export is complete and erasure is for good."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from checkout.models import Cart, Order, OrderAddress, OrderEvent, Payment
from fraud.models import Assessment, Call, CallTask, CaseFile, Finding, Policy
from fraud.services.case_files import add_case_file
from store.blind_index import blind_index
from store.erasure import UnableToEraseCustomer, erase_customer, ledger_entries, ledger_path, replay_erasures, was_erased
from store.export import as_json, export_customer
from store.models import ErasedRow, Erasure, User
from store.registry import Kind, personal_models
from store.signals import customer_erased, erasure_requested
from tests.factories.checkout import make_order

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=90)
EMAIL = "ada.byron@example.com"


@pytest.fixture(autouse=True)
def _own_ledger(settings: Settings, tmp_path: Path) -> None:
    settings.ERASURE_LEDGER = tmp_path / "ledger" / "erasures.jsonl"


@pytest.fixture
def order(buyer: User) -> Order:
    """An order of Ada's account, cancelled and over, with all that was written about it."""
    with transaction.atomic():
        order = make_order(
            email="Ada.Byron@Example.com",
            status="cancelled",
            payment_status="voided",
            payment={"payer_name": "A. Byron", "payer_email": "ada@pay.example"},
            customer=buyer,
            placed_at=LONG_AGO,
        )
    User.objects.filter(pk=buyer.pk).update(date_joined=LONG_AGO)
    policy = Policy.objects.create(version=99, threshold=1, points={}, created_at=NOW)
    assessment = Assessment.objects.create(order=order, policy=policy, verdict="call", points=9, assessed_at=NOW)
    Finding.objects.create(assessment=assessment, position=1, code="x", answer="hit", reason="Ada Byron lives nowhere near")
    task = CallTask.objects.create(order=order, assessment=assessment, points=9, created_at=NOW, due_at=NOW)
    Call.objects.create(task=task, by=buyer, at=NOW, number="+15035550142", outcome="no_answer", note="Her sister picked up")
    return order


@pytest.fixture
def guest_order(db: None) -> Order:
    with transaction.atomic():
        return make_order(
            email="grace@example.org", status="cancelled", payment_status="voided", bill_to={"name": "Grace Hopper"}
        )


def personal_values(order: Order) -> set[str]:
    texts = set()
    for row in (
        Order.objects.get(pk=order.pk),
        *OrderAddress.objects.filter(order=order),
        *Payment.objects.filter(order=order),
    ):
        for model, entry in personal_models():
            if isinstance(row, model):
                texts |= {getattr(row, name) for name in entry.fields}
    return {text for text in texts if text}


class TestExport:
    def test_it_holds_every_personal_value_of_every_row(self, buyer: User, order: Order, guest_order: Order) -> None:
        export = export_customer(email=" ADA.byron@example.com", now=NOW)
        text = as_json(export)
        for value in personal_values(order) - {order.email_index, order.phone_index, order.ip_index, order.token}:
            if len(value) != 64:
                assert json.dumps(value, ensure_ascii=False) in text
        assert export["records"]["store.User"][0]["personal"]["name"] == {"kind": Kind.NAME, "value": "Ada Byron"}
        assert export["records"]["checkout.Order"][0]["besides"]["number"] == order.number
        assert len(export["records"]["checkout.OrderAddress"]) == 2

    def test_it_holds_nobody_else_and_no_secret(self, buyer: User, order: Order, guest_order: Order) -> None:
        text = as_json(export_customer(email=EMAIL, now=NOW))
        assert "Grace" not in text
        assert "grace@example.org" not in text
        for secret in (buyer.password, order.token, order.email_index or "-"):
            assert secret not in text

    def test_what_people_download_by_themselves_lacks_our_own_notes(self, buyer: User, order: Order) -> None:
        OrderEvent.objects.create(order=order, now="on_hold", why="Rosa: sounded unsure", at=NOW)
        Payment.objects.filter(order=order).update(risk_level="highest", declines=7)
        [own, all_] = [as_json(export_customer(email=EMAIL, now=NOW, is_self_service=own)) for own in (True, False)]
        notes = {row.reason for row in Finding.objects.all()} | {row.note for row in Call.objects.all()}
        for note in (*notes, "sounded unsure", "highest", "no_answer", "fraud.Finding", "declines"):
            assert str(note) in all_
            assert str(note) not in own
        for told in ("Ada.Byron@Example.com", order.number, str(order.total), "A. Byron", "4242"):
            assert told in own
        assert "Our own notes are not in this file" in own
        assert "Our own notes" not in all_

    def test_a_stranger_gets_an_export_without_records(self, db: None) -> None:
        assert export_customer(email="nobody@example.com", now=NOW)["records"] == {}
        with pytest.raises(ValueError, match="No e-mail address"):
            export_customer(email=" ", now=NOW)

    def test_the_command_writes_a_file_only_its_owner_can_read(self, buyer: User, tmp_path: Path) -> None:
        path = tmp_path / "ada.json"
        call_command("export_customer", EMAIL, output=path, stdout=StringIO())
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert json.loads(path.read_text())["format"] == "ringback-export-1"
        with pytest.raises(CommandError, match="File exists"):
            call_command("export_customer", EMAIL, output=path, stdout=StringIO())


class TestErasure:
    def test_every_personal_value_is_gone_and_the_books_stay(self, buyer: User, order: Order, guest_order: Order) -> None:
        others = personal_values(guest_order)
        task = CallTask.objects.get()
        add_case_file(task_id=task.pk, by=buyer, name="Ada's passport.pdf", body=b"%PDF-1.7 Ada %%EOF", now=NOW)
        Cart.objects.create(customer=buyer, created_at=LONG_AGO, updated_at=LONG_AGO)
        erased = erase_customer(email=" ADA.byron@example.com", now=NOW)
        assert erased.rows["store.User"] == 1
        assert erased.rows["checkout.Order"] == 1
        assert erased.rows["checkout.OrderAddress"] == 2
        assert personal_values(order) == set()
        assert personal_values(guest_order) == others
        after = Order.objects.get(pk=order.pk)
        assert (after.number, after.total, after.status) == (order.number, order.total, "cancelled")
        assert (CaseFile.objects.get().name, CaseFile.objects.get().body, Cart.objects.count()) == (None, None, 0)
        assert OrderAddress.objects.filter(order=order, country="US").count() == 2
        assert export_customer(email=EMAIL, now=NOW)["records"] == {}

    def test_the_account_is_closed_and_its_sessions_end(self, client: Client, buyer: User) -> None:
        client.force_login(buyer)
        erase_customer(email=EMAIL, now=NOW)
        user = User.objects.get(pk=buyer.pk)
        assert (user.is_active, user.has_usable_password(), user.email, user.name, user.email_index) == (
            False,
            False,
            "",
            "",
            None,
        )
        assert "_auth_user_id" in client.session
        assert not client.get("/admin/").wsgi_request.user.is_authenticated

    def test_the_address_is_free_for_a_new_account(self, buyer: User) -> None:
        erase_customer(email=EMAIL, now=NOW)
        assert User.objects.create_user(EMAIL, "another pass phrase altogether").pk != buyer.pk

    def test_staff_are_not_erased(self, manager: User) -> None:
        with pytest.raises(UnableToEraseCustomer, match="This is a staff account"):
            erase_customer(email="boss@ringback.example", now=NOW)
        manager.refresh_from_db()
        assert manager.email == "boss@ringback.example"
        assert not ledger_path().exists()

    def test_other_apps_may_object(self, buyer: User) -> None:
        def object_to(digest: str, **kwargs: Any) -> list[str]:
            return ["An order is on its way."] if digest == blind_index("email", EMAIL) else []

        erasure_requested.connect(object_to)
        try:
            with pytest.raises(UnableToEraseCustomer, match=r"An order is on its way\."):
                erase_customer(email=EMAIL, now=NOW)
        finally:
            erasure_requested.disconnect(object_to)
        buyer.refresh_from_db()
        assert buyer.name == "Ada Byron"
        assert not Erasure.objects.exists()

    def test_other_apps_hear_of_it_after_commit(
        self, buyer: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        heard: list[str] = []

        def listen(digest: str, **kwargs: Any) -> None:
            heard.append(digest)

        customer_erased.connect(listen)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                erase_customer(email=EMAIL, now=NOW)
                assert heard == []
        finally:
            customer_erased.disconnect(listen)
        assert heard == [blind_index("email", EMAIL)]

    def test_a_late_webhook_cannot_fill_a_row_again(self, buyer: User, order: Order) -> None:
        late = Payment.objects.get(order=order)
        early = Order.objects.get(pk=order.pk)
        assert early.email == "Ada.Byron@Example.com"  # read before, saved after
        erase_customer(email=EMAIL, now=NOW)
        late.payer_name, late.payer_email = "Ada Byron", EMAIL
        late.save(update_fields=["payer_name", "payer_email"])
        early.save()
        assert personal_values(order) == set()
        assert was_erased(early)
        assert ErasedRow.objects.filter(table="checkout_order", row=order.pk).count() == 1

    def test_other_columns_of_an_erased_row_can_still_change(self, buyer: User, order: Order) -> None:
        erase_customer(email=EMAIL, now=NOW)
        payment = Payment.objects.get(order=order)
        payment.refunded_amount = 0
        payment.save()
        assert Payment.objects.get(pk=payment.pk).refunded_amount == 0

    def test_rows_that_never_change_are_erased_too(self, buyer: User, order: Order) -> None:
        erase_customer(email=EMAIL, now=NOW)
        assert list(Call.objects.values_list("note", "number", "outcome")) == [(None, None, "no_answer")]
        assert list(Finding.objects.values_list("reason", "code")) == [(None, "x")]


class TestLedger:
    def test_it_names_nobody_and_is_private(self, buyer: User) -> None:
        erase_customer(email=EMAIL, now=NOW)
        assert stat.S_IMODE(ledger_path().stat().st_mode) == 0o600
        assert json.loads(ledger_path().read_text()) == {
            "digest": blind_index("email", EMAIL),
            "at": "2026-11-22T12:00:00+00:00",
        }

    def test_an_erasure_survives_a_restore(self, buyer: User, order: Order) -> None:
        with transaction.atomic():
            erase_customer(email=EMAIL, now=NOW)
            transaction.set_rollback(True)  # the database is what it was, the ledger isn't
        assert personal_values(order) != set()
        assert not Erasure.objects.exists()
        out = StringIO()
        call_command("erase_customer", replay=True, stdout=out)
        assert personal_values(order) == set()
        assert "checkout.Order: 1" in out.getvalue()
        assert replay_erasures().total == 0

    def test_who_came_back_after_an_erasure_is_not_erased_by_doing_it_again(self, buyer: User, order: Order) -> None:
        """The backup knew nothing of the erasure; the shop was open again before the ledger was replayed."""
        with transaction.atomic():
            erase_customer(email=EMAIL, now=NOW)
            transaction.set_rollback(True)
        User.objects.filter(pk=buyer.pk).update(email_index=None)  # so that the address is free, as after an erasure
        back = User.objects.create_user(EMAIL, "another pass phrase altogether", date_joined=NOW + timedelta(seconds=1))
        newer = make_order(email=EMAIL, status="cancelled", payment_status="voided", placed_at=NOW + timedelta(seconds=1))
        kept = personal_values(newer)
        assert replay_erasures().rows["checkout.Order"] == 1
        assert personal_values(order) == set()
        assert personal_values(newer) == kept
        back.refresh_from_db()
        assert (back.email, back.is_active) == (EMAIL, True)

    def test_who_came_back_after_an_erasure_is_not_erased_by_a_replay(self, buyer: User) -> None:
        erase_customer(email=EMAIL, now=NOW)
        back = User.objects.create_user(EMAIL, None, name="Ada Again")
        assert replay_erasures().total == 0
        erase_customer(email=EMAIL, now=NOW + timedelta(days=1))
        back.refresh_from_db()
        assert back.name == ""
        assert Erasure.objects.count() == 2

    def test_a_line_that_was_cut_off_swallows_no_other(self, buyer: User, stranger: User) -> None:
        erase_customer(email=EMAIL, now=NOW)
        with ledger_path().open("a") as ledger:
            ledger.write('{"digest": "dead')
        erase_customer(email="grace@example.org", now=NOW)
        assert len(ledger_entries()) == 2
        Erasure.objects.all().delete()
        assert replay_erasures().total == 0  # both are found; there is nothing left of either
        assert Erasure.objects.count() == 2

    def test_a_shop_without_erasures_replays_nothing(self, db: None) -> None:
        assert replay_erasures().total == 0


class TestCommand:
    @pytest.fixture
    def typed(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        answers: list[str] = []
        monkeypatch.setattr("builtins.input", lambda prompt="": answers.pop(0))
        return answers

    def test_it_asks_before_it_erases(self, buyer: User, typed: list[str]) -> None:
        typed += [EMAIL, "no"]
        with pytest.raises(CommandError, match=r"Nothing was erased\."):
            call_command("erase_customer", stdout=StringIO())
        buyer.refresh_from_db()
        assert buyer.name == "Ada Byron"
        typed += [EMAIL, "erase"]
        out = StringIO()
        call_command("erase_customer", stdout=out)
        buyer.refresh_from_db()
        assert (buyer.name, "1 rows erased." in out.getvalue()) == ("", True)
        assert EMAIL not in out.getvalue()

    def test_a_dry_run_only_counts(self, buyer: User, order: Order) -> None:
        out = StringIO()
        call_command("erase_customer", EMAIL, dry_run=True, stdout=out)
        assert "checkout.OrderAddress: 2" in out.getvalue()
        assert personal_values(order) != set()

    def test_no_address_is_an_error(self, db: None) -> None:
        with pytest.raises(CommandError, match="No e-mail address"):
            call_command("erase_customer", " ", stdout=StringIO())
