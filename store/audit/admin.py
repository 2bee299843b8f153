"""The audit log in the admin, to be read, and to be taken away as a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.html import format_html

from store.audit.chain import record
from store.audit.export import lines_of, rows_between
from store.audit.models import AuditRow
from store.card_guard import GuardedForm
from store.models import User
from store.read_only import ReadOnly
from store.sent import sent
from store.staff.again import ask_again
from store.staff.pages import show


class ExportForm(GuardedForm):
    """Which days, and why."""

    first = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label="Until", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    why = forms.CharField(label="Why", max_length=300, help_text="Stands in the log itself.")


@admin.register(AuditRow)
class AuditRowAdmin(ReadOnly, admin.ModelAdmin[AuditRow]):
    """Who did what. The address and the reason are decrypted row by row."""

    list_display = ("n", "at", "who", "action", "thing", "shown_fields", "shown_address", "shown_why")
    list_display_links = None
    list_filter = (("at", admin.DateFieldListFilter), "action")
    list_select_related = ("actor",)
    list_per_page = 50
    ordering = ("-n",)
    show_full_result_count = False
    actions = None

    @admin.display(description="who")
    def who(self, row: AuditRow) -> str:
        """Name the member of staff."""
        return row.actor.get_full_name() if row.actor else "at the server"

    @admin.display(description="object")
    def thing(self, row: AuditRow) -> str:
        """Lead to the object, if it has a page."""
        name = f"{row.object_type.rpartition('.')[2]} {row.object_id[:8]}".strip()
        try:
            address = reverse(f"admin:{row.object_type.lower().replace('.', '_')}_change", args=[row.object_id])
        except NoReverseMatch:
            return name
        return format_html('<a href="{}">{}</a>', address, name)

    @admin.display(description="fields")
    def shown_fields(self, row: AuditRow) -> str:
        """Return the names, with room to break."""
        return ", ".join(row.field_names.split())

    @admin.display(description="from")
    def shown_address(self, row: AuditRow) -> str:
        """Return the address; by a method, so that the admin can't offer to sort by it."""
        return str(row.address)

    @admin.display(description="why")
    def shown_why(self, row: AuditRow) -> str:
        """Return the reason."""
        return str(row.why)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Filter by what the pages of an order, a case and an account link to."""
        wanted = {"object_type", "object_id", "actor__id__exact"}
        return lookup in wanted or super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]  # stubs want a request

    def get_urls(self) -> list[URLPattern]:
        """Add the export."""
        return [
            path("export/", self.admin_site.admin_view(self.export), name="store_auditrow_export"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the way to the export to those who may."""
        extra = {**(extra_context or {}), "may_export": request.user.has_perm("store.export_audit")}
        return super().changelist_view(request, extra)

    def export(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        """Send the log as CSV. That is written to the log, too."""
        if not request.user.has_perm("store.export_audit") or not isinstance(request.user, User):
            raise PermissionDenied
        if asked := ask_again(request):
            return asked
        form = ExportForm(sent(request))
        if not form.is_valid():
            return show(request, "store/staff/export.html", form)
        given = form.cleaned_data
        record(actor=request.user, action="audit.exported", why=given["why"], request=request)
        return StreamingHttpResponse(
            lines_of(rows_between(given["first"], given["last"])),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="audit-log.csv"', "Cache-Control": "no-store"},
        )
