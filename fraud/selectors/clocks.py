"""Time left, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Clock:
    """How much time is left."""

    left: str
    is_over: bool
    is_short: bool


def clock(until: datetime, *, now: datetime) -> Clock:
    """Say how long it is until then, in two units at most."""
    left = until - now
    minutes = int(abs(left).total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        words = f"{days} d {hours} h"
    elif hours:
        words = f"{hours} h {minutes} min"
    else:
        words = f"{minutes} min"
    is_over = left <= timedelta(0)
    return Clock(f"{words} late" if is_over else words, is_over, left <= timedelta(hours=1))
