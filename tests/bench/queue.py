"""How many queries and how long the call queue's page takes with 10,000 open cases.

    DATABASE_URL=postgres://… python -m tests.bench.queue [cases]

Must hold: twelve queries at most. Exit code 1 if not. Works in a test database of its own, which is dropped at the end.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
import uuid
from datetime import timedelta

from tests.bench.database import empty_database, prepare

CASES = 10_000
QUERIES = 12
LOOKS = 20
CHUNK = 1000


def main(cases: int) -> int:
    """Fill, look, print; return 1 if there are too many queries."""
    prepare()
    with empty_database():
        fill(cases)
        return measure(cases)


def fill(cases: int) -> None:
    """Write orders that wait for a call, with bill-to, ship-to, an authorised payment, an assessment and two hits each."""
    from django.utils import timezone

    from checkout.models import Order, OrderAddress, Payment
    from fraud.models import Assessment, CallTask, Finding
    from fraud.services.assess import current_policy
    from tests.bench.assess import emptiest

    now = timezone.now()
    policy = current_policy(now=now)
    for first in range(0, cases, CHUNK):
        rows: dict[type, list[object]] = {
            model: [] for model in (Order, OrderAddress, Payment, Assessment, Finding, CallTask)
        }
        for number in range(first, min(first + CHUNK, cases)):
            at = now - timedelta(seconds=number)
            mark = uuid.uuid4().hex
            order = Order(**emptiest(Order, at) | {"number": f"Q{number}", "token_hash": mark, "attempt": uuid.uuid4()})
            order.status, order.currency, order.total, order.items_total = "on_hold", "USD", 1000 + number, 1000 + number
            rows[Order].append(order)
            for kind in ("bill_to", "ship_to"):
                place = {"order": order, "kind": kind, "country": "US", "name": f"Ada {number}", "city": "Boston"}
                rows[OrderAddress].append(OrderAddress(**emptiest(OrderAddress, at) | place))
            paid = {"order": order, "start_key": mark, "status": "authorized", "authorized_at": at, "currency": "USD"}
            rows[Payment].append(Payment(**emptiest(Payment, at) | paid | {"capture_before": at + timedelta(days=7)}))
            looked = Assessment(order=order, policy=policy, verdict="call", points=70, assessed_at=at, facts="{}")
            rows[Assessment].append(looked)
            for position, code in enumerate(("address.ship_to_differs", "items.many_of_expensive")):
                hit = {"answer": "hit", "points": 35, "reason": "A reason."}
                rows[Finding].append(Finding(assessment=looked, position=position, code=code, **hit))
            due = at + timedelta(hours=4)
            rows[CallTask].append(CallTask(order=order, assessment=looked, points=70, created_at=at, due_at=due))
        for model, instances in rows.items():
            model.objects.bulk_create(instances)  # type: ignore[attr-defined]  # a model each


def measure(cases: int) -> int:
    """Open the queue's page as a reviewer."""
    from django.contrib.auth.models import Permission
    from django.db import connection, reset_queries
    from django.test import Client
    from django.test.utils import CaptureQueriesContext, setup_test_environment
    from django.urls import reverse

    from store.models import User

    user = User.objects.create_user("rosa@shop.example", "a long phrase 7", name="Rosa Lind", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="fraud"))
    setup_test_environment()
    client = Client()
    client.force_login(user)
    address = reverse("admin:fraud_calltask_changelist")
    client.get(address)
    reset_queries()  # the log has an end, and filling may have reached it
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    asked = [query["sql"] for query in queries]  # the next request empties the log
    taken = []
    for _ in range(LOOKS):
        started = time.perf_counter()
        client.get(address)
        taken.append((time.perf_counter() - started) * 1000)
    is_there = answer.status_code == 200 and f"Q{cases - 1}<".encode() in answer.content  # the most urgent one
    sys.stdout.write(
        f"{connection.vendor}: the queue's page with {cases:,} open cases: {len(asked)} queries (limit {QUERIES}), "
        f"{statistics.median(taken):.0f} ms; load of the machine {os.getloadavg()[0]:.1f}\n"
    )
    if not is_there or len(asked) > QUERIES:
        sys.stdout.write("\n".join(sql[:200] for sql in asked) + "\n")
    return int(not is_there or len(asked) > QUERIES)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else CASES))
