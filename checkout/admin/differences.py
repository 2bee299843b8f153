"""Where the gateway's books and ours do not agree, in the admin: what is wrong, what to do, what is safe to do here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from checkout.admin.access import allowed
from checkout.forms import CloseForm
from checkout.gateways.base import GatewayError
from checkout.models import Difference
from checkout.services.differences import NEXT_STEP, close
from checkout.services.mending import UnableToMend, recheck, void_orphan
from store.models import User
from store.money import format_money
from store.read_only import ReadOnly

RIGHT = "checkout.mend_difference"


@admin.register(Difference)
class DifferenceAdmin(ReadOnly, admin.ModelAdmin[Difference]):
    """The differences. Services change them, on request of who has the right."""

    list_display = ("kind", "order_link", "at_gateway", "in_shop", "found_at", "resolved_at")
    list_filter = (("resolved_at", admin.EmptyFieldListFilter), "kind", "gateway")
    list_select_related = ("payment__order",)
    search_fields = ("reference", "object_id", "payment__order__number")
    search_help_text = "An id of the gateway's, or an order number."
    ordering = ("-found_at",)
    show_full_result_count = False
    change_form_template = "admin/checkout/difference.html"
    fieldsets = (
        (None, {"fields": ("kind", "order_link", "at_gateway", "in_shop", "found_at", "seen_at")}),
        ("Where to look", {"fields": ("gateway", "reference", "object_id", "claimed_payment")}),
        ("Closed", {"fields": ("resolved_at", "resolved_by", "note")}),
    )
    readonly_fields = ("order_link", "at_gateway", "in_shop")

    def get_urls(self) -> list[URLPattern]:
        """Looking again, voiding and closing, each a POST of its own."""
        own = [
            path(
                f"<uuid:pk>/{name.replace('_', '-')}/",
                self.admin_site.admin_view(require_POST(getattr(self, name))),
                name=f"checkout_difference_{name}",
            )
            for name in ("look_again", "void", "close")
        ]
        return [*own, *super().get_urls()]

    @admin.display(description="Order")
    def order_link(self, row: Difference) -> str:
        if row.payment is None:
            return "—"
        url = reverse("admin:checkout_order_change", args=[row.payment.order_id])
        return format_html('<a href="{}">{}</a>', url, row.payment.order.number)

    @admin.display(description="At the gateway", ordering="there")
    def at_gateway(self, row: Difference) -> str:
        return "—" if row.there is None else format_money(row.there, row.currency)

    @admin.display(description="In the shop", ordering="here")
    def in_shop(self, row: Difference) -> str:
        return "—" if row.here is None else format_money(row.here, row.currency)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        """Say what to do, and offer what is safe."""
        row: Difference | None = kwargs.get("obj")
        if row is not None:
            context["next_step"] = NEXT_STEP[Difference.Kind(row.kind)] if row.is_open else ""
            may = row.is_open and request.user.has_perm(RIGHT)
            context["close_form"] = CloseForm() if may else None
            context["can_void"] = may and row.can_be_voided
        return super().render_change_form(request, context, *args, **kwargs)

    def look_again(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Settle what can be settled, and compare anew."""
        row, _ = _take(request, pk)
        try:
            if row.is_open and recheck(row, now=timezone.now()):
                messages.success(request, "Both sides agree now. This is closed.")
            else:
                messages.warning(request, "It is as it was. Nothing was changed.")
        except (GatewayError, LookupError) as error:
            messages.error(request, f"The gateway could not be asked just now ({error}). Nothing was changed; try again.")
        return redirect("admin:checkout_difference_change", pk)

    def void(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Void an authorisation that nothing needs."""
        row, user = _take(request, pk)
        try:
            void_orphan(row, by=user, now=timezone.now())
            messages.success(request, "Voided. Nothing was charged, and the customer's money is free again.")
        except UnableToMend as error:
            messages.error(request, str(error))
        return redirect("admin:checkout_difference_change", pk)

    def close(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Close it in a person's name, with a note."""
        row, user = _take(request, pk)
        form = CloseForm(request.POST)
        if not form.is_valid():
            reasons = " ".join(str(error) for errors in form.errors.values() for error in errors)
            messages.error(request, f"It was not closed. {reasons}")
        elif row.is_open:
            close(row, by=user, why=form.cleaned_data["note"], now=timezone.now())
            messages.success(request, "Closed. It opens again if the figures change.")
        return redirect("admin:checkout_difference_change", pk)


def _take(request: HttpRequest, pk: Any) -> tuple[Difference, User]:
    user = allowed(request, RIGHT)
    return get_object_or_404(Difference.objects.select_related("payment__order"), pk=pk), user
