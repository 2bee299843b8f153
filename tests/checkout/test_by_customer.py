"""A customer cancels, or asks for it, on the order's page; the money and the goods follow."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Variant
from checkout.models import Alert, Order, Payment
from checkout.services.cancel import cancel_order
from checkout.services.release import release_order
from checkout.services.shipping import ship_order
from fraud.models import CallTask
from tests.checkout.scenes import books, mails, on_hold, ordered, snapshot, states, stock
from tests.checkout.shopper import Shopper
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db


def press(client: Client, order: Order) -> str:
    """Follow the link on the order's page, press the button, give the page after it."""
    address = f"/orders/{order.token}/cancel/"
    assert address in client.get(f"/orders/{order.token}/").content.decode()
    assert "<button" in client.get(address).content.decode().split("<main")[1]
    return client.post(address, follow=True).content.decode()


def test_an_unpaid_order_closes_its_page_and_frees_its_goods(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox
) -> None:
    order, payment = ordered(brush)
    assert "Your order is cancelled." in press(shopper.client, order)
    assert states(order, payment) == ("cancelled", "expired")
    assert stock(brush) == (10, 0)


def test_an_order_on_hold_is_voided_and_nobody_rings(client: Client, brush: Variant, sandbox: RunningSandbox) -> None:
    order, payment = on_hold(brush, sandbox)
    assert "Your order is cancelled." in press(client, order)
    assert states(order, payment) == ("cancelled", "voided")
    assert books(sandbox) == [(3095, 0, 0, 3095)]
    assert Order.objects.get(pk=order.pk).cancel_reason == "customer"
    assert not CallTask.objects.waiting().exists()
    assert mails(order)[-1] == "cancelled"
    again = client.post(f"/orders/{order.token}/cancel/", follow=True).content.decode()
    assert "Nothing was changed." in again


def test_a_silent_gateway_leaves_it_decided(client: Client, brush: Variant, sandbox: RunningSandbox) -> None:
    order, payment = on_hold(brush, sandbox)
    sandbox.fail("cancel", "fail", status=500, times=5)
    assert "is being cancelled" in press(client, order)
    assert states(order, payment) == ("on_hold", "voiding")


@pytest.mark.parametrize("end", ["ship", "cancel"])
def test_a_released_order_is_asked_about_once(client: Client, brush: Variant, sandbox: RunningSandbox, end: str) -> None:
    order, payment = on_hold(brush, sandbox)
    now = timezone.now()
    release_order(order_id=order.pk, by=None, why="Clear.", now=now)
    assert "We have your wish to cancel" in press(client, order)
    client.post(f"/orders/{order.token}/cancel/")
    assert states(order, payment) == ("released", "captured")
    assert [alert.cause for alert in Alert.objects.open()] == [f"cancel-asked:{order.pk}"]
    assert "You asked us to cancel" in client.get(f"/orders/{order.token}/").content.decode()
    if end == "ship":
        ship_order(order_id=order.pk, by=None, carrier="Post", tracking_number="1", now=now)
    else:
        cancel_order(order_id=order.pk, by=None, reason=Order.CancelReason.CUSTOMER, why="Asked for.", now=now)
    assert not Alert.objects.open().exists()


def test_a_shipped_order_stays_as_it_is(client: Client, brush: Variant, sandbox: RunningSandbox) -> None:
    order, payment = on_hold(brush, sandbox)
    release_order(order_id=order.pk, by=None, why="Clear.", now=timezone.now())
    ship_order(order_id=order.pk, by=None, carrier="Post", tracking_number="1", now=timezone.now())
    before = snapshot(order, payment, brush, sandbox)
    assert "Nothing was changed." in client.post(f"/orders/{order.token}/cancel/", follow=True).content.decode()
    assert snapshot(order, payment, brush, sandbox) == before
    assert Payment.objects.get().refunding_amount == 0
