"""Faults: make the next calls of a kind go wrong, the way payment companies do go wrong.

Modes: `fail` answers `status` (500, 429 or 409) without doing the work; `fail_after` does the work and answers 500;
`timeout_before` hangs up without doing the work; `timeout_after` does the work, then hangs up; `slow` does everything
right, but late. `seconds` is how long to wait first.
"""

from dataclasses import dataclass

from django.db import transaction

from sandbox.ground.models import Fault

CALLS = ("create_session", "expire", "capture", "cancel", "refund", "retrieve", "list", "update")
MODES = ("fail", "fail_after", "timeout_before", "timeout_after", "slow")
STATUSES = (409, 429, 500)


class UnknownFaultError(Exception):
    """No such kind of call, mode or status."""


@dataclass(frozen=True)
class Fails:
    """What shall go wrong with this one call."""

    mode: str
    status: int
    seconds: float


def add_fault(*, call: str, mode: str, status: int = 500, times: int = 1, seconds: float = 0) -> Fault:
    """Make the next `times` calls of this kind go wrong; raise UnknownFaultError for a kind, mode or status unknown."""
    if call not in CALLS or mode not in MODES or status not in STATUSES or times < 1 or not 0 <= seconds <= 60:
        raise UnknownFaultError(
            f"call one of {CALLS}, mode one of {MODES}, status one of {STATUSES}, times >= 1, seconds 0..60"
        )
    return Fault.objects.create(call=call, mode=mode, status=status, left=times, seconds=seconds)


def take_fault(call: str) -> Fails | None:
    """Use up one injected fault for this kind of call, the oldest first."""
    if not Fault.objects.filter(call=call, left__gt=0).exists():
        return None
    with transaction.atomic():
        fault = Fault.objects.filter(call=call, left__gt=0).order_by("pk").first()
        if fault is None:
            return None
        fault.left -= 1
        if fault.left:
            fault.save(update_fields=["left"])
        else:
            fault.delete()
        return Fails(mode=fault.mode, status=fault.status, seconds=fault.seconds)
