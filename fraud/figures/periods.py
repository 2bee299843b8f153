"""A stretch of time up to now, cut into pieces that a chart can show. Days begin at midnight where the shop is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models.functions import TruncDay, TruncMonth, TruncWeek
from django.db.models.functions.datetime import TruncBase
from django.utils import timezone

PERIODS: Final = (7, 30, 90, 365)
CUTS: Final = {"day": TruncDay, "week": TruncWeek, "month": TruncMonth}


@dataclass(frozen=True, slots=True)
class Period:
    """So many days up to `now`; the first piece is whole, so it may reach back a little further."""

    days: int
    now: datetime

    @property
    def piece(self) -> str:
        """What it is cut into: days, weeks from Monday, or months."""
        return "day" if self.days <= 30 else "week" if self.days <= 90 else "month"

    @property
    def starts(self) -> list[date]:
        """The first day of each piece, the oldest first."""
        last = timezone.localtime(self.now).date()
        at, found = self._floor(last - timedelta(days=self.days - 1)), []
        while at <= last:
            found.append(at)
            at = self._floor(at + timedelta(days={"day": 1, "week": 7, "month": 32}[self.piece]))
        return found

    @property
    def since(self) -> datetime:
        """When it begins."""
        return timezone.make_aware(datetime.combine(self.starts[0], datetime.min.time()))

    @property
    def labels(self) -> list[str]:
        """The pieces as a chart names them."""
        return [f"{at:%b %Y}" if self.piece == "month" else f"{at.day} {at:%b}" for at in self.starts]

    def cut(self, field: str) -> TruncBase:
        """The piece into which a moment falls, for `annotate`; a moment at its beginning."""
        return CUTS[self.piece](field)

    def _floor(self, at: date) -> date:
        if self.piece == "week":
            return at - timedelta(days=at.weekday())
        return at.replace(day=1) if self.piece == "month" else at


def period_of(text: str, *, now: datetime) -> Period:
    """The period that an address asks for; thirty days when it asks for none that there is."""
    return Period(int(text) if text in {str(days) for days in PERIODS} else 30, now)
