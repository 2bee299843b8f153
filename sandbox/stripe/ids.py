"""Identifiers that look like the real ones."""

import secrets
import string

_LETTERS = string.ascii_letters + string.digits


def random_letters(length: int) -> str:
    """Unguessable letters and digits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def new_id(prefix: str) -> str:
    """An id such as `pi_3…`, `evt_1…`, `cs_test_a1…`, of about the real length."""
    if prefix == "cs_test":
        return f"cs_test_a1{random_letters(56)}"
    leading = "3" if prefix in {"pi", "ch", "re", "txn"} else "1"
    return f"{prefix}_{leading}{random_letters(23)}"


def new_request_id() -> str:
    """What the Request-Id header says."""
    return f"req_{random_letters(14)}"
