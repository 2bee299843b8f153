"""The long run: `make torture COUNT=20000`, `make torture SEED=7`, `make torture SEED=7:123`, `make torture REPLAY='[…]'`.

Two processes, each with a PostgreSQL database and a payment company of its own. Ends with 1 at the first history after which
money, goods and mails do not agree, having printed the shortest form of it that was found.
"""

from __future__ import annotations

import json
import os
import queue
import random
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

import tests.environment  # isort: skip  # noqa: F401  # the settings, before Django reads them

HERE = Path(__file__).parent
SHARES = int(os.environ.get("PROCESSES") or 2)
# Seconds between two lines of progress.
PRINT_EVERY = 10


def main() -> int:
    """Run it; give the exit code."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        say(
            "The long run wants PostgreSQL: set DATABASE_URL to a server on which databases may be created. Nothing was run."
        )
        return 2
    seed, _, at = (os.environ.get("SEED") or str(random.SystemRandom().randrange(10**6))).partition(":")
    replay = os.environ.get("REPLAY") or ""
    first, count = (int(at), int(at) + 1) if at else (0, 1 if replay else int(os.environ.get("COUNT") or 500))
    with ExitStack() as stack:
        urls = [_database_for(stack, url, number) for number in range(SHARES)]
        if not at and not replay:
            say("Dying at every fault point of every scenario, as by kill -9.")
            if _run(urls, seed="kill", first=0, count=0):
                return 1
        say(f"{count - first} random histories on PostgreSQL, in {SHARES} processes. Seed {seed}.")
        if code := _run(urls[: count - first], seed=seed, first=first, count=count, replay=replay):
            return code
    if at or replay or not list(HERE.glob("test_*.py")):
        return 0
    say("The long tests of tests/torture/.")
    return subprocess.run([sys.executable, "-m", "pytest", str(HERE)], check=False).returncode


def _run(urls: list[str], *, seed: str, first: int, count: int, replay: str = "") -> int:
    """Run all shares; give the exit code."""
    began = time.monotonic()
    with ExitStack() as stack:
        processes = [
            _start(stack, url, seed=seed, first=first + number, step=len(urls), count=count, replay=replay)
            for number, url in enumerate(urls)
        ]
        done, failed = _follow(processes, total=count - first)
    seconds = time.monotonic() - began
    if not failed:
        say(f"{done} in {seconds:.0f} s ({done / seconds:.1f}/s), none broken. Seed {seed}.")
        return 0
    say(f"BROKEN: {failed['failed']}")
    for step, said in failed["steps"]:
        say(f"    {json.dumps(step)}  ->  {said}")
    say(failed["failure"])
    if failed.get("replay"):
        say(f"Again: make torture SEED={failed['failed']}    or only what matters of it:")
        say(f"    make torture REPLAY='{failed['replay']}'")
    return 1


def say(words: str) -> None:
    """Print it now."""
    print(words, flush=True)  # noqa: T201  # it talks to a terminal


def _database_for(stack: ExitStack, url: str, number: int) -> str:
    """Create a database for one process, migrated; it is dropped in the end."""
    name = f"torture_{os.getpid()}_{number}"
    _execute(url, "CREATE DATABASE {}", name)
    stack.callback(_execute, url, "DROP DATABASE {} WITH (FORCE)", name)
    parts = urlsplit(url)
    own = parts._replace(path=f"/{name}").geturl()
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"], env={**os.environ, "DATABASE_URL": own}, check=True
    )
    return own


def _execute(url: str, words: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL(words).format(sql.Identifier(name)))


def _start(stack: ExitStack, url: str, **options: object) -> subprocess.Popen[str]:
    arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.torture.share", *arguments],
        env={**os.environ, "DATABASE_URL": url, "LOG_LEVEL": "WARNING"},
        stdout=subprocess.PIPE,
        text=True,
    )
    stack.callback(process.wait)
    stack.callback(process.terminate)
    return process


def _follow(processes: list[subprocess.Popen[str]], *, total: int) -> tuple[int, dict[str, Any]]:
    """Print how far they are until all are done or one has failed; give how many were done and what failed."""
    heard: queue.Queue[tuple[int, dict[str, Any]]] = queue.Queue()
    for number, process in enumerate(processes):
        threading.Thread(target=_listen, args=(number, process, heard), daemon=True).start()
    done = [0] * len(processes)
    over = 0
    began = printed = time.monotonic()
    failed: dict[str, Any] = {}
    while over < len(processes):
        number, words = heard.get()
        done[number] = words.get("done", done[number])
        total = words.get("total", total)
        over += bool(words.get("is_over"))
        if "failure" in words:
            if not failed and "replay" not in words:
                say(f"{words['failed']} is broken: {words['failure']}\nLooking for its shortest form …")
            failed = words
        if "replay" in words or words.get("has_died"):
            return sum(done), failed or {"failed": "?", "steps": [], "failure": "A process ended by itself; see above."}
        now = time.monotonic()
        if now - printed > PRINT_EVERY and not failed:
            printed, rate = now, sum(done) / (now - began)
            say(f"{sum(done)}/{total}, {rate:.1f}/s, {(total - sum(done)) / max(rate, 0.01) / 60:.0f} min left")
    return sum(done), failed


def _listen(number: int, process: subprocess.Popen[str], heard: queue.Queue[tuple[int, dict[str, Any]]]) -> None:
    is_over = False
    for line in process.stdout or ():
        words = json.loads(line)
        is_over = is_over or bool(words.get("is_over"))
        heard.put((number, words))
    if not is_over:
        heard.put((number, {"is_over": True, "has_died": True}))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        say("Stopped.")
        sys.exit(130)
