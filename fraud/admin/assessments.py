"""What was thought of each order, to be read only."""

from __future__ import annotations

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from fraud.models import Assessment, Finding
from store.read_only import ReadOnly


class FindingInline(ReadOnly, admin.TabularInline[Finding, Assessment]):
    """The answers of one assessment."""

    model = Finding
    fields = readonly_fields = ("title", "answer", "grade", "points", "is_decisive", "is_observed", "reason")
    ordering = ("position",)
    extra = 0


@admin.register(Assessment)
class AssessmentAdmin(ReadOnly, admin.ModelAdmin[Assessment]):
    """What was thought of each order."""

    list_display = ("order", "verdict", "points", "pass_number", "policy", "assessed_at")
    list_filter = ("verdict",)
    list_select_related = ("order", "policy")
    ordering = ("-assessed_at",)
    show_full_result_count = False
    actions = None
    exclude = ("facts", "unremarkable")  # for machines; people read what is made of them
    readonly_fields = ("others",)
    inlines = (FindingInline,)

    @admin.display(description="Clear, or no data")
    def others(self, assessment: Assessment) -> SafeString:
        """What the rules said that did not hit."""
        quiet = [one for one in assessment.all_findings() if one._state.adding]  # noqa: SLF001 - Django's public secret
        rows = ((one.title, one.get_answer_display(), one.reason) for one in quiet)
        return format_html("<ul>{}</ul>", format_html_join("", "<li><b>{}</b> ({}): {}</li>", rows))


@admin.register(Finding)
class FindingAdmin(ReadOnly, admin.ModelAdmin[Finding]):
    """Every answer of every rule; the reason is opened on its own page only."""

    list_display = ("code", "grade", "answer", "points", "order_number", "assessed_at")
    list_filter = ("answer",)
    list_select_related = ("assessment__order",)
    ordering = ("-assessment__assessed_at", "position")
    show_full_result_count = False
    actions = None

    @admin.display(description="order")
    def order_number(self, finding: Finding) -> str:
        """The order it is about."""
        return finding.assessment.order.number

    @admin.display(description="at")
    def assessed_at(self, finding: Finding) -> object:
        """When it was found."""
        return finding.assessment.assessed_at
