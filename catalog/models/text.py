"""The catalogue in other languages. What has no row here is shown in the shop's first language."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from catalog.models.category import Category
from catalog.models.picture import Picture
from catalog.models.product import Product


def check_language(code: str) -> None:
    """Refuse what the shop doesn't speak, and its first language, whose texts are those of the rows themselves."""
    others = [one for one, _ in settings.LANGUAGES[1:]]
    if code not in others:
        raise ValidationError(f"Use one of: {', '.join(others)}.")


class Text(models.Model):
    """What every translation has."""

    language = models.CharField(max_length=8, validators=[check_language], help_text="As in addresses: de.")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.language


class ProductText(Text):
    """A product's words in another language; an empty one is shown in the first language."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="texts")
    name = models.CharField(max_length=120)
    tagline = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)

    class Meta:
        verbose_name = "translation"
        constraints: ClassVar = [models.UniqueConstraint(fields=["product", "language"], name="catalog_producttext_once")]


class CategoryText(Text):
    """A category's words in another language."""

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="texts")
    name = models.CharField(max_length=80)
    blurb = models.CharField(max_length=240, blank=True)

    class Meta:
        verbose_name = "translation"
        constraints: ClassVar = [models.UniqueConstraint(fields=["category", "language"], name="catalog_categorytext_once")]


class PictureText(Text):
    """What a picture shows, in another language."""

    picture = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="texts")
    alt = models.CharField("what it shows", max_length=200)

    class Meta:
        verbose_name = "picture in another language"
        verbose_name_plural = "pictures in other languages"
        constraints: ClassVar = [models.UniqueConstraint(fields=["picture", "language"], name="catalog_picturetext_once")]


class Phrase(Text):
    """A short text that many products share: an option and its values, an attribute and its answers, a fact's label.

    "Colour" is translated once, however many products have one.
    """

    phrase = models.CharField("in the first language", max_length=120)
    said = models.CharField("in this one", max_length=160)

    class Meta:
        verbose_name = "shared phrase"
        constraints: ClassVar = [models.UniqueConstraint(fields=["language", "phrase"], name="catalog_phrase_once")]

    def __str__(self) -> str:
        return f"{self.phrase} ({self.language})"
