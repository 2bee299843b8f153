"""Wish lists, what was looked at last, and what goes with a product."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Product, Wish, WishList
from catalog.wishes import keep_wishes_after_log_in, prune_wish_lists
from store.models import User
from tests.catalog.pages import Page
from tests.factories.catalog import CategoryFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db


def shelve(name: str, **more: object) -> Product:
    product = ProductFactory.create(name=name, **more)
    VariantFactory.create(product=product)
    return product


@pytest.fixture
def goods() -> list[Product]:
    return [shelve("Collar"), shelve("Lead"), shelve("Bowl", category=CategoryFactory.create(slug="bowls", path="bowls"))]


def wish(client: Client, product: Product) -> None:
    response = client.post("/wish-list/change/", {"product": product.pk})
    assert response["Location"] == product.get_absolute_url()


def names(client: Client, address: str = "/wish-list/") -> list[str]:
    return [str(link.get("href")) for link in Page(client.get(address)).all("a") if "/products/" in str(link.get("href"))]


def test_a_guest_keeps_a_list_without_an_account(client: Client, goods: list[Product]) -> None:
    assert "Nothing on your wish list" in Page(client.get("/wish-list/")).text
    assert WishList.objects.count() == 0
    wish(client, goods[0])
    wish(client, goods[1])
    wish(client, goods[1])
    assert names(client) == ["/products/lead/", "/products/collar/"]
    client.post("/wish-list/change/", {"product": goods[0].pk, "drop": "1"})
    assert names(client) == ["/products/lead/"]
    assert names(Client()) == []
    assert "On my wish list" not in Page(client.get("/")).text


def test_a_list_is_shown_to_whoever_has_its_address_and_changed_by_nobody_else(client: Client, goods: list[Product]) -> None:
    wish(client, goods[0])
    address = str(Page(client.get("/wish-list/")).one("input", id="shared-url")["value"])
    stranger = Client()
    assert names(stranger, address) == ["/products/collar/"]
    assert Page(stranger.get(address)).all("button", name="drop") == []
    stranger.post("/wish-list/change/", {"product": goods[0].pk, "drop": "1"})
    assert Wish.objects.count() == 1
    assert stranger.get(address[:-2] + "x/").status_code == 404


def test_logging_in_brings_the_guests_wishes_along_once(
    client: Client, goods: list[Product], django_user_model: type[User]
) -> None:
    dana = django_user_model.objects.create(email="dana@example.com")
    own = WishList.objects.create(customer=dana, updated_at=timezone.now())
    Wish.objects.create(wish_list=own, product=goods[0], added_at=timezone.now())
    wish(client, goods[0])
    wish(client, goods[2])
    request = RequestFactory().get("/")
    request.COOKIES[settings.WISH_COOKIE_NAME] = client.cookies[settings.WISH_COOKIE_NAME].value
    for _ in range(2):
        keep_wishes_after_log_in(request=request, user=dana)
    client.force_login(dana)
    assert set(names(client)) == {"/products/collar/", "/products/bowl/"}
    assert WishList.objects.get() == own


@pytest.mark.parametrize("product", ["", "x", "-1", "9" * 40, "999999"])
def test_nonsense_is_refused_and_adds_nothing(client: Client, product: str) -> None:
    response = client.post("/wish-list/change/", {"product": product}, follow=True)
    assert "not in the shop any more" in Page(response).text
    assert Wish.objects.count() == 0


def test_a_full_list_and_too_many_lists_are_refused(
    client: Client, goods: list[Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.wishes.MAX_WISHES", 1)
    wish(client, goods[0])
    assert "holds 1 things" in Page(client.post("/wish-list/change/", {"product": goods[1].pk}, follow=True)).text
    wish(client, goods[0])
    for _ in range(29):
        wish(Client(), goods[0])
    answer = Page(Client().post("/wish-list/change/", {"product": goods[0].pk}, follow=True))
    assert "Many wish lists were begun" in answer.text
    assert WishList.objects.count() == 30


def test_old_lists_of_guests_are_thrown_away(client: Client, goods: list[Product]) -> None:
    wish(client, goods[0])
    now = timezone.now()
    assert prune_wish_lists(now=now + timedelta(days=179)) == 0
    assert prune_wish_lists(now=now + timedelta(days=181)) == 2
    assert WishList.objects.count() == 0


def test_what_is_looked_at_is_remembered_when_asked_for_and_until_it_is_forgotten(
    client: Client, goods: list[Product]
) -> None:
    page = Page(client.get("/products/bowl/"))
    assert "Remember what I look at" in page.text
    assert settings.SEEN_COOKIE_NAME not in client.cookies
    assert client.post("/seen/remember/", {"next": "/products/bowl/"})["Location"] == "/products/bowl/"
    assert "Remember what I look at" not in Page(client.get("/products/bowl/")).text
    assert client.cookies[settings.SEEN_COOKIE_NAME].value == str(goods[2].pk)
    assert not client.cookies[settings.SEEN_COOKIE_NAME]["max-age"]  # goes with the browser
    page = Page(client.get("/products/collar/"))
    assert "Looked at last" in page.text
    assert "/products/bowl/" in page.links()
    client.cookies[settings.SEEN_COOKIE_NAME] = f"{goods[2].pk}.x.-5.{'9' * 30}.{goods[2].pk}"
    assert client.get("/products/lead/").status_code == 200
    assert client.cookies[settings.SEEN_COOKIE_NAME].value == f"{goods[1].pk}.{goods[2].pk}"
    response = client.post("/seen/forget/", {"next": "https://evil.example/"})
    assert response["Location"] == "/"
    assert client.cookies[settings.SEEN_COOKIE_NAME].value == ""


def test_what_the_merchant_picked_comes_before_the_rest_of_the_shelf(client: Client, goods: list[Product]) -> None:
    collar, _, bowl = goods
    collar.related.add(bowl)
    found = [
        link for link in Page(client.get("/products/collar/")).links() if link in {"/products/lead/", "/products/bowl/"}
    ]
    assert found == ["/products/bowl/", "/products/lead/"]
    assert "Goes with it" in Page(client.get("/products/collar/")).text


def test_the_products_page_takes_no_more_than_eight_queries_with_all_of_that(client: Client, goods: list[Product]) -> None:
    goods[0].related.add(goods[1])
    client.post("/seen/remember/")
    for product in goods:
        client.get(product.get_absolute_url())
    with CaptureQueriesContext(connection) as caught:
        client.get("/products/collar/")
    assert len(caught) <= 8
