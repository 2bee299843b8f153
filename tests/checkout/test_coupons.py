"""Coupons: what they take off and from which line, who may use them and how often, and that nothing is lost by a refund."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from catalog.models import Product, Variant
from checkout.invariants import check_money
from checkout.models import Cart, CartLine, Coupon, CouponRedemption, DeliveryMethod, Mail, Order, OrderLine, Refund
from checkout.pricing import quote_cart
from checkout.services.mails import build_mail, queue_mail
from checkout.services.orders import Address, Contact, CouponRefused, place_order
from checkout.services.payments import lines_to_pay, start_payment
from checkout.services.refunds import LineToRefund, request_refund
from checkout.services.release import release_order
from checkout.taxes import Tax
from store.money import spread
from tests.checkout.scenes import look, states, think_it_is_over
from tests.checkout.shopper import Shopper
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import CartFactory, CartLineFactory, DeliveryMethodFactory
from tests.sandbox.process import RunningSandbox

LINES = st.lists(st.tuples(st.integers(1, 5_000_000), st.integers(1, 99)), min_size=1, max_size=6)
COUPONS = st.one_of(
    st.builds(
        Coupon, code=st.just("SPRING"), kind=st.just("percent"), percent=st.decimals("0.01", 100, places=2), amount=st.none()
    ),
    st.builds(Coupon, code=st.just("SPRING"), kind=st.just("amount"), amount=st.integers(1, 10**7)),
    st.builds(Coupon, code=st.just("SPRING"), kind=st.just("delivery")),
)


def make_coupon(**values: Any) -> Coupon:
    coupon = Coupon(**{"code": "SPRING", "kind": "percent", "percent": Decimal(10), **values})
    coupon.full_clean()
    coupon.save()
    return coupon


@hypothesis_settings(max_examples=80)
@given(
    lines=LINES,
    delivery=st.integers(0, 100_000),
    rate=st.decimals(0, 1, places=5),
    currency=st.sampled_from(["JPY", "EUR", "KWD"]),
    is_included=st.booleans(),
    coupon=COUPONS,
    dice=st.randoms(use_true_random=False),
)
def test_whatever_it_takes_off_the_sums_are_exact_and_refunds_add_up_to_what_was_paid(
    lines: list[tuple[int, int]],
    delivery: int,
    rate: Decimal,
    currency: str,
    is_included: bool,
    coupon: Coupon,
    dice: object,
) -> None:
    bought = [CartLine(variant=Variant(price=price, product=Product()), quantity=units) for price, units in lines]
    sent = DeliveryMethod(name="Post", price=delivery)
    quote = quote_cart(lines=bought, delivery=sent, tax=Tax(rate=rate, is_included=is_included), coupon=coupon)
    rows = [
        OrderLine(quantity=r.line.quantity, unit_price=r.unit_price, total=r.total, discount=r.discount, name="x")
        for r in quote.lines
    ]

    assert sum(part.amount.minor for part in quote.parts.sums) == quote.total >= 0
    assert sum(row.discount for row in rows) == quote.discount <= quote.items
    assert all(0 <= row.discount <= row.total for row in rows)
    order = Order(
        currency=currency,
        delivery_name="Post",
        delivery_total=quote.delivery,
        tax_total=quote.tax,
        prices_include_tax=quote.includes_tax,
    )
    to_pay = lines_to_pay(order, rows)
    assert sum(line.unit_amount * line.quantity for line in to_pay) == quote.total
    assert all(line.unit_amount > 0 for line in to_pay)
    for row in rows:  # unit by unit: never below nought, never above the price, and all of it at the end
        steps = [row.paid_for(units + 1) - row.paid_for(units) for units in range(row.quantity)]
        assert all(0 <= step <= row.unit_price for step in steps)
        assert sum(steps) == row.paid


@given(amount=st.integers(0, 10**6), weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=9))
def test_shares_are_whole_fair_and_add_up(amount: int, weights: list[int]) -> None:
    amount = min(amount, sum(weights))
    shares = spread(amount, weights)
    assert sum(shares) == amount
    for share, weight in zip(shares, weights, strict=True):
        assert share <= weight
        assert abs(share * sum(weights) - amount * weight) < max(sum(weights), 1)  # less than one unit from its due


@pytest.mark.django_db
class TestInACart:
    def test_is_taken_off_shown_everywhere_and_kept_with_the_order(self, shopper: Shopper, brush: Variant) -> None:
        coupon = make_coupon()
        shopper.add(brush, 2)
        shopper.add(VariantFactory.create(price=333, on_hand=5))
        answer = shopper.client.post("/cart/coupon/", {"code": " spr ing "}, follow=True)
        page = answer.content.decode()
        assert "Coupon SPRING: 10 % off." in page
        assert "−$2.83" in page
        assert "$25.50" in page

        review = shopper.review()
        assert "-$2.83" in review.content.decode()
        shopper.place(review)
        order = Order.objects.get()
        assert (order.items_total, order.discount_total, order.total) == (2833, 283, 2833 - 283 + 595)
        assert [line.discount for line in order.lines.order_by("pk")] == [250, 33]
        assert (order.coupon_code, order.redemption.coupon_id) == ("SPRING", coupon.pk)
        coupon.refresh_from_db()
        assert coupon.uses == 1
        assert "Coupon SPRING" in shopper.client.get(f"/orders/{order.token}/").content.decode()
        queue_mail(order_id=order.pk, kind=Mail.Kind.RECEIVED, now=timezone.now())
        mail = build_mail(order.mails.get())
        assert "Coupon SPRING: -$2.83" in str(mail.body)
        assert check_money() == []

    def test_for_delivery_makes_that_free(self, shopper: Shopper, brush: Variant) -> None:
        make_coupon(kind="delivery", percent=None)
        shopper.add(brush)
        shopper.client.post("/cart/coupon/", {"code": "SPRING"})
        shopper.place(shopper.review())
        order = Order.objects.get()
        assert (order.items_total, order.discount_total, order.delivery_total, order.total) == (1250, 0, 0, 1250)

    @pytest.mark.parametrize(
        ("values", "says"),
        [
            ({"is_active": False}, "We do not know that coupon."),
            ({"valid_from": timezone.now() + timedelta(days=900)}, "We do not know that coupon."),
            ({"valid_until": timezone.now() - timedelta(days=900)}, "Coupon SPRING was valid until"),
            ({"minimum": 5000}, "Coupon SPRING is for goods of $50.00 or more, and yours come to $12.50."),
            ({"max_uses": 0}, "That coupon has been used as often as it can be."),
        ],
    )
    def test_that_does_not_fit_is_refused_and_says_why(
        self, shopper: Shopper, brush: Variant, values: dict[str, object], says: str
    ) -> None:
        make_coupon(**values)
        shopper.add(brush)
        answer = shopper.client.post("/cart/coupon/", {"code": "SPRING"})
        assert answer.status_code == 422
        assert says in answer.content.decode()
        assert Cart.objects.get().coupon_id is None

    def test_that_no_longer_fits_is_left_out_and_said_before_paying(self, shopper: Shopper, brush: Variant) -> None:
        coupon = make_coupon()
        shopper.add(brush)
        shopper.client.post("/cart/coupon/", {"code": "SPRING"})
        review = shopper.review()
        Coupon.objects.filter(pk=coupon.pk).update(max_uses=0)
        answer = shopper.place(review)  # the total that was seen is not the price any more
        assert answer.status_code == 409
        assert "The total has changed" in answer.content.decode()
        assert not Order.objects.exists()
        assert "used as often as it can be" in shopper.client.get("/cart/").content.decode()

    def test_is_taken_out_again(self, shopper: Shopper, brush: Variant) -> None:
        make_coupon()
        shopper.add(brush)
        shopper.client.post("/cart/coupon/", {"code": "SPRING"})
        shopper.client.post("/cart/coupon/", {"remove": "1"})
        assert Cart.objects.get().coupon_id is None

    def test_that_leaves_nothing_to_pay_orders_nothing(self, shopper: Shopper, brush: Variant) -> None:
        make_coupon(percent=Decimal(100))
        DeliveryMethod.objects.update(price=0)
        shopper.add(brush)
        shopper.client.post("/cart/coupon/", {"code": "SPRING"})
        shopper.place(shopper.review())
        assert "nothing is left to pay" in shopper.client.get("/cart/").content.decode()
        assert not Order.objects.exists()

    def test_is_guessed_only_so_often_and_a_right_one_costs_nothing(
        self, shopper: Shopper, brush: Variant, settings: Settings
    ) -> None:
        settings.LIMITS = {"coupons_by_cart": "2"}
        make_coupon()
        shopper.add(brush)
        for code in ("SPRING", "SUMMER", "SPRING", "AUTUMN"):
            assert shopper.client.post("/cart/coupon/", {"code": code}).status_code in {302, 422}
        refused = shopper.client.post("/cart/coupon/", {"code": "SPRING2"})
        assert refused.status_code == 429
        assert "Several coupons that we do not know" in refused.content.decode()


@pytest.mark.django_db
class TestOncePerCustomer:
    def test_is_refused_by_the_e_mail_address_however_it_is_written(self, brush: Variant) -> None:
        coupon = make_coupon()
        place(brush, "Dana@Example.com")
        with pytest.raises(
            CouponRefused, match="as often as it can be. It was not taken off. Nothing was ordered"
        ) as refused:
            place(brush, "dana@example.com")
        assert refused.value.quote.total == 1250 + 595
        assert Order.objects.count() == 1
        coupon.refresh_from_db()
        assert (coupon.uses, coupon.redemptions.count()) == (1, 1)

    def test_the_shopper_is_shown_the_price_without_it(self, shopper: Shopper, brush: Variant) -> None:
        make_coupon()
        place(brush, "dana@example.com")
        shopper.add(brush)
        shopper.client.post("/cart/coupon/", {"code": "SPRING"})
        answer = shopper.place(shopper.review())
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "was used for this e-mail address" in page
        assert "Place order and pay $18.45" in page
        assert Order.objects.count() == 1

    def test_an_order_that_is_given_up_gives_it_back_and_counts_it_again_when_it_is_paid_late(
        self, brush: Variant, sandbox: RunningSandbox
    ) -> None:
        coupon = make_coupon(max_uses=1)
        order = place(brush, "dana@example.com")
        start_payment(order_id=order.pk, gateway_name="stripe", now=timezone.now())
        payment = order.payments.get()
        think_it_is_over(order, payment)
        coupon.refresh_from_db()
        assert coupon.uses == 0
        Shopper().pay_on(payment, sandbox)
        for _ in range(2):
            look(payment)
            coupon.refresh_from_db()
            assert (states(order, payment), coupon.uses) == (("on_hold", "authorized"), 1)
        assert check_money() == []


@pytest.mark.django_db
def test_units_are_refunded_one_by_one_for_what_was_paid_for_them(
    brush: Variant, shopper: Shopper, sandbox: RunningSandbox
) -> None:
    make_coupon(kind="amount", amount=100, percent=None)
    shopper.add(brush, 3)
    shopper.client.post("/cart/coupon/", {"code": "SPRING"})
    shopper.place(shopper.review())
    order = Order.objects.get()
    shopper.pay(order, sandbox)
    shopper.come_back(order)
    release_order(order_id=order.pk, by=None, why="Clear.", now=timezone.now())
    line = order.lines.get()
    sums = []
    for expected in (1217, 1217, 1216):  # 37.50 less 1.00
        refund = request_refund(
            order_id=order.pk,
            lines=[LineToRefund(line_id=line.pk, quantity=1, is_restocked=True)],
            delivery=0,
            other=0,
            expected_total=expected,
            reason=Refund.Reason.RETURNED,
            note="",
            by=None,
            token=uuid.uuid4(),
            now=timezone.now(),
        )
        sums.append(refund.amount)
    assert sum(sums) == 3650 == line.paid


@pytest.mark.django_db
def test_staff_make_one_with_a_code_that_nobody_guesses(admin_client: Client) -> None:
    page = admin_client.get("/admin/checkout/coupon/add/").content.decode()
    assert page.count('name="code"') == 1
    typed = {"code": "sum mer-15", "kind": "percent", "percent": "15", "minimum": "0", "max_uses_per_customer": "1"}
    assert admin_client.post("/admin/checkout/coupon/add/", {**typed, "is_active": "on"}).status_code == 302
    assert Coupon.objects.get().code == "SUMMER-15"
    wrong = admin_client.post("/admin/checkout/coupon/add/", {**typed, "code": "OTHER", "amount": "5"})
    assert "neither for delivery" in wrong.content.decode()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("races")
@pytest.mark.parametrize(("most", "emails", "winners"), [(3, 8, 3), (None, 1, 1)])
def test_many_at_once_redeem_it_only_as_often_as_it_may_be(most: int | None, emails: int, winners: int) -> None:
    coupon = make_coupon(max_uses=most)
    DeliveryMethodFactory.create()
    variants = [VariantFactory.create(price=1250, on_hand=9) for _ in range(8)]
    barrier = threading.Barrier(8)
    ends: list[object] = []

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(20)
            ends.append(place(variants[number], f"dana{number % emails}@example.com"))
        except CouponRefused as error:
            ends.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(ends) == 8
    assert sum(isinstance(end, Order) for end in ends) == winners
    coupon.refresh_from_db()
    assert (coupon.uses, CouponRedemption.objects.count(), Order.objects.count()) == (winners, winners, winners)


def place(variant: Variant, email: str) -> Order:
    """Order one with the coupon: 12.50 less ten percent, and delivery."""
    cart = CartFactory.create(coupon=Coupon.objects.get())
    CartLineFactory.create(cart=cart, variant=variant)
    home = Address(name="Dana Reyes", line1="1 Elm", city="Portland", region="OR", postcode="97214", country="US")
    return place_order(
        cart_id=cart.pk,
        contact=Contact(email=email, phone="+15035550142"),
        bill_to=home,
        ship_to=home,
        delivery=DeliveryMethod.objects.get(),
        is_gift=False,
        expected_total=1125 + 595,
        attempt=uuid.uuid4(),
        customer=None,
        ip_address="203.0.113.7",
        user_agent="",
        now=timezone.now(),
    )
