"""Identifiers and moments that look like the real ones."""

import secrets
import string
from datetime import UTC, datetime

_LETTERS = string.ascii_uppercase + string.digits
# A PayPal account id leaves out what is easily misread.
_PAYER_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_id() -> str:
    """An id of an order, authorisation, capture or refund, such as 5O190127TN364715T."""
    return secrets.choice(string.digits) + "".join(secrets.choice(_LETTERS) for _ in range(16))


def new_event_id() -> str:
    """Such as WH-COC11055RA711503B-4YM959094A144403T."""
    return f"WH-{new_id()}-{new_id()}"


def new_dispute_id() -> str:
    """Such as PP-R-ABC-10102049."""
    letters = "".join(secrets.choice(string.ascii_uppercase) for _ in range(3))
    return f"PP-R-{letters}-{secrets.randbelow(90_000_000) + 10_000_000}"


def new_debug_id() -> str:
    """What every answer carries, for their support."""
    return secrets.token_hex(7)[:13]


def account_id_of(seed: str) -> str:
    """Always the same account id for the same buyer."""
    number = int.from_bytes(seed.encode(), "big") * 2_654_435_761 + 97
    return "".join(_PAYER_LETTERS[number // 32**place % 32] for place in range(13))


def moment(seconds: int) -> str:
    """A time as the Orders and Payments APIs write it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
