"""Payments in the admin, as the gateway has them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from checkout.models import Order, Payment
from store.money import format_money
from store.read_only import ReadOnly
from store.staff.looking import Revealing, is_revealed


@admin.register(Payment)
class PaymentAdmin(ReadOnly, Revealing[Payment]):
    """The payments, as the gateway has them."""

    list_display = ("reference", "order", "status", "gateway", "sum", "created_at", "capture_before")
    list_filter = ("status", "gateway", "risk_level")
    list_select_related = ("order",)
    search_fields = ("order__number", "reference", "session_id")
    ordering = ("-created_at",)
    show_full_result_count = False
    # Idempotency keys and the address of the hosted page are the machine's business.
    fieldsets = (
        (None, {"fields": ("order", "gateway", "status", "status_at", "created_at", "settled_at")}),
        ("Money", {"fields": ("sum", "captured_amount", "refunded_amount", "currency")}),
        ("At the gateway", {"fields": ("reference", "former_reference", "session_id", "authorized_at", "capture_before")}),
        (
            "Checks",
            {
                "fields": (
                    ("cvc_check", "postcode_check", "line1_check"),
                    ("risk_level", "risk_score", "is_liability_shifted", "declines"),
                    ("card_brand", "card_last4", "card_country"),
                    ("payer_status", "seller_protection"),
                )
            },
        ),
        (
            "Payer",
            {
                "fields": (
                    "payer_name",
                    "payer_email",
                    "payer_phone",
                    "payer_line1",
                    "payer_city",
                    "payer_postcode",
                    "payer_country",
                )
            },
        ),
    )
    readonly_fields = ("sum",)
    revealed = ("payer",)

    def get_fieldsets(self, request: HttpRequest, obj: Payment | None = None) -> Any:
        """Leave out the payer unless it was asked for."""
        return self.fieldsets if is_revealed(request) else self.fieldsets[:-1]

    def about(self, row: Payment) -> Order:
        """The order's log."""
        return row.order

    @admin.display(description="Amount", ordering="amount")
    def sum(self, payment: Payment) -> str:
        return format_money(payment.amount, payment.currency)
