"""Recovery codes: a list to keep on paper, for the day the telephone is lost. Each opens the door once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Final

from store.models import User
from store.staff.models import RecoveryCode

HOW_MANY: Final = 10
LENGTH: Final = 16
# Letters and digits that nobody takes for one another.
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"


def make_codes(*, user: User, now: datetime) -> list[str]:
    """Make a new list, which ends the old one, and return it. It can't be shown again."""
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(LENGTH)) for _ in range(HOW_MANY)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create([RecoveryCode(user=user, digest=_digest(user, code), made_at=now) for code in codes])
    return ["-".join(code[start : start + 4] for start in range(0, LENGTH, 4)) for code in codes]


def take_recovery_code(*, user: User, code: str, now: datetime) -> bool:
    """Say whether `code` (letters and digits only) is on the list and unused, and use it up."""
    rows = RecoveryCode.objects.filter(user=user, digest=_digest(user, code), used_at__isnull=True)
    return rows.update(used_at=now) == 1


def codes_left(user: User) -> int:
    """Return how many codes are unused."""
    return RecoveryCode.objects.filter(user=user, used_at__isnull=True).count()


def _digest(user: User, code: str) -> str:
    return hashlib.sha256(f"recovery\0{user.pk}\0{code}".encode()).hexdigest()
