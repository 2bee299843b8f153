"""What a refund means for the return it was made for. Apart from `returns`, as the books of refunds stand below it."""

from __future__ import annotations

from datetime import datetime

from checkout.models import Refund, Return
from checkout.services.moves import move_return
from checkout.states import ReturnStatus


def complete_return(refund: Refund, *, now: datetime) -> None:
    """The money went: the return it was for is over. Inside the transaction that books the refund; others have no return."""
    found = Return.objects.filter(refund_token=refund.token, status=ReturnStatus.RECEIVED).first() if refund.token else None
    if found is not None:
        move_return(found, to=ReturnStatus.REFUNDED, by=refund.by, why=f"Refunded {refund.shown}.", now=now)
