"""How many queries and how long the shop window takes with 100,000 products: lists, facets, search, suggestions, product.

    DATABASE_URL=postgres://… python -m tests.bench.catalogue [products]
    DATABASE_URL=sqlite:////tmp/shop.sqlite3 python -m tests.bench.catalogue [products]

Must hold: eight queries to a list and a product, six to a search and a cart, twelve to a checkout; 95 of 100 searches within
50 ms on PostgreSQL and 80 ms on SQLite (the page without its rendering by a browser, in one process). Exit code 1 if not.
Works in a test database of its own, which is dropped at the end.

Beside the time by the clock stands the processor's own, of this process and of the database's: on a machine that others use
as well (a load above its number of processors) the clock says more about them, and the limit is held against that.
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import time
from datetime import timedelta
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.database import empty_database, prepare

if TYPE_CHECKING:
    from django.test import Client

PRODUCTS = 100_000
LOOKS = 10
CHUNK = 2000
LISTS = (
    "/catalog/",
    "/catalog/?sort=price",
    "/catalog/?material=leather",
    "/catalog/dogs/",
    "/catalog/dogs/collars-and-leads/?stock=1",
    "/catalog/?colour=teal&size=small&stock=1",
    "/catalog/dogs/collars-and-leads/?colour=tan&size=large",
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
    "collar",
    "bowl",
    "leather",
)
SEARCHES_DE = (
    "leine",
    "halsband leder",
    "hundebett",
    "näpfe",
    "bürste",
    "regenmantel",
    "kratzbaum katzen",
    "futterspender",
    "kuschelhöle",
    "halzband",
    "transportbox hund",
    "unterseeboot",
    "W000123-GLENM",
    "spielzeug für die katze",
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
    from catalog.demo.german import PRODUCTS as GERMAN
    from catalog.demo.products import CATEGORIES, PRODUCTS, more_products
    from catalog.models import Category, Product, ProductAttribute, ProductText, Variant
    from catalog.seed import _answers, _ask_attributes

    now = timezone.now()
    shelves: dict[str, Category] = {}
    for item in CATEGORIES:
        parent = shelves[item.parent] if item.parent else None
        shelves[item.slug] = place_category(category=Category(slug=item.slug, name=item.name, parent=parent))
    asked = _ask_attributes()
    said = list(GERMAN.values())
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
        german = [said[number % len(said)] for number, _ in batch]
        ProductText.objects.bulk_create(
            ProductText(product=row, language="de", name=f"{name} {row.pk}", tagline=line)
            for row, (name, line) in zip(rows, german, strict=True)
        )
        ProductAttribute.objects.bulk_create(
            answer for row, (_, item) in zip(rows, batch, strict=True) for answer in _answers(row, item, asked)
        )
    with connection.cursor() as cursor:
        # As autovacuum leaves a shop that was filled some time ago.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def measure(products: int) -> int:
    """Ask for each page some times."""
    from django.db import connection, reset_queries
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from catalog.models import Product

    client = Client()  # without the environment of tests, which copies the context of each template for them
    _fill_cart(client)
    slug = Product.objects.order_by("pk").values_list("slug", flat=True)[products // 2]
    gc.collect()
    gc.freeze()  # as the web server does before it answers anybody (config/gunicorn.py)
    groups = {
        "lists": (LISTS, 8, None),
        "product": ((f"/products/{slug}/",), 8, None),
        "search": (tuple(f"/catalog/?q={text.replace(' ', '+')}" for text in SEARCHES), 6, _patience(connection.vendor)),
        "search in German": (
            tuple(f"/de/catalog/?q={text.replace(' ', '+')}" for text in SEARCHES_DE),
            6,
            _patience(connection.vendor),
        ),
        "cart": (("/cart/",), 6, None),
        "checkout": (("/checkout/",), 12, None),
        "suggestions": (tuple(f"/suggest/?q={text.replace(' ', '+')}" for text in BEGINNINGS), 2, None),
    }
    missed = 0
    for name, (addresses, most, patience) in groups.items():
        taken: dict[str, list[tuple[float, float]]] = {}
        asked = 0
        for address in addresses:
            client.get(address)
            reset_queries()
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200, address
            asked = max(asked, len(queries))
            server = _server()
            for _ in range(LOOKS):
                started, burnt = time.perf_counter(), _burnt(server)
                client.get(address)
                taken.setdefault(address, []).append(((time.perf_counter() - started) * 1000, _burnt(server) - burnt))
        clock, processor = (sorted(times[number] for all_ in taken.values() for times in all_) for number in (0, 1))
        p95, p95_own = (times[int(len(times) * 0.95)] for times in (clock, processor))
        slowest = max(taken, key=lambda address: statistics.median(times[1] for times in taken[address]))
        load = os.getloadavg()[0]
        sys.stdout.write(
            f"{connection.vendor}, {products:,} products, {name}: at most {asked} queries (limit {most}); by the clock median "
            f"{statistics.median(clock):.0f} ms, p95 {p95:.0f} ms; by the processor median {statistics.median(processor):.0f} ms, "
            f"p95 {p95_own:.0f} ms{f' (limit {patience})' if patience else ''}; slowest {slowest} "
            f"{statistics.median(times[1] for times in taken[slowest]):.0f} ms; load {load:.1f}\n"
        )
        sys.stdout.flush()
        judged = p95_own if load > (os.cpu_count() or 1) else p95
        missed |= asked > most or (patience is not None and judged > patience)
    return int(missed)


def _fill_cart(client: Client) -> None:
    """Three things, as a shopper puts them in."""
    from catalog.models import Variant
    from checkout.models import DeliveryMethod

    DeliveryMethod.objects.create(code="standard", name="Standard delivery", promise="3 to 5 working days", price=595)
    for pk in Variant.objects.filter(on_hand__gt=5).order_by("pk").values_list("pk", flat=True)[:3]:
        assert client.post("/cart/add/", {"variant": pk, "quantity": 1}).status_code == 302


def _server() -> int:
    """The process of PostgreSQL that works for us; 0 where it is on another machine, and for SQLite, which has none."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    return int(pid) if Path(f"/proc/{pid}/schedstat").exists() else 0


def _burnt(server: int) -> float:
    """Milliseconds of a processor that this process and the database's have used so far."""
    theirs = int(Path(f"/proc/{server}/schedstat").read_text().split()[0]) / 1e6 if server else 0.0
    return time.process_time() * 1000 + theirs


def _patience(vendor: str) -> int:
    return 50 if vendor == "postgresql" else 80


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else PRODUCTS))
