"""Lists: order, pages by key, counts to a cap, and what becomes of nonsense in a query string."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.listing import COUNT_CAP, PAGE_SIZE, Listing, read_listing, read_wish
from catalog.models import Product, Variant
from tests.catalog.pages import Page
from tests.factories.catalog import CategoryFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)


def stock_shop(products: int) -> None:
    """Put many products on one shelf in few statements: many share a price, a name and a moment."""
    shelf = CategoryFactory.create()
    made = Product.objects.bulk_create(
        Product(
            category=shelf,
            slug=f"collar-{number}",
            name=f"Tartan Collar {number % 7}",
            created_at=MONDAY - timedelta(hours=number % 5),
        )
        for number in range(products)
    )
    Variant.objects.bulk_create(
        Variant(product=product, sku=f"C-{number}", price=1000 + number % 3, on_hand=1)
        for number, product in enumerate(made)
    )


def listing(**params: str) -> Listing:
    return read_listing(read_wish(params))


@pytest.mark.parametrize(
    "asked", [{"sort": "newest"}, {"sort": "price"}, {"sort": "-price"}, {"sort": "name"}, {"q": "tartan"}]
)
def test_following_the_pages_meets_every_product_once_and_in_order(asked: dict[str, str]) -> None:
    stock_shop(60)
    seen: list[Product] = []
    page = listing(**asked)
    sizes = [len(page.products)]
    seen += page.products
    while page.next_query:
        page = listing(**dict(parse_qsl(page.next_query)))
        assert page.wish.remarks == ()
        sizes.append(len(page.products))
        seen += page.products
    assert sizes == [PAGE_SIZE, PAGE_SIZE, 60 - 2 * PAGE_SIZE]
    assert len({product.pk for product in seen}) == 60
    sort = asked.get("sort")
    if sort == "newest":
        assert seen == sorted(seen, key=lambda product: (product.created_at, product.pk), reverse=True)
    elif sort == "price":
        assert seen == sorted(seen, key=lambda product: (product.price_from, product.pk))
    elif sort == "-price":
        assert seen == sorted(seen, key=lambda product: (product.price_from, product.pk), reverse=True)
    elif sort == "name":
        assert seen == sorted(seen, key=lambda product: (product.name, product.pk))


def test_no_page_is_found_by_offset() -> None:
    stock_shop(60)
    second = dict(parse_qsl(listing(sort="price").next_query))
    with CaptureQueriesContext(connection) as caught:
        listing(**second)
        listing(**dict(parse_qsl(listing(q="tartan").next_query)))
    assert not [query["sql"] for query in caught if re.search(r"OFFSET [^0]", query["sql"].upper())]


def test_counts_stop_at_the_cap() -> None:
    stock_shop(COUNT_CAP + 10)
    assert listing().count_words == "100+ products"
    assert listing(q="tartan").count_words == "100+ products"
    Product.objects.exclude(slug="collar-1").update(is_active=False)
    assert listing().count_words == "1 product"


def cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


NOW = MONDAY.isoformat()
FORGED = {
    "not base64": "%%%",
    "not JSON": base64.urlsafe_b64encode(b"hello").decode(),
    "not a list": base64.urlsafe_b64encode(b"7").decode(),
    "too short": cursor("newest", NOW),
    "for another sort": cursor("price", 1000, 1),
    "no moment": cursor("newest", "yesterday", 1),
    "impossible moment": cursor("newest", "2026-02-31T00:00:00+00:00", 1),
    "moment without a zone": cursor("newest", "2026-02-01T00:00:00", 1),
    "number for a moment": cursor("newest", 5, 1),
    "text for an id": cursor("newest", NOW, "1 OR 1=1"),
    "true for an id": cursor("newest", NOW, True),
    "id beyond bigint": cursor("newest", NOW, 2**63),
    "deep nesting": base64.urlsafe_b64encode(b"[" * 400).decode(),
    "very long": "A" * 5000,
    "not ASCII": "é\x00",
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
def test_a_forged_cursor_leads_to_the_beginning_and_says_so(client: Client, forged: str) -> None:
    stock_shop(3)
    response = client.get("/catalog/", {"after": forged})
    assert response.status_code == 200
    page = Page(response)
    assert "That link does not lead to a page of this list. Here is the beginning." in page.text
    assert "3 products" in page.text


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("name", "a\x00b"),
        ("name", "\ud800"),
        ("name", 5),
        ("price", "1000"),
        ("price", 1.5),
        ("price", 2**63),
        ("price", None),
    ],
)
def test_a_cursor_with_a_wrong_key_is_no_cursor(sort: str, key: object) -> None:
    stock_shop(1)
    found = listing(sort=sort, after=cursor(sort, key, 1))
    assert found.wish.after is None
    assert found.wish.remarks == ("That link does not lead to a page of this list. Here is the beginning.",)
    assert len(found.products) == 1


@pytest.mark.parametrize("sort", ["password", "relevance", "-name", "price; DROP TABLE", "\x00", "x" * 9999])
def test_an_unknown_sort_is_left_out_and_said_so(client: Client, sort: str) -> None:
    stock_shop(1)
    response = client.get("/catalog/", {"sort": sort})
    assert response.status_code == 200
    assert "We cannot sort by that. These are sorted by: newest." in Page(response).text


def test_a_page_number_is_left_out_and_said_so(client: Client) -> None:
    stock_shop(1)
    assert "We do not number our pages" in Page(client.get("/catalog/?page=abc")).text
    assert "We do not number our pages" not in Page(client.get("/catalog/?page=1")).text


def test_a_cursor_past_the_end_shows_the_way_back(client: Client) -> None:
    stock_shop(1)
    page = Page(client.get("/catalog/", {"sort": "price", "after": cursor("price", 2**63 - 1, 1)}))
    assert "That was the last of them." in page.text
    assert "?sort=price" in page.links()


def test_an_empty_shop_is_an_honest_page(client: Client) -> None:
    response = client.get("/catalog/")
    assert response.status_code == 200
    assert "This shelf is empty just now." in Page(response).text
    assert client.get("/").status_code == 200


def test_a_card_says_from_when_prices_differ() -> None:
    product = ProductFactory.create()
    VariantFactory.create(product=product, price=1000)
    [card] = listing().products
    assert (card.price_from, card.has_price_range) == (1000, False)
    VariantFactory.create(product=product, price=900)
    [card] = listing().products
    assert (card.price_from, card.has_price_range) == (900, True)
