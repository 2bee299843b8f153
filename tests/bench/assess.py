"""How long an assessment takes in a shop with a million past orders, beside the same reads sent by bare psycopg.

    DATABASE_URL=postgres://… python -m tests.bench.assess [orders] [name to keep the filled database under]

Must hold on PostgreSQL with 1,000,000 orders: 95 of 100 assessments in 25 ms or less, from the first read to the commit, with
eight reads each. Exit code 1 if not. Works in a test database of its own, which is dropped at the end.

The past orders are written by the database itself: 300,000 customers, of whom few buy often; digests shared as in life; an
office that 5,000 orders went to, all from one IP address; a mobile network's address behind one order in fifty. They have no
lines, as nothing looks at the lines of earlier orders. The orders that are measured are made by the tests' own factory: new
customers, regular ones, people at the office, and twelve of the dearest thing to another state.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.bench.database import filled_database, prepare

ORDERS = 1_000_000
MEASURED = 400
WARM_UP = 40
MOST_MS = 25.0
READS = 8
CHUNK = 100_000
OFFICE = "office"


def main(orders: int, kept_as: str = "") -> int:
    """Fill, measure, print; return 1 if a limit is missed. With `kept_as`, what is filled is kept for the next time."""
    prepare()
    from django.db import connection

    if connection.vendor != "postgresql":
        sys.stdout.write("assess: needs PostgreSQL; nothing was measured.\n")
        return 0
    started = time.perf_counter()
    with filled_database(lambda: fill(orders), kept_as=kept_as):
        sys.stdout.write(f"{orders:,} past orders written in {time.perf_counter() - started:.0f} s\n")
        return measure(orders)


def digest(what: str) -> str:
    """SQL for a digest of a text, as wide as a blind index."""
    return f"encode(sha256(convert_to({what}, 'UTF8')), 'hex')"


# Of order number g: its customer, drawn so that few buy often; whether it is the office's or comes from a mobile network.
CUSTOMER = "floor(300000 * power((hashint8extended(g, 1) & 2147483647) / 2147483647.0, 2))::bigint"
IS_OFFICE = "(g % greatest(%(orders)s / 5000, 2) = 1)"
PLACED = "(timestamptz %(now)s - interval '1 minute' - g * interval '730 days' / %(orders)s)"
STATUS = "CASE g % 100 WHEN 3 THEN 'cancelled' WHEN 5 THEN 'expired' ELSE 'shipped' END"
ORDER_ID = "md5('order' || g)::uuid"
ADDRESS = f"CASE WHEN {IS_OFFICE} THEN '{OFFICE}' ELSE 'address' || {CUSTOMER} END"
IP = f"CASE WHEN {IS_OFFICE} THEN '{OFFICE}' WHEN g % 50 = 7 THEN 'mobile' ELSE 'ip' || {CUSTOMER} % 150000 END"


def fill(orders: int) -> None:
    """Write the past orders with their addresses and payments."""
    from django.db import connection
    from django.utils import timezone

    from checkout.models import Order, OrderAddress, Payment

    key = {"orders": orders, "now": timezone.now().isoformat()}
    own = {
        "id": ORDER_ID,
        "number": "'B' || g",
        "token_hash": "'t' || g",
        "attempt": "md5('attempt' || g)::uuid",
        "status": STATUS,
        "cancel_reason": "CASE WHEN g % 1000 = 3 THEN 'denied' ELSE '' END",
        "email_index": digest(f"'email' || {CUSTOMER}"),
        "phone_index": digest(f"'phone' || {CUSTOMER}"),
        "ip_index": digest(IP),
        "currency": "'USD'",
        "items_total": "1000 + hashint8extended(g, 2) & 16383",
        "total": "1000 + hashint8extended(g, 2) & 16383",
    }
    place = {
        "id": "md5(kind || g)::uuid",
        "order_id": ORDER_ID,
        "kind": "kind",
        "country": "'US'",
        "address_index": digest(ADDRESS),
        "last_name_index": digest(f"'name' || {CUSTOMER} % 5000"),
        "name_postcode_index": digest(f"'np' || {CUSTOMER}"),
    }
    paid = {
        "id": "md5('payment' || g)::uuid",
        "order_id": ORDER_ID,
        "status": "CASE g % 100 WHEN 3 THEN 'voided' WHEN 5 THEN 'expired' ELSE 'captured' END",
        "start_key": "'s' || g",
        "authorized_at": f"CASE WHEN g % 100 <> 5 THEN {PLACED} END",
        "card_fingerprint": f"'card' || {CUSTOMER} || '-' || (g % 13 = 0)::int",
    }
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        for first in range(1, orders + 1, CHUNK):
            numbers = f"generate_series({first}, {min(first + CHUNK - 1, orders)}) AS g"
            cursor.execute(_insert(Order, own, numbers) % quoted(key))
            both = f"{numbers}, (VALUES ('bill_to'), ('ship_to')) AS kinds(kind)"
            cursor.execute(_insert(OrderAddress, place, both) % quoted(key))
            cursor.execute(_insert(Payment, paid, numbers) % quoted(key))
        cursor.execute("VACUUM ANALYZE")  # as the server does by itself after so many rows


def quoted(values: dict[str, Any]) -> dict[str, str]:
    """Values as they stand in SQL; ours alone, nothing from outside."""
    return {name: str(value) if isinstance(value, int) else f"'{value}'" for name, value in values.items()}


def _insert(model: Any, values: dict[str, str], source: str) -> str:
    """An INSERT that gives every column not named the emptiest value it may have."""
    columns, chosen = [], []
    for field in model._meta.concrete_fields:
        kind = field.get_internal_type()
        columns.append(f'"{field.column}"')
        if field.column in values:
            chosen.append(values[field.column])
        elif field.null:
            chosen.append("NULL")
        elif kind == "DateTimeField":
            chosen.append(PLACED)
        elif kind == "BooleanField":
            chosen.append("false")
        elif kind.endswith(("IntegerField", "DecimalField")):
            chosen.append("0")
        else:
            chosen.append("''")
    sql = f'INSERT INTO "{model._meta.db_table}" ({", ".join(columns)}) SELECT {", ".join(chosen)} FROM {source}'  # noqa: S608 - our own names
    # Only the two keys are filled in; every other percent sign is SQL's.
    return sql.replace("%", "%%").replace("%%(orders)s", "%(orders)s").replace("%%(now)s", "%(now)s")


def emptiest(model: Any, moment: datetime) -> dict[str, Any]:
    """For every column of a model that must have a value, the emptiest one; times are `moment`."""
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.null or field.has_default() or field.is_relation or field.primary_key:
            continue
        kind = field.get_internal_type()
        numbers = kind.endswith(("IntegerField", "DecimalField"))
        values[field.attname] = moment if kind == "DateTimeField" else kind != "BooleanField" and (0 if numbers else "")
    return values


def measure(orders: int) -> int:
    """Assess new orders and say how long it took."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from fraud.services.assess import current_policy, judge_order
    from fraud.usual import forget_usual

    now = timezone.now()
    current_policy(now=now)
    subjects = make_subjects(now, MEASURED + WARM_UP + 60)
    taken: dict[str, list[float]] = {}
    worked: list[float] = []
    asking: list[float] = []
    backend = Path(f"/proc/{connection.connection.info.backend_pid}/stat")
    answered = ticks(backend)
    with connection.execute_wrapper(Clock(asking)):
        for number, (kind, order_id) in enumerate(subjects[: MEASURED + WARM_UP]):
            asking.append(0.0)
            started, cpu = time.perf_counter(), time.process_time()
            judge_order(order_id=order_id, now=now)
            if number >= WARM_UP:
                taken.setdefault(kind, []).append((time.perf_counter() - started) * 1000)
                worked.append((time.process_time() - cpu) * 1000)
    asking = asking[WARM_UP:]
    answered = (ticks(backend) - answered) * 1000 / os.sysconf("SC_CLK_TCK") / (MEASURED + WARM_UP)
    bare, reads, cold = [], [], []
    for _, order_id in subjects[MEASURED + WARM_UP :]:
        forget_usual()  # what a process reads only once in five minutes is counted in here
        started = time.perf_counter()
        with CaptureQueriesContext(connection) as queries:
            judge_order(order_id=order_id, now=now)
        cold.append((time.perf_counter() - started) * 1000)
        selects = [query["sql"] for query in queries if query["sql"].lstrip("(").startswith(("SELECT", "WITH"))]
        asked = [sql for sql in selects if "fraud_calltask" not in sql and "checkout_mail" not in sql]
        reads.append(len([sql for sql in asked if "fraud_webhookendpoint" not in sql]))
        bare.append(replay(asked))
    every = [one for times in taken.values() for one in times]
    p95 = percentile(every, 95)
    sys.stdout.write(
        f"assessment: p50 {percentile(every, 50):.1f} ms, p95 {p95:.1f} ms (limit {MOST_MS:.0f}), {max(reads)} reads "
        f"(limit {READS}); the same reads by bare psycopg: p50 {percentile(bare, 50):.1f} ms, p95 {percentile(bare, 95):.1f} ms\n"
        f"  of it this process was computing for p50 {percentile(worked, 50):.1f} ms, p95 {percentile(worked, 95):.1f} ms, and "
        f"waited for the database's answers {sum(asking) / sum(every):.0%} of the time\n"
        f"  the database was computing for {answered:.1f} ms on average; the rest is waiting, for a processor or the disk\n"
        f"  with what is usual in the shop read anew, as once in five minutes: p50 {percentile(cold, 50):.1f} ms, "
        f"p95 {percentile(cold, 95):.1f} ms\n"
        f"  load of the machine meanwhile: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n"
    )
    for kind, times in sorted(taken.items()):
        sys.stdout.write(
            f"  {kind}: p50 {percentile(times, 50):.1f} ms, p95 {percentile(times, 95):.1f} ms of {len(times)}\n"
        )
    return int(max(reads) > READS or (orders >= ORDERS and p95 > MOST_MS))


def ticks(stat: Path) -> float:
    """How long a process on this machine has computed, in ticks of its clock; 0 where that can't be read."""
    return sum(map(float, stat.read_text().rpartition(")")[2].split()[11:13])) if stat.exists() else 0.0


class Clock:
    """Adds the milliseconds of each statement to the last of a list."""

    def __init__(self, asking: list[float]) -> None:
        self.asking = asking

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.asking[-1] += (time.perf_counter() - started) * 1000


def replay(statements: list[str]) -> float:
    """Milliseconds that bare psycopg takes for the same statements and all their rows."""
    from django.db import connection

    started = time.perf_counter()
    with connection.connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
            cursor.fetchall()
    return (time.perf_counter() - started) * 1000


def percentile(values: list[float], share: int) -> float:
    """The value that so many of a hundred do not pass."""
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


def make_subjects(now: datetime, count: int) -> list[tuple[str, Any]]:
    """Orders on hold to be assessed, of four kinds in turn."""
    from django.db import connection, transaction

    from catalog.models import Product, Variant
    from checkout.models import Order, OrderAddress, Payment
    from tests.factories.catalog import ProductFactory
    from tests.factories.checkout import DeliveryMethodFactory, make_order

    DeliveryMethodFactory.create()
    with transaction.atomic():
        products: list[Product] = [ProductFactory.create() for _ in range(200)]
        Variant.objects.bulk_create(
            Variant(product=products[n % 200], sku=f"BENCH-{n}", price=500 + (n * 7919) % 20_000, on_hand=10**6)
            for n in range(1000)
        )
    cheap = Variant.objects.filter(price__lt=5000).first()
    dear = Variant.objects.order_by("-price").first()

    def sql(expression: str) -> str:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {digest(expression)}")
            found: str = cursor.fetchone()[0]
        return found

    def known(order: Order, customer: int, address: str, ip: str) -> None:
        Order.objects.filter(pk=order.pk).update(
            email_index=sql(f"'email' || {customer}"), phone_index=sql(f"'phone' || {customer}"), ip_index=sql(f"'{ip}'")
        )
        OrderAddress.objects.filter(order=order).update(address_index=sql(f"'{address}'"))
        Payment.objects.filter(order=order).update(card_fingerprint=f"card{customer}-0")

    subjects = []
    for number in range(count):
        kind = ("new", "regular", "office", "thief")[number % 4]
        fresh = {
            "email": f"new{number}@example.com",
            "phone": f"+1503{5550000 + number:07d}",
            "ip_address": f"203.0.{number // 250}.{number % 250}",
            "payment": {"card_fingerprint": f"fresh{number}"},
            "payment_status": "capturing",  # what is clear stays where it is: no gateway is asked
        }
        elsewhere: dict[str, Any] = {"bill_to": {"line1": f"{number} Fresh Street"}}
        if kind == "thief":
            elsewhere["ship_to"] = {"city": "Miami", "region": "FL", "postcode": "33139", "line1": f"{number} Ocean Drive"}
        with transaction.atomic():
            order = make_order(
                variant=dear if kind == "thief" else cheap,
                quantity=12 if kind == "thief" else 1,
                placed_at=now - timedelta(seconds=30),
                **fresh,  # type: ignore[arg-type]  # the factory's own names
                **elsewhere,
            )
        if kind == "regular":
            known(order, number // 4, f"address{number // 4}", f"ip{number // 4}")  # the lowest numbers buy most often
        if kind == "office":
            known(order, 200_000 + number, OFFICE, OFFICE)
        subjects.append((kind, order.pk))
    return subjects


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ORDERS, *sys.argv[2:3]))
