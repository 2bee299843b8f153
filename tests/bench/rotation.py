"""How fast a rotation goes, end to end, beside the bare decrypt-and-encrypt limit of the same run.

    DATABASE_URL=postgres://… python -m tests.bench.rotation [rows]

Must hold on PostgreSQL with 100,000 rows: at least 50 % of the bare limit, memory flat, nothing lost. Exit code 1 if not.
Works in a test database of its own, which is dropped at the end.
"""

from __future__ import annotations

import base64
import os
import resource
import secrets
import sys
import time

import django
from cryptography.fernet import Fernet

FLOOR = 0.50
# The memory of the process may grow by so much while 100,000 rows pass through it (MB).
MOST_GROWTH = 40
ROWS = 100_000
CHUNK = 5000
BARE = 20_000


def new_key() -> str:
    """Return a key as the settings take it."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def bare_rate() -> float:
    """Return how many 60-byte values a second Fernet alone decrypts with one key and encrypts with another."""
    old, new = Fernet(Fernet.generate_key()), Fernet(Fernet.generate_key())
    tokens = [old.encrypt(b"x" * 60) for _ in range(BARE)]
    started = time.perf_counter()
    for token in tokens:
        new.encrypt(old.decrypt(token))
    return BARE / (time.perf_counter() - started)


def megabytes() -> float:
    """Return the most memory this process has had (MB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(rows: int) -> int:
    """Fill a table, rotate it, check it; return 1 if a floor is missed."""
    os.environ.setdefault("ENV_FILE", "tests/test.env")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    old, new = f"old:{new_key()}", f"new:{new_key()}"
    os.environ["FIELD_KEYS"] = old
    os.makedirs(os.environ.get("VAR_DIR", "var"), exist_ok=True)  # noqa: PTH103 - before settings know paths
    django.setup()

    from django.conf import settings
    from django.db import connection

    from store.models import Erasure, User
    from store.rotation import rotate, rows_per_kid, tables

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        values = max(1, next(len(table.columns) for table in tables() if table.name == User._meta.db_table))
        for start in range(0, rows, CHUNK):
            User.objects.bulk_create(
                [
                    User(email=f"{n:020d}.quillfeather@canary-aviary.ringback.example", name=f"{n:060d}")
                    for n in range(start, min(start + CHUNK, rows))
                ]
            )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        settings.FIELD_KEYS = f"{new},{old}"
        limits = [bare_rate()]
        before = megabytes()
        started = time.perf_counter()
        progress = rotate()
        seconds = time.perf_counter() - started
        growth = megabytes() - before
        limits.append(bare_rate())  # before and after: the machine may have other work
        limit = sum(limits) / len(limits)
        proof = rows_per_kid()[f"{User._meta.db_table}.email"]
        good = progress.rotated == rows and dict(proof) == {"new": rows} and not progress.unreadable
        good &= User.objects.get_by_natural_key(
            f"{rows - 1:020d}.quillfeather@canary-aviary.ringback.example"
        ).name.endswith(str(rows - 1))
        good &= not Erasure.objects.exists()
    finally:
        connection.creation.destroy_test_db(str(settings.DATABASES["default"]["NAME"]), verbosity=0)
    rate = rows * values / seconds
    sys.stdout.write(
        f"{connection.vendor}: {rows:,} rows of {values} values in {seconds:.1f} s: {rows / seconds:,.0f} rows/s, {rate:,.0f} values/s, "
        f"{rate / limit:.0%} of bare decrypt+encrypt ({limit:,.0f}/s); floor {FLOOR:.0%}\n"
        f"memory grew by {growth:.0f} MB (most allowed {MOST_GROWTH}); every value with the new key and readable: {good}\n"
    )
    return int(not good or growth > MOST_GROWTH or (connection.vendor == "postgresql" and rate / limit < FLOOR))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
