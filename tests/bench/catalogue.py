"""How many queries and how long the shop window takes with 100,000 products: lists, facets, search, suggestions, product.

    DATABASE_URL=postgres://… python -m tests.bench.catalogue [products]

Must hold: eight queries to a list and a product, six to a search; 95 of 100 searches within 50 ms on PostgreSQL and 80 ms on
SQLite (the page without its rendering by a browser, in one process). Exit code 1 if not. Works in a test database of its own,
which is dropped at the end.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from datetime import timedelta
from itertools import batched

from tests.bench.database import empty_database, prepare

PRODUCTS = 100_000
LOOKS = 10
CHUNK = 2000
LISTS = (
    "/catalog/",
    "/catalog/?sort=price",
    "/catalog/?material=leather",
    "/catalog/dogs/",
    "/catalog/dogs/collars-and-leads/?stock=1",
)
SEARCHES = (
    "amberley heritage collar",
    "walnut brush",
    "ravenglass bed",
    "tartan",
    "quilted coat",
    "hayrack",
    "sardines dovecote",
    "pellow harness grand",
    "squeaky duck kelso",
    "drinking fountain",
    "morland weekend raincoat",
    "stonware bowl",
    "raincot",
    "colar morland",
    "feathr wand",
    "snugle cave",
    "submarine",
    "W000123-GLENM",
    "jumper for a dog",
    "cosy basket tamar",
)
BEGINNINGS = ("co", "bow", "tar", "amberley h", "snug", "rav", "sq", "dri", "w", "quil")


def main(products: int) -> int:
    """Fill, look, print; return 1 if a floor is missed."""
    prepare()
    with empty_database():
        fill(products)
        return measure(products)


def fill(products: int) -> None:
    """Put the demo's shelves and its composed products into the database, with attributes and without pictures."""
    from django.db import connection
    from django.utils import timezone

    from catalog.categories import place_category
    from catalog.demo.products import CATEGORIES, PRODUCTS, more_products
    from catalog.models import Category, Product, ProductAttribute, Variant
    from catalog.seed import _answers, _ask_attributes

    now = timezone.now()
    shelves: dict[str, Category] = {}
    for item in CATEGORIES:
        parent = shelves[item.parent] if item.parent else None
        shelves[item.slug] = place_category(category=Category(slug=item.slug, name=item.name, parent=parent))
    asked = _ask_attributes()
    written = [*PRODUCTS, *more_products(products - len(PRODUCTS))]
    for batch in batched(enumerate(written), CHUNK, strict=False):
        rows = Product.objects.bulk_create(
            Product(
                category=shelves[item.category],
                slug=item.slug,
                name=item.name,
                brand=item.brand,
                tagline=item.line,
                description=item.description,
                facts=[list(fact) for fact in item.facts],
                created_at=now - timedelta(minutes=number),
            )
            for number, item in batch
        )
        Variant.objects.bulk_create(
            Variant(
                product=row, sku=variant.sku, label=variant.label, options=dict(variant.choices), price=variant.price,
                on_hand=variant.on_hand, position=position,
            )
            for row, (_, item) in zip(rows, batch, strict=True)
            for position, variant in enumerate(item.variants)
        )  # fmt: skip
        ProductAttribute.objects.bulk_create(
            answer for row, (_, item) in zip(rows, batch, strict=True) for answer in _answers(row, item, asked)
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def measure(products: int) -> int:
    """Ask for each page some times."""
    from django.db import connection, reset_queries
    from django.test import Client
    from django.test.utils import CaptureQueriesContext, setup_test_environment

    from catalog.models import Product

    setup_test_environment()
    client = Client()
    slug = Product.objects.order_by("pk").values_list("slug", flat=True)[products // 2]
    groups = {
        "lists": (LISTS, 8, None),
        "product": ((f"/products/{slug}/",), 8, None),
        "search": (tuple(f"/catalog/?q={text.replace(' ', '+')}" for text in SEARCHES), 6, _patience(connection.vendor)),
        "suggestions": (tuple(f"/suggest/?q={text.replace(' ', '+')}" for text in BEGINNINGS), 2, None),
    }
    missed = 0
    for name, (addresses, most, patience) in groups.items():
        taken: dict[str, list[float]] = {}
        asked = 0
        for address in addresses:
            client.get(address)
            reset_queries()
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            asked = max(asked, len(queries))
            for _ in range(LOOKS):
                started = time.perf_counter()
                client.get(address)
                taken.setdefault(address, []).append((time.perf_counter() - started) * 1000)
        all_taken = sorted(time_ for times in taken.values() for time_ in times)
        p95 = all_taken[int(len(all_taken) * 0.95)]
        slowest = max(taken, key=lambda address: statistics.median(taken[address]))
        sys.stdout.write(
            f"{connection.vendor}, {products:,} products, {name}: at most {asked} queries (limit {most}), "
            f"median {statistics.median(all_taken):.0f} ms, p95 {p95:.0f} ms{f' (limit {patience})' if patience else ''}, "
            f"slowest {slowest} {statistics.median(taken[slowest]):.0f} ms; load {os.getloadavg()[0]:.1f}\n"
        )
        sys.stdout.flush()
        missed |= asked > most or (patience is not None and p95 > patience)
    return int(missed)


def _patience(vendor: str) -> int:
    return 50 if vendor == "postgresql" else 80


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else PRODUCTS))
