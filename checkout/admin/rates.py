"""Rates in the admin: the tables a merchant edits."""

from __future__ import annotations

from typing import Final

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path

from checkout.admin.access import allowed
from checkout.admin.rate_forms import MethodForm, RateForm, ZoneForm
from checkout.models import DeliveryMethod, DeliveryRate, DeliveryZone, TaxRate
from checkout.services.tax_import import UnableToImportRates, import_tax_rates
from store.audit import record
from store.card_guard import GuardedForm
from store.labelled import LabelledRows
from store.money import format_money
from store.sent import sent

# Bytes; the longest file that may be read has about as many rows as there are ZIP codes.
MAX_FILE: Final = 8 * 2**20


class DeliveryRateInline(LabelledRows, admin.TabularInline[DeliveryRate, DeliveryMethod]):
    """What it costs in which zone."""

    model = DeliveryRate
    form = RateForm
    extra = 0


@admin.register(DeliveryZone)
class DeliveryZoneAdmin(admin.ModelAdmin[DeliveryZone]):
    """Parts of the world."""

    form = ZoneForm
    list_display = ("name", "places", "is_served")
    ordering = ("name",)

    @admin.display(description="What is in it")
    def places(self, zone: DeliveryZone) -> str:
        return ", ".join([*zone.countries, *zone.regions, *zone.postcodes])


@admin.register(DeliveryMethod)
class DeliveryMethodAdmin(admin.ModelAdmin[DeliveryMethod]):
    """Ways to send a parcel. Without rates one costs its own price; with rates it goes only where one fits."""

    form = MethodForm
    inlines = (DeliveryRateInline,)
    fieldsets = (
        (None, {"fields": ("name", "code", "promise", "price", ("is_active", "is_express"), "position")}),
        ("Where it goes", {"fields": ("countries",)}),
        ("How long it takes", {"fields": (("min_days", "max_days"), "cut_off")}),
    )
    list_display = ("name", "promise", "amount", "is_express", "is_active", "position")
    ordering = ("position", "pk")

    @admin.display(description="Price", ordering="price")
    def amount(self, method: DeliveryMethod) -> str:
        return format_money(method.price, settings.SHOP_CURRENCY)


class TaxFileForm(GuardedForm):
    """A file of rates."""

    file = forms.FileField(
        label="CSV file",
        help_text="The first line names the columns: country, region, postcode, percent, valid_from, valid_until, name, "
        "tax_class (standard, reduced, reduced_2, zero). "
        "Only country and percent are needed.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> str:
        """The text of it."""
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE:
            raise forms.ValidationError(f"The file is larger than {MAX_FILE // 2**20} MB. Nothing was read.")
        try:
            return str(file.read().decode("utf-8"))
        except UnicodeDecodeError:
            raise forms.ValidationError("The file is no text in UTF-8. Nothing was read.") from None


@admin.register(TaxRate)
class TaxRateAdmin(admin.ModelAdmin[TaxRate]):
    """Sales tax and VAT by region."""

    list_display = ("country", "region", "postcode", "tax_class", "name", "rate", "valid_from", "valid_until")
    list_filter = ("tax_class", "country", "valid_from")
    search_fields = ("=country", "=region", "postcode__startswith")
    ordering = ("country", "region", "postcode", "tax_class", "-valid_from")
    change_list_template = "admin/checkout/tax_rates.html"

    def get_urls(self) -> list[URLPattern]:
        """The page that takes a file."""
        own = path("import/", self.admin_site.admin_view(self.import_file), name="checkout_taxrate_import")
        return [own, *super().get_urls()]

    def import_file(self, request: HttpRequest) -> HttpResponse:
        """Take a file of rates, or try it out."""
        for right in ("checkout.add_taxrate", "checkout.change_taxrate"):
            user = allowed(request, right)
        form = TaxFileForm(sent(request), request.FILES or None)
        faults: list[str] = []
        if request.method == "POST" and form.is_valid():
            is_trial = "try" in request.POST
            try:
                found = import_tax_rates(form.cleaned_data["file"], is_trial=is_trial)
            except UnableToImportRates as error:
                faults = error.faults
            else:
                if is_trial:
                    messages.info(request, f"Nothing was written. It would be: {found}. To write it, choose the file again.")
                    return redirect("admin:checkout_taxrate_import")
                record(actor=user, action="checkout.import_tax_rates", why=str(found), request=request)
                messages.success(request, f"The file was read: {found}.")
                return redirect("admin:checkout_taxrate_changelist")
        context = {**self.admin_site.each_context(request), "title": "Import tax rates", "form": form, "faults": faults}
        is_bad = bool(faults or form.errors)
        return render(request, "admin/checkout/tax_import.html", context, status=422 if is_bad else 200)
