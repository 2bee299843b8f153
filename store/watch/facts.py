"""Facts about the shop as it runs, each a number with its words. Every app tells its own (`store.signals.facts_wanted`).

They name nobody, take a fixed number of queries, however much there is, and are kept for ten seconds in each process: asking
more often gives the same again.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog

from store.signals import facts_wanted

log = structlog.get_logger(__name__)

_KEPT_FOR: Final = 10.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One number. `trouble` is a sentence: what is wrong and what to do; empty while all is well."""

    name: str  # as Prometheus has it, after "ringback_"; it ends in its unit: _seconds, _bytes
    about: str  # what it counts, in words
    value: float | None  # None: nothing is known yet
    group: str
    labels: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""


@dataclass(slots=True)
class _Kept:
    until: float = 0.0
    facts: tuple[Fact, ...] = ()


_kept: Final = _Kept()


def gather_facts(*, now: datetime) -> tuple[Fact, ...]:
    """Ask everybody. What can't be told, as while the database is away, is one fact that says so."""
    found: list[Fact] = []
    for receiver, told in facts_wanted.send_robust(sender=None, now=now):
        if isinstance(told, BaseException):
            who = f"{receiver.__module__}.{receiver.__qualname__}"
            log.warning("facts_not_told", by=who, error=type(told).__name__)
            found.append(
                Fact(
                    name="untold",
                    about=f"Could not be told: {who}",
                    value=1,
                    group="The shop",
                    labels={"by": who},
                    trouble=f"It failed with {type(told).__name__}. See whether the database answers, and the log.",
                )
            )
        else:
            found += told
    return tuple(found)


def recent_facts(*, now: datetime) -> tuple[Fact, ...]:
    """Return the facts, at most ten seconds old."""
    if time.monotonic() >= _kept.until:
        _kept.facts = gather_facts(now=now)
        _kept.until = time.monotonic() + _KEPT_FOR
    return _kept.facts


def forget_facts() -> None:
    """Ask anew next time."""
    _kept.until = 0.0


def span(seconds: float) -> str:
    """Write a span as people say it: 40 s, 12 min, 5 h, 3 days."""
    for size, unit in ((86_400 * 2, "days"), (7200, "h"), (120, "min")):
        if seconds >= size:
            return f"{seconds / {'days': 86_400, 'h': 3600, 'min': 60}[unit]:.0f} {unit}"
    return f"{seconds:.0f} s"
