"""Payments in the admin, as the gateway has them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from checkout.admin.access import may_see_customers
from checkout.models import Payment
from store.money import format_money
from store.read_only import ReadOnly


@admin.register(Payment)
class PaymentAdmin(ReadOnly, admin.ModelAdmin[Payment]):
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

    def get_fieldsets(self, request: HttpRequest, obj: Payment | None = None) -> Any:
        """Leave out the payer for those who may see payments but no addresses."""
        return self.fieldsets if may_see_customers(request) else self.fieldsets[:-1]

    @admin.display(description="Amount", ordering="amount")
    def sum(self, payment: Payment) -> str:
        return format_money(payment.amount, payment.currency)
