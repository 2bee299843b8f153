"""Faults: make the next calls of a kind go wrong, the way payment companies do go wrong.

Modes: `fail` answers `status` (500, 429 or 409) without doing the work; `fail_after` does the work and answers 500;
`timeout_before` hangs up without doing the work; `timeout_after` does the work, then hangs up; `garbage` does the work and
answers 200 with a page that is no JSON; `slow` does everything right, but late. `seconds` is how long to wait first.
"""

import contextlib
import socket
import time
from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest

from sandbox.ground.models import Fault

# Stripe's by their plain names, PayPal's with the company in front.
CALLS = (
    "create_session", "expire", "capture", "cancel", "refund", "retrieve", "list", "update",
    "paypal.token", "paypal.create_order", "paypal.get_order", "paypal.authorize_order", "paypal.capture_order",
    "paypal.get_authorization", "paypal.capture", "paypal.void", "paypal.reauthorize", "paypal.get_capture",
    "paypal.refund", "paypal.get_refund", "paypal.verify", "paypal.list",
)  # fmt: skip
MODES = ("fail", "fail_after", "timeout_before", "timeout_after", "garbage", "slow")
STATUSES = (409, 429, 500)
# What a proxy on the way puts in the place of an answer.
GARBAGE = "<html><head><title>Welcome</title></head><body>Please wait.</body></html>"


class UnknownFaultError(Exception):
    """No such kind of call, mode or status."""


class HungUpError(Exception):
    """A fault: the connection is cut and no answer is sent."""


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


def go_wrong_before(fault: Fails) -> None:
    """Wait as the fault says; raise HungUpError when the work shall not even begin."""
    if fault.mode in {"slow", "timeout_before", "fail"}:
        time.sleep(fault.seconds)
    if fault.mode == "timeout_before":
        raise HungUpError


def cut(request: HttpRequest) -> None:
    """Close the connection without a word."""
    connection = request.META.get("gunicorn.socket")
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
