"""Placing an order: prices frozen, stock held, total compared with what the shopper saw."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from catalog.models import Product, StockMove, Variant
from checkout.models import Cart, CartLine, DeliveryMethod, Order, OrderAddress, Payment
from checkout.pricing import quote_cart
from checkout.states import OrderStatus
from tests.checkout.shopper import DETAILS, ELSEWHERE, Shopper
from tests.factories.catalog import PictureFactory, VariantFactory
from tests.factories.checkout import CartLineFactory
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db


def nothing_was_ordered(brush: Variant) -> bool:
    brush.refresh_from_db()
    return (
        Order.objects.count(),
        OrderAddress.objects.count(),
        Payment.objects.count(),
        StockMove.objects.count(),
        brush.held,
    ) == (
        0,
        0,
        0,
        0,
        0,
    )


def test_the_review_shows_goods_delivery_tax_and_total(shopper: Shopper, brush: Variant) -> None:
    shopper.add(brush, 2)

    page = shopper.review(bill_region="California", bill_city="Oakland", bill_postcode="94610").content.decode()

    # 25.00 + 5.95, of which 7.25 % is 2.243875, rounded half up.
    assert "$25.00" in page
    assert "$5.95" in page
    assert "Tax (7.25 %)" in page
    assert "$2.24" in page
    assert "Place order and pay $33.19" in page


def test_an_order_is_a_snapshot_that_a_later_price_does_not_touch(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox
) -> None:
    order = shopper.order(brush, 2, **ELSEWHERE, is_gift="on")
    Variant.objects.filter(pk=brush.pk).update(price=99900)

    order = Order.objects.get(pk=order.pk)
    line = order.lines.get()
    assert (line.sku, line.name, line.unit_price, line.quantity, line.total) == ("BRUSH", "Walnut brush", 1250, 2, 2500)
    assert (order.total, order.currency, order.is_gift) == (3095, "USD", True)
    assert (order.email, order.phone) == ("dana@example.com", "+15035550142")
    assert (order.bill_to.name, order.bill_to.postcode) == ("Dana Reyes", "97214")
    assert (order.ship_to.name, order.ship_to.city, order.ship_to.region) == ("Maximilian Voss", "Miami", "FL")
    assert [(event.was, event.now) for event in order.events.all()] == [("", "awaiting_payment")]


@pytest.mark.parametrize(
    "forged", [{"expected_total": "1"}, {"expected_total": "-5"}, {"expected_total": ""}, {"expected_total": "1e3"}]
)
def test_a_total_that_is_not_ours_orders_nothing_and_shows_the_right_one(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox, forged: dict[str, str]
) -> None:
    shopper.add(brush, 2)

    answer = shopper.place(shopper.review(), **forged)

    assert answer.status_code in (409, 422)
    assert "Nothing was ordered" in answer.content.decode()
    assert "Place order and pay $30.95" in answer.content.decode()
    assert nothing_was_ordered(brush)


def test_a_price_changed_meanwhile_is_shown_and_asked_for_again(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox
) -> None:
    shopper.add(brush, 2)
    review = shopper.review()
    Variant.objects.filter(pk=brush.pk).update(price=1300)

    answer = shopper.place(review)

    assert answer.status_code == 409
    assert "The total has changed" in answer.content.decode()
    assert nothing_was_ordered(brush)
    assert shopper.place(answer).status_code == 303
    assert Order.objects.get().total == 3195


def test_other_goods_of_the_same_total_are_shown_before_they_are_ordered(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox
) -> None:
    shopper.add(brush)
    page = shopper.review()
    CartLine.objects.update(variant=VariantFactory.create(price=brush.price, on_hand=1, product__name="Oak comb"))

    answer = shopper.place(page)

    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "Your cart has changed since you opened this page. Nothing was ordered." in shown
    assert "Oak comb" in shown
    assert nothing_was_ordered(brush)
    assert shopper.place(answer).status_code == 303
    assert Order.objects.get().lines.get().name == "Oak comb"


def test_prices_in_the_form_are_ignored(shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
    shopper.add(brush, 1)
    answer = shopper.place(
        shopper.review(), price="1", unit_price="1", tax_total="0", total="1", discount="100", delivery_total="0"
    )
    assert answer.status_code == 303
    assert Order.objects.get().total == 1845


def test_the_same_page_sent_twice_places_one_order(shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
    shopper.add(brush, 2)
    review = shopper.review()

    first, second = shopper.place(review), shopper.place(review)

    assert first.headers["Location"] == second.headers["Location"]
    assert Order.objects.count() == 1
    brush.refresh_from_db()
    assert brush.held == 2


def test_goods_sold_meanwhile_give_a_friendly_page(shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
    shopper.add(brush, 2)
    review = shopper.review()
    Variant.objects.filter(pk=brush.pk).update(on_hand=1)

    answer = shopper.place(review)

    assert answer.headers["Location"] == "/cart/"
    page = shopper.client.get("/cart/").content.decode()
    assert "no longer available" in page or "not enough left of: Walnut brush" in page
    assert "Only 1 left" in page
    assert nothing_was_ordered(brush)


def test_a_withdrawn_product_can_not_be_ordered(shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
    shopper.add(brush, 2)
    review = shopper.review()
    Variant.objects.filter(pk=brush.pk).update(is_active=False)

    shopper.place(review)

    assert nothing_was_ordered(brush)


def test_ordering_again_from_the_same_cart_closes_the_first_page(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox
) -> None:
    first = shopper.order(brush, 8)

    second = shopper.order(brush, 1)  # 9 in the cart now: 8 are held by the first order until it is withdrawn

    first.refresh_from_db()
    brush.refresh_from_db()
    assert first.status == OrderStatus.EXPIRED
    assert second.lines.get().quantity == 9
    assert brush.held == 9
    assert shopper.client.get(f"/orders/{first.token}/").status_code == 200


def test_paying_for_the_first_page_in_another_tab_keeps_the_second_from_being_ordered(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox
) -> None:
    first = shopper.order(brush, 2)
    review = shopper.review()
    shopper.pay(first, sandbox)

    answer = shopper.place(review)

    assert answer.headers["Location"] == f"/orders/{first.token}/"
    first.refresh_from_db()
    assert first.status == OrderStatus.ON_HOLD
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("email", "not an address", "Enter a valid email address"),
        ("phone", "12", "Please give a phone number"),
        ("bill_name", "", "This field is required"),
        ("bill_postcode", "ABC", "That is no ZIP code of United States"),
        ("bill_postcode", "", "Please give the ZIP code"),
        ("bill_city", "", "Please give the city"),
        ("bill_region", "Narnia", "We do not know that state"),
        ("bill_country", "XX", "Select a valid choice"),
        ("delivery", "teleport", "Please choose one of the ways of delivery"),
        ("bill_name", "4242 4242 4242 4242", "That looks like a card number"),
        ("bill_line2", "４２４２４２４２４２４２４２４２", "That looks like a card number"),
        ("phone", "4242424242424242", "That looks like a card number"),
    ],
)
def test_a_bad_field_is_named_with_the_mend_and_orders_nothing(
    shopper: Shopper, brush: Variant, field: str, value: str, words: str
) -> None:
    shopper.add(brush)

    answer = shopper.review(**{field: value})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert nothing_was_ordered(brush)


def test_a_different_address_must_be_filled_in(shopper: Shopper, brush: Variant) -> None:
    shopper.add(brush)
    answer = shopper.review(ship_elsewhere="on", ship_name="Max")
    assert answer.status_code == 422
    assert "untick the different address" in answer.content.decode()


def test_a_way_that_does_not_reach_the_country_is_refused(shopper: Shopper, brush: Variant) -> None:
    DeliveryMethod.objects.update(countries=["US"])
    shopper.add(brush)
    answer = shopper.review(bill_country="DE", bill_region="", bill_postcode="10115", bill_city="Berlin")
    assert answer.status_code == 422
    assert "we do not deliver this to that address" in answer.content.decode()


def test_an_unusable_phone_number_is_taken_for_the_reviewer_to_judge(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox
) -> None:
    order = shopper.order(brush, 1, phone="000-0000")
    assert order.phone == "000-0000"


def test_a_gateway_that_is_down_keeps_the_order_and_says_so(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox
) -> None:
    sandbox.fail("create_session", "fail", status=500, times=5)
    shopper.add(brush)

    answer = shopper.place(shopper.review())

    order = Order.objects.get()
    assert answer.headers["Location"] == f"/orders/{order.token}/"
    page = shopper.client.get(answer.headers["Location"]).content.decode()
    assert "You were not charged and your order is kept" in page
    assert order.status == OrderStatus.AWAITING_PAYMENT
    sandbox.reset()
    assert shopper.client.post(f"/orders/{order.token}/pay/").headers["Location"].startswith(sandbox.url)
    assert Payment.objects.count() == 1


@pytest.mark.postgres
def test_a_full_disk_refuses_the_order_keeps_the_cart_and_is_over_when_there_is_room(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox
) -> None:
    """PostgreSQL itself says so, half way through: after the order, at its first line."""
    shopper.add(brush, 2)
    review = shopper.review()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;"
            "CREATE TRIGGER full_disk BEFORE INSERT ON checkout_orderline EXECUTE FUNCTION full_disk()"
        )
    shopper.client.raise_request_exception = False

    answer = shopper.place(review)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "Your cart is kept, and nobody was charged" in " ".join(answer.content.decode().split())
    assert nothing_was_ordered(brush)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER full_disk ON checkout_orderline")
    assert shopper.place(review).status_code == 303
    assert [(line.quantity, line.order.status) for line in Order.objects.get().lines.all()] == [(2, "awaiting_payment")]


def test_an_empty_cart_leads_back_to_the_cart(shopper: Shopper) -> None:
    assert shopper.client.get("/checkout/").headers["Location"] == "/cart/"
    assert shopper.client.post("/checkout/", {**DETAILS, "step": "place", "attempt": str(uuid.uuid4())}).status_code == 302


def test_checkout_takes_the_same_queries_for_2_and_20_lines(
    shopper: Shopper, brush: Variant, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    shopper.add(brush)
    shopper.client.get("/cart/")  # shows, and forgets, "is in your cart"
    cart = Cart.objects.get()
    counts = []
    for number in (2, 20):
        for _ in range(number - cart.lines.count()):
            PictureFactory.create(product=CartLineFactory.create(cart=cart, variant=VariantFactory.create()).variant.product)
        with django_assert_num_queries(7) as details:
            shopper.client.get("/checkout/")
        with django_assert_num_queries(9) as review:
            shopper.review()
        counts.append((len(details), len(review)))
    assert counts[0] == counts[1]


@given(
    prices=st.lists(st.tuples(st.integers(1, 10**7), st.integers(1, 99)), min_size=1, max_size=8),
    delivery=st.integers(0, 10**5),
    rate=st.decimals(0, 1, places=5),
)
def test_lines_delivery_and_tax_are_the_total_whatever_the_prices(
    prices: list[tuple[int, int]], delivery: int, rate: Decimal
) -> None:
    lines = [CartLine(variant=Variant(price=price, product=Product()), quantity=quantity) for price, quantity in prices]
    quote = quote_cart(lines=lines, delivery=DeliveryMethod(price=delivery), tax_rate=rate)

    assert quote.items == sum(price * quantity for price, quantity in prices)
    assert quote.total == quote.items + quote.delivery + quote.tax
    assert abs(quote.tax - (quote.items + delivery) * rate) <= Decimal("0.5")


def test_words_for_a_gift_and_for_the_shop_go_with_the_order(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox
) -> None:
    said = {"is_gift": "on", "gift_message": "Happy birthday, Max!\r\nYours, <Dana>", "order_note": "The bell is broken."}

    order = shopper.order(brush, 1, **ELSEWHERE, **said)

    order = Order.objects.get(pk=order.pk)
    assert (order.gift_message, order.order_note) == ("Happy birthday, Max!\nYours, <Dana>", "The bell is broken.")
    page = shopper.client.get(f"/orders/{order.token}/").content.decode()
    assert "Happy birthday, Max!<br>Yours, &lt;Dana&gt;" in page
    assert "The bell is broken." in page
    plain = Order.objects.values("gift_message", "order_note").query.get_compiler("default")
    with connection.cursor() as cursor:
        cursor.execute(*plain.as_sql())
        assert all(str(value).startswith("v1.") for value in cursor.fetchone())


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"gift_message": "Pay with 4242 4242 4242 4242", "is_gift": "on"}, "looks like a card number"),
        ({"order_note": "4242424242424242"}, "looks like a card number"),
        ({"gift_message": "x" * 401, "is_gift": "on"}, "at most 400 characters"),
        ({"order_note": "x" * 501}, "at most 500 characters"),
        ({"gift_message": "For you"}, "You wrote a message for a gift"),
    ],
)
def test_words_that_cannot_be_kept_are_refused(
    shopper: Shopper, brush: Variant, said: dict[str, str], complaint: str
) -> None:
    shopper.add(brush)

    answer = shopper.review(**said)

    assert answer.status_code == 422
    assert complaint in answer.content.decode()
