"""Withdrawals in the admin: what was declared and what came of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from checkout.models import Withdrawal
from store.read_only import ReadOnly
from store.staff.looking import Revealing, is_revealed


@admin.register(Withdrawal)
class WithdrawalAdmin(ReadOnly, Revealing[Withdrawal]):
    """Read here; the shop follows them up by itself and tells of each."""

    list_display = ("declared_at", "outcome", "order_link", "done_at", "tries", "error")
    list_filter = ("outcome",)
    list_select_related = ("order",)
    ordering = ("-declared_at",)
    show_full_result_count = False
    readonly_fields = ("order_link",)
    revealed = ("number", "email")

    def get_fields(self, request: HttpRequest, obj: Withdrawal | None = None) -> Any:
        """Leave out who declared it unless it was asked for."""
        own = ("declared_at", "outcome", "order_link", "done_at")
        return (*own, *self.revealed) if is_revealed(request) else own

    @admin.display(description="Order")
    def order_link(self, withdrawal: Withdrawal) -> str:
        """To the order, if there is one."""
        if withdrawal.order is None:
            return "-"
        url = reverse("admin:checkout_order_change", args=[withdrawal.order_id])
        return format_html('<a href="{}">{}</a>', url, withdrawal.order.number)
