"""The pages of the admin that take the catalogue out as CSV and bring it in again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from catalog.exchange import MAX_BYTES, PlanChanged, UnreadableTable, carry_out_import, export_rows, plan_import
from catalog.exchange_cells import HEAD
from catalog.models import Product
from store.audit import record
from store.card_guard import GuardedForm
from store.csv_files import csv_response
from store.models import User

# Shown of a long plan; all of it is carried out.
MOST_SHOWN = 500


class TableForm(GuardedForm):
    """A CSV file."""

    table = forms.FileField(label="CSV file", max_length=200)


class Exchange(admin.ModelAdmin[Product]):
    """Adds both pages to the products' admin."""

    change_list_template = "admin/catalog/product/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        """With those of the table."""
        view = self.admin_site.admin_view
        return [
            path("export/", view(self.take_out), name="catalog_product_export"),
            path("import/", view(self.bring_in), name="catalog_product_import"),
            *super().get_urls(),
        ]

    def take_out(self, request: HttpRequest) -> HttpResponseBase:
        """Every variant as a row."""
        if not request.user.has_perm("catalog.view_variant"):
            raise PermissionDenied
        user = request.user if isinstance(request.user, User) else None
        record(actor=user, action="catalogue.exported", fields=HEAD, request=request)
        return csv_response(name="catalogue", head=HEAD, rows=export_rows())

    def bring_in(self, request: HttpRequest) -> HttpResponse:
        """Show what a table would change; carry out what was looked at."""
        needed = ("add_product", "change_product", "add_variant", "change_variant")
        if not all(request.user.has_perm(f"catalog.{right}") for right in needed):
            raise PermissionDenied
        page: dict[str, Any] = {**self.admin_site.each_context(request), "title": "Bring a table in", "head": HEAD}
        if request.method == "POST":
            try:
                text = self._text_of(request)
                if "digest" in request.POST:
                    return self._carry_out(request, text)
                plan = plan_import(text)
                page |= {"plan": plan, "text": text, "shown": plan.changes[:MOST_SHOWN], "faults": plan.faults[:MOST_SHOWN]}
            except UnreadableTable as error:
                page["trouble"] = f"{error} Nothing was changed."
            except PlanChanged:
                plan = plan_import(text)
                page |= {"plan": plan, "text": text, "shown": plan.changes[:MOST_SHOWN], "faults": plan.faults[:MOST_SHOWN]}
                page["trouble"] = "The catalogue has changed meanwhile. Nothing was brought in. Please look at this again."
        return render(request, "admin/catalog/product/import.html", page)

    def _carry_out(self, request: HttpRequest, text: str) -> HttpResponse:
        plan = carry_out_import(text=text, digest=request.POST["digest"], now=timezone.now())
        messages.success(request, f"{len(plan.changes)} values were brought in from {plan.rows} rows.")
        return redirect(reverse("admin:catalog_product_changelist"))

    def _text_of(self, request: HttpRequest) -> str:
        if "text" in request.POST:
            return request.POST["text"].replace("\r\n", "\n")  # as browsers send line breaks
        form = TableForm(request.POST, request.FILES)
        if not form.is_valid():
            raise UnreadableTable("There was no file with anything in it.")
        upload = form.cleaned_data["table"]
        if upload.size > MAX_BYTES:
            raise UnreadableTable(f"The file is larger than {MAX_BYTES // 1000} kB. Please bring it in in parts.")
        try:
            return str(upload.read().decode("utf-8-sig")).replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise UnreadableTable("The file is not in UTF-8. Save it as “CSV UTF-8” in the spreadsheet.") from None
