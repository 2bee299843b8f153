"""How fast a rotation goes, end to end, beside the bare decrypt-and-encrypt limit of the same run.

    DATABASE_URL=postgres://… python -m tests.bench.rotation [rows]

Must hold on PostgreSQL with 100,000 rows: at least 50 % of the bare limit, memory flat, nothing lost. Exit code 1 if not.
Works in a test database of its own, which is dropped at the end. One process fills it, another rotates it there and back, so
that the memory of the filling does not hide that of the rotating. The bare limit is measured right before and right after each
rotation: whatever else the machine does slows both. The median round counts.
"""

from __future__ import annotations

import base64
import json
import os
import resource
import secrets
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import django
from cryptography.fernet import Fernet

FLOOR = 0.50
# The memory of the rotating process may grow by so much between the first fifth of the rows and the last row (MB).
MOST_GROWTH = 10
ROWS = 100_000
ROUNDS = 5
CHUNK = 5000
BARE = 60_000


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
    """Return the memory this process has now (MB, resident)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def email(number: int) -> str:
    """Return one of many e-mail addresses, 60 bytes long."""
    return f"{number:020d}@canary-aviary.quillfeather.ringback.example"[:60]


def fill_and_measure(rows: int) -> int:
    """Fill a table, let another process rotate it, check it; return 1 if a floor is missed."""
    os.environ.setdefault("ENV_FILE", "tests/test.env")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["FIELD_KEYS"] = f"old:{new_key()},new:{new_key()}"
    Path(os.environ.get("VAR_DIR", "var")).mkdir(parents=True, exist_ok=True)
    django.setup()

    from django.conf import settings
    from django.db import connection

    from store.models import User

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    name = str(connection.settings_dict["NAME"])
    try:
        for start in range(0, rows, CHUNK):
            User.objects.bulk_create(
                [User(email=email(n), name=f"{n:060d}") for n in range(start, min(start + CHUNK, rows))]
            )
        done = subprocess.run(
            [sys.executable, "-m", __spec__.name, "--rotate", name, str(rows)], check=False, stdout=subprocess.PIPE
        )
        if done.returncode:
            return done.returncode
        found: dict[str, Any] = json.loads(done.stdout)
        people = {user.email: user.name for user in User.objects.iterator(chunk_size=CHUNK)}
        good = found["good"] and people == {email(n): f"{n:060d}" for n in range(rows)}
        vendor = connection.vendor
    finally:
        connection.creation.destroy_test_db(str(settings.DATABASES["default"]["NAME"]), verbosity=0)
    rounds, values = found["rounds"], found["values"]
    shares = [rows * values / seconds / limit for seconds, limit in rounds]
    share = statistics.median(shares)
    seconds, limit = rounds[shares.index(sorted(shares)[len(shares) // 2])]
    sys.stdout.write(
        f"{vendor}: {rows:,} rows of {values} values in {seconds:.1f} s: {rows / seconds:,.0f} rows/s, "
        f"{rows * values / seconds:,.0f} values/s, {share:.0%} of bare decrypt+encrypt ({limit:,.0f}/s); floor {FLOOR:.0%}; "
        f"all rounds: {', '.join(f'{one:.0%}' for one in shares)}\n"
        f"memory of the rotating process: {found['first']:.0f} MB after a fifth of the rows, {found['last']:.0f} MB after "
        f"{rows * len(rounds):,}, {found['most']:.0f} MB at most (may grow by {MOST_GROWTH}); "
        f"every value with the new key and readable: {good}\n"
    )
    slow = vendor == "postgresql" and share < FLOOR
    return int(not good or found["most"] - found["first"] > MOST_GROWTH or slow)


def rotate_and_report(name: str, rows: int) -> None:
    """Rotate every value to the other key and back, some rounds, and print what was measured as JSON."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = name
    django.setup()
    from django.db import connection

    from store.models import User
    from store.rotation import rotate, rows_per_kid, tables

    table = next(table for table in tables() if table.name == User._meta.db_table)
    rounds: list[tuple[float, float]] = []
    memory: list[float] = []
    good = True
    for _ in range(ROUNDS):
        first, second = settings.FIELD_KEYS.split(",")
        settings.FIELD_KEYS = f"{second},{first}"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")  # as the database would by itself between two rotations
            cursor.execute("ANALYZE")
        limits = [bare_rate()]
        total = 0

        def note(done: int) -> None:
            nonlocal total
            total += done
            if memory or total >= rows / 5:
                memory.append(megabytes())

        started = time.perf_counter()
        progress = rotate(on_progress=note)
        seconds = time.perf_counter() - started
        limits.append(bare_rate())
        rounds.append((seconds, statistics.mean(limits)))
        writer = second.partition(":")[0]
        proof = rows_per_kid()
        good &= progress.rotated == total == rows and not progress.unreadable
        good &= all(dict(proof[f"{table.name}.{column}"]) == {writer: rows} for column in table.columns)
    report = {"rounds": rounds, "values": len(table.columns), "good": good}
    report |= {"first": memory[0], "last": memory[-1], "most": max(memory)}
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--rotate"]:
        rotate_and_report(sys.argv[2], int(sys.argv[3]))
    else:
        sys.exit(fill_and_measure(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
