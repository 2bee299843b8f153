"""A policy tried on past orders: started, watched, stopped, read."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fraud.admin.people import demand, staff_user
from fraud.backtest_page import results_of
from fraud.models import Backtest, Policy
from fraud.services.assess import current_policy
from fraud.services.backtests import UnableToStartBacktest, start_backtest, stop_backtest
from store.audit import record
from store.csv_files import chart_response
from store.read_only import ReadOnly

VIEW, RUN = "fraud.view_backtest", "fraud.run_backtest"
# Seconds after which a page that is watched asks again.
AGAIN = 5


class StartForm(forms.Form):
    """Which version, and on how many days."""

    version = forms.TypedChoiceField(label="Version to try", coerce=int)
    days = forms.TypedChoiceField(
        label="On the orders of the last",
        coerce=int,
        initial=90,
        choices=[(days, f"{days} days") for days in (7, 30, 90, 180, 365)],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = Policy.objects.filter(is_active=False).order_by("-version").only("version", "activated_at")[:50]
        # Drafts first: they are what one wants to try.
        drafts_first = sorted(versions, key=lambda policy: not policy.is_draft)
        choices = [(one.version, f"{one.version} ({'draft' if one.is_draft else 'was active'})") for one in drafts_first]
        self.fields["version"].choices = choices  # type: ignore[attr-defined]  # a choice field


@admin.register(Backtest)
class BacktestAdmin(ReadOnly, admin.ModelAdmin[Backtest]):
    """The runs."""

    list_display = ("name", "against", "days", "status", "progress", "started_by", "created_at")
    list_select_related = ("created_by",)
    ordering = ("-created_at",)
    list_per_page = 50
    show_full_result_count = False
    actions = None
    change_list_template = "admin/fraud/backtest/change_list.html"

    class Media:
        css = {"all": ["fraud/desk.css", "store/chart.css"]}

    @admin.display(description="version tried")
    def name(self, backtest: Backtest) -> str:
        """The number of the version."""
        return f"Version {backtest.version}"

    @admin.display(description="orders")
    def progress(self, backtest: Backtest) -> str:
        """How far it is."""
        return f"{backtest.done:,} of {backtest.total:,}"

    @admin.display(description="started by")
    def started_by(self, backtest: Backtest) -> str:
        """Who wanted to know."""
        return backtest.created_by.get_full_name() if backtest.created_by else ""

    def get_urls(self) -> list[URLPattern]:
        """The list, the page of a run, and one address for each button."""

        def button(function: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
            return self.admin_site.admin_view(require_POST(function))

        return [
            path("start/", button(self.start), name="fraud_backtest_start"),
            path(
                "<uuid:backtest_id>/<slug:name>.csv",
                self.admin_site.admin_view(require_safe(self.csv)),
                name="fraud_backtest_csv",
            ),
            path("<uuid:backtest_id>/stop/", button(self.stop), name="fraud_backtest_stop"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the runs; offer to start one."""
        demand(request, VIEW)
        may_run = staff_user(request).has_perm(RUN)
        form = StartForm() if may_run else None
        return super().changelist_view(
            request, {"title": "Tried on past orders", "start_form": form, "media": self.media, **(extra_context or {})}
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show how far a run is, and what came out."""
        demand(request, VIEW)
        try:
            backtest = Backtest.objects.select_related("created_by").get(pk=uuid.UUID(str(object_id)))
        except (ValueError, Backtest.DoesNotExist) as error:
            raise Http404 from error
        is_under_way = backtest.is_under_way(timezone.now())
        results = results_of(backtest)
        charts = results.charts.items() if results else ()
        is_watched = is_under_way and "watch" in request.GET
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": f"Version {backtest.version} on past orders",
            "run": backtest,
            "is_under_way": is_under_way,
            "is_watched": is_watched,
            "again": AGAIN,
            "results": results,
            "charts": [(one, reverse("admin:fraud_backtest_csv", args=[backtest.pk, name])) for name, one in charts],
            "may_run": staff_user(request).has_perm(RUN),
            "may_see_orders": staff_user(request).has_perm("checkout.view_order"),
        }
        answer = TemplateResponse(request, "admin/fraud/backtest/run.html", context)
        if is_watched:  # whoever does not want it follows the link that ends it
            answer["Refresh"] = str(AGAIN)
        return answer

    def csv(self, request: HttpRequest, backtest_id: uuid.UUID, name: str) -> StreamingHttpResponse:
        """Give the figures behind one chart as a file."""
        user = demand(request, VIEW)
        backtest = Backtest.objects.filter(pk=backtest_id).first()
        results = results_of(backtest) if backtest else None
        chart = results.charts.get(name) if results else None
        if backtest is None or chart is None:
            raise Http404
        record(actor=user, action="backtest.csv", object=backtest, fields=[name], request=request)
        return chart_response(chart, name=f"{name}-version-{backtest.version}-beside-{backtest.against}")

    # -- Buttons -------------------------------------------------------------------------------------------------------

    def start(self, request: HttpRequest) -> HttpResponse:
        """Have the worker try a version."""
        user = demand(request, VIEW, RUN)
        form = StartForm(request.POST)
        now = timezone.now()
        current_policy(now=now)
        if form.is_valid():
            try:
                row = start_backtest(version=form.cleaned_data["version"], days=form.cleaned_data["days"], by=user, now=now)
            except UnableToStartBacktest as error:
                messages.error(request, str(error))
            else:
                return HttpResponseRedirect(reverse("admin:fraud_backtest_change", args=[row.pk]) + "?watch=1")
        else:
            messages.error(request, "Choose a version and a time from the lists. Nothing was started.")
        return HttpResponseRedirect(reverse("admin:fraud_backtest_changelist"))

    def stop(self, request: HttpRequest, backtest_id: uuid.UUID) -> HttpResponse:
        """End a run."""
        demand(request, VIEW, RUN)
        if stop_backtest(backtest_id=backtest_id, now=timezone.now()):
            messages.success(request, "Stopped. No figures were kept.")
        else:
            messages.warning(request, "It was over already. Nothing was changed.")
        return HttpResponseRedirect(reverse("admin:fraud_backtest_change", args=[backtest_id]))
