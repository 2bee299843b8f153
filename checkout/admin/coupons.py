"""Coupons in the admin."""

from __future__ import annotations

import secrets
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from checkout.admin.rate_forms import amount_field
from checkout.models import Coupon
from checkout.services.coupons import normalise_code
from store.card_guard import GuardedModelForm

# Signs that nobody mistakes for one another; eight of them are 40 bits, which nobody guesses by typing.
_SIGNS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class CodeField(forms.CharField):
    """A code as it is stored, however it was typed."""

    def to_python(self, value: Any) -> str:
        """Without spaces, in capitals."""
        return normalise_code(super().to_python(value) or "")


class CouponForm(GuardedModelForm):
    """A coupon; the database's own checks say what doesn't go together."""

    code = CodeField(
        max_length=40,
        help_text="What shoppers type. Words are guessed: for anything dear take eight signs by chance, or limit its uses.",
    )
    amount = amount_field("Amount", help_text="For an amount; never more than the goods cost.")
    minimum = amount_field("Minimum", help_text="Goods for at least so much, before the coupon.")

    def clean_minimum(self) -> int:
        """Nothing said is nothing."""
        return self.cleaned_data["minimum"] or 0


@admin.register(Coupon)
class CouponAdmin(admin.ModelAdmin[Coupon]):
    """What a code takes off, for whom, until when, and how often it was used."""

    form = CouponForm
    list_display = ("code", "worth", "used", "valid_from", "valid_until", "is_active", "note")
    list_filter = ("kind", "is_active")
    search_fields = ("code", "note")
    ordering = ("-pk",)
    readonly_fields = ("uses",)
    fieldsets = (
        (None, {"fields": ("code", "is_active", "note")}),
        ("What it takes off", {"fields": ("kind", "percent", "amount")}),
        ("For whom", {"fields": ("minimum", "valid_from", "valid_until", "max_uses", "max_uses_per_customer", "uses")}),
    )

    @admin.display(description="Used")
    def used(self, coupon: Coupon) -> str:
        return f"{coupon.uses} of {coupon.max_uses}" if coupon.max_uses is not None else str(coupon.uses)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Offer a code that nobody guesses."""
        code = "".join(secrets.choice(_SIGNS) for _ in range(8))
        return {"code": code, **super().get_changeform_initial_data(request)}
