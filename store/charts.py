"""Charts drawn on the server as SVG: no script, no style attribute, and every figure in a table beside the picture.

    Chart(
        title="Orders by day",
        labels=("1 Nov", "2 Nov"),
        series=(Series("Released", (12, 9)), Series("Rung about", (3, None))),
        kind=Kind.STACKED,
    )

A page shows it with `{% load charts %}{% chart page.orders csv=address %}` and `static/store/chart.css`. Colours are classes
on custom properties, so light and dark follow the page. A missing value (None) leaves a gap: no data isn't nought.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor, log10
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

type Value = float | None  # an int stays one: its axis has whole figures only

# In units of the drawing. It is scaled to the width it is given: a phone's width makes the letters a little smaller than
# the page's, a column of a desk screen a little larger.
WIDTH: Final = 360
HEIGHT: Final = 200
LEFT, RIGHT, TOP, BOTTOM = 46, 6, 10, 22
ROW: Final = 38
# Labels along the foot that fit beside each other.
FEET: Final = 5
# How many colours there are; a seventh series begins with the first again.
COLOURS: Final = 6


class Kind(StrEnum):
    """How the figures are drawn."""

    BARS = "bars"  # columns beside each other
    STACKED = "stacked"  # columns on top of each other: parts of a whole
    LINE = "line"  # what goes on in time
    ROWS = "rows"  # bars that lie, each with its words above: for names that are long


@dataclass(frozen=True, slots=True)
class Series:
    """One row of figures, as long as the chart's labels."""

    name: str
    values: Sequence[Value]


def plain(value: float) -> str:
    """Write a figure as people do: 12,340 and 3.5."""
    return f"{value:,.1f}".removesuffix(".0") if isinstance(value, float) else f"{value:,}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Figures and how to draw them. Raises ValueError when a series is longer or shorter than the labels."""

    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    kind: Kind = Kind.BARS
    about: str = ""  # a sentence under the title: what is counted
    of: str = "Day"  # what the labels are: the head of the table's first column
    write: Callable[[float], str] = plain  # how a value is written, with its unit

    def __post_init__(self) -> None:
        if any(len(one.values) != len(self.labels) for one in self.series):
            raise ValueError(f"{self.title}: as many values as labels, in every series")
        if any(value is not None and value < 0 for one in self.series for value in one.values):
            raise ValueError(f"{self.title}: nothing here is drawn below nought")

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """The table: a label and what each series says of it."""
        return [(label, [self._written(one.values[at]) for one in self.series]) for at, label in enumerate(self.labels)]

    @property
    def has_data(self) -> bool:
        """Whether there is anything to draw."""
        return any(value is not None for one in self.series for value in one.values)

    @property
    def legend(self) -> list[tuple[int, str]]:
        """The number of each series' colour, and its name; empty when there is one series only."""
        return [(at % COLOURS + 1, one.name) for at, one in enumerate(self.series)] if len(self.series) > 1 else []

    @property
    def summary(self) -> str:
        """What a screen reader says of the picture: the range of each series. The table has the rest."""
        parts = []
        for one in self.series:
            known = [(value, self.labels[at]) for at, value in enumerate(one.values) if value is not None]
            if not known:
                parts.append(f"{one.name}: no data")
                continue
            (least, _), (most, when) = min(known), max(known, key=lambda pair: pair[0])
            parts.append(f"{one.name}: {self.write(least)} to {self.write(most)}, most at {when}")
        return ". ".join([*parts, "The table has every figure."])

    @property
    def svg(self) -> SafeString:
        """The drawing."""
        if self.kind == Kind.ROWS:
            height, body = len(self.labels) * len(self.series) * ROW + 4, self._lying()
        else:
            height, body = HEIGHT, self._standing()
        return format_html(
            '<svg class="chart-svg" viewBox="0 0 {} {}" role="img" aria-label="{}">'
            "<title>{}</title><desc>{}</desc>{}</svg>",
            WIDTH, height, f"{self.title}. {self.summary}", self.title, self.summary, body,
        )  # fmt: skip

    # -- Drawing -------------------------------------------------------------------------------------------------------

    def _written(self, value: Value) -> str:
        return "\N{EN DASH}" if value is None else self.write(value)

    def _top(self) -> float:
        if self.kind == Kind.STACKED:
            sums = [sum(one.values[at] or 0 for one in self.series) for at in range(len(self.labels))]
            return max(sums, default=0)
        return max((value for one in self.series for value in one.values if value is not None), default=0)

    def _standing(self) -> SafeString:
        whole = all(isinstance(value, int) for one in self.series for value in one.values if value is not None)
        ticks = _ticks(self._top(), whole=whole)
        scale = (HEIGHT - TOP - BOTTOM) / ticks[-1]
        grid = format_html_join(
            "",
            '<line class="chart-grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="chart-tick" x="{}" y="{}">{}</text>',
            (
                (LEFT, WIDTH - RIGHT, y, y, LEFT - 6, _number(HEIGHT - BOTTOM - tick * scale + 4), self.write(tick))
                for tick in ticks
                for y in [_number(HEIGHT - BOTTOM - tick * scale)]
            ),
        )
        marks = self._line(scale) if self.kind == Kind.LINE else self._columns(scale)
        return _joined([grid, marks, self._feet()])

    def _step(self) -> float:
        return (WIDTH - LEFT - RIGHT) / max(len(self.labels), 1)

    def _feet(self) -> SafeString:
        count, step = len(self.labels), self._step()
        every = max(ceil(count / FEET), 1)
        return format_html_join(
            "",
            '<text class="chart-foot" x="{}" y="{}">{}</text>',
            ((_number(LEFT + step * (at + 0.5)), HEIGHT - 6, self.labels[at]) for at in range(0, count, every)),
        )

    def _columns(self, scale: float) -> SafeString:
        step = self._step()
        across = 1 if self.kind == Kind.STACKED else len(self.series)
        broad = step * 0.76 / across
        shapes = []
        for at in range(len(self.labels)):
            foot = float(HEIGHT - BOTTOM)
            for which, one in enumerate(self.series):
                value = one.values[at]
                if not value:
                    continue
                beside = 0 if self.kind == Kind.STACKED else which
                x, high = LEFT + step * (at + 0.12) + broad * beside, value * scale
                base = foot if self.kind == Kind.STACKED else float(HEIGHT - BOTTOM)
                shapes.append(self._bar(which, at, (x, base - high, broad, high)))
                foot -= high
        return _joined(shapes)

    def _line(self, scale: float) -> SafeString:
        step = self._step()
        shapes = []
        for which, one in enumerate(self.series):
            points = [
                None if value is None else (_number(LEFT + step * (at + 0.5)), _number(HEIGHT - BOTTOM - value * scale))
                for at, value in enumerate(one.values)
            ]
            colour = which % COLOURS + 1
            for run in _runs(points):
                path = " ".join(f"{x},{y}" for x, y in run)
                shapes.append(format_html('<polyline class="chart-line c{}" points="{}"/>', colour, path))
            for point, value, label in zip(points, one.values, self.labels, strict=True):
                if point is not None:
                    said = f"{label}, {one.name}: {self._written(value)}"
                    dot = '<circle class="chart-dot c{}" cx="{}" cy="{}" r="2.5"><title>{}</title></circle>'
                    shapes.append(format_html(dot, colour, *point, said))
        return _joined(shapes)

    def _lying(self) -> SafeString:
        most = self._top() or 1
        shapes, y = [], 0
        for at, label in enumerate(self.labels):
            for which, one in enumerate(self.series):
                value = one.values[at]
                words = f"{label}: {one.name}" if len(self.series) > 1 else label
                text = '<text class="chart-row" x="0" y="{0}">{1}</text><text class="chart-value" x="{2}" y="{0}">{3}</text>'
                shapes.append(format_html(text, y + 14, words, WIDTH, self._written(value)))
                shapes.append(format_html('<rect class="chart-rail" x="0" y="{}" width="{}" height="10"/>', y + 20, WIDTH))
                if value:
                    shapes.append(self._bar(which, at, (0, y + 20, WIDTH * value / most, 10)))
                y += ROW
        return _joined(shapes)

    def _bar(self, which: int, at: int, box: tuple[float, float, float, float]) -> SafeString:
        x, y, width, height = map(_number, box)
        said = f"{self.labels[at]}, {self.series[which].name}: {self._written(self.series[which].values[at])}"
        bar = '<rect class="chart-bar c{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>'
        return format_html(bar, which % COLOURS + 1, x, y, width, height, said)


def _ticks(top: float, *, whole: bool) -> list[float]:
    """Nought and two to five round figures, the last at or above `top`."""
    rough = (top or 1) / 4
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    if whole:
        step = max(ceil(step), 1)
    count = max(ceil(round(top / step, 6)), 1)
    return [int(step * at) if whole else float(step * at) for at in range(count + 1)]


def _runs[T](points: Sequence[T | None]) -> Iterator[list[T]]:
    """The stretches without a gap."""
    run: list[T] = []
    for point in points:
        if point is not None:
            run.append(point)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _joined(parts: Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
