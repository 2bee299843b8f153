"""The audit log as a file, row by row: a log of any length needs no more memory than one row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from store.audit.models import AuditRow

COLUMNS: Final = ("entry", "at", "who", "name", "action", "object", "id", "fields", "from", "why", "request", "seal")
# What a spreadsheet would take for a formula (OWASP, CSV injection).
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class _Line:
    """Gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def rows_between(first: date | None, last: date | None) -> QuerySet[AuditRow]:
    """Return the rows of these days of the shop's calendar, both included."""
    zone = ZoneInfo(settings.SHOP_TIME_ZONE)
    rows = AuditRow.objects.select_related("actor").order_by("n")
    if first is not None:
        rows = rows.filter(at__gte=datetime.combine(first, time(), zone))
    if last is not None:
        rows = rows.filter(at__lt=datetime.combine(last + timedelta(days=1), time(), zone))
    return rows


def lines_of(rows: QuerySet[AuditRow]) -> Iterator[str]:
    """Yield the rows as lines of CSV, the names of the columns first."""
    writer = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for row in rows.iterator(chunk_size=500):
        cells = (
            row.n,
            row.at.isoformat(),
            row.actor_id or "",
            row.actor.get_full_name() if row.actor else "",
            row.action,
            row.object_type,
            row.object_id,
            row.field_names,
            row.address,
            row.why,
            row.request_id,
            row.seal,
        )
        yield writer.writerow([plain(str(cell)) for cell in cells])


def plain(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
