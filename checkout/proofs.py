"""What visitors bring along, signed by us, so that nothing is stored: that they waited, that the mailbox is theirs."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

from django.core.signing import BadSignature, Signer

from checkout import limits
from checkout.models import Confirmation, Order

_MOMENT: Final = Signer(salt="checkout.moment")
_MAILBOX: Final = Signer(salt="checkout.mailbox")
_CONFIRMATION: Final = Signer(salt="checkout.confirmation")


def begin_moment(*, subject: str, now: datetime) -> str:
    """Return a token that says when a visitor began to wait, good for one `subject` (a checkout page, an order) only."""
    return _MOMENT.sign_object([subject, now.timestamp()])


def moment_left(token: str, *, subject: str, now: datetime) -> int | None:
    """Return how many seconds are left to wait, 0 for none; None if the token is not one of ours or too old."""
    try:
        whose, began = _MOMENT.unsign_object(token)
    except (BadSignature, ValueError):
        return None
    waited: float = now.timestamp() - began
    if whose != subject or not 0 <= waited <= limits.MOMENT_VALID.total_seconds():
        return None
    return max(0, math.ceil(limits.MOMENT - waited))


def mailbox_proof(order: Order) -> str:
    """Return what is in the link of the mail and nowhere else."""
    return _MAILBOX.signature(str(order.pk))


def is_mailbox_proof(proof: str, *, order: Order) -> bool:
    """Whether somebody has opened the link of the mail about this order."""
    return _is_signature(_MAILBOX, proof, of=str(order.pk))


def confirmation_proof(confirmation: Confirmation) -> str:
    """Return what is in the link of the mail that asks whether an order is theirs, and nowhere else."""
    return _CONFIRMATION.signature(str(confirmation.pk))


def is_confirmation_proof(proof: str, *, confirmation: Confirmation) -> bool:
    """Whether somebody has opened the link of that very mail."""
    return _is_signature(_CONFIRMATION, proof, of=str(confirmation.pk))


def _is_signature(signer: Signer, proof: str, *, of: str) -> bool:
    """Whether `proof` is what this signer writes, under the secret key or a former one."""
    try:
        signer.unsign(f"{of}:{proof}")
    except BadSignature:
        return False
    return True
