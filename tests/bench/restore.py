"""How long backups and drills take, by the size of the shop.

    DATABASE_URL=… python -m tests.bench.restore [orders] [rows]

Must hold: a drill of 10,000 orders within 5 minutes, of 1,000,000 rows within 15; memory of a run flat. Exit code 1 if not. Works
in a test database and folders of its own, which are deleted at the end.
"""

from __future__ import annotations

import atexit
import os
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

import django
from django.test import override_settings

ORDERS, ROWS = 10_000, 1_000_000
CHUNK = 5000
# Seconds that a drill may take.
LONGEST = {ORDERS: 5 * 60, ROWS: 15 * 60}
# How much more memory the large shop may take than the small one (MB).
MOST_GROWTH = 60


def megabytes() -> float:
    """Return the most memory this process ever had (MB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(name: str, longest: float) -> bool:
    """Back up, drill, print the figures; say whether the drill was quick enough."""
    from django.utils import timezone

    from store.backups.drill import run_drill
    from store.backups.make import run_backup

    made = run_backup(timezone.now())
    drilled = run_drill(timezone.now())
    manifest = made.backup.manifest
    part = manifest.parts["database"]
    sys.stdout.write(
        f"{manifest.engine}, {name}: {manifest.total_rows:,} rows, dump {part.inner_size / 2**20:,.0f} MB, kept as "
        f"{(part.size or 0) / 2**20:,.0f} MB; backup {made.seconds:.1f} s, back in {drilled.seconds:.1f} s (at most {longest:.0f}); "
        f"most memory so far {megabytes():.0f} MB\n"
    )
    sys.stdout.flush()
    return drilled.seconds <= longest


def main(orders: int, rows: int) -> int:
    """Fill, measure, fill more, measure again; return 1 if a floor is missed."""
    os.environ.setdefault("ENV_FILE", "tests/test.env")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if "VAR_DIR" not in os.environ:
        os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="ringback-bench-")
        atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
    django.setup()

    from django.conf import settings
    from django.db import connection
    from django.utils import timezone

    from checkout.sample_orders import seed_past_orders
    from store.backups.databases import count_rows
    from store.models import User
    from tests.factories.catalog import VariantFactory
    from tests.factories.checkout import DeliveryMethodFactory

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        own = override_settings(BACKUP_DIR=path / "backups", MEDIA_ROOT=path / "media", ERASURE_LEDGER=path / "ledger")
        try:
            with own:
                DeliveryMethodFactory.create()
                for price in range(1000, 3000, 100):
                    VariantFactory.create(price=price, on_hand=50)
                seed_past_orders(orders=orders, now=timezone.now())
                good = measure(f"{orders:,} orders", LONGEST[ORDERS])
                before = megabytes()
                there = sum(count_rows(connection).values())
                started = time.perf_counter()
                for start in range(0, max(0, rows - there), CHUNK):
                    count = min(CHUNK, rows - there - start)
                    User.objects.bulk_create(
                        [User(email=f"{start + n}@canary.example", name=f"N {n}") for n in range(count)]
                    )
                sys.stdout.write(f"filled in {time.perf_counter() - started:.0f} s\n")
                filled = megabytes()
                good &= measure(f"{rows:,} rows", LONGEST[ROWS])
                good &= megabytes() - max(before, filled) <= MOST_GROWTH
        finally:
            connection.creation.destroy_test_db(str(settings.DATABASES["default"]["NAME"]), verbosity=0)
    return int(not good)


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    sys.exit(main(*(given + [ORDERS, ROWS][len(given) :])))
