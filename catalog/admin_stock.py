"""What runs out, to read: every variant with what is left of it."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from catalog.models import Variant
from catalog.models.variant import SCARCE_UNITS
from store.read_only import ReadOnly


class StockFilter(admin.SimpleListFilter):
    """Sold out, or nearly."""

    title = "stock"
    parameter_name = "stock"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Variant]) -> Iterable[tuple[str, str]]:  # noqa: ARG002 - Django calls it so
        """What can be asked for."""
        return [("low", f"{SCARCE_UNITS} or fewer left"), ("out", "sold out"), ("plenty", f"more than {SCARCE_UNITS}")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Variant]) -> QuerySet[Variant]:  # noqa: ARG002 - same
        """Those that are."""
        match self.value():
            case "low":
                return queryset.filter(on_hand__lte=F("held") + SCARCE_UNITS)
            case "out":
                return queryset.filter(on_hand__lte=F("held"))
            case "plenty":
                return queryset.filter(on_hand__gt=F("held") + SCARCE_UNITS)
        return queryset


@admin.register(Variant)
class VariantAdmin(ReadOnly, admin.ModelAdmin[Variant]):
    """The shelf, scarcest first. A variant is changed, and its stock counted, on its product's page."""

    list_display = ("sku", "of_product", "label", "free", "on_hand", "held", "is_active")
    list_filter = (StockFilter, "is_active")
    search_fields = ("sku", "product__name")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Variant]:
        """With what nobody has been promised, and the product's name: one query."""
        return (
            super()
            .get_queryset(request)
            .select_related("product")
            .annotate(free=F("on_hand") - F("held"))
            .order_by("free", "sku")
        )

    @admin.display(description="left", ordering="free")
    def free(self, variant: Variant) -> int:
        """Units nobody has been promised."""
        return variant.available

    @admin.display(description="product", ordering="product__name")
    def of_product(self, variant: Variant) -> str:
        """Its name, leading to the page where it is counted."""
        address = reverse("admin:catalog_product_change", args=[variant.product_id])
        return format_html('<a href="{}">{}</a>', address, variant.product.name)
