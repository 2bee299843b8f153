"""The shop's terms: what was accepted stays as it was. And proof that a parcel came."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import StockMove, Variant
from checkout.models import DeliveryProof, Order, OrderEvent, ShopTerms
from checkout.services.deliveries import UnableToNoteDelivery, note_delivery
from checkout.services.terms import UnableToAddTerms, add_terms
from checkout.states import OrderStatus, PaymentStatus
from store.audit.models import AuditRow
from store.records import NeverChanges
from tests.checkout.shopper import Shopper
from tests.factories.checkout import make_order
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db


def add(text: str = "# Paying\nYou pay.\n\nThank you.", **values: object) -> ShopTerms:
    given = {"valid_from": None, "by": None, "now": timezone.now(), **values}
    return add_terms(text=text, **given)  # type: ignore[arg-type]  # its own names


def test_an_order_keeps_the_terms_that_its_page_named(shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
    before = shopper.order(brush)
    assert (before.terms, before.terms_accepted_at) == (None, None)
    terms = add()
    later = add("Others.", valid_from=timezone.now() + timedelta(days=1))
    shopper = Shopper()
    shopper.add(brush)
    page = shopper.review().content.decode()
    assert "By placing the order you accept our" in page
    assert 'href="/terms/"' in page.partition("By placing the order")[2]

    order = Shopper().order(brush)

    assert (order.terms, order.terms_accepted_at) == (terms, order.placed_at)
    shown = shopper.client.get("/terms/").content.decode()
    assert "<h2>Paying</h2><p>You pay.</p>" in shown.replace("\n", "").replace("    ", "")
    assert later.text not in shown


def test_terms_that_changed_meanwhile_are_shown_again_and_nothing_is_ordered(shopper: Shopper, brush: Variant) -> None:
    add("Old.")
    shopper.add(brush)
    page = shopper.review()
    new = add("New.")

    answer = shopper.place(page)

    assert answer.status_code == 409
    assert "Our terms have changed" in answer.content.decode()
    assert f'name="terms" value="{new.pk}"' in answer.content.decode()
    assert (Order.objects.count(), StockMove.objects.count()) == (0, 0)


def test_a_version_never_changes_and_none_begins_in_the_past(admin_client: Client) -> None:
    terms = add()
    with pytest.raises(NeverChanges):
        terms.save()
    with pytest.raises(NeverChanges):
        ShopTerms.objects.update(text="Others.")
    with pytest.raises(UnableToAddTerms, match="can't begin in the past"):
        add("Earlier.", valid_from=timezone.now() - timedelta(days=1))
    page = reverse("admin:checkout_shopterms_add")
    assert admin_client.post(page, {"text": "Mine <b>", "valid_from_0": "", "valid_from_1": ""}).status_code == 302
    assert admin_client.post(page, {"text": "x", "valid_from_0": "2020-01-01", "valid_from_1": "00:00"}).status_code == 200
    assert list(ShopTerms.objects.order_by("valid_from").values_list("text", flat=True)) == [terms.text, "Mine <b>"]
    assert "Mine &lt;b&gt;" in admin_client.get("/terms/").content.decode()
    assert admin_client.post(reverse("admin:checkout_shopterms_change", args=[terms.pk]), {"text": "x"}).status_code == 403
    assert admin_client.get(reverse("admin:checkout_shopterms_changelist")).status_code == 200
    assert "nur auf Englisch" in admin_client.get("/de/terms/").text
    both = {"text": "Yours.", "text_de": "# Ihre\nSie zahlen.", "valid_from_0": "", "valid_from_1": ""}
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert admin_client.post(page, both).status_code == 302
        german = admin_client.get("/de/terms/").text
        assert ("<h2>Ihre</h2>" in german, "nur auf Englisch" in german) == (True, False)
        assert "Yours." in admin_client.get("/terms/").text
    latest = ShopTerms.objects.latest("valid_from")
    assert [latest.said_in(code)[0] for code in ("en", "de")] == ["Yours.", "# Ihre\nSie zahlen."]
    assert "Sie zahlen." in admin_client.get(reverse("admin:checkout_shopterms_change", args=[latest.pk])).text


@pytest.fixture
def evening() -> Iterator[None]:
    """Half an hour into the next day by UTC, and not by the clock of a shop in America."""
    with time_machine.travel(datetime(2026, 11, 23, 0, 30, tzinfo=UTC)):
        yield


@pytest.fixture
def shipped(evening: None, brush: Variant) -> Order:
    order = make_order(variant=brush, status=OrderStatus.SHIPPED, payment_status=PaymentStatus.CAPTURED)
    OrderEvent.objects.create(order=order, was="released", now="shipped", why="Sent.", at=order.placed_at)
    return order


def test_proof_of_delivery_is_added_to_a_shipped_order_and_logged(shipped: Order, admin_client: Client) -> None:
    at = timezone.localtime(timezone.now()).replace(second=0, microsecond=0)
    answer = admin_client.post(
        reverse("admin:checkout_order_delivered", args=[shipped.pk]),
        {"delivered_at": f"{at:%Y-%m-%dT%H:%M}", "signed_by": "D. Reyes", "words": "Left at the porch."},
    )
    assert answer.status_code == 302
    proof = DeliveryProof.objects.get()
    assert (proof.delivered_at, proof.signed_by, proof.words) == (at, "D. Reyes", "Left at the porch.")
    assert AuditRow.objects.get(action="order.delivered").field_names == "delivered_at signed_by words"
    with pytest.raises(NeverChanges):
        proof.save()


@pytest.mark.parametrize(("days", "is_shipped"), [(1, True), (-2, True), (0, False)])
def test_what_can_not_have_come_is_not_noted(days: int, is_shipped: bool, shipped: Order) -> None:
    if not is_shipped:
        OrderEvent.objects.all().delete()
    now = timezone.now()
    with pytest.raises(UnableToNoteDelivery, match="Nothing was written down"):
        note_delivery(order_id=shipped.pk, delivered_at=now + timedelta(days=days), signed_by="", words="", by=None, now=now)
    assert not DeliveryProof.objects.exists()
