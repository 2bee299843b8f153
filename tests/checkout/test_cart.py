"""The cart: guests, plain forms, honest refusals."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.models import Variant
from checkout.models import Cart, CartLine
from checkout.services.carts import UnableToChangeCart, add_to_cart
from tests.checkout.shopper import Shopper
from tests.factories.catalog import PictureFactory, VariantFactory
from tests.factories.checkout import CartFactory, CartLineFactory

pytestmark = pytest.mark.django_db


def lines() -> list[tuple[str, int]]:
    return list(CartLine.objects.order_by("pk").values_list("variant__sku", "quantity"))


def test_adding_twice_makes_one_line_with_the_sum(shopper: Shopper, brush: Variant) -> None:
    assert shopper.add(brush, 2).status_code == 302
    shopper.add(brush, 3)

    assert lines() == [("BRUSH", 5)]
    assert "62.50" in shopper.client.get("/cart/").content.decode()


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        ("0", "The quantity must be 1 or more"),
        ("-1", "The quantity must be 1 or more"),
        ("1.5", "The quantity must be a whole number"),
        ("NaN", "The quantity must be a whole number"),
        ("1e9", "The quantity must be a whole number"),
        ("", "Please say how many"),
        ("100", "We sell at most 99 of one item"),
        (str(2**63), "We sell at most 99 of one item"),
        ("9" * 5000, "The quantity must be a whole number"),
        ("11", "we have only 10 of those left"),
        ("1\x00", "The quantity must be a whole number"),
    ],
)
def test_a_bad_quantity_is_refused_in_words_and_changes_nothing(
    shopper: Shopper, brush: Variant, quantity: str, words: str
) -> None:
    shopper.add(brush, 1)

    answer = shopper.add(brush, quantity)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert lines() == [("BRUSH", 1)]


def test_full_width_digits_are_read_as_digits(shopper: Shopper, brush: Variant) -> None:
    assert shopper.add(brush, "３").status_code == 302
    assert lines() == [("BRUSH", 3)]


@pytest.mark.parametrize("variant", ["", "0", "-5", "abc", "999999999", str(2**70), "1; DROP TABLE"])
def test_an_unknown_variant_is_refused(shopper: Shopper, brush: Variant, variant: str) -> None:
    answer = shopper.client.post("/cart/add/", {"variant": variant, "quantity": "1"})

    assert answer.status_code == 422
    assert "Your cart is unchanged" in answer.content.decode()
    assert lines() == []


def test_withdrawn_and_sold_out_variants_are_refused(shopper: Shopper, rates: None) -> None:
    withdrawn = VariantFactory.create(is_active=False)
    hidden = VariantFactory.create(product__is_active=False)
    gone = VariantFactory.create(on_hand=4, held=4)

    assert "not in the shop any more" in shopper.add(withdrawn).content.decode()
    assert "not in the shop any more" in shopper.add(hidden).content.decode()
    assert "sold out" in shopper.add(gone).content.decode()
    assert lines() == []


def test_changing_and_removing_lines(shopper: Shopper, brush: Variant) -> None:
    shopper.add(brush, 2)
    line = CartLine.objects.get()

    assert shopper.client.post(f"/cart/lines/{line.pk}/", {"quantity": "4"}).status_code == 302
    assert lines() == [("BRUSH", 4)]
    assert shopper.client.post(f"/cart/lines/{line.pk}/", {"quantity": "50"}).status_code == 422
    assert lines() == [("BRUSH", 4)]
    shopper.client.post(f"/cart/lines/{line.pk}/", {"quantity": "4", "remove": "1"})
    assert lines() == []
    assert "Your cart is empty" in shopper.client.get("/cart/").content.decode()


def test_a_stranger_can_not_touch_somebody_elses_line(shopper: Shopper, brush: Variant) -> None:
    shopper.add(brush, 2)
    line = CartLine.objects.get()
    stranger = Shopper(Client())
    stranger.add(brush, 1)

    answer = stranger.client.post(f"/cart/lines/{line.pk}/", {"quantity": "9", "remove": "1"})

    assert answer.status_code == 422
    assert "not in your cart" in answer.content.decode()
    line.refresh_from_db()
    assert line.quantity == 2


def test_the_cart_survives_a_new_session_but_not_an_altered_cookie(shopper: Shopper, brush: Variant) -> None:
    shopper.add(brush, 2)
    value = shopper.client.cookies["cart"].value
    again, forger = Client(), Client()

    again.cookies["cart"] = value
    forger.cookies["cart"] = value[:5] + ("0" if value[5] != "0" else "1") + value[6:]

    assert "Walnut brush" in again.get("/cart/").content.decode()
    assert "Your cart is empty" in forger.get("/cart/").content.decode()


def test_the_cookie_is_out_of_reach_of_scripts(shopper: Shopper, brush: Variant) -> None:
    shopper.add(brush)
    cookie = shopper.client.cookies["cart"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 60 * 60 * 24 * 30)


def test_the_cart_page_takes_the_same_queries_for_2_and_20_lines(
    client: Client, rates: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    shopper = Shopper(client)
    shopper.add(VariantFactory.create())
    client.get("/cart/")  # shows, and forgets, "is in your cart"
    cart = Cart.objects.get()

    def fill(number: int) -> None:
        for _ in range(number - cart.lines.count()):
            PictureFactory.create(product=CartLineFactory.create(cart=cart).variant.product)

    fill(2)
    with django_assert_num_queries(4):  # shelves, lines, pictures, count
        client.get("/cart/")
    fill(20)
    with django_assert_num_queries(4):
        client.get("/cart/")


def test_a_cart_holds_a_bounded_number_of_lines(rates: None) -> None:
    shopper = Shopper()
    shopper.add(VariantFactory.create())
    cart = Cart.objects.get()
    for _ in range(59):
        CartLineFactory.create(cart=cart)

    answer = shopper.add(VariantFactory.create())

    assert answer.status_code == 422
    assert "at most 60 different items" in answer.content.decode()
    assert cart.lines.count() == 60


def test_a_cart_that_was_cleared_away_takes_nothing_and_says_so(brush: Variant) -> None:
    with pytest.raises(UnableToChangeCart, match="Nothing was added"):
        add_to_cart(cart_id=uuid.UUID(int=7), variant_id=brush.pk, quantity=1, now=timezone.now())
    assert not CartLine.objects.exists()


def test_the_database_itself_refuses_a_nonsense_quantity(brush: Variant) -> None:
    from django.db import IntegrityError, transaction

    cart = CartFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        CartLineFactory.create(cart=cart, variant=brush, quantity=0)
    assert lines() == []
