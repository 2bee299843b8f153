"""Invoices and credit notes: one for each movement of money, numbered without gaps, the same for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Variant
from checkout.invariants import check_money
from checkout.models import Document, DocumentSeries, Order, OrderAddress, Payment, Refund
from checkout.services.document_pdf import as_pdf
from checkout.services.documents import issue_documents, read_data
from checkout.services.refund_books import book_failed
from checkout.services.release import release_order
from store.erasure import erase_customer
from store.models import User
from tests.checkout.scenes import look, on_hold, refund_by_hand
from tests.checkout.together import together
from tests.factories.checkout import make_order
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db
YEAR = timezone.localtime().year


def issue(payment: Payment, now: datetime | None = None) -> list[str]:
    with transaction.atomic():
        return [document.number for document in issue_documents(payment, now=now or timezone.now())]


def undone(payment: Payment) -> None:
    """Write its documents, and then fail."""
    with transaction.atomic():
        issue_documents(payment, now=timezone.now())
        raise RuntimeError


def captured(brush: Variant, **values: Any) -> Payment:
    with transaction.atomic():
        order = make_order(variant=brush, quantity=2, status="released", payment_status="captured", **values)
    return order.payments.get()


def test_release_writes_the_invoice_and_a_refund_its_credit_note(
    brush: Variant, sandbox: RunningSandbox, run_tasks: Callable[[], int], client: Client
) -> None:
    order, payment = on_hold(brush, sandbox)
    assert Document.objects.count() == 0  # authorised: nobody was charged
    release_order(order_id=order.pk, by=None, why="Clear.", now=timezone.now())
    invoice = Document.objects.get()
    look(payment)
    assert Document.objects.count() == 1
    assert (invoice.number, invoice.total, invoice.net, invoice.tax) == (f"INV-{YEAR}-000001", 3095, 3095, 0)
    assert invoice.buyer == "Dana Reyes\n1420 SE Ankeny Street\nApt 3\nPortland, OR 97214\nUnited States"
    assert [row["total"] for row in read_data(invoice)["rows"]] == [2500]

    refund_by_hand(payment, 1000)
    look(payment)
    look(payment)
    credit = Document.objects.get(kind="credit_note")
    assert (credit.number, credit.total, read_data(credit)["refers_to"]) == (f"CN-{YEAR}-000001", 1000, invoice.number)
    assert check_money() == []

    address = f"/orders/{order.token}/documents/{invoice.pk}/"
    answer = client.get(address)
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{invoice.number}.pdf"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert client.get(f"/orders/{make_order().token}/documents/{invoice.pk}/").status_code == 404
    page = client.get(f"/orders/{order.token}/").content.decode()
    assert address in page
    assert credit.number in page
    run_tasks()
    bodies = {message.subject.split()[1]: str(message.body) for message in mail.outbox}
    assert f"Invoice {invoice.number}: " in bodies["order"]
    assert f"Credit note {credit.number}: " in bodies["refund"]


def test_a_whole_refund_repeats_the_invoice_and_a_part_includes_its_tax(brush: Variant) -> None:
    payment = captured(brush, tax_total=224, tax_rate="0.0725", total=3319)
    issue(payment)
    now = timezone.now()
    common = {"payment": payment, "status": "done", "status_at": now, "requested_at": now, "done_at": now, "origin": "staff"}
    Refund.objects.create(key="a", amount=1073, other=1073, **common)
    issue(payment)
    part = Document.objects.get(kind="credit_note")
    assert (part.net, part.tax) == (1000, 73)
    whole = captured(brush, tax_total=224, tax_rate="0.0725", total=3319)
    Refund.objects.create(key="b", amount=3319, other=3319, **{**common, "payment": whole})
    issue(whole)
    invoice, credit = Document.objects.filter(payment=whole).order_by("-kind")
    assert {**read_data(credit), "refers_to": "", "refers_to_date": ""} == read_data(invoice)
    assert [tax["percent"] for tax in read_data(invoice)["taxes"]] == ["7.25"]


def test_a_refund_that_comes_back_is_reversed_and_one_made_again_is_credited_again(brush: Variant) -> None:
    payment = captured(brush)
    now = timezone.now()
    refund = Refund.objects.create(
        payment=payment, key="a", amount=500, other=500, status="done", status_at=now, requested_at=now, done_at=now,
        origin="staff",
    )  # fmt: skip
    Payment.objects.filter(pk=payment.pk).update(refunded_amount=500)
    assert issue(payment) == [f"INV-{YEAR}-000001", f"CN-{YEAR}-000001"]
    with transaction.atomic():
        book_failed(refund, problem="", now=now)
    assert issue(payment) == [f"REV-{YEAR}-000001"]
    assert issue(payment) == []
    Refund.objects.filter(pk=refund.pk).update(status="done")
    assert issue(payment) == [f"CN-{YEAR}-000002"]


@pytest.mark.parametrize(
    ("status", "taken"), [("authorized", 0), ("refunding", 3095), ("captured", 3000), ("mismatched", 3095)]
)
def test_without_a_whole_capture_that_pays_for_the_order_there_is_no_invoice(
    brush: Variant, status: str, taken: int
) -> None:
    payment = captured(brush)
    Payment.objects.filter(pk=payment.pk).update(status=status, captured_amount=taken)
    assert issue(Payment.objects.get(pk=payment.pk)) == []
    assert DocumentSeries.objects.count() == 0


def test_what_is_undone_takes_its_number_back_and_each_year_begins_with_one(brush: Variant) -> None:
    first, second, third = captured(brush), captured(brush), captured(brush)
    issue(first)
    with pytest.raises(RuntimeError):
        undone(second)
    assert issue(third) == [f"INV-{YEAR}-000002"]
    # The year is the shop's own: in New York it is still the old one.
    assert issue(second, datetime(2031, 1, 1, 2, tzinfo=UTC)) == ["INV-2030-000001"]
    assert check_money() == []
    Document.objects.filter(payment=first).delete()
    assert check_money() == [f"The numbers of invoice {YEAR} have gaps: 2 were drawn, 1 are there."]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("races")
def test_many_at_once_get_numbers_without_gaps_or_doubles(brush: Variant) -> None:
    payments = [captured(brush) for _ in range(5)]

    steps: list[Callable[[], object]] = [partial(issue, payment) for payment in payments[:4] for _ in range(2)]
    ends = together(*steps, *[partial(undone, payments[4])] * 4)
    numbers = [number for end in ends if isinstance(end, list) for number in end]
    assert sorted(numbers) == [f"INV-{YEAR}-{serial:06d}" for serial in range(1, 5)]
    assert [type(end) for end in ends[8:]] == [RuntimeError] * 4
    assert DocumentSeries.objects.get().last == 4


def test_is_printed_the_same_for_ever_and_in_any_script(brush: Variant, settings: Settings) -> None:
    settings.SELLER_ADDRESS = ["12 Mill Lane", "Portland, OR 97214"]
    payment = captured(brush, bill_to={"name": "Ελένη Жукова"})
    issue(payment)
    document = Document.objects.get()
    before = as_pdf(document)
    OrderAddress.objects.filter(order=document.order).update(country="DE")
    Order.objects.filter(pk=document.order_id).update(delivery_name="Other")
    settings.SELLER_ADDRESS = ["Elsewhere"]
    assert as_pdf(Document.objects.get()) == before


def test_erasing_a_person_takes_the_name_and_leaves_the_books(brush: Variant) -> None:
    order = make_order(variant=brush, status="shipped", payment_status="captured")
    issue(order.payments.get())
    before = as_pdf(Document.objects.get())
    erase_customer(email=order.email, now=timezone.now())
    document = Document.objects.get()
    assert document.buyer is None
    assert read_data(document)["total"] == order.total
    assert as_pdf(document) != before


@pytest.mark.parametrize("right", ["view_document", "view_orderaddress", ""])
def test_staff_need_the_rights_to_documents_and_to_addresses(brush: Variant, right: str) -> None:
    order = make_order(variant=brush, status="released", payment_status="captured")
    issue(order.payments.get())
    clerk = User.objects.create_user(email="clerk@shop.example", password="a long phrase for clerk 7", is_staff=True)
    rights = ["view_order", "view_document", "view_orderaddress"] if not right else ["view_order", right]
    clerk.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client = Client()
    client.force_login(clerk)
    address = reverse("admin:checkout_order_document", args=[order.pk, Document.objects.get().pk])
    assert client.get(address).status_code == (403 if right else 200)
    page = client.get(reverse("admin:checkout_order_change", args=[order.pk])).content.decode()
    assert (address in page) == (right != "view_orderaddress")
