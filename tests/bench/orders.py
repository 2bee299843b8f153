"""What one visit and one order cost: processor time of the web, of the worker and of PostgreSQL. docs/scale.md reckons with it.

    DATABASE_URL=postgres://… python -m tests.bench.orders [orders]

Processor time, not time by the clock: it is the same on a busy machine. The test client's own work is in it. PostgreSQL's is
that of this connection, which is on this machine. Works in a test database of its own, with a payment company beside it.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

ORDERS = 40
PRODUCTS = 2_000
CHUNK = 500
TICKS = os.sysconf("SC_CLK_TCK")


class Meter:
    """Milliseconds by name: ours, and the database's."""

    def __init__(self, backend: int) -> None:
        self.backend = backend
        self.ours: dict[str, float] = defaultdict(float)
        self.database: dict[str, float] = defaultdict(float)

    def _of_database(self) -> float:
        fields = Path(f"/proc/{self.backend}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Add what is done inside."""
        database, ours = self._of_database(), time.process_time()
        yield
        self.ours[name] += 1000 * (time.process_time() - ours)
        self.database[name] += 1000 * (self._of_database() - database)


def main(orders: int) -> int:
    """Fill, order, print."""
    os.environ.setdefault("ENV_FILE", "tests/test.env")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    (Path(os.environ.setdefault("VAR_DIR", tempfile.mkdtemp())) / "static").mkdir(parents=True, exist_ok=True)
    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test.utils import setup_test_environment

    from tests.sandbox.process import start_sandbox

    setup_test_environment()
    keep = os.environ.get("KEEP_DATABASE") == "1"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, keepdb=keep)
    company = start_sandbox(Path(tempfile.mkdtemp()), webhook_url="http://127.0.0.1:9/webhooks/stripe/")
    company.reset()
    settings.PAYMENT_GATEWAYS = {
        "stripe": {
            "BACKEND": "checkout.gateways.stripe.StripeGateway",
            "api_key": company.api_key,
            "webhook_secret": company.webhook_secret,
            "api_base": company.url,
        }
    }
    try:
        fill()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            meter = Meter(int(cursor.fetchone()[0]))
        for number in range(orders + 3):
            one_order(number, company, Meter(meter.backend) if number < 3 else meter)  # three to warm up
    finally:
        company.stop()
        if not keep:
            connection.creation.destroy_test_db(str(settings.DATABASES["default"]["NAME"]), verbosity=0)
    show(meter, orders)
    return 0


def fill() -> None:
    """Write the shelf."""
    from catalog.models import Product, Variant
    from tests.factories.catalog import ProductFactory, VariantFactory
    from tests.factories.checkout import DeliveryMethodFactory

    DeliveryMethodFactory.create()
    first = VariantFactory.create(on_hand=100_000)
    shelf = first.product.category
    for start in range(0, PRODUCTS, CHUNK):
        made = Product.objects.bulk_create(
            ProductFactory.build(category=shelf, slug=f"bench-{n}") for n in range(start, start + CHUNK)
        )
        Variant.objects.bulk_create(VariantFactory.build(product=one, sku=f"B-{one.slug}") for one in made)


def one_order(number: int, company: object, meter: Meter) -> None:
    """A visit that ends in an order: four looks, the checkout, the way back, and what the worker does about it."""
    from django.test import Client

    from catalog.models import Variant
    from checkout.models import Order
    from tests.checkout.shopper import Shopper

    variant = Variant.objects.order_by("pk").first()
    assert variant is not None
    shopper = Shopper(Client(REMOTE_ADDR=f"198.51.{number // 250}.{number % 250 + 1}"))
    details = {"email": f"dana{number}@example.com", "bill_line1": f"{100 + number} SE Ankeny Street"}
    for name, page in (("home", "/"), ("listing", "/catalog/"), ("search", "/catalog/?q=leather"), ("product", "")):
        with meter.timed(name):
            answer = shopper.client.get(page or variant.product.get_absolute_url())
        assert answer.status_code == 200
    with meter.timed("cart"):
        shopper.add(variant)
        shopper.client.get("/cart/")
    before = set(Order.objects.values_list("pk", flat=True))
    with meter.timed("checkout and placing"):
        answer = shopper.place(shopper.review(**details))
    assert answer.status_code == 303, re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())[:3000]
    order = Order.objects.exclude(pk__in=before).get()
    shopper.pay(order, company)  # type: ignore[arg-type]  # told as object, so that nothing is loaded before django.setup
    with meter.timed("way back, settling"):
        shopper.come_back(order)
    with meter.timed("worker: assessing, capture, mails"):
        work()
    order.refresh_from_db()
    assert order.status in {"released", "on_hold"}


def work() -> None:
    """Do what waits."""
    from django_tasks_db.models import DBTaskResult

    while (row := DBTaskResult.objects.ready().order_by("enqueued_at").first()) is not None:
        row.claim("bench")
        result = row.task_result
        row.set_successful(row.task.call(*result.args, **result.kwargs))


def show(meter: Meter, orders: int) -> None:
    """Print a line for each step."""
    sys.stdout.write(f"{orders} orders, {PRODUCTS} products; ms of processor time each: the shop's, PostgreSQL's\n")
    for name, total in meter.ours.items():
        sys.stdout.write(f"  {name:36} {total / orders:7.1f} {meter.database[name] / orders:7.1f}\n")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ORDERS))
