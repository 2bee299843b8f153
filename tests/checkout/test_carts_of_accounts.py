"""A cart goes with its owner: into the account, out of the browser, and nobody else ever sees it."""

from __future__ import annotations

import pytest
from django.test import Client

from catalog.models import Variant
from checkout.models import Cart, CartLine, Order, SavedLine
from store.models import User
from tests.checkout.shopper import Shopper
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import make_order

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"


@pytest.fixture
def dana(db: None) -> User:
    return User.objects.create_user("dana@example.com", PASSWORD, name="Dana Reyes")


def log_in(client: Client, email: str = "dana@example.com") -> str:
    """Log in by the shop's form; give the cart's page."""
    session = client.session.session_key
    assert client.post("/account/log-in/", {"username": email, "password": PASSWORD}).status_code == 302
    assert client.session.session_key != session  # a new id for whoever logged in
    return client.get("/cart/").content.decode()


def test_a_guests_cart_becomes_the_accounts_and_is_found_on_another_device(brush: Variant, dana: User) -> None:
    here, there, thief = Shopper(), Shopper(), Shopper()
    here.add(brush, 2)
    thief.client.cookies["cart"] = here.client.cookies["cart"].value  # who sat at this computer first kept a copy
    assert "Walnut brush" in log_in(here.client)
    assert "Walnut brush" not in thief.client.get("/cart/").content.decode()
    assert Cart.objects.get().customer == dana

    assert "Walnut brush" in log_in(there.client)
    assert there.client.cookies["cart"].value != ""
    there.add(brush, 1)
    assert [(line.cart.customer, line.quantity) for line in CartLine.objects.select_related("cart__customer")] == [(dana, 3)]


def test_nobody_finds_the_cart_of_who_was_here_before(brush: Variant, dana: User) -> None:
    shopper = Shopper()
    log_in(shopper.client)
    shopper.add(brush, 2)
    cookie = shopper.client.cookies["cart"].value
    User.objects.create_user("eve@example.com", PASSWORD, name="Eve")

    shopper.client.post("/account/log-out/")
    assert shopper.client.cookies["cart"].value == ""
    assert "Walnut brush" not in shopper.client.get("/cart/").content.decode()

    for ended in (Client(), Client()):  # the session ended by itself, and the cookie stayed
        ended.cookies["cart"] = cookie
        assert "Walnut brush" not in ended.get("/cart/").content.decode()
        assert "Walnut brush" not in log_in(ended, "eve@example.com")
        assert ended.post(f"/cart/lines/{CartLine.objects.get().pk}/", {"remove": "1"}).status_code == 422
    assert CartLine.objects.get().cart.customer == dana
    assert "Walnut brush" in log_in(Client())


def test_the_cart_brought_along_is_the_cart_and_the_one_before_is_saved_for_later(brush: Variant, dana: User) -> None:
    lamp: Variant = VariantFactory.create(sku="LAMP", on_hand=3)
    before = Shopper()
    log_in(before.client)
    before.add(brush, 5)
    before.add(lamp, 2)
    waiting = make_order(variant=lamp, status="awaiting_payment")
    Order.objects.filter(pk=waiting.pk).update(cart=Cart.objects.get())
    shopper = Shopper()
    shopper.add(brush, 1)

    page = log_in(shopper.client)

    assert "What lay in your cart before is kept: 1 thing" in page
    assert list(CartLine.objects.values_list("variant__sku", "quantity")) == [("BRUSH", 1)]
    saved = SavedLine.objects.get()
    assert (saved.variant, saved.quantity) == (lamp, 2)
    assert f'href="/products/{brush.product.slug}/"' in before.client.get("/cart/").content.decode()  # still logged in there
    assert Order.objects.get(pk=waiting.pk).cart == Cart.objects.get()  # it can be closed before anything is ordered again
    assert "Saved earlier" in page

    address = f"/cart/saved/{saved.pk}/"
    Variant.objects.filter(pk=lamp.pk).update(on_hand=0, held=0)
    assert Shopper().client.post(address).status_code == 422  # a stranger
    Order.objects.filter(pk=waiting.pk).update(status="expired")
    assert shopper.client.post(address).status_code == 422  # sold out meanwhile
    assert SavedLine.objects.count() == 1
    Variant.objects.filter(pk=lamp.pk).update(on_hand=9)
    assert [shopper.client.post(address).status_code for _ in range(2)] == [302, 302]
    assert list(CartLine.objects.order_by("pk").values_list("variant__sku", "quantity")) == [("BRUSH", 1), ("LAMP", 2)]
    assert SavedLine.objects.count() == 0
