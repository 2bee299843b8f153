"""The logs of the desk, to be read only: calls and decisions."""

from __future__ import annotations

from django.contrib import admin

from fraud.models import Call, Decision
from store.read_only import ReadOnly


class _Log[T: (Call, Decision)](ReadOnly, admin.ModelAdmin[T]):
    """Newest first."""

    list_select_related = ("task__order", "by")
    ordering = ("-at",)
    show_full_result_count = False
    actions = None

    @admin.display(description="order")
    def order_number(self, entry: T) -> str:
        """The order it was about."""
        return entry.task.order.number


@admin.register(Call)
class CallAdmin(_Log[Call]):
    """The log of all calls."""

    list_display = ("order_number", "at", "outcome", "answer", "source", "by")
    list_filter = ("outcome", "answer", "source")


@admin.register(Decision)
class DecisionAdmin(_Log[Decision]):
    """All decisions with their reasons."""

    list_display = ("order_number", "at", "kind", "reason", "by")
    list_filter = ("kind", "reason")
