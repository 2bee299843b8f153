"""The logs of the desk, to be read only: calls and decisions."""

from __future__ import annotations

from django.contrib import admin

from fraud.models import Call, Decision
from store.read_only import ReadOnly


@admin.register(Call)
class CallAdmin(ReadOnly, admin.ModelAdmin[Call]):
    """The log of all calls."""

    list_display = ("order_number", "at", "outcome", "answer", "source", "by")
    list_filter = ("outcome", "answer", "source")
    list_select_related = ("task__order", "by")
    ordering = ("-at",)
    show_full_result_count = False
    actions = None

    @admin.display(description="order")
    def order_number(self, call: Call) -> str:
        """The order it was about."""
        return call.task.order.number


@admin.register(Decision)
class DecisionAdmin(ReadOnly, admin.ModelAdmin[Decision]):
    """All decisions with their reasons."""

    list_display = ("order_number", "at", "kind", "reason", "by")
    list_filter = ("kind", "reason")
    list_select_related = ("task__order", "by")
    ordering = ("-at",)
    show_full_result_count = False
    actions = None

    @admin.display(description="order")
    def order_number(self, decision: Decision) -> str:
        """The order it was about."""
        return decision.task.order.number
