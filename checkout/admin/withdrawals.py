"""Withdrawals in the admin: what was declared and what came of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from checkout.admin.access import may_see_customers
from checkout.models import Withdrawal
from store.read_only import ReadOnly


@admin.register(Withdrawal)
class WithdrawalAdmin(ReadOnly, admin.ModelAdmin[Withdrawal]):
    """Read here; the shop follows them up by itself and tells of each."""

    list_display = ("declared_at", "outcome", "order_link", "done_at", "tries", "error")
    list_filter = ("outcome",)
    list_select_related = ("order",)
    ordering = ("-declared_at",)
    show_full_result_count = False
    readonly_fields = ("order_link",)

    def get_fields(self, request: HttpRequest, obj: Withdrawal | None = None) -> Any:
        """Show who declared it to those only who may see customers."""
        own = ("declared_at", "outcome", "order_link", "done_at")
        return (*own, "number", "email") if may_see_customers(request) else own

    @admin.display(description="Order")
    def order_link(self, withdrawal: Withdrawal) -> str:
        """To the order, if there is one."""
        if withdrawal.order is None:
            return "-"
        url = reverse("admin:checkout_order_change", args=[withdrawal.order_id])
        return format_html('<a href="{}">{}</a>', url, withdrawal.order.number)
