"""`make demo`: migrate, seed, then run shop, payment company and worker together until Ctrl-C."""

from __future__ import annotations

import base64
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

from pyrage import x25519

from config.demo_shoppers import SHOPPERS, send_shoppers

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
SHOP, SANDBOX = "http://127.0.0.1:8000", "http://127.0.0.1:8001"
ENV_FILE = VAR / "demo.env"
SHOP_PORT, SANDBOX_PORT = 8000, 8001
COLOURS = {"shop": "36", "sandbox": "35", "worker": "33"}


def main() -> int:
    """Run the demo; give the exit code."""
    for port, name in ((SHOP_PORT, "shop"), (SANDBOX_PORT, "payment company")):
        if is_busy(port):
            return complain(f"Port {port}, which the {name} needs, is in use. Stop what listens there and try again.")
    VAR.mkdir(exist_ok=True)
    make_keys_once()
    os.environ.update({"ENV_FILE": str(ENV_FILE.relative_to(ROOT)), "DJANGO_SETTINGS_MODULE": "config.settings"})
    for step in (
        ["manage.py", "migrate", "--verbosity", "0"],
        ["manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
        ["manage.py", "seed_demo"],
    ):
        if subprocess.run([sys.executable, *step], cwd=ROOT, check=False).returncode:  # noqa: S603  # our own commands
            return complain(f"Setting up failed at `manage.py {step[1]}`. Nothing is running.")
    return run_all()


def make_keys_once() -> None:
    """Write keys for this machine's demo, but for those that are there: what is encrypted must stay readable next time."""
    ENV_FILE.touch(mode=0o600)
    written = ENV_FILE.read_text()
    lines = {
        "DEMO": "1",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": f"demo1:{new_key()}",
        "INDEX_KEY": new_key(),
        "BACKUP_KEY": str(x25519.Identity.generate()),
        "STRIPE_API_KEY": "sk_test_ringback",
        "STRIPE_WEBHOOK_SECRET": "whsec_ringback_demo",
        "STRIPE_API_BASE": SANDBOX,
        "STRIPE_CHECKOUT_ORIGIN": SANDBOX,
        # What the stand-in takes unless it is told otherwise.
        "PAYPAL_CLIENT_ID": "ringback-demo-client",
        "PAYPAL_CLIENT_SECRET": "ringback-demo-secret",
        "PAYPAL_WEBHOOK_ID": "8PT597110X687430L",
        "PAYPAL_API_BASE": SANDBOX,
        "PAYPAL_CA_FILE": str(VAR / "sandbox-paypal-certs" / "ca.pem"),
    }
    known = {line.partition("=")[0] for line in written.splitlines()}
    missing = "".join(f"{name}={value}\n" for name, value in lines.items() if name not in known)
    if missing:
        ENV_FILE.write_text(written + missing)


def new_key() -> str:
    """32 random bytes, written as FIELD_KEYS and INDEX_KEY want them."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def run_all() -> int:
    """Start the three, mark their output, end all when one ends or somebody presses Ctrl-C."""
    gunicorn = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--log-level", "warning", "--bind"]
    sandbox_env = {**os.environ, "DJANGO_SETTINGS_MODULE": "sandbox.settings", "DEMO": "1"}
    processes = {
        "sandbox": start([*gunicorn, f"127.0.0.1:{SANDBOX_PORT}", "--threads", "16", "sandbox.wsgi"], sandbox_env),
        "shop": start([*gunicorn, f"127.0.0.1:{SHOP_PORT}", "--workers", "2", "config.wsgi"], dict(os.environ)),
        "worker": start([sys.executable, "manage.py", "run_worker"], dict(os.environ)),
    }
    threading.Thread(target=welcome, daemon=True).start()
    ended = threading.Event()
    for name, process in processes.items():
        threading.Thread(target=follow, args=(name, process, ended), daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    try:
        while not ended.wait(0.5):
            pass
    except KeyboardInterrupt:
        print("\nStopping.", flush=True)
    ended.set()
    for process in processes.values():
        process.terminate()
    for process in processes.values():
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
    return max(0, *(code for process in processes.values() if (code := process.returncode) is not None))


def start(command: list[str], env: dict[str, str]) -> subprocess.Popen[str]:
    """Start one process of the demo, out of reach of the terminal's Ctrl-C: we end it ourselves, in order."""
    return subprocess.Popen(  # noqa: S603  # our own commands
        command,
        cwd=ROOT,
        env={**env, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def follow(name: str, process: subprocess.Popen[str], ended: threading.Event) -> None:
    """Print a process's lines with its name in front."""
    output: IO[str] = process.stdout  # type: ignore[assignment]  # it was opened with a pipe
    mark = f"\033[{COLOURS[name]}m{name:>7}\033[0m" if sys.stdout.isatty() else f"{name:>7}"
    for line in output:
        print(f"{mark} | {line}", end="", flush=True)
    if not ended.is_set():
        print(f"{mark} | ended (code {process.wait()}); stopping the others.", flush=True)
        ended.set()


def welcome() -> None:
    """Once the shop answers, say where everything is; the first time, send in the first customers."""
    for _ in range(120):
        if is_busy(SHOP_PORT) and is_busy(SANDBOX_PORT):
            break
        threading.Event().wait(0.25)
    print(
        f"""
  The shop             {SHOP}/
  The call queue       {SHOP}/admin/   log in as owner@ringback.example or reviewer@ringback.example,
                       password: walk the dog at 7
  A customer's account {SHOP}/account/   shopper@ringback.example, the same password
  Mails                {SHOP}/demo/mails/
  The payment company  {SANDBOX}/control/

  Pay with 4242 4242 4242 4242, any date to come, any CVC. Ctrl-C ends everything.
""",
        flush=True,
    )
    been_there = VAR / "demo.shoppers"
    if not been_there.exists():
        try:
            placed = send_shoppers(shop=SHOP, sandbox=SANDBOX)
        except OSError as error:
            print(f"The demo's first customers could not buy ({error}). The shop runs all the same.", flush=True)
        else:
            been_there.write_text(f"{placed} orders placed.\n")
            if placed < len(SHOPPERS):
                print(
                    f"Only {placed} of the demo's {len(SHOPPERS)} first customers could buy. The shop runs all the same.",
                    flush=True,
                )


def is_busy(port: int) -> bool:
    """Whether something listens on the port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def complain(message: str) -> int:
    """Print one clear line."""
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
