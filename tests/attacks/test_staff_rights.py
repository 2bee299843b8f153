"""Who may do what in the admin: every page and every button, for every kind of person."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import models
from django.urls import resolve, reverse
from django.utils.html import escape
from pytest_django import Settings

import config.urls  # noqa: F401  # what it takes out of the admin is out before the rows are walked
from catalog.models import Product
from checkout.models import Alert, Order, Payment, Withdrawal
from checkout.states import OrderStatus, PaymentStatus
from fraud.models import Backtest, Call, CallTask, Decision
from store.audit.models import AuditRow
from store.models import User
from tests.attacks.conftest import client_of
from tests.factories.checkout import make_order, make_payment

pytestmark = pytest.mark.django_db
# What the admin must refuse without a fault: other spellings, other types, too much, half a character.
ODD_IDS = ("nope", "9" * 30, "%00", "00000000-0000-0000-0000-000000000000", "_5C_00")
ODD_QUERIES = (
    "?q=%00",
    "?q=" + "x" * 3000,
    "?o=1.-2.99.abc",
    "?p=-1",
    "?p=abc",
    "?all=&_facets=True",
    "?id__exact=%00",
    "?pk__in=1,%00,9" + "9" * 30,
    "?email__startswith=a",
    "?order__email=a",
    "?task__order__phone__gt=1",
    "?_to_field=email_index",
    "?status__exact=%00",
    "?resolved_at__isempty=9",
    "?at__gte=%00",
    "?version=" + "9" * 30,
)


ORDER_BUTTONS = ("reveal", "ship", "cancel", "refund", "refund_now", "lift", "renew", "delivered")


def rows() -> Iterator[tuple[str, models.Model | None, Any]]:
    """The address, one row, and the admin of every registered model."""
    for model, model_admin in admin.site._registry.items():
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        yield base, model._default_manager.first(), model_admin


def addresses(base: str, row: models.Model | None) -> list[str]:
    pages = [base, f"{base}add/"]
    if row is not None:
        pages += [f"{base}{row.pk}/{page}/" for page in ("change", "delete", "history")]
    return pages


def buttons(task: CallTask) -> list[str]:
    """Every address in our admin that does something."""
    return [
        reverse("admin:fraud_calltask_next"),
        reverse("admin:fraud_backtest_start"),
        reverse("admin:fraud_backtest_stop", args=[Backtest.objects.get().pk]),
        *(
            reverse(f"admin:fraud_calltask_{name}", args=[task.pk])
            for name in ("claim", "let_go", "begin", "record", "release", "object", "cancel", "escalate", "reveal")
        ),
        *(reverse(f"admin:checkout_order_{name}", args=[task.order_id]) for name in ORDER_BUTTONS),
    ]


ALL_ANSWERS = {
    "outcome": "reached",
    "answer": "confirms",
    "why": "Because.",
    "look_reason": "check",
    "escalation_reason": "unsure",
    "reason": "denied",
    "carrier": "UPS",
    "tracking_number": "1Z",
}


def test_every_admin_page_answers_the_owner_and_the_looker_without_a_fault(task: CallTask, olive: User, vera: User) -> None:
    for user in (olive, vera):
        client = client_of(user)
        for base, row, _ in rows():
            for address in addresses(base, row):
                answer = client.get(address)
                assert answer.status_code in (200, 403), (str(user.pk), address, answer.status_code)


def test_odd_ids_and_filters_are_refused_without_a_fault(task: CallTask, olive: User) -> None:
    client = client_of(olive)
    for base, _, _ in rows():
        for query in ODD_QUERIES:
            assert client.get(base + query).status_code in (200, 302, 400), base + query
        # The three pages look for a row in the same way.
        odd_pages = [f"{base}{odd}/change/" for odd in ODD_IDS] + [
            f"{base}{ODD_IDS[2]}/{page}/" for page in ("delete", "history")
        ]
        for address in odd_pages:
            assert client.get(address).status_code in (302, 400, 403, 404), address


def test_nobody_without_rights_sees_or_does_anything(task: CallTask, mona: User, carl: User) -> None:
    for user in (mona, carl, None):
        client = client_of(user)
        for base, row, _ in rows():
            for address in addresses(base, row):
                for answer in (client.get(address), client.post(address, ALL_ANSWERS)):
                    assert answer.status_code in (302, 403), address
                    assert "dana@example.com" not in answer.content.decode()
        for address in buttons(task):
            assert client.post(address, ALL_ANSWERS).status_code in (302, 403), address
            assert client.get(address).status_code in (302, 403, 405), address
    fresh = CallTask.objects.select_related("order").get(pk=task.pk)
    assert (fresh.claimed_by, fresh.status, fresh.order.status) == (None, "waiting", OrderStatus.ON_HOLD)
    assert Call.objects.count() == 1


def test_who_may_only_look_can_press_no_button_and_every_try_is_written_down(task: CallTask, vera: User) -> None:
    client = client_of(vera)
    decision = Decision(task=task, kind="escalate", reason="unsure", by=vera, at=task.created_at)
    decision.save()
    more = [
        reverse("admin:fraud_calltask_correct", args=[task.pk, decision.pk]),
        reverse("admin:fraud_deskrules_new"),
    ]
    for address in (*buttons(task), *more):
        assert client.post(address, ALL_ANSWERS).status_code == 403, address
    refused = AuditRow.objects.filter(actor=vera, action="access.refused")
    assert [row.why.partition("admin:")[2] for row in refused.order_by("n")] == [
        resolve(address).url_name for address in (*buttons(task), *more)
    ]
    product = Product.objects.get(name="Grand Polisher")
    for action in ("feature", "withdraw", "put_on_sale", "unfeature", "delete_selected"):
        client.post("/admin/catalog/product/", {"action": action, "_selected_action": product.pk, "post": "yes"})
        fresh = Product.objects.get(pk=product.pk)
        assert (fresh.is_active, fresh.is_featured) == (product.is_active, product.is_featured), action
    alert = Alert.objects.get()
    client.post("/admin/checkout/alert/", {"action": "mark_resolved", "_selected_action": alert.pk})
    assert Alert.objects.get().resolved_at is None


def test_who_may_change_alerts_closes_them(task: CallTask, vera: User) -> None:
    vera.user_permissions.add(Permission.objects.get(codename="change_alert"))
    client_of(vera).post("/admin/checkout/alert/", {"action": "mark_resolved", "_selected_action": Alert.objects.get().pk})
    assert Alert.objects.get().resolved_at is not None


def test_who_may_see_orders_but_no_addresses_reads_no_customer(task: CallTask, vera: User) -> None:
    payment = Payment.objects.get()
    payment.payer_name, payment.payer_line1 = "Dana Reyes", "1420 SE Ankeny Street"
    payment.save()
    vera.user_permissions.set(Permission.objects.filter(codename__in=["view_order", "view_payment", "view_orderline"]))
    client = client_of(vera)
    pages = [
        client.get(reverse("admin:checkout_order_change", args=[task.order_id])).content.decode(),
        client.get(reverse("admin:checkout_payment_change", args=[payment.pk])).content.decode(),
    ]
    assert task.order.number in pages[0]
    assert str(payment.reference) in pages[1]
    for page in pages:
        for personal in ("dana@example.com", "5550142", "Dana Reyes", "Ankeny", "Victor Stone", "Ocean Drive"):
            assert personal not in page


def revealing(task: CallTask) -> list[tuple[str, models.Model, str, str]]:
    """Each page that shows a customer: its admin's name, its row, what it keeps closed, what the log calls it."""
    payment, call, assessment = Payment.objects.get(), Call.objects.get(), task.assessment
    payment.payer_name = "Dana Q. Reyes"
    payment.save()
    withdrawal = Withdrawal.objects.create(
        attempt=uuid.uuid4(), number="R-1234", email="dana@example.com", declared_at=task.created_at
    )
    decision = Decision(task=task, kind="escalate", reason="unsure", by=call.by, note="She is at 503", at=task.created_at)
    decision.save()
    assert assessment is not None
    finding = assessment.findings.first()
    assert finding is not None
    return [
        ("checkout_order", task.order, "77 Ocean Drive", "order.reveal"),
        ("checkout_payment", payment, "Dana Q. Reyes", "payment.reveal"),
        ("checkout_withdrawal", withdrawal, "dana@example.com", "withdrawal.reveal"),
        ("fraud_call", call, "Left word.", "call.reveal"),
        ("fraud_decision", decision, "She is at 503", "decision.reveal"),
        ("fraud_assessment", assessment, str(finding.reason)[:20], "assessment.reveal"),
        ("fraud_finding", finding, str(finding.reason)[:20], "finding.reveal"),
    ]


def test_each_look_at_a_customer_has_a_reason_and_lasts_one_page(task: CallTask, vera: User, settings: Settings) -> None:
    shut = client_of(vera)  # may see every page, and look at nobody
    vera_may = User.objects.create_user("vi@shop.example", "a long phrase 7", name="Vi Oda", is_staff=True)
    vera_may.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    vera_may.user_permissions.add(Permission.objects.get(codename="reveal_customer"))
    client = client_of(vera_may)
    for name, row, secret, action in revealing(task):
        page = reverse(f"admin:{name}_change", args=[row.pk])
        button = reverse(f"admin:{name}_reveal", args=[row.pk])
        escaped = escape(secret)
        for who in (shut, client):
            assert escaped not in who.get(page).content.decode(), name
        assert button not in shut.get(page).content.decode(), name
        assert shut.post(button, {"look_reason": "rang_us"}).status_code == 403, name
        assert client.post(button, {"look_reason": "curious"}).status_code == 302
        assert escaped not in client.get(page).content.decode(), name
        assert not AuditRow.objects.filter(action=action).exists()
        assert client.post(button, {"look_reason": "rang_us"})["Location"] == page
        assert escaped in client.get(page).content.decode(), name
        assert escaped not in client.get(page).content.decode(), name
        logged = AuditRow.objects.get(action=action)
        assert (logged.actor, logged.why) == (vera_may, "The customer rang us")
    settings.STAFF_SECOND_FACTOR = True
    asked = client_of(vera_may).post(reverse("admin:checkout_order_reveal", args=[task.order_id]), {"look_reason": "check"})
    assert "dana@example.com" not in asked.content.decode()
    assert AuditRow.objects.filter(action="order.reveal").count() == 1


def test_no_admin_page_shows_an_order_token_or_a_key_of_the_machine(task: CallTask, olive: User) -> None:
    payment = Payment.objects.get()
    Payment.objects.filter(pk=payment.pk).update(session_url="https://checkout.stripe.com/c/pay/secret-page")
    client = client_of(olive)
    for base, row, _ in rows():
        if row is not None:
            page = client.get(f"{base}{row.pk}/change/").content.decode()
            for secret in (task.order.token, task.order.token_hash, payment.start_key, "secret-page"):
                assert secret not in page, base


def test_reviewers_can_do_their_whole_job_and_nothing_else(task: CallTask, rita: User) -> None:
    client = client_of(rita)
    index = client.get("/admin/").content.decode()
    assert set(re.findall(r'href="(/admin/\w+/\w+/)"', index)) == {"/admin/fraud/calltask/"}
    assert client.get("/admin/fraud/calltask/").status_code == 200
    assert client.post(reverse("admin:fraud_calltask_next")).status_code == 302
    client.post(reverse("admin:fraud_calltask_claim", args=[task.pk]))  # rung before, so it is not next yet
    page = client.get(reverse("admin:fraud_calltask_change", args=[task.pk])).content.decode()
    for button in ("record", "release", "cancel", "let_go"):
        assert reverse(f"admin:fraud_calltask_{button}", args=[task.pk]) in page
    answer = client.post(
        reverse("admin:fraud_calltask_record", args=[task.pk]), {"outcome": "no_answer", "answer": "", "note": "Rang twice."}
    )
    assert answer.status_code == 302
    assert Call.objects.filter(by=rita).count() == 1
    for base, row, _ in rows():
        if base != "/admin/fraud/calltask/":
            for address in addresses(base, row):
                assert client.get(address).status_code == 403, address
                assert client.post(address, ALL_ANSWERS).status_code == 403, address
    for address in buttons(task)[-len(ORDER_BUTTONS) :]:
        assert client.post(address, ALL_ANSWERS).status_code == 403, address


@pytest.mark.parametrize("button", ORDER_BUTTONS)
def test_a_button_for_an_order_that_is_not_there_is_404(button: str, olive: User) -> None:
    address = reverse(f"admin:checkout_order_{button}", args=["00000000-0000-0000-0000-000000000000"])
    assert client_of(olive).post(address, {"carrier": "UPS"}).status_code == 404


@pytest.mark.parametrize(
    ("status", "payment"),
    [
        (OrderStatus.AWAITING_PAYMENT, None),
        (OrderStatus.ON_HOLD, PaymentStatus.AUTHORIZED),
        (OrderStatus.CANCELLED, PaymentStatus.VOIDED),
        (OrderStatus.EXPIRED, PaymentStatus.EXPIRED),
        (OrderStatus.RELEASED, PaymentStatus.AUTHORIZED),
    ],
)
def test_no_order_ships_unless_it_is_released_and_paid(status: str, payment: str | None, polisher: Any, olive: User) -> None:
    from django.db import transaction

    with transaction.atomic():
        order = make_order(variant=polisher, status=status, payment_status=payment)
    client_of(olive).post(reverse("admin:checkout_order_ship", args=[order.pk]), {"carrier": "UPS"})
    assert Order.objects.get(pk=order.pk).status == status
    polisher.refresh_from_db()
    assert polisher.on_hand == 500


def test_what_money_hangs_on_is_not_deleted_in_the_admin(task: CallTask, olive: User) -> None:
    client = client_of(olive)
    product = Product.objects.get(name="Grand Polisher")
    make_payment(task.order, status=PaymentStatus.VOIDED)
    kept = [model for model in admin.site._registry if model is not AuditRow]  # it grows by each refusal
    before = [model._default_manager.count() for model in kept]
    for base, row, _ in rows():
        if (
            row is not None
            and not isinstance(row, User)
            and row._meta.label not in ("checkout.TaxRate", "checkout.DeliveryMethod", "auth.Group")
        ):
            assert client.post(f"{base}{row.pk}/delete/", {"post": "yes"}).status_code in (200, 403), base
    for base, pk in (
        ("/admin/catalog/product/", product.pk),
        ("/admin/catalog/category/", product.category_id),
        ("/admin/store/user/", Call.objects.get().by_id),
    ):
        assert client.post(base, {"action": "delete_selected", "_selected_action": pk, "post": "yes"}).status_code == 200
    assert [model._default_manager.count() for model in kept] == before
    assert {row.actor for row in AuditRow.objects.about(task).filter(action="access.refused")} == {olive}
