"""The page that tells how each rule has done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from fraud.admin.people import demand
from fraud.scorecard import Score, scorecard
from store.charts import Chart, Kind, Series

SCORES = "fraud.view_scorecard"
DAYS = (30, 90, 365)
MOST_DRAWN = 12


def scorecard_page(model_admin: admin.ModelAdmin[Any], request: HttpRequest) -> HttpResponse:
    """Show every rule's hits over some days, and how those orders ended."""
    demand(request, SCORES)
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(each) for each in DAYS} else 90
    now = timezone.now()
    scores = scorecard(since=now - timedelta(days=days), until=now)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "title": "How each rule has done",
        "days": days,
        "choices": DAYS,
        "scores": [one for one in scores if one.hits],
        "silent": [one.title for one in scores if not one.hits],
        "chart": _chart(scores),
    }
    return TemplateResponse(request, "admin/fraud/policy/scorecard.html", context)


def _chart(scores: list[Score]) -> Chart:
    """The rules after whose hits a call stopped or released most orders."""
    decided = sorted((one for one in scores if one.released + one.stopped), key=lambda one: -(one.released + one.stopped))
    drawn = decided[:MOST_DRAWN]
    return Chart(
        title="What calls found",
        about="Orders that were rung about, by the rules that hit them.",
        labels=[one.title for one in drawn],
        series=[
            Series("Stopped as a theft", [one.stopped for one in drawn]),
            Series("Released", [one.released for one in drawn]),
        ],
        kind=Kind.ROWS,
        of="Rule",
    )
