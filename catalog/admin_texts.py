"""The catalogue's other languages in the admin: with the product and the category, and a list of shared phrases."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.forms import ChoiceField

from catalog.models import Category, CategoryText, Phrase, PictureText, Product, ProductText
from store.card_guard import GuardedModelForm

OTHERS = list(settings.LANGUAGES[1:])


class TextForm(GuardedModelForm):
    """Offers the shop's other languages instead of a code to type."""

    language = ChoiceField(choices=OTHERS)


class ProductTextInline(admin.StackedInline[ProductText, Product]):
    """The product's words in other languages."""

    model = ProductText
    form = TextForm
    extra = 0
    max_num = len(OTHERS)
    fields = ("language", "name", "tagline", "description")


class CategoryTextInline(admin.TabularInline[CategoryText, Category]):
    """The category's words in other languages."""

    model = CategoryText
    form = TextForm
    extra = 0
    max_num = len(OTHERS)
    fields = ("language", "name", "blurb")


@admin.register(PictureText)
class PictureTextAdmin(admin.ModelAdmin[PictureText]):
    """What pictures show, in other languages."""

    form = TextForm
    list_display = ("product", "original", "language", "alt")
    list_select_related = ("picture__product",)
    list_filter = ("language",)
    search_fields = ("picture__product__name", "picture__alt", "alt")
    raw_id_fields = ("picture",)
    ordering = ("picture__product__name", "picture__position")

    @admin.display(ordering="picture__product__name")
    def product(self, text: PictureText) -> str:
        """Whose picture it is."""
        return text.picture.product.name

    @admin.display(description="in the first language")
    def original(self, text: PictureText) -> str:
        """What it shows, as its product's page has it."""
        return text.picture.alt


@admin.register(Phrase)
class PhraseAdmin(admin.ModelAdmin[Phrase]):
    """Options, values, attributes, answers, labels of facts, ways of delivery, taxes: each once, wherever it is shown."""

    form = TextForm
    list_display = ("phrase", "language", "said")
    list_editable = ("said",)
    list_filter = ("language",)
    search_fields = ("phrase", "said")
    ordering = ("phrase", "language")
