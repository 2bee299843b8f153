"""All measurements, one after the other: `python -m tests.bench`. Exit code 1 if a floor is missed."""

from __future__ import annotations

import subprocess
import sys

MEASUREMENTS = (
    "tests.bench.assess",
    "tests.bench.fraud_quality",
    "tests.bench.backtest",
    "tests.bench.queue",
    "tests.bench.crypto",
    "tests.bench.rotation",
    "tests.bench.webhooks",
    "tests.bench.orders",
    "tests.bench.restore",
    "tests.bench.catalogue",
)

if __name__ == "__main__":
    # Each in a process of its own, so that none warms or burdens the next.
    sys.exit(max(subprocess.run([sys.executable, "-m", name], check=False).returncode for name in MEASUREMENTS))
