"""What was thought of each order, to be read only."""

from __future__ import annotations

from django.contrib import admin

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
    exclude = ("facts",)  # for machines: the findings below say what matters
    inlines = (FindingInline,)


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
