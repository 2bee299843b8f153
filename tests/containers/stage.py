"""The stage of the trials: the shop in its containers, in a folder of its own, and what can be done to it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, Final

from config.demo_shoppers import HOME, SHOPPERS, _hidden, _open, _StayHere

ROOT: Final = Path(__file__).resolve().parent.parent.parent
SHOP, SANDBOX = "http://localhost:8000", "http://127.0.0.1:8001"
SERVICES: Final = ("db", "cache", "bucket", "mail", "sandbox", "web", "worker", "scheduler", "proxy")
SLUG: Final = SHOPPERS[0][0]


class Failed(Exception):
    """Something was otherwise than it should be."""


def say(text: str) -> None:
    """Tell it, with the machine's load: a figure without it says little."""
    sys.stdout.write(f"{text}   [load {os.getloadavg()[0]:.1f}]\n")
    sys.stdout.flush()


def must(is_so: object, what: str) -> None:
    """Go on only if it is so."""
    if not is_so:
        raise Failed(what)


def until(is_so: Callable[[], object], *, seconds: float, what: str) -> float:
    """Wait for it; return how many seconds it took. Raises `Failed`."""
    started = time.monotonic()
    while True:
        try:
            if is_so():
                return time.monotonic() - started
        except (OSError, Failed):
            pass
        must(time.monotonic() - started < seconds, f"after {seconds:.0f} s it had not come to pass: {what}")
        time.sleep(0.1)


class Stage:
    """One run of all containers. Its keys, volumes and folder are its own, and go at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("compose.yaml", "compose.demo.yaml"):
            shutil.copy(ROOT / name, folder)
        shutil.copytree(ROOT / "deploy", folder / "deploy")
        shutil.copy(ROOT / ".env.example", folder / ".env")
        shutil.copy(Path(__file__).parent / "compose.yaml", folder / "compose.trial.yaml")
        (folder / "trial").mkdir()
        for path in (ROOT / "tests" / "object_storage.py", Path(__file__).parent / "mail_server.py"):
            shutil.copy(path, folder / "trial")
        (folder / "secrets").mkdir(mode=0o700)
        secrets = ["--network", "none", "--user", "0", "--volume", f"{folder}/secrets:/secrets"]
        self.run(
            "docker",
            "run",
            "--rm",
            *secrets,
            "ringback-demo:latest",
            "python",
            "-m",
            "config.new_secrets",
            "/secrets",
            "10001",
        )

    def run(self, *command: str, can_fail: bool = False, **more: str) -> str:
        """Run a command there and return what it said. Raises `Failed` with it."""
        done = subprocess.run(
            command, cwd=self.folder, env={**os.environ, **more}, capture_output=True, text=True, check=False
        )
        said = done.stdout + done.stderr
        must(can_fail or not done.returncode, f"{' '.join(command)}:\n{said[-2000:]}")
        return said

    def compose(self, *words: str, can_fail: bool = False, **more: str) -> str:
        """Run docker compose on the trial's files."""
        files = [part for name in ("compose.yaml", "compose.demo.yaml", "compose.trial.yaml") for part in ("-f", name)]
        return self.run("docker", "compose", *files, *words, can_fail=can_fail, **more)

    def up(self, *services: str, **more: str) -> float:
        """Have these run, anew if their settings are others; return the seconds until all are healthy."""
        started = time.monotonic()
        ways = ("--no-build", "--pull", "never", "--wait", "--wait-timeout", "600")
        self.compose("up", "-d", *ways, *services, can_fail=False, **more)
        return time.monotonic() - started

    def manage(self, *words: str, can_fail: bool = False) -> str:
        """Run a command of the shop in the worker's container."""
        return self.compose("exec", "-T", "worker", "python", "manage.py", *words, can_fail=can_fail)

    def sql(self, query: str) -> str:
        """Ask the database; return its bare answer."""
        return self.compose("exec", "-T", "db", "psql", "-U", "shop", "shop", "-Atc", query).strip()

    def kill(self, service: str) -> None:
        """`kill -9` the service's first process, as running out of memory would: Docker begins it anew."""
        container = self.compose("ps", "-q", service).strip()
        pid = int(self.run("docker", "inspect", "-f", "{{.State.Pid}}", container))
        os.kill(pid, signal.SIGKILL)  # wants root

    def unplug(self, service: str) -> None:
        """Take a service off the network; what it holds in memory stays."""
        self.run("docker", "network", "disconnect", "ringback-trial_back", f"ringback-trial-{service}-1")

    def plug_in(self, service: str) -> None:
        """Put it back."""
        self.run("docker", "network", "connect", "--alias", service, "ringback-trial_back", f"ringback-trial-{service}-1")

    def mails(self) -> list[str]:
        """Return the Message-ID of every mail that arrived, in order."""
        return re.findall(r"MAIL (<\S+>)", self.compose("logs", "--no-color", "mail"))

    def wait_for_outbox(self, *, seconds: float) -> float:
        """Wait until no mail waits."""
        mails = "select count(*) from checkout_mail where sent_at is null"
        return until(lambda: self.sql(mails) == "0", seconds=seconds, what="all mails sent")

    def compare_with_gateway(self) -> str:
        """Compare every charge of the payment company with the shop's payments. Raises `Failed`."""
        with urllib.request.urlopen(f"{SANDBOX}/control/api/ledger", timeout=30) as answer:  # noqa: S310 - ours
            charges = [charge for charge in json.load(answer)["charges"] if charge["authorised"]]
        rows = self.sql("select id, status, amount, captured_amount from checkout_payment").splitlines()
        ours = {row.split("|")[0]: row.split("|")[1:] for row in rows}
        payments = [charge["client_reference_id"] for charge in charges]
        must(len(payments) == len({*payments}), "a payment was authorised twice")
        for charge in charges:
            status, amount, captured = ours[charge["client_reference_id"]]
            must(status in {"authorized", "capturing", "captured", "voiding", "voided"}, f"paid, and the shop says {status}")
            must(charge["authorised"] == int(amount), "another amount was authorised")
            must(charge["captured"] == int(captured) or status == "capturing", "another amount was captured")
        return f"{len(charges)} paid orders, each known to the shop once and alike"


class Shopper:
    """Somebody with a browser."""

    def __init__(self) -> None:
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()), _StayHere())
        self.browser.addheaders = [("Origin", SHOP)]
        self.details: dict[str, str] = {**HOME, "email": "dana@example.com", "phone": "503 555 0142"}

    def get(self, path: str) -> str:
        """Return a page."""
        return _open(self.browser, f"{SHOP}{path}")

    def status(self, path: str) -> tuple[int, float]:
        """Return the status of a page and the seconds it took."""
        started = time.monotonic()
        try:
            with self.browser.open(f"{SHOP}{path}", timeout=60) as answer:
                return int(answer.status), time.monotonic() - started
        except urllib.error.HTTPError as error:
            return int(error.code), time.monotonic() - started

    def fill_cart(self) -> None:
        """Put one thing in the cart. Raises `Failed`."""
        page = self.get(f"/products/{SLUG}/")
        found = re.search(r'name="variant"[^>]*value="(\d+)"', page) or re.search(r'value="(\d+)"[^>]*name="variant"', page)
        must(found, "the product's page was another")
        variant = found[1] if found else ""
        _open(self.browser, f"{SHOP}/cart/add/", {**_hidden(page), "variant": variant, "quantity": "1"})
        must(self.has_cart(), "the cart is empty")

    def has_cart(self) -> bool:
        """Say whether something is in it."""
        return "cart is empty" not in (page := self.get("/cart/")) and "/checkout/" in page

    def place(self) -> str:
        """Place the order; return the payment page's session. Raises `Failed`."""
        address = f"{SHOP}/checkout/"
        page = _open(self.browser, address, {**_hidden(self.get("/checkout/")), **self.details, "step": "review"})
        must('value="place"' in page, "there was no order to place")
        session = re.search(r"/c/pay/(cs_test_\w+)", _open(self.browser, address, {**_hidden(page), "step": "place"}))
        must(session, "the way didn't lead to the payment page")
        return session[1] if session else ""

    def pay(self, session: str) -> None:
        """Pay on the payment company's page. Raises `Failed`."""
        names = ("name", "line1", "city", "postcode", "country")
        typed: dict[str, Any] = {name: self.details[f"bill_{name}"] for name in names}
        body = json.dumps({"session": session, "card": "4242424242424242", **typed}).encode()
        address = f"{SANDBOX}/control/api/pay"
        request = urllib.request.Request(address, body, {"Content-Type": "application/json"})  # noqa: S310 - ours
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - same
            must(json.load(answer)["status"] == "paid", "the card was declined")

    def buy(self) -> None:
        """Buy one thing. Raises `Failed`, `OSError`."""
        self.fill_cart()
        self.pay(self.place())
