"""How long backups are kept: all of a day, one of each hour for a week, one of each day for 35 days. The newest always."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

ALL_FOR: Final = timedelta(days=1)
HOURLY_FOR: Final = timedelta(days=7)
DAILY_FOR: Final = timedelta(days=35)


def choose_to_keep(moments: Mapping[str, datetime], *, now: datetime) -> set[str]:
    """Return the names of the backups to keep: name -> moment in, names out. The newest always stays."""
    ordered = sorted(moments.items(), key=lambda item: item[1])
    kept = {name for name, at in ordered if now - at <= ALL_FOR}
    # The earliest of each hour, and of those the earliest of each day: what is kept now is kept until its time is over.
    kept |= _first_of_each(((n, at) for n, at in ordered if now - at <= HOURLY_FOR), "%Y%m%d%H")
    kept |= _first_of_each(((n, at) for n, at in ordered if now - at <= DAILY_FOR), "%Y%m%d")
    kept |= {name for name, _ in ordered[-1:]}
    return kept


def _first_of_each(ordered: Iterable[tuple[str, datetime]], span: str) -> set[str]:
    firsts: dict[str, str] = {}
    for name, at in ordered:
        firsts.setdefault(at.astimezone(UTC).strftime(span), name)
    return set(firsts.values())
