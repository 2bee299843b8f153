"""The page that tells how each rule has done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from fraud.admin.people import demand
from fraud.scorecard import Score, scorecard
from store.audit import record
from store.charts import Chart, Kind, Series
from store.csv_files import csv_response

SCORES = "fraud.view_scorecard"
DAYS = (30, 90, 365)
MOST_DRAWN = 12
HEAD = ("Rule", "Code", "Orders hit", "Released after a call", "Stopped as a theft", "Disputed later", "Last useful hit")


def scorecard_page(model_admin: admin.ModelAdmin[Any], request: HttpRequest) -> HttpResponse:
    """Show every rule's hits over some days, and how those orders ended."""
    demand(request, SCORES)
    days, scores = _read(request)
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
        "csv": f"{reverse('admin:fraud_policy_scorecard_csv')}?days={days}",
    }
    return TemplateResponse(request, "admin/fraud/policy/scorecard.html", context)


def scorecard_csv(_: admin.ModelAdmin[Any], request: HttpRequest) -> StreamingHttpResponse:
    """Give the whole page as a file, the rules that never hit and those that the chart leaves out as well."""
    user = demand(request, SCORES)
    days, scores = _read(request)
    record(actor=user, action="scorecard.csv", why=f"{days} days", request=request)
    rows = ((one.title, one.code, one.hits, one.released, one.stopped, one.disputed, one.last_useful) for one in scores)
    return csv_response(name=f"rules-{days}-days", head=HEAD, rows=rows)


def _read(request: HttpRequest) -> tuple[int, list[Score]]:
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(each) for each in DAYS} else 90
    now = timezone.now()
    return days, scorecard(since=now - timedelta(days=days), until=now)


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
