"""The refund page: the sum is shown before money moves, a second click does nothing, and it says what happened."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import Variant
from checkout.models import Order, Payment, Refund
from checkout.services.release import release_order
from checkout.services.shipping import ship_order
from store.models import User
from tests.checkout.scenes import books, mails, on_hold, stock
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db
Sale = tuple[Order, Payment]


@pytest.fixture
def sold(brush: Variant, sandbox: RunningSandbox) -> Sale:
    order, payment = on_hold(brush, sandbox)
    release_order(order_id=order.pk, by=None, why="Clear.", now=timezone.now())
    ship_order(order_id=order.pk, by=None, carrier="Post", tracking_number="1", now=timezone.now())
    return order, payment


def staff(*rights: str) -> Client:
    user = User.objects.create_user(f"{rights[0]}@shop.example", "a long phrase for them 7", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client = Client()
    client.force_login(user)
    return client


def address(order: Order, name: str = "refund") -> str:
    return reverse(f"admin:checkout_order_{name}", args=[order.pk])


def confirmation(page: str) -> dict[str, str]:
    """The form with the button that refunds."""
    form = next(part for part in page.split("<form")[1:] if "expected_total" in part)
    return {name: unescape(value) for name, value in re.findall(r'name="([^"]+)"(?: id="[^"]+")? value="([^"]*)"', form)} | {
        name: unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form)
    }


def asked(order: Order, **values: Any) -> dict[str, Any]:
    line = order.lines.get()
    return {f"quantity_{line.pk}": "1", f"restock_{line.pk}": "on", "reason": "returned", "note": "Chewed.", **values}


def test_shows_the_sum_first_then_refunds_it_once(sold: Sale, brush: Variant, sandbox: RunningSandbox) -> None:
    order, _ = sold
    client = staff("refund_order", "view_order")
    form = client.get(address(order)).content.decode()
    assert "<b>$30.95</b> of this order can be refunded, to the visa card ending 4242" in form

    page = client.post(address(order), asked(order, delivery="5.95")).content.decode()
    assert "Refund $18.45 now" in page
    assert "back on sale" in page
    assert books(sandbox) == [(3095, 3095, 0, 0)]
    assert "Chewed." in client.post(address(order), asked(order, change="yes")).content.decode()

    for _ in range(2):
        answer = client.post(address(order, "refund_now"), confirmation(page), follow=True)
        said = answer.content.decode()
        assert "Refunded $18.45 to the visa card ending 4242. 1 unit went back on sale. The customer gets a mail." in said
    refund = Refund.objects.get()
    assert (refund.amount, refund.note, refund.by) == (1845, "Chewed.", User.objects.get())
    assert books(sandbox) == [(3095, 3095, 1845, 0)]
    assert stock(brush) == (9, 0)
    assert mails(order).count("refunded") == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"delivery": "5.96"}, "Only $5.95 of the delivery is left"),
        ({"other": "-1"}, "Ensure this value is greater than or equal to 0"),
        ({"other": "1.005"}, "no more than 2 decimal places"),
        ({"other": "1e400"}, "Nothing was refunded"),
        ({"other": "30.95"}, "and only $30.95 is left to refund"),
        ({"reason": ""}, "This field is required"),
        ({"note": "4242 4242 4242 4242"}, "card number"),
    ],
)
def test_says_what_is_wrong_and_moves_nothing(
    sold: Sale, sandbox: RunningSandbox, wrong: dict[str, str], words: str
) -> None:
    order, _ = sold
    client = staff("refund_order")
    for name in ("refund", "refund_now"):
        answer = client.post(address(order, name), asked(order, **wrong, expected_total="1250", token="x" * 32))
        assert answer.status_code in (400, 422)
    assert words in client.post(address(order), asked(order, **wrong)).content.decode()
    assert Refund.objects.count() == 0
    assert books(sandbox) == [(3095, 3095, 0, 0)]


def test_a_sum_that_changed_meanwhile_is_shown_anew(sold: Sale, sandbox: RunningSandbox) -> None:
    order, _ = sold
    client = staff("refund_order")
    page = confirmation(client.post(address(order), asked(order)).content.decode())
    answer = client.post(address(order, "refund_now"), {**page, "expected_total": "1"})
    assert answer.status_code == 409
    assert "has changed since you looked. Nothing was refunded" in answer.content.decode()
    assert books(sandbox) == [(3095, 3095, 0, 0)]


def test_says_that_it_is_under_way_when_the_gateway_is_silent(sold: Sale, sandbox: RunningSandbox) -> None:
    order, _ = sold
    client = staff("refund_order", "view_order")
    page = confirmation(client.post(address(order), asked(order)).content.decode())
    sandbox.fail("refund", "fail", status=429)
    said = client.post(address(order, "refund_now"), page, follow=True).content.decode()
    assert "nobody knows yet whether the $12.50 went" in said
    assert Refund.objects.get().is_requested


@pytest.mark.parametrize("right", ["view_order", "cancel_order", "ship_order"])
def test_without_the_right_is_refused_and_nothing_happens(sold: Sale, sandbox: RunningSandbox, right: str) -> None:
    order, _ = sold
    client = staff(right)
    values = asked(order, expected_total="1250", token="0" * 32)
    assert client.get(address(order)).status_code == 403
    assert client.post(address(order), values).status_code == 403
    assert client.post(address(order, "refund_now"), values).status_code == 403
    assert Refund.objects.count() == 0
    assert books(sandbox) == [(3095, 3095, 0, 0)]
