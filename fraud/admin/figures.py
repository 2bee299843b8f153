"""The page of figures: charts for a period, and each chart's figures as CSV. It names no customer."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fraud.admin.people import demand, staff_user
from fraud.figures import PERIODS, Period, charts_of, headlines_of, period_of, read_figures
from fraud.models.figures import Figures
from fraud.outgoing.export import HEAD, decision_json, decision_rows
from store.audit import record
from store.csv_files import chart_response, csv_response
from store.read_only import ReadOnly
from store.staff.again import ask_again

VIEW, EXPORT = "fraud.view_figures", "fraud.export_decisions"


@admin.register(Figures)
class FiguresAdmin(ReadOnly, admin.ModelAdmin[Figures]):
    """One page; there are no rows to open."""

    class Media:
        css = {"all": ["fraud/desk.css", "store/chart.css", "fraud/figures.css"]}

    def has_view_permission(self, request: HttpRequest, obj: Figures | None = None) -> bool:
        """Whoever has the right sees the page, and nobody a row behind it."""
        return obj is None and staff_user(request).has_perm(VIEW)

    def get_urls(self) -> list[URLPattern]:
        """The page, and one address for each chart's figures."""
        file = self.admin_site.admin_view(require_safe(self.csv))
        decisions = self.admin_site.admin_view(require_POST(self.decisions))
        return [
            path("<slug:name>.csv", file, name="fraud_figures_csv"),
            path("decisions/<slug:kind>/", decisions, name="fraud_figures_decisions"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show headlines and charts."""
        demand(request, VIEW)
        period = _period(request)
        figures = read_figures(period)
        charts = [
            (chart, f"{reverse('admin:fraud_figures_csv', args=[name])}?days={period.days}")
            for name, chart in charts_of(figures).items()
        ]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": "Figures of the call desk",
            "period": period,
            "periods": PERIODS,
            "headlines": headlines_of(figures),
            "charts": charts,
            "may_export": staff_user(request).has_perm(EXPORT),
        }
        return TemplateResponse(request, "admin/fraud/figures/page.html", context)

    def csv(self, request: HttpRequest, name: str) -> StreamingHttpResponse:
        """Give one chart's figures as a file."""
        user = demand(request, VIEW)
        period = _period(request)
        chart = charts_of(read_figures(period)).get(name)
        if chart is None:
            raise Http404
        record(actor=user, action="figures.csv", fields=[name], why=f"{period.days} days", request=request)
        return chart_response(chart, name=f"{name}-{period.days}-days")

    def decisions(self, request: HttpRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
        """Stream what was decided in the period; who took it away is written down before the first line goes."""
        user = demand(request, EXPORT)
        period = period_of(request.POST.get("days", ""), now=timezone.now())
        if kind not in {"csv", "json"}:
            raise Http404
        if asked := ask_again(request):
            return asked
        record(actor=user, action=f"decisions.{kind}", why=f"{period.days} days", fields=HEAD, request=request)
        name = f"decisions-{period.days}-days"
        if kind == "csv":
            return csv_response(name=name, head=HEAD, rows=decision_rows(since=period.since))
        lines = decision_json(since=period.since, now=period.now)
        response = StreamingHttpResponse(lines, content_type="application/json")
        response["Content-Disposition"] = f'attachment; filename="{name}.json"'
        response["Cache-Control"] = "no-store, private"
        return response

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Refuse: figures have no history."""
        raise PermissionDenied


def _period(request: HttpRequest) -> Period:
    return period_of(request.GET.get("days", ""), now=timezone.now())
