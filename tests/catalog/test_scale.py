"""Ten thousand products cost a page no more queries than sixty."""

from __future__ import annotations

from itertools import batched

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Category, Product, Variant
from store.models import User
from tests.factories.catalog import CategoryFactory

pytestmark = pytest.mark.django_db


def fill(shelf: Category, *, start: int, end: int) -> None:
    """Write the products in batches; PostgreSQL looks at what there is in between, as it does by itself in a running shop."""
    now = timezone.now()
    for numbers in batched(range(start, end), 1000, strict=False):
        products = Product.objects.bulk_create(
            Product(category=shelf, slug=f"brush-{n}", name=f"Walnut brush {n}", description="Boar bristle.", created_at=now)
            for n in numbers
        )
        Variant.objects.bulk_create(
            Variant(product=product, sku=f"B-{product.slug}", price=900 + n % 5000, on_hand=n % 7)
            for n, product in zip(numbers, products, strict=True)
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def test_no_page_takes_more_queries_at_10000_products(client: Client) -> None:
    """English for a guest, German for a customer who is logged in, each with a thing in the cart."""
    shelf = CategoryFactory.create(slug="brushes", path="brushes")
    lists = ("/catalog/", "/catalog/?sort=price", "/catalog/brushes/")
    addresses = ("/", *lists, "/catalog/?q=walnut", "/products/brush-7/", "/cart/", "/checkout/")
    customer = Client()

    def count() -> dict[str, int]:
        counts = {}
        for address in addresses:
            for visitor, page in ((client, address), (customer, f"/de{address}")):
                with CaptureQueriesContext(connection) as queries:
                    assert visitor.get(page).status_code == 200
                counts[page] = len(queries)
        return counts

    fill(shelf, start=0, end=60)
    customer.force_login(User.objects.create_user("vera@example.com", "a long phrase 7"))
    for visitor in (client, customer):
        visitor.post("/cart/add/", {"variant": Variant.objects.filter(on_hand=6)[0].pk, "quantity": 1})
        visitor.get("/de/catalog/")  # the category tree and the shared phrases are kept for a minute
    at_60 = count()
    fill(shelf, start=60, end=10_000)
    at_10000 = count()

    # Facets are counted up to so many products; a longer list counts itself, up to a cap, by one query of its own. A search
    # that finds more than it ranks counts nothing at all.
    more = {page: 1 for address in lists for page in (address, f"/de{address}")}
    more |= {"/catalog/?q=walnut": -1, "/de/catalog/?q=walnut": -1}
    assert at_10000 == {page: queries + more.get(page, 0) for page, queries in at_60.items()}
    # A guest's; who is logged in has a session and an account besides.
    most = {page: 12 if "checkout" in page else 6 if "q=" in page else 8 for page in addresses}
    assert all(at_10000[page] <= queries for page, queries in most.items())
