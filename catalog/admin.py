"""The catalogue in the Django admin. Stock is shown, and changed by a count that writes the ledger."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, Sum
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html

from catalog.admin_addresses import OldAddressAdmin
from catalog.admin_attributes import AttributeAdmin, ProductAttributeInline
from catalog.admin_exchange import Exchange
from catalog.admin_forms import CategoryForm, PictureForm, ProductForm, VariantForm
from catalog.admin_prices import PriceChangeAdmin, PriceRowAdmin
from catalog.admin_repricing import Repricer
from catalog.admin_stock import VariantAdmin
from catalog.admin_texts import CategoryTextInline, PhraseAdmin, PictureTextAdmin, ProductTextInline
from catalog.categories import place_category
from catalog.models import Category, MissedSearch, Picture, Product, StockMove, Variant
from catalog.pictures import arrange_pictures
from catalog.selectors import product_page
from catalog.stock import StockAlreadyMoved, UnableToMoveStock, count_stock
from catalog.views import show_product
from store.labelled import LabelledRows
from store.money import format_money
from store.read_only import ReadOnly

__all__ = [
    "AttributeAdmin",
    "CategoryAdmin",
    "MissedSearchAdmin",
    "OldAddressAdmin",
    "PhraseAdmin",
    "PictureTextAdmin",
    "PriceChangeAdmin",
    "PriceRowAdmin",
    "ProductAdmin",
    "StockMoveAdmin",
    "VariantAdmin",
]


def _thumbnail(picture: Picture | Category | None) -> str:
    if picture is None or not picture.stem:
        return "-"
    return format_html('<img src="{}" width="56" height="56" alt="">', picture.thumbnail)


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin[Category]):
    """Shelves, in the order of their addresses."""

    form = CategoryForm
    inlines = (CategoryTextInline,)
    list_display = ("name", "path", "position")
    list_editable = ("position",)
    search_fields = ("name", "path")
    ordering = ("path",)
    autocomplete_fields = ("parent",)
    prepopulated_fields = {"slug": ("name",)}

    def save_model(self, request: HttpRequest, obj: Category, form: ModelForm[Category], change: bool) -> None:
        """Place the category, so that the paths below it follow."""
        place_category(category=obj)


class VariantInline(LabelledRows, admin.TabularInline[Variant, Product]):
    """What is sold, with its stock."""

    model = Variant
    form = VariantForm
    extra = 0
    ordering = ("position", "pk")
    fields = (
        "sku",
        "label",
        "options_text",
        "price",
        "weight_g",
        "on_hand",
        "held",
        "count",
        "is_active",
        "position",
        "token",
    )
    readonly_fields = ("on_hand", "held")
    can_delete = False  # orders point at variants; withdraw one by unticking it
    verbose_name_plural = "variants (“count” adds to or takes from what is on hand)"


class PictureInline(LabelledRows, admin.TabularInline[Picture, Product]):
    """The gallery."""

    model = Picture
    form = PictureForm
    extra = 0
    ordering = ("position",)
    verbose_name_plural = "pictures (drag a row, or say its place; 1 is the one that cards show)"
    fields = ("thumbnail", "upload", "alt", "place")
    readonly_fields = ("thumbnail",)

    class Media:
        js = ("store/order-rows.js",)

    @admin.display(description="picture")
    def thumbnail(self, picture: Picture) -> str:
        """A small look at it."""
        return _thumbnail(picture)


@admin.register(Product)
class ProductAdmin(Exchange, Repricer):
    """Products with their variants and pictures."""

    form = ProductForm
    inlines = (VariantInline, PictureInline, ProductTextInline, ProductAttributeInline)
    list_display = ("thumbnail", "name", "brand", "category", "from_price", "available", "is_featured", "is_active")
    list_display_links = ("name",)
    list_filter = ("is_active", "is_featured", "tax_class", "category")
    list_select_related = ("category",)
    list_per_page = 50
    search_fields = ("name", "brand", "variants__sku")
    search_help_text = "Name, brand or SKU"
    ordering = ("-created_at", "-pk")
    autocomplete_fields = ("category", "related")
    prepopulated_fields = {"slug": ("name",)}
    actions = ("change_prices", "feature", "unfeature", "withdraw", "put_on_sale")
    show_full_result_count = False
    fieldsets = (
        (None, {"fields": ("name", "slug", "category", "brand", "tagline", "tax_class")}),
        ("Page", {"fields": ("description", "facts_text", "option_types_text")}),
        ("Shown", {"fields": ("is_active", "is_featured", "related")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        """Add what the list shows, in as many queries for fifty rows as for one."""
        units = Sum("variants__on_hand") - Sum("variants__held")
        return super().get_queryset(request).annotate(units=units).prefetch_related("pictures")

    def get_urls(self) -> list[URLPattern]:
        """With the preview."""
        preview = self.admin_site.admin_view(self.preview)
        return [path("<int:product_id>/preview/", preview, name="catalog_product_preview"), *super().get_urls()]

    def preview(self, request: HttpRequest, product_id: int) -> HttpResponse:
        """Show a product as its page will be, on sale or not."""
        product = get_object_or_404(Product, pk=product_id)
        if not self.has_view_permission(request, product):
            raise PermissionDenied
        found = product_page(slug=product.slug, is_preview=True)
        if found is None or found.price_from is None:
            messages.warning(request, "There is no price yet, so there is no page to look at. Add a variant and save first.")
            return redirect("admin:catalog_product_change", product_id)
        return show_product(request, found, is_preview=True)

    @admin.display(description="picture")
    def thumbnail(self, product: Product) -> str:
        """A small look at it."""
        return _thumbnail(min(product.pictures.all(), key=lambda picture: picture.position, default=None))

    @admin.display(description="from", ordering="price_from")
    def from_price(self, product: Product) -> str:
        """The lowest price."""
        return "-" if product.price_from is None else format_money(product.price_from, settings.SHOP_CURRENCY)

    @admin.display(description="available", ordering="units")
    def available(self, product: Product) -> int:
        """Units of all variants that nobody has been promised."""
        return cast("int", getattr(product, "units", 0) or 0)

    def save_model(self, request: HttpRequest, obj: Product, form: ModelForm[Product], change: bool) -> None:
        """Date a new product."""
        if not change:
            obj.created_at = timezone.now()
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: ModelForm[Product], formset: Any, change: bool) -> None:
        """Save rows, then move the stock that was counted, then put the pictures in order."""
        super().save_formset(request, form, formset, change)
        if formset.model is Variant:
            self._count(request, formset)
        elif formset.model is Picture:
            places = {row.instance.pk: row.cleaned_data.get("place") for row in formset.forms if row.instance.pk}
            arrange_pictures(product=form.instance, places=places)

    def _count(self, request: HttpRequest, formset: BaseInlineFormSet[Variant, Product, VariantForm]) -> None:
        for row in formset.forms:
            change = row.cleaned_data.get("count")
            if not change:
                continue
            # The token was written into the form: sending it twice counts once.
            cause = f"count:{row.cleaned_data['token']}:by:{request.user.pk}"
            try:
                count_stock(variant_id=row.instance.pk, change=change, cause=cause, now=timezone.now())
            except StockAlreadyMoved:
                messages.warning(request, f"{row.instance.sku}: this count had been taken already.")
            except UnableToMoveStock:
                messages.error(request, f"{row.instance.sku}: not counted, more units are held than would remain.")

    @admin.action(description="Put on the front page", permissions=["change"])
    def feature(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """Show the chosen products on the front page."""
        queryset.update(is_featured=True)

    @admin.action(description="Take off the front page", permissions=["change"])
    def unfeature(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """Stop showing the chosen products on the front page."""
        queryset.update(is_featured=False)

    @admin.action(description="Withdraw from sale", permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """Take the chosen products off sale; orders keep theirs."""
        queryset.update(is_active=False)

    @admin.action(description="Put on sale", permissions=["change"])
    def put_on_sale(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """Sell the chosen products again."""
        queryset.update(is_active=True)


@admin.register(StockMove)
class StockMoveAdmin(ReadOnly, admin.ModelAdmin[StockMove]):
    """The ledger, to read."""

    list_display = ("at", "variant", "kind", "on_hand_delta", "held_delta", "cause")
    list_filter = ("kind", "at")
    list_select_related = ("variant",)
    search_fields = ("variant__sku", "cause")
    search_help_text = "SKU or cause"
    ordering = ("-pk",)
    show_full_result_count = False


@admin.register(MissedSearch)
class MissedSearchAdmin(ReadOnly, admin.ModelAdmin[MissedSearch]):
    """What shoppers look for in vain, most wanted first. Nobody is named; what looks like a person is not kept."""

    list_display = ("term", "times", "last_at", "first_at")
    list_filter = ("last_at",)
    search_fields = ("term",)
    ordering = ("-times", "-last_at")
