"""How long a draft takes to be tried on past orders, and how much memory that takes.

    python -m tests.bench.backtest [orders]

Must hold for 100,000 orders: five minutes of computing, and at the end no more than 30 MB above what the first tenth took.
Exit code 1 if not. Works in a test database of its own, which is dropped at the end.

The orders are made up (fraud/simulate); their facts are kept as an assessment keeps them, encrypted.
"""

from __future__ import annotations

import os
import resource
import sys
import time
import uuid
from datetime import datetime, timedelta
from itertools import batched, islice
from pathlib import Path
from typing import Any

from tests.bench.database import empty_database, prepare

ORDERS = 100_000
MOST_SECONDS = 300
MOST_GROWTH = 30  # MB
CHUNK = 1000
COPIES = 5


def main(orders: int) -> int:
    """Fill, run, print; return 1 if a limit is missed."""
    prepare()
    from django.db import connection

    with empty_database():
        started = time.perf_counter()
        until = fill(orders)
        sys.stdout.write(f"{connection.vendor}: {orders:,} past orders written in {time.perf_counter() - started:.0f} s\n")
        return measure(until, orders)


def fill(orders: int) -> datetime:
    """Write simulated orders with their first assessments; say when the last one was.

    A fifth of them is made up, and written five times over, each time half a year later.
    """
    from fraud.services.assess import current_policy
    from fraud.simulate import START, simulate

    policy = current_policy(now=START)
    apart = orders // COPIES
    last = START
    # The first months of a simulated shop are left out; of what is asked for, five of eight are given.
    for group in batched(islice(simulate(seed=1, orders=apart * 17 // 10 + 50), apart), CHUNK):
        for copy in range(COPIES):
            last = max(last, _write(group, policy, later=copy * timedelta(days=180)))
    return last + timedelta(seconds=1)


def _write(group: tuple[Any, ...], policy: Any, *, later: timedelta) -> datetime:
    from checkout.models import Order
    from fraud.freezing import freeze
    from fraud.models import Assessment

    orders, assessments = [], []
    for one in group:
        facts, placed_at = one.facts, one.facts.placed_at + later
        number = f"S{uuid.uuid4().hex[:11]}"
        bad = {"status": "cancelled", "cancel_reason": "denied"} if one.is_bad else {"status": "shipped"}
        order = Order(
            number=number,
            token_hash=number,
            attempt=uuid.uuid4(),
            placed_at=placed_at,
            status_at=placed_at,
            expires_at=placed_at,
            currency="USD",
            items_total=facts.total.minor,
            delivery_total=0,
            tax_total=0,
            tax_rate=0,
            total=facts.total.minor,
            **bad,
        )
        orders.append(order)
        assessments.append(
            Assessment(order=order, policy=policy, verdict="release", points=0, assessed_at=placed_at, facts=freeze(facts))
        )
    Order.objects.bulk_create(orders)
    Assessment.objects.bulk_create(assessments)
    last: datetime = group[-1].facts.placed_at
    return last + later


def measure(until: datetime, orders: int) -> int:
    """Try a changed policy on all of them."""
    from dataclasses import replace

    from fraud.backtest import run_backtest
    from fraud.policy import default_policy

    base = default_policy()
    tried = replace(base, threshold=60, limits={**base.limits, "items.many_of_expensive:few": 2})
    peaks: list[float] = []
    started, computed = time.perf_counter(), time.process_time()
    tally = run_backtest(
        base=base,
        tried=tried,
        since=until - timedelta(days=5000),
        until=until,
        on_progress=lambda _: peaks.append(_memory()),
    )
    taken, computed = time.perf_counter() - started, time.process_time() - computed
    growth = max(peaks) - peaks[len(peaks) // 10]
    sys.stdout.write(
        f"{tally.orders:,} orders judged by two policies in {taken:.0f} s, of which this process was computing {computed:.0f} s "
        f"(limit {MOST_SECONDS}); {sum(tally.moved.values()):,} change\n"
        f"memory: {max(peaks):.0f} MB at most, {growth:.1f} MB more than after the first tenth (limit {MOST_GROWTH}); "
        f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n"
    )
    return int(growth > MOST_GROWTH or (orders >= ORDERS and computed > MOST_SECONDS))


def _memory() -> float:
    """What this process has in memory now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ORDERS))
