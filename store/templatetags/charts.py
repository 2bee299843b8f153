"""`{% load charts %}`: a chart, the table of its figures, and the way to the same figures as CSV."""

from __future__ import annotations

from typing import Any

from django import template

from store.charts import Chart

register = template.Library()


@register.inclusion_tag("components/chart.html")
def chart(drawn: Chart, csv: str = "") -> dict[str, Any]:
    """Show `drawn`; `csv` is the address of its figures, if there is one."""
    return {"chart": drawn, "csv": csv}
