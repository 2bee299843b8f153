"""The evidence pack: what a bank is shown, in any script, and who may take it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Variant
from checkout.models import Dispute, Order, OrderEvent, Payment
from checkout.services.deliveries import note_delivery
from checkout.services.terms import add_terms
from checkout.states import OrderStatus, PaymentStatus
from fraud.evidence_pack import as_json, as_pdf, build_pack, missing_of
from store.audit.models import AuditRow
from store.models import User
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import make_order
from tests.fraud.conftest import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def eva(db: None) -> User:
    return make_staff("Eva Brandt", "take_evidence")


@pytest.fixture
def variant(db: None) -> Variant:
    return VariantFactory.create(price=20000, on_hand=500)


def paid_order(variant: Variant, *, at: datetime, **values: object) -> Order:
    return make_order(
        variant=variant, placed_at=at, status=OrderStatus.SHIPPED, payment_status=PaymentStatus.CAPTURED,
        carrier="UPS", tracking_number="1Z999", **values,  # type: ignore[arg-type]  # the factory's own names
    )  # fmt: skip


def dispute(order: Order, *, at: datetime) -> Dispute:
    return Dispute.objects.create(
        payment=Payment.objects.get(order=order), gateway="stripe", reference=f"dp_{order.number}", amount=order.total,
        reason="fraudulent", status="needs_response", status_at=at, takes_money=True, noted_at=at, looked_at=at,
        evidence_due=at + timedelta(days=9),
    )  # fmt: skip


def test_two_old_undisputed_payments_of_the_same_card_and_address_are_compelling(variant: Variant, now: datetime) -> None:
    order = paid_order(variant, at=now - timedelta(days=20))
    dispute(order, at=now)
    old = [paid_order(variant, at=now - timedelta(days=days)) for days in (121, 364)]
    too_young, too_old = (paid_order(variant, at=now - timedelta(days=days)) for days in (119, 366))
    other_card = paid_order(variant, at=now - timedelta(days=200), payment={"card_fingerprint": "fp_other"})
    other_ip = paid_order(variant, at=now - timedelta(days=201), ip_address="198.51.100.9")
    disputed = paid_order(variant, at=now - timedelta(days=202))
    dispute(disputed, at=now - timedelta(days=100))
    paid_order(variant, at=now - timedelta(days=203), email="x@example.com", ip_address="198.51.100.9",
               payment={"card_fingerprint": "fp_x"}, ship_to={"line1": "9 Elm Road"})  # fmt: skip
    # A stranger behind the same IP address.
    paid_order(variant, at=now - timedelta(days=204), email="y@example.com", payment={"card_fingerprint": "fp_y"},
               ship_to={"line1": "8 Oak Road"})  # fmt: skip
    pack = build_pack(order_id=order.pk, with_notes=False, now=now)
    assert pack["compelling_evidence_3"] == {"is_met": True, "orders": [each.number for each in old], "needed": 2}
    shown = {each["number"]: each["counts"] for each in pack["earlier_orders"]}
    expected = {each.number: False for each in (too_young, too_old, other_card, other_ip)}
    assert shown == {**expected, **{each.number: True for each in old}}
    assert not any("Compelling" in what for what in missing_of(pack))


def test_the_pack_holds_the_purchase_and_costs_the_same_for_many_earlier_orders(variant: Variant, now: datetime) -> None:
    order = paid_order(variant, at=now - timedelta(days=20))
    dispute(order, at=now)
    counts = []
    for more in (2, 18):
        for _ in range(more):
            paid_order(variant, at=now - timedelta(days=150))
        with CaptureQueriesContext(connection) as asked:
            pack = json.loads(as_json(build_pack(order_id=order.pk, with_notes=True, now=now)))
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert pack["schema"] == "ringback.evidence/1"
    assert pack["customer"] == {
        "name": "Dana Reyes", "email": "dana@example.com", "phone": "+15035550142", "ip_address": "203.0.113.7",
        "user_agent": "Test", "account_since": None,
    }  # fmt: skip
    assert pack["payments"][0]["checks"] == {"avs_street": "pass", "avs_postcode": "pass", "cvc": "pass"}
    assert (pack["fulfilment"]["carrier"], pack["fulfilment"]["tracking_number"]) == ("UPS", "1Z999")
    assert pack["disputes"][0]["reason"] == "fraudulent"
    assert "card_fingerprint" not in json.dumps(pack)


def test_accepted_terms_and_proof_of_delivery_are_in_the_pack_and_named_where_they_are_missing(
    variant: Variant, now: datetime
) -> None:
    order = paid_order(variant, at=now - timedelta(days=3))
    old = build_pack(order_id=order.pk, with_notes=False, now=now)
    assert [what.split()[0:2] for what in missing_of(old)[:2]] == [["The", "terms"], ["Proof", "of"]]
    assert (old["terms"]["text"], old["fulfilment"]["delivery_proof"]) == (None, None)

    terms = add_terms(text="You pay, we send.", valid_from=None, by=None, now=now)
    Order.objects.filter(pk=order.pk).update(terms=terms, terms_accepted_at=now)
    for words in ("Handed over.", "Left with a neighbour."):  # the second one, written down later, mends the first
        OrderEvent.objects.get_or_create(order=order, was="released", now="shipped", defaults={"why": "Sent.", "at": now})
        at = now + timedelta(minutes=len(words))
        note_delivery(order_id=order.pk, delivered_at=now, signed_by="D. Reyes", words=words, by=None, now=at)
    pack = build_pack(order_id=order.pk, with_notes=False, now=now)
    assert (pack["terms"]["accepted_at"], pack["terms"]["valid_from"]) == (now, now)
    assert pack["terms"]["text"] == "You pay, we send."
    proof = pack["fulfilment"]["delivery_proof"]
    assert (proof["delivered_at"], proof["signed_by"], proof["carrier_says"]) == (now, "D. Reyes", "Left with a neighbour.")
    assert not [what for what in missing_of(pack) if "terms" in what or "delivery" in what]
    assert as_pdf(pack) != as_pdf(old)


@pytest.mark.parametrize("name", ["Łukasz Żądło", "王小明 محمد علي สมชาย O\u0301 \U0001f600 \U00020bb7"])
def test_a_name_in_any_script_makes_a_pdf(name: str, variant: Variant, now: datetime) -> None:
    order = paid_order(variant, at=now, bill_to={"name": name})
    pdf = as_pdf(build_pack(order_id=order.pk, with_notes=False, now=now))
    assert pdf.startswith(b"%PDF-")
    assert len(pdf) < 200_000


def test_taking_a_pack_is_logged_and_leaves_nothing_in_a_cache_or_an_address(
    variant: Variant, eva: User, client: Client, now: datetime
) -> None:
    order = paid_order(variant, at=now)
    client.force_login(eva)
    page = client.get(reverse("admin:fraud_evidencepack_change", args=[order.pk])).content.decode()
    assert "dana@example.com" not in page
    for kind, start in (("pdf", b"%PDF-"), ("json", b"{")):
        address = reverse("admin:fraud_evidencepack_take", args=[order.pk, kind])
        assert client.get(address).status_code == 405
        assert client.post(address, {"why": ""}).status_code == 422
        answer = client.post(address, {"why": "The bank asked."})
        assert answer.content.startswith(start)
        assert "no-store" in answer["Cache-Control"]
        assert answer["Content-Disposition"] == f'attachment; filename="evidence-{order.number}.{kind}"'
    logged = list(AuditRow.objects.about(order).values_list("action", "actor"))
    assert logged == [("evidence.json", eva.pk), ("evidence.pdf", eva.pk)]
    assert "calls" not in AuditRow.objects.about(order)[0].field_names.split()


def test_nobody_takes_evidence_without_the_right(
    variant: Variant, rosa: User, client: Client, admin_client: Client, now: datetime
) -> None:
    order = paid_order(variant, at=now)
    dispute(order, at=now)
    client.force_login(rosa)
    for address in (
        reverse("admin:fraud_evidencepack_changelist"),
        reverse("admin:fraud_evidencepack_change", args=[order.pk]),
    ):
        assert client.get(address).status_code == 403
    assert client.post(reverse("admin:fraud_evidencepack_take", args=[order.pk, "pdf"]), {"why": "x"}).status_code == 403
    assert not AuditRow.objects.filter(action__startswith="evidence").exists()
    link = reverse("admin:fraud_evidencepack_change", args=[order.pk])
    assert link in admin_client.get(reverse("admin:checkout_order_change", args=[order.pk])).content.decode()
    assert link in admin_client.get(reverse("admin:fraud_evidencepack_changelist")).content.decode()
