"""Ten thousand products cost a page no more queries than sixty."""

from __future__ import annotations

from itertools import batched

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Category, Product, Variant
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


def test_listing_category_and_search_take_no_more_queries_at_10000_products(client: Client) -> None:
    shelf = CategoryFactory.create(slug="brushes", path="brushes")
    addresses = ("/", "/catalog/", "/catalog/?sort=price", "/catalog/brushes/", "/catalog/?q=walnut", "/products/brush-7/")

    def count() -> dict[str, int]:
        counts = {}
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            counts[address] = len(queries)
        return counts

    fill(shelf, start=0, end=60)
    count()  # the category tree is kept for a minute
    at_60 = count()
    fill(shelf, start=60, end=5_500)
    at_5500 = count()
    fill(shelf, start=5_500, end=10_000)

    assert count() == at_5500
    # Facets are counted up to so many products; a longer list counts itself, up to a cap, by one query of its own.
    # A search that finds more than it ranks counts no facets: a query less.
    more = {address: 1 - 2 * ("q=" in address) for address in addresses if address.startswith("/catalog/")}
    assert at_5500 == {address: queries + more.get(address, 0) for address, queries in at_60.items()}
    assert max(at_5500.values()) <= 8
