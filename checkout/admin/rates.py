"""Rates in the admin: the tables a merchant edits."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin

from checkout.models import DeliveryMethod, TaxRate
from store.money import format_money


@admin.register(DeliveryMethod)
class DeliveryMethodAdmin(admin.ModelAdmin[DeliveryMethod]):
    """Ways to send a parcel."""

    list_display = ("name", "promise", "amount", "is_express", "is_active", "position")
    ordering = ("position", "pk")

    @admin.display(description="Price", ordering="price")
    def amount(self, method: DeliveryMethod) -> str:
        return format_money(method.price, settings.SHOP_CURRENCY)


@admin.register(TaxRate)
class TaxRateAdmin(admin.ModelAdmin[TaxRate]):
    """Sales tax and VAT by region."""

    list_display = ("country", "region", "rate")
    list_filter = ("country",)
    ordering = ("country", "region")
