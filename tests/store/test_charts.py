"""Charts are safe markup under a strict policy, and their tables say what the pictures show."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from django.template import Context, Template

from store.charts import Chart, Kind, Series, _ticks
from store.csv_files import csv_lines, safe_cell

EVIL = '"><script>alert(1)</script>'


def test_a_label_with_markup_stays_text_in_every_kind_of_chart() -> None:
    for kind in Kind:
        drawn = Chart(title=EVIL, labels=(EVIL, "b"), series=(Series(EVIL, (1, None)), Series("s", (2, 3))), kind=kind)
        page = Template("{% load charts %}{% chart it csv='/x.csv' %}").render(Context({"it": drawn}))
        assert "<script" not in page
        assert "style=" not in page
        assert page.count('href="/x.csv"') == 1
        ET.fromstring(drawn.svg)  # noqa: S314 - our own markup: it must be well formed


def test_bars_are_as_high_as_their_values_and_stack_without_overlap() -> None:
    svg = Chart(title="t", labels=("a",), series=(Series("x", (2,)), Series("y", (6,))), kind=Kind.STACKED).svg
    bars = re.findall(r'<rect class="chart-bar c(\d)" x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"', svg)
    assert bars == [("1", "136", "42"), ("2", "10", "126")]


def test_a_missing_value_is_a_gap_in_a_line_and_a_dash_in_the_table() -> None:
    drawn = Chart(title="t", labels=tuple("abcd"), series=(Series("x", (1, None, 2, 3)),), kind=Kind.LINE)
    assert drawn.svg.count("<polyline") == 2
    assert drawn.svg.count("<circle") == 3
    assert drawn.rows[1] == ("b", ["–"])


def test_a_series_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="as many values as labels"):
        Chart(title="t", labels=("a", "b"), series=(Series("x", (1,)),))


@pytest.mark.parametrize(
    ("top", "whole", "ticks"),
    [(0, True, [0, 1]), (3, True, [0, 1, 2, 3]), (97, True, [0, 25, 50, 75, 100]), (0.3, False, [0, 0.1, 0.2, 0.3])],
)
def test_ticks_are_round_figures(top: float, whole: bool, ticks: list[float]) -> None:
    assert _ticks(top, whole=whole) == pytest.approx(ticks)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_a_cell_that_would_be_a_formula_is_made_text(start: str) -> None:
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"


def test_csv_keeps_numbers_and_quotes_what_must_be() -> None:
    at = datetime(2026, 11, 1, 12, tzinfo=UTC)
    lines = list(csv_lines(("a", "=b"), [(-5, 'x,"y"'), (None, at)]))
    assert lines == ["a,'=b\r\n", '-5,"x,""y"""\r\n', ",2026-11-01T12:00:00+00:00\r\n"]
