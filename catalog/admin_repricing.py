"""The page behind the action “Change prices …” of the products' list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from catalog.models import Product
from catalog.prices import UnableToPlanPrice
from catalog.repricing import PricesChanged, change_prices, work_out_prices


class RepricingForm(forms.Form):
    """By how much, and from when until when."""

    percent = forms.DecimalField(
        label="Change by, in %",
        min_value=-95,
        max_value=500,
        decimal_places=2,
        help_text="-20 makes everything a fifth cheaper, 5 a twentieth dearer.",
    )
    starts_at = forms.SplitDateTimeField(label="From", required=False, widget=AdminSplitDateTime, help_text="Empty: now.")
    ends_at = forms.SplitDateTimeField(
        label="Until", required=False, widget=AdminSplitDateTime, help_text="Empty: for good. With an end it is a sale."
    )


class Repricer(admin.ModelAdmin[Product]):
    """Adds the action to the products' admin."""

    @admin.action(description="Change prices …", permissions=["change"])
    def change_prices(self, request: HttpRequest, queryset: QuerySet[Product]) -> HttpResponse | None:
        """Ask by how much; show each price now and then; change them once they were looked at."""
        ids = list(queryset.order_by("pk").values_list("pk", flat=True))
        form = RepricingForm(request.POST if "percent" in request.POST else None)
        page: dict[str, Any] = {**self.admin_site.each_context(request), "title": "Change prices", "form": form, "ids": ids}
        if form.is_valid():
            asked = form.cleaned_data
            if "digest" in request.POST:
                try:
                    count = change_prices(product_ids=ids, digest=request.POST["digest"], now=timezone.now(), **asked)
                except (PricesChanged, UnableToPlanPrice) as error:
                    words = str(error) or "Some prices have changed meanwhile."
                    page["trouble"] = f"{words} No price was changed. Please look at this again."
                else:
                    messages.success(request, f"{count} prices were changed, or will be at their time.")
                    return None
            page["found"] = work_out_prices(product_ids=ids, percent=asked["percent"])
        return render(request, "admin/catalog/product/prices.html", page)
