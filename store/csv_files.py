"""CSV for spreadsheets: streamed, never kept by a cache, and with no cell that a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Final

from django.http import StreamingHttpResponse

from store.charts import Chart

# What makes a spreadsheet take a text for a formula (OWASP, "CSV Injection"): the full-width signs do in some languages,
# and a line feed as a carriage return does.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")

type Cell = str | int | float | datetime | None


def safe_cell(value: Cell) -> str:
    """Write one value; a text that would be taken for a formula gets an apostrophe before it. Numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, str):
        return f"'{value}" if is_formula(value) else value
    return str(value)


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would run a text, once every apostrophe before it was taken off.

    A text that begins with such apostrophes gets one more, so that taking one off always gives back what was written.
    """
    return text.lstrip("'").startswith(FORMULA_STARTS)


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield the file line by line (RFC 4180), the heads first."""
    writer = csv.writer(_Echo())
    for row in chain([head], rows):
        yield writer.writerow([safe_cell(cell) for cell in row])


def csv_response(*, name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> StreamingHttpResponse:
    """Answer with a file to save as `name`.csv; `name` is ours, and says nothing of any customer."""
    response = StreamingHttpResponse(csv_lines(head, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "no-store, private"
    return response


def chart_response(chart: Chart, *, name: str) -> StreamingHttpResponse:
    """Answer with the figures that a chart draws: a line for each of its labels, a column for each series."""
    rows = ([label, *(one.values[at] for one in chart.series)] for at, label in enumerate(chart.labels))
    return csv_response(name=name, head=[chart.of, *(one.name for one in chart.series)], rows=rows)
