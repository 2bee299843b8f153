"""The top of an order's page for staff: its figures, what is said against it, and the buttons that go with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import Variant
from checkout.models import Alert, Dispute, Order
from checkout.services.disputes import freeze
from store.models import User
from tests.factories.checkout import make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(admin_user: User) -> Client:
    client = Client()
    client.force_login(admin_user)
    return client


@pytest.fixture
def order(brush: Variant) -> Order:
    return make_order(variant=brush, quantity=2, status="released", payment_status="captured")


def page(client: Client, order: Order) -> str:
    return client.get(reverse("admin:checkout_order_change", args=[order.pk])).content.decode()


def test_shows_what_is_left_and_the_matters_that_wait(owner: Client, order: Order) -> None:
    payment = order.payments.get()
    payment.refunded_amount, payment.refunding_amount = 500, 100
    payment.save()
    now = timezone.now()
    common = {"payment": payment, "gateway": "stripe", "status_at": now, "noted_at": now, "looked_at": now}
    Dispute.objects.create(reference="du_1", amount=1000, status="needs_response", takes_money=True, **common)
    Alert.objects.create(order=order, cause="x:1", message="Look at this.", raised_at=now)
    shown = page(owner, order)
    for name, amount in (
        ("Captured", "$30.95"),
        ("Refunded", "$5.00"),
        ("Refund under way", "$1.00"),
        ("Taken by disputes", "$10.00"),
        ("Left with the shop", "$14.95"),
    ):
        assert f"<dt>{name}</dt><dd>{amount}</dd>" in shown
    assert "Look at this." in shown
    assert "1 matter open" in shown
    owner.post(reverse("admin:checkout_order_resolve", args=[order.pk, Alert.objects.get().pk]))
    assert "Look at this." not in page(owner, order)
    assert "matter open" not in page(owner, order)


def test_counts_down_to_the_deadline(owner: Client, brush: Variant) -> None:
    order = make_order(variant=brush, placed_at=timezone.now() - timedelta(days=5))
    shown = page(owner, order)
    assert "<dt>Decide within</dt><dd>1 day 21 hours</dd>" in shown
    assert "<dt>Authorised, not charged</dt><dd>$18.45</dd>" in shown


def test_lifts_a_stop_with_a_reason_only(owner: Client, order: Order) -> None:
    freeze(order, why="Test.", now=timezone.now())
    assert "It can't ship until a person says so" in page(owner, order)
    lift = reverse("admin:checkout_order_lift", args=[order.pk])
    owner.post(lift, {"why": ""})
    assert Order.objects.get(pk=order.pk).is_frozen
    owner.post(lift, {"why": "Rang her; it is hers."})
    assert not Order.objects.get(pk=order.pk).is_frozen
