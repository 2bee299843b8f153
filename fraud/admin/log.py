"""The logs of the desk, to be read only: calls and decisions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from checkout.models import Order
from fraud.models import Call, Decision
from store.read_only import ReadOnly
from store.staff.looking import Revealing, is_revealed


class _Log[T: (Call, Decision)](ReadOnly, Revealing[T]):
    """Newest first."""

    list_select_related = ("task__order", "by")
    ordering = ("-at",)
    show_full_result_count = False
    actions = None

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Number and note stay closed unless they are asked for."""
        own = list(super().get_fields(request, obj))
        return own if is_revealed(request) else [name for name in own if name not in self.revealed]

    def about(self, row: T) -> Order:
        """The order's log."""
        return row.task.order

    @admin.display(description="order")
    def order_number(self, entry: T) -> str:
        """The order it was about."""
        return entry.task.order.number


@admin.register(Call)
class CallAdmin(_Log[Call]):
    """The log of all calls."""

    revealed = ("number", "note")
    list_display = ("order_number", "at", "outcome", "answer", "source", "by")
    list_filter = ("outcome", "answer", "source")


@admin.register(Decision)
class DecisionAdmin(_Log[Decision]):
    """All decisions with their reasons."""

    revealed = ("note",)
    list_display = ("order_number", "at", "kind", "reason", "by")
    list_filter = ("kind", "reason")
