"""What shoppers see, in HTML: complete, accessible, safe, and a friendly answer to nonsense."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Category, Product
from tests.catalog.pages import Page
from tests.factories.catalog import CategoryFactory, PictureFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db


def stock_shop(products: int, category: Category | None = None, *, start: int = 0) -> list[Product]:
    """Put products on a shelf, newest first, each with a picture and two variants."""
    shelf = category or CategoryFactory.create()
    made = []
    for number in range(start, start + products):
        product = ProductFactory.create(
            category=shelf,
            name=f"Tartan Collar {number:03}",
            is_featured=number < 8,
            created_at=timezone.now() - timedelta(minutes=number),
        )
        PictureFactory.create(product=product)
        VariantFactory.create(product=product, price=1000 + number, label="Small", options={"Size": "Small"})
        VariantFactory.create(product=product, price=2000 + number, label="Large", options={"Size": "Large"}, position=1)
        made.append(product)
    return made


EVERY_PAGE = ["/", "/catalog/", "/catalog/dogs/", "/products/tartan-collar-000/", "/catalog/?q=tartan", "/catalog/?q=zebra"]


@pytest.mark.parametrize("address", [*EVERY_PAGE, "/nobody-home/"])
def test_every_page_has_one_h1_a_title_sized_pictures_and_alt_texts(client: Client, address: str) -> None:
    stock_shop(3)
    page = Page(client.get(address))
    assert len(page.all("h1")) == 1
    assert len(page.all("main", id="main")) == 1
    assert len(page.all("title")) == 1
    for picture in page.all("img"):
        assert "alt" in picture
        assert picture["width"]
        assert picture["height"]
    assert page.one("html")["lang"] == "en"


@pytest.mark.parametrize("address", [*EVERY_PAGE, "/nobody-home/"])
def test_no_page_has_an_inline_script_or_style_and_all_carry_the_strict_policy(client: Client, address: str) -> None:
    stock_shop(3)
    response = client.get(address)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-" not in policy
    page = Page(response)
    assert page.all("style") == []
    # What is described to machines is data, which no browser runs.
    assert all("src" in script or script["type"] == "application/ld+json" for script in page.all("script"))
    for _, attrs in page.tags:
        assert "style" not in attrs
        assert not [name for name in attrs if name.startswith("on")]


@pytest.mark.parametrize("address", EVERY_PAGE)
def test_a_page_costs_as_many_queries_for_twenty_products_as_for_two(client: Client, address: str) -> None:
    def queries() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    stock_shop(2)
    at_two = queries()
    stock_shop(18, start=2)
    assert queries() == at_two
    assert 3 <= at_two <= 8


def test_home_shows_shelves_and_featured_products_and_links_to_them(client: Client) -> None:
    stock_shop(9)
    page = Page(client.get("/"))
    assert "/catalog/dogs/" in page.links()
    assert "/products/tartan-collar-000/" in page.links()
    assert "/products/tartan-collar-008/" not in page.links()  # the ninth is not featured


def test_a_category_shows_what_stands_on_the_shelves_below_it(client: Client) -> None:
    dogs = CategoryFactory.create()
    collars = CategoryFactory.create(parent=dogs, slug="collars")
    stock_shop(1, collars)
    cats = CategoryFactory.create(slug="cats")
    VariantFactory.create(product=ProductFactory.create(category=cats, name="Feather Wand"))
    page = Page(client.get("/catalog/dogs/"))
    assert "/products/tartan-collar-000/" in page.links()
    assert "/products/feather-wand/" not in page.links()
    below = Page(client.get("/catalog/dogs/collars/"))
    assert "1 product" in below.text
    assert "/catalog/dogs/" in below.links()


@pytest.mark.parametrize(
    "address",
    [
        "/catalog/collars/",
        "/catalog/dogs/nothing/",
        "/products/nothing/",
        "/catalog/dogs//",
        "/catalog/%00/",
        "/catalog/..%2f/",
    ],
)
def test_unknown_addresses_are_not_found_and_say_so(client: Client, address: str) -> None:
    CategoryFactory.create(parent=CategoryFactory.create(), slug="collars")
    response = client.get(address)
    assert response.status_code == 404
    assert "Nobody at this number" in Page(response).text


def test_a_withdrawn_product_is_not_found_and_not_listed(client: Client) -> None:
    [product] = stock_shop(1)
    Product.objects.update(is_active=False)
    assert client.get("/products/tartan-collar-000/").status_code == 404
    assert product.get_absolute_url() not in Page(client.get("/catalog/")).links()


def test_a_product_without_a_variant_on_sale_is_not_found(client: Client) -> None:
    [product] = stock_shop(1)
    product.variants.update(is_active=False)
    assert client.get("/products/tartan-collar-000/").status_code == 404


def test_the_product_form_posts_variant_and_quantity_to_the_cart(client: Client) -> None:
    [product] = stock_shop(1)
    page = Page(client.get("/products/tartan-collar-000/"))
    assert page.one("form", action="/cart/add/")["method"] == "post"
    assert all(hidden["value"] for hidden in page.all("input", name="csrfmiddlewaretoken"))
    small, large = product.variants.order_by("position")
    assert [choice["value"] for choice in page.all("input", name="variant")] == [str(small.pk), str(large.pk)]
    assert page.one("input", name="quantity")["value"] == "1"
    assert "Size" in page.text
    assert "$10.00" in page.text
    assert "$20.00" in page.text


def test_each_variant_says_in_words_what_is_left(client: Client) -> None:
    [product] = stock_shop(1)
    small, large = product.variants.order_by("position")
    product.variants.filter(pk=small.pk).update(on_hand=4, held=4)
    product.variants.filter(pk=large.pk).update(on_hand=4, held=2)
    page = Page(client.get("/products/tartan-collar-000/"))
    assert "Small Sold out" in page.text
    assert "Large Only 2 left" in page.text
    sold_out, scarce = page.all("input", name="variant")
    assert "disabled" in sold_out
    assert "checked" in scarce
    assert "disabled" not in scarce


def test_a_product_that_is_all_gone_offers_no_button(client: Client) -> None:
    [product] = stock_shop(1)
    product.variants.update(on_hand=0)
    page = Page(client.get("/products/tartan-collar-000/"))
    assert "We do not sell what we do not have" in page.text
    assert page.all("form", action="/cart/add/") == []
    assert "Sold out" in Page(client.get("/catalog/")).text


@pytest.mark.parametrize("address", ["/", "/catalog/", "/products/tartan-collar-000/"])
def test_pages_are_read_only(client: Client, address: str) -> None:
    stock_shop(1)
    assert client.post(address).status_code == 405


def test_text_from_the_catalogue_and_the_query_is_escaped(client: Client) -> None:
    product = ProductFactory.create(name="<b>Collar</b>", slug="collar", description="<script>alert(1)</script>")
    VariantFactory.create(product=product)
    for address in ("/products/collar/", "/catalog/", "/catalog/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"):
        page = Page(client.get(address))
        assert page.all("b") == []
        assert all("src" in script or script["type"] == "application/ld+json" for script in page.all("script"))
