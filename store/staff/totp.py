"""Codes of an authenticator app (RFC 6238: six digits, half a minute, SHA-1, which is what every app can do)."""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings

from store.models import User
from store.staff.models import Authenticator

STEP: Final = 30  # seconds
DIGITS: Final = 6
# A telephone's clock may be half a minute off, either way.
_STEPS_OFF: Final = (0, -1, 1)


def new_secret() -> str:
    """Return 160 random bits in base32, the length RFC 4226 recommends."""
    return base64.b32encode(secrets.token_bytes(20)).decode("ascii")


def code_at(secret: str, moment: datetime) -> str:
    """Return the code that an app with this secret shows at a moment."""
    return _totp(secret).generate(int(moment.timestamp())).decode("ascii")


def address_for_app(secret: str, user: User) -> str:
    """Return the `otpauth://` address that sets an app up: what the square picture says."""
    return _totp(secret).get_provisioning_uri(user.email, settings.SHOP_NAME)


def take_code(*, authenticator: Authenticator, code: str, now: datetime) -> bool:
    """Say whether `code` is right now, and take it: no code of that half minute or an earlier one is right any more."""
    totp, moment = _totp(authenticator.secret), int(now.timestamp())
    for off in _STEPS_OFF:
        at = moment + off * STEP
        if hmac.compare_digest(totp.generate(at), code.encode("ascii", "replace")):
            step = at // STEP
            rows = Authenticator.objects.filter(pk=authenticator.pk, last_step__lt=step)
            return rows.update(last_step=step) == 1
    return False


def _totp(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP)  # noqa: S303 - HMAC-SHA1, as the standard has it
