"""Planned prices and past ones in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from catalog.models import PriceChange, PriceRow, Variant
from catalog.prices import UnableToPlanPrice, call_off, plan_price
from store.card_guard import GuardedModelForm
from store.money import format_money
from store.money_fields import MoneyField
from store.read_only import ReadOnly


class PriceChangeForm(GuardedModelForm):
    """A price for one SKU from a moment on; with an end it is a sale."""

    sku = forms.CharField(label="SKU", max_length=40)
    price = MoneyField(help_text=f"In {settings.SHOP_CURRENCY}.")

    class Meta:
        model = PriceChange
        fields = ("starts_at", "ends_at")
        help_texts = {"ends_at": "Empty: for good. With an end it is a sale, and the price before comes back by itself."}

    def clean_sku(self) -> str:
        """Find the variant."""
        sku: str = self.cleaned_data["sku"].strip().upper()
        variant = Variant.objects.filter(sku=sku).first()
        if variant is None:
            raise ValidationError("There is no variant with this SKU. Copy it from the product's page.")
        self.instance.variant = variant
        return sku

    def clean(self) -> dict[str, Any]:
        """Try the plan, and take it back: only saving plans it."""
        data = super().clean() or self.cleaned_data
        if {"sku", "price", "starts_at"} <= data.keys() and "ends_at" in data:
            self.instance.price = data["price"]
            try:
                with transaction.atomic():
                    self.plan()
                    transaction.set_rollback(True)
            except UnableToPlanPrice as error:
                raise ValidationError(str(error)) from error
        return data

    def plan(self) -> PriceChange:
        """Plan what was typed. Raise UnableToPlanPrice."""
        return plan_price(
            variant_id=self.instance.variant_id,
            price=self.cleaned_data["price"],
            starts_at=self.cleaned_data["starts_at"],
            ends_at=self.cleaned_data["ends_at"],
            now=timezone.now(),
        )


@admin.register(PriceChange)
class PriceChangeAdmin(admin.ModelAdmin[PriceChange]):
    """What prices are to change, and when. A plan is not edited: call it off and make another."""

    form = PriceChangeForm
    fields = ("sku", "price", "starts_at", "ends_at")
    list_display = ("variant", "amount", "starts_at", "ends_at", "status", "compared_with")
    list_filter = ("status", "starts_at")
    list_select_related = ("variant",)
    search_fields = ("variant__sku", "variant__product__name")
    ordering = ("-starts_at",)
    actions = ("call_off",)

    @admin.display(description="price", ordering="price")
    def amount(self, change: PriceChange) -> str:
        """As a shopper reads it."""
        return format_money(change.price, settings.SHOP_CURRENCY)

    @admin.display(description="lowest of 30 days before")
    def compared_with(self, change: PriceChange) -> str:
        """What a sale is compared with on the product's page."""
        return "-" if change.lowest_before is None else format_money(change.lowest_before, settings.SHOP_CURRENCY)

    def has_change_permission(self, request: HttpRequest, obj: PriceChange | None = None) -> bool:
        """A list with actions; no row is edited."""
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: PriceChange | None = None) -> bool:  # noqa: ARG002 - same
        """What was planned stays on record."""
        return False

    def save_model(self, request: HttpRequest, obj: PriceChange, form: Any, change: bool) -> None:  # noqa: ARG002 - Django calls it so
        """Plan it."""
        obj.pk = form.plan().pk

    @admin.action(description="Call off, or end the sale now", permissions=["add"])
    def call_off(self, request: HttpRequest, queryset: QuerySet[PriceChange]) -> None:
        """Call the chosen plans off."""
        done = sum(call_off(change_id=pk, now=timezone.now()) for pk in queryset.values_list("pk", flat=True))
        messages.success(request, f"{done} called off or ended. Those that were over already stay as they are.")


@admin.register(PriceRow)
class PriceRowAdmin(ReadOnly, admin.ModelAdmin[PriceRow]):
    """What prices were, to read."""

    list_display = ("from_at", "variant", "amount")
    list_select_related = ("variant",)
    list_filter = ("from_at",)
    search_fields = ("variant__sku",)
    ordering = ("-from_at", "-pk")
    show_full_result_count = False

    @admin.display(description="price", ordering="price")
    def amount(self, row: PriceRow) -> str:
        """As a shopper reads it."""
        return format_money(row.price, settings.SHOP_CURRENCY)
