"""How fast values are sealed and opened, beside bare Fernet in the same run.

    python -m tests.bench.crypto

Must hold: at least 70 % of bare Fernet for values of 60 bytes. Exit code 1 if not.
"""

from __future__ import annotations

import base64
import sys
import time
from collections.abc import Callable
from uuid import UUID

from cryptography.fernet import Fernet

from store.keyring import Keyring

FLOOR = 0.70
ROUNDS = 9
CALLS = 4000
VALUE = "Zephyrine Quillfeather, 9417 Thistledown Crescent, Portland."
RECORD = UUID("0b0e8a3e-6f5e-4d0a-9a3e-2f4d6c8b0a11")


def rates(*works: Callable[[], object]) -> list[float]:
    """Return calls per second of each work: the median of rounds that take turns, so that noise falls on all alike."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for times, work in zip(taken, works, strict=True):
            started = time.perf_counter()
            for _ in range(CALLS):
                work()
            times.append(time.perf_counter() - started)
    return [CALLS / sorted(times)[ROUNDS // 2] for times in taken]


def main() -> int:
    """Print the figures; return 1 if one is under its floor."""
    key = Fernet.generate_key()
    other = Fernet.generate_key()
    bare = Fernet(key)
    cipher = Keyring(f"new:{base64.urlsafe_b64encode(base64.urlsafe_b64decode(key)).decode()},old:{other.decode()}").cipher(
        "t", "c"
    )
    raw = VALUE.encode()
    token, stored = bare.encrypt(raw), cipher.seal(RECORD, VALUE)
    if len(raw) != 60 or cipher.open(RECORD, stored) != VALUE:
        raise AssertionError(len(raw))
    bare_encrypt, seal, bare_decrypt, opened = rates(
        lambda: bare.encrypt(raw),
        lambda: cipher.seal(RECORD, VALUE),
        lambda: bare.decrypt(token),
        lambda: cipher.open(RECORD, stored),
    )
    failed = False
    for name, ours, theirs in (("encrypt", seal, bare_encrypt), ("decrypt", opened, bare_decrypt)):
        share = ours / theirs
        failed |= share < FLOOR
        sys.stdout.write(f"{name}: {ours:,.0f}/s, {share:.0%} of bare Fernet ({theirs:,.0f}/s); floor {FLOOR:.0%}\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
