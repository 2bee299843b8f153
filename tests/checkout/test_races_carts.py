"""Many at once around a cart, on PostgreSQL, with real threads: what is ordered was in the cart, and costs what was seen."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from catalog.models import StockMove, Variant
from catalog.prices import apply_due_prices, plan_price, set_price
from checkout.invariants import check_money
from checkout.models import Cart, CartLine, Order, Payment, Return, ReturnLine
from checkout.services.carts import UnableToChangeCart, change_quantity, take_out_bought
from checkout.services.refunds import LineToRefund
from checkout.services.release import release_order
from checkout.services.returns import refund_return
from checkout.services.shipping import ship_order
from store.models import User
from tests.checkout.scenes import make_reviewer, on_hold, stock
from tests.checkout.shopper import Shopper
from tests.checkout.together import is_waited_for, together
from tests.sandbox.process import RunningSandbox

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]
PASSWORD = "correct horse battery staple"


def test_twenty_buyers_of_three_things_make_three_orders(brush: Variant, sandbox: RunningSandbox) -> None:
    Variant.objects.filter(pk=brush.pk).update(on_hand=3)
    buyers = [Shopper() for _ in range(20)]
    pages = []
    for number, buyer in enumerate(buyers):
        buyer.add(brush)
        pages.append(buyer.review(email=f"buyer{number}@example.com"))

    answers = together(*(lambda b=b, p=p: b.place(p) for b, p in zip(buyers, pages, strict=True)))

    places = [answer.headers["Location"] for answer in answers]
    assert sum(place.startswith(sandbox.url) for place in places) == 3
    assert places.count("/cart/") == 17
    assert Order.objects.count() == Payment.objects.count() == 3
    assert stock(brush) == (3, 3)
    assert StockMove.objects.filter(kind=StockMove.Kind.HOLD).count() == 3
    assert len(sandbox.client().v1.checkout.sessions.list().data) == 3


def test_the_same_checkout_page_sent_twice_at_once_makes_one_order(brush: Variant, sandbox: RunningSandbox) -> None:
    first, second = Shopper(), Shopper()
    first.add(brush, 2)
    second.client.cookies = first.client.cookies
    page = first.review()

    answers = together(lambda: first.place(page), lambda: second.place(page))

    order = Order.objects.get()
    assert stock(brush) == (10, 2)
    assert order.payments.count() == 1
    [session] = sandbox.client().v1.checkout.sessions.list().data
    own = f"/orders/{order.token}/"
    assert {answer.headers["Location"] for answer in answers} <= {session.url, own}


@pytest.mark.parametrize("_round", range(2))
def test_one_cart_ordered_in_two_windows_at_once_is_one_order_to_pay(
    brush: Variant, sandbox: RunningSandbox, _round: int
) -> None:
    first, second = Shopper(), Shopper()
    first.add(brush, 2)
    second.client.cookies = first.client.cookies
    pages = first.review(), second.review()

    together(lambda: first.place(pages[0]), lambda: second.place(pages[1]))

    # Whoever came second was refused, or has closed what the first had opened.
    assert Order.objects.filter(status="awaiting_payment").count() == 1
    assert stock(brush) == (10, 2)
    sessions = sandbox.client().v1.checkout.sessions.list().data
    assert [session.status for session in sessions].count("open") <= 1
    assert Payment.objects.filter(status="started").count() <= 1


def test_what_is_taken_out_of_a_cart_and_changed_at_once_waits_for_the_cart(brush: Variant, shopper: Shopper) -> None:
    shopper.add(brush, 2)
    line = CartLine.objects.get()
    ends: list[Any] = []

    def change() -> None:
        change_quantity(cart_id=line.cart_id, line_id=line.pk, quantity=3, now=timezone.now())

    changing = threading.Thread(target=lambda: ends.extend(together(change)))
    with transaction.atomic():
        take_out_bought(cart_id=line.cart_id, bought={}, coupon_code="")
        changing.start()
        until = time.monotonic() + 20
        while not is_waited_for() and time.monotonic() < until:
            time.sleep(0.02)
        take_out_bought(cart_id=line.cart_id, bought={brush.pk: 2}, coupon_code="")  # would be a deadlock
    changing.join(60)

    assert [type(end) for end in ends] == [UnableToChangeCart]
    assert not CartLine.objects.exists()


def by_hand(brush: Variant) -> Callable[[], object]:
    return lambda: set_price(variant_id=brush.pk, price=1490)


def as_planned(brush: Variant) -> Callable[[], object]:
    now = timezone.now()
    starts_at = now + timedelta(milliseconds=60)
    plan_price(variant_id=brush.pk, price=1490, starts_at=starts_at, ends_at=None, now=now)
    return lambda: [apply_due_prices(now=timezone.now()) for _ in range(8)]


@pytest.mark.parametrize("_round", range(3))
@pytest.mark.parametrize("changing", [by_hand, as_planned])
def test_a_price_changed_while_it_is_ordered_is_the_one_seen_or_asked_for_anew(
    brush: Variant,
    shopper: Shopper,
    sandbox: RunningSandbox,
    changing: Callable[[Variant], Callable[[], object]],
    _round: int,
) -> None:
    shopper.add(brush, 2)
    page = shopper.review()

    answer, _ = together(lambda: shopper.place(page), changing(brush))

    if answer.status_code == 409:
        assert "$35.75" in answer.content.decode()
        assert not Order.objects.exists()
        assert stock(brush) == (10, 0)
    else:
        order = Order.objects.get()
        assert (order.lines.get().unit_price, order.total) == (1250, 3095)
        [session] = sandbox.client().v1.checkout.sessions.list().data
        assert session.amount_total == 3095
    assert check_money() == []


@pytest.mark.parametrize("_round", range(3))
def test_a_log_in_while_its_cart_is_ordered_loses_neither_goods_nor_order(
    brush: Variant, shopper: Shopper, sandbox: RunningSandbox, _round: int
) -> None:
    dana = User.objects.create_user("dana@example.com", PASSWORD, name="Dana Reyes")
    elsewhere, window = Shopper(), Client()
    elsewhere.client.force_login(dana)
    elsewhere.add(brush, 1)  # the account has a cart already
    shopper.add(brush, 2)
    page = shopper.review()
    window.cookies["cart"] = shopper.client.cookies["cart"].value

    placed, logged_in = together(
        lambda: shopper.place(page),
        lambda: window.post("/account/log-in/", {"username": dana.email, "password": PASSWORD}),
    )

    assert logged_in.status_code == 302
    assert placed.status_code in {302, 303, 409}
    assert [cart.customer for cart in Cart.objects.all()] == [dana]
    if Order.objects.exists():
        assert Order.objects.get().cart == Cart.objects.get()
        assert stock(brush) == (10, 2)
    else:
        assert stock(brush) == (10, 0)
        assert CartLine.objects.get(cart__customer=dana).quantity >= 2


@pytest.mark.parametrize("_round", range(3))
def test_a_parcel_sent_while_an_earlier_one_is_refunded_counts_every_unit_once(
    brush: Variant, sandbox: RunningSandbox, _round: int
) -> None:
    order, _ = on_hold(brush, sandbox)
    release_order(order_id=order.pk, by=None, why="Clear.", now=timezone.now())
    line, now, rosa = order.lines.get().pk, timezone.now(), make_reviewer()

    def ship(**chosen: Any) -> Order:
        return ship_order(order_id=order.pk, by=None, carrier="Post", tracking_number="1", now=timezone.now(), **chosen)

    ship(units={line: 1})
    found = Return.objects.create(order=order, status="received", status_at=now, requested_at=now, attempt=uuid.uuid4())
    ReturnLine.objects.create(of=found, line_id=line, quantity=1, reason="faulty", arrived=1)

    shipped, refunded = together(
        ship,
        lambda: refund_return(
            return_id=found.pk,
            lines=[LineToRefund(line_id=line, quantity=1, is_restocked=True)],
            with_delivery=False,
            expected_total=1250,
            token=found.refund_token,
            by=rosa,
            now=timezone.now(),
        ),
    )

    assert isinstance(shipped, Order), shipped
    found.refresh_from_db()
    assert (Order.objects.get().status, found.status) == ("shipped", "refunded"), refunded
    assert stock(brush) == (9, 0)
    kept = order.lines.get()
    assert (kept.shipped_quantity, kept.refunded_quantity) == (2, 1)
    assert check_money() == []
