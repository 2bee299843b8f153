"""Secrets and signatures of webhooks, by the Standard Webhooks specification (1.0.0)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Final

PREFIX: Final = "whsec_"
BYTES: Final = 32  # the specification asks for 24 to 64


def new_secret() -> str:
    """Draw a secret, as receivers' libraries take it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def headers_of(*, message_id: str, body: bytes, secrets_in_use: Iterable[str], now: datetime) -> dict[str, str]:
    """The three headers: id, time and one signature for each secret, so that a receiver may change over in between."""
    moment = str(int(now.timestamp()))
    signatures = [f"v1,{signature(secret, message_id=message_id, moment=moment, body=body)}" for secret in secrets_in_use]
    return {"webhook-id": message_id, "webhook-timestamp": moment, "webhook-signature": " ".join(signatures)}


def signature(secret: str, *, message_id: str, moment: str, body: bytes) -> str:
    """HMAC-SHA256 of id, time and body, base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, f"{message_id}.{moment}.".encode() + body, hashlib.sha256)).decode()
