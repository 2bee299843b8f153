"""What was thought of each order, to be read only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from checkout.models import Order
from fraud.models import Assessment, Finding
from store.read_only import ReadOnly, ReadOnlyRows
from store.staff.looking import Revealing, is_revealed


class FindingInline(ReadOnlyRows, admin.TabularInline[Finding, Assessment]):
    """The answers of one assessment."""

    model = Finding
    readonly_fields = ("title",)
    ordering = ("position",)
    extra = 0

    def get_fields(self, request: HttpRequest, obj: Assessment | None = None) -> Any:
        """A reason names the values it was found by."""
        own = ("title", "answer", "grade", "points", "is_decisive", "is_observed")
        return (*own, "reason") if is_revealed(request) else own


@admin.register(Assessment)
class AssessmentAdmin(ReadOnly, Revealing[Assessment]):
    """What was thought of each order."""

    list_display = ("order", "verdict", "points", "pass_number", "policy", "assessed_at")
    list_filter = ("verdict",)
    list_select_related = ("order", "policy")
    ordering = ("-assessed_at",)
    show_full_result_count = False
    actions = None
    revealed = ("findings",)
    readonly_fields = ("others",)
    inlines = (FindingInline,)

    def get_fields(self, request: HttpRequest, obj: Assessment | None = None) -> Any:
        """The facts are for machines; people read what is made of them, if they say why."""
        hidden = {"facts", "unremarkable", "others"}
        own = [name for name in super().get_fields(request, obj) if name not in hidden]
        return [*own, "others"] if is_revealed(request) else own

    def about(self, row: Assessment) -> Order:
        """The order's log."""
        return row.order

    @admin.display(description="Clear, or no data")
    def others(self, assessment: Assessment) -> SafeString:
        """What the rules said that did not hit."""
        quiet = [one for one in assessment.all_findings() if one._state.adding]  # noqa: SLF001 - Django's public secret
        rows = ((one.title, one.get_answer_display(), one.reason) for one in quiet)
        return format_html("<ul>{}</ul>", format_html_join("", "<li><b>{}</b> ({}): {}</li>", rows))


@admin.register(Finding)
class FindingAdmin(ReadOnly, Revealing[Finding]):
    """Every answer of every rule; the reason is opened on its own page only."""

    list_display = ("code", "grade", "answer", "points", "order_number", "assessed_at")
    list_filter = ("answer",)
    list_select_related = ("assessment__order",)
    ordering = ("-assessment__assessed_at", "position")
    show_full_result_count = False
    actions = None
    revealed = ("findings",)

    def get_fields(self, request: HttpRequest, obj: Finding | None = None) -> Any:
        """A reason names the values it was found by."""
        own = list(super().get_fields(request, obj))
        return own if is_revealed(request) else [name for name in own if name != "reason"]

    def about(self, row: Finding) -> Order:
        """The order's log."""
        return row.assessment.order

    @admin.display(description="order")
    def order_number(self, finding: Finding) -> str:
        """The order it is about."""
        return finding.assessment.order.number

    @admin.display(description="at")
    def assessed_at(self, finding: Finding) -> object:
        """When it was found."""
        return finding.assessment.assessed_at
