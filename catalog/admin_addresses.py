"""Redirects in the admin: where something used to be, and where it is now. Most are written by the database."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.models import Category, OldAddress, Product
from store.card_guard import GuardedModelForm

_PATH = re.compile(r"products/[\w-]+|catalog/[\w-]+(/[\w-]+)*")


def normalise_path(typed: str) -> str:
    """Give the path as redirects are kept, of an address as people copy it: no shop, no language, no slashes around it."""
    path = unquote(urlsplit(typed.strip()).path).strip("/")
    for code, _ in settings.LANGUAGES[1:]:
        path = path.removeprefix(f"{code}/")
    return path


class OldAddressForm(GuardedModelForm):
    """An address that leads on: to a product or to a category."""

    class Meta:
        model = OldAddress
        fields = ("path", "product", "category")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "path"
        ].help_text = "As in products/bow-tie or catalog/dogs/ties; a whole address will do, in any language."
        for name in ("product", "category"):
            self.fields[name].required = False

    def clean_path(self) -> str:
        """Take what redirects are asked for, and nothing that has a page."""
        path = normalise_path(self.cleaned_data["path"])
        if not _PATH.fullmatch(path):
            raise ValidationError("Only addresses of products and categories lead on: products/… or catalog/….")
        kind, _, rest = path.partition("/")
        is_there = (
            Product.objects.filter(slug=rest).exists() if kind == "products" else Category.objects.filter(path=rest).exists()
        )
        if is_there:
            raise ValidationError("There is a page at this address, so nobody would be led on.")
        return path

    def clean(self) -> dict[str, Any]:
        """One place to lead to."""
        data = super().clean() or self.cleaned_data
        if bool(data.get("product")) == bool(data.get("category")):
            raise ValidationError("Choose a product or a category to lead to: one of them.")
        return data


@admin.register(OldAddress)
class OldAddressAdmin(admin.ModelAdmin[OldAddress]):
    """Added when an old address is known from elsewhere; taken away when it should end in “not found”. Never changed."""

    form = OldAddressForm
    list_display = ("path", "leads_to")
    list_display_links = None
    list_select_related = ("product", "category")
    autocomplete_fields = ("product",)
    search_fields = ("path", "product__name", "category__name")
    ordering = ("path",)

    def has_change_permission(self, _request: HttpRequest, _obj: OldAddress | None = None) -> bool:
        """Nobody: another one takes its place."""
        return False

    @admin.display(description="Leads to")
    def leads_to(self, address: OldAddress) -> SafeString:
        """The page it is now."""
        place = address.product or address.category
        if place is None:  # pragma: no cover - the database refuses it
            return SafeString("")
        return format_html('<a href="{}">{}</a>', place.get_absolute_url(), place.name)
