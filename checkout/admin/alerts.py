"""Matters a person must look at, in the admin."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from checkout.models import Alert
from store.read_only import ReadOnly


@admin.register(Alert)
class AlertAdmin(ReadOnly, admin.ModelAdmin[Alert]):
    """Matters a person must look at."""

    list_display = ("message", "order_link", "raised_at", "resolved_at")
    list_filter = (("resolved_at", admin.EmptyFieldListFilter),)
    list_select_related = ("order",)
    ordering = ("-raised_at",)
    actions = ("mark_resolved",)

    @admin.display(description="Order")
    def order_link(self, alert: Alert) -> str:
        if alert.order is None:
            return "—"
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:checkout_order_change", args=[alert.order_id]), alert.order.number
        )

    def has_resolve_permission(self, request: HttpRequest) -> bool:
        """Who only looks on closes nothing."""
        return request.user.has_perm("checkout.change_alert")

    @admin.action(description="Mark as done", permissions=["resolve"])
    def mark_resolved(self, request: HttpRequest, queryset: QuerySet[Alert]) -> None:
        """Close the chosen matters."""
        done = queryset.filter(resolved_at=None).update(resolved_at=timezone.now())
        messages.success(request, f"{done} marked as done.")
