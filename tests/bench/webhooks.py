"""How quickly a webhook is answered while fifty senders post at once and the worker is busy, beside the bare limit.

    DATABASE_URL=postgres://… python -m tests.bench.webhooks [seconds]

Starts gunicorn as the image does, and a real worker with a queue that never ends, on a test database of their own. Fifty senders
hold a connection each in turn and post a signed event every SECONDS_BETWEEN seconds, all out of step: the time counts from the
first byte sent to the answer read. The bare limit is the same senders asking for /livez, which does nothing. Exit code 1 if the
99th percentile is not below FLOOR_MS, or the worker has more than MOST_MEMORY afterwards.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import random
import secrets
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django

SENDERS = 50
SECONDS = 10
SECONDS_BETWEEN = 1.0
FLOOR_MS = 100
SECRET = "whsec_ringback_bench"
QUEUED = 6000  # more than the worker gets through meanwhile
FEWEST_DONE = 50  # or it was not busy
MOST_MEMORY = 90  # MB of the worker, after all that


def request(path: str, body: bytes = b"", *, signed: bool = False) -> bytes:
    """The bytes of one request."""
    head = [f"{'POST' if signed else 'GET'} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    head += ["X-Forwarded-Proto: https", "X-Forwarded-For: 203.0.113.9"]
    if signed:
        moment = int(time.time())
        digest = hmac.new(SECRET.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
        head += [
            f"Stripe-Signature: t={moment},v1={digest}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        ]
    return "\r\n".join([*head, "", ""]).encode() + body


def event() -> bytes:
    """An event of Stripe's size."""
    subject = {"object": "payment_intent", "id": f"pi_{secrets.token_hex(12)}", "description": "x" * 3000}
    content = {"id": f"evt_{secrets.token_hex(12)}", "object": "event", "type": "payment_intent.created"}
    return json.dumps({**content, "data": {"object": subject}}).encode()


async def ask(port: int, content: bytes) -> tuple[float, int]:
    """Send one request on a connection of its own: seconds, status."""
    started = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(content)
    answer = await reader.read()
    writer.close()
    return time.perf_counter() - started, int(answer.split(b" ", 2)[1])


async def send(port: int, *, until: float, signed: bool) -> list[tuple[float, int]]:
    """One sender."""
    answers = []
    await asyncio.sleep(random.uniform(0, SECONDS_BETWEEN))
    while time.perf_counter() < until:
        content = request("/webhooks/stripe/", event(), signed=True) if signed else request("/livez")
        answers.append(await ask(port, content))
        await asyncio.sleep(random.uniform(0.5, 1.5) * SECONDS_BETWEEN)
    return answers


async def measure(port: int, *, seconds: float, signed: bool) -> tuple[float, float, float, set[int]]:
    """All senders at once: median and 99th percentile in ms, requests a second, statuses."""
    until = time.perf_counter() + seconds
    found = await asyncio.gather(*[send(port, until=until, signed=signed) for _ in range(SENDERS)])
    answers = [answer for one in found for answer in one]
    times = [1000 * duration for duration, _ in answers]
    percentiles = statistics.quantiles(times, n=100)
    return percentiles[49], percentiles[98], len(answers) / seconds, {status for _, status in answers}


def prepare() -> None:
    """Set the environment as in production, but for what a bench has not: TLS, a mail server, Stripe."""
    os.environ.setdefault("ENV_FILE", "tests/test.env")
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ |= {"DEMO": "0", "DEBUG": "0", "HTTPS": "1", "TRUSTED_PROXIES": "1", "SHOP_ORIGIN": "https://127.0.0.1"}
    os.environ |= {
        "STRIPE_WEBHOOK_SECRET": SECRET,
        "STRIPE_API_BASE": "http://127.0.0.1:9",
        "EMAIL_URL": "smtp://127.0.0.1:9",
    }
    (Path(os.environ.setdefault("VAR_DIR", "var")) / "static").mkdir(parents=True, exist_ok=True)
    django.setup()


def main(seconds: float) -> int:
    """Measure and say what was found; 1 if the floor is missed."""
    prepare()
    from django.conf import settings
    from django.db import connection
    from django_tasks_db.models import DBTaskResult

    from checkout.models import GatewayEventRecord
    from checkout.tasks import send_mail

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    database = connection.settings_dict
    password = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
    url = f"postgres://{database['USER']}{password}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    env = {**os.environ, "DATABASE_URL": url}
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for _ in range(QUEUED):
            send_mail.enqueue(0)  # a mail that is not there: the worker looks, and takes the next
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        gunicorn = [
            "gunicorn",
            "--bind",
            f"127.0.0.1:{port}",
            "--workers",
            "2",
            "--no-control-socket",
            "--log-level",
            "error",
        ]
        # Both are told that this is a demo: they would rightly refuse a payment company that is not one, and known keys.
        demo = {**env, "DEMO": "1", "HTTPS": "0"}
        processes.extend(
            subprocess.Popen([sys.executable, *command], env=demo)
            for command in (["-m", *gunicorn, "config.wsgi"], ["manage.py", "run_worker"])
        )
        wait_for(port)
        wait_until(lambda: DBTaskResult.objects.finished().count() > FEWEST_DONE)
        bare = asyncio.run(measure(port, seconds=seconds, signed=False))
        asyncio.run(measure(port, seconds=2, signed=True))  # connections to the database are opened
        before = DBTaskResult.objects.finished().count()
        mine = asyncio.run(measure(port, seconds=seconds, signed=True))
        kept = GatewayEventRecord.objects.count()
        memory = worker_memory(processes[1].pid)
        left, done = DBTaskResult.objects.ready().count(), DBTaskResult.objects.finished().count() - before
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()
        connection.creation.destroy_test_db(str(settings.DATABASES["default"]["NAME"]), verbosity=0)
    for what, (median, slowest, rate, statuses) in (("bare /livez", bare), ("webhooks", mine)):
        sys.stdout.write(
            f"{what}: {SENDERS} senders, {rate:.0f}/s: p50 {median:.1f} ms, p99 {slowest:.1f} ms, answers {sorted(statuses)}\n"
        )
    sys.stdout.write(
        f"{kept} events kept; the worker did {done} jobs meanwhile, {left} were left; p99 must be below {FLOOR_MS} ms\n"
        f"memory of the worker that has asked Stripe: {memory:.1f} MB, {MOST_MEMORY} MB at most\n"
    )
    return int(mine[1] >= FLOOR_MS or memory > MOST_MEMORY or mine[3] != {204} or not left or done < FEWEST_DONE)


def worker_memory(pid: int) -> float:
    """Return a process' proportional share of memory, in MB: what it has alone, and its part of what others have, too."""
    rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    [kilobytes] = [int(row.split()[1]) for row in rows if row.startswith("Pss:")]
    return kilobytes / 1024


def wait_for(port: int) -> None:
    """Wait until the shop answers."""
    for _ in range(300):
        try:
            asyncio.run(ask(port, request("/livez")))
        except (OSError, IndexError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the shop did not start")


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for something to come to pass."""
    for _ in range(300):
        if is_so():
            return
        time.sleep(0.1)
    raise RuntimeError("the worker does nothing")


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS))
