"""The shop's terms, version by version: what a customer accepted can be shown word by word, years later."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models

from catalog.models.text import check_language
from store.records import Record, RecordQuerySet


class ShopTermsQuerySet(RecordQuerySet["ShopTerms"]):
    """The versions, by what is asked of them."""

    def in_force(self, now: datetime) -> ShopTerms | None:
        """The version that holds now, if there is any."""
        return self.filter(valid_from__lte=now).order_by("-valid_from").first()


class ShopTerms(Record):
    """One version. It never changes: orders name it. A later one takes its place when its time comes."""

    text = models.TextField(
        max_length=200_000, help_text="Plain text. An empty line ends a paragraph; a line that begins with # is a heading."
    )
    valid_from = models.DateTimeField(unique=True, blank=True, help_text="Empty: from now on.")
    added_at = models.DateTimeField(editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    objects = ShopTermsQuerySet.as_manager()

    class Meta:
        verbose_name = "version of the terms"
        verbose_name_plural = "terms"
        default_permissions = ("view", "add")

    def __str__(self) -> str:
        return f"Terms from {self.valid_from:%Y-%m-%d %H:%M}"

    def said_in(self, language: str) -> tuple[str, str]:
        """The text in this language, else in the shop's first, and the language that it is; a query where they differ."""
        if language != settings.LANGUAGE_CODE:
            text = self.texts.filter(language=language).values_list("text", flat=True).first()
            if text is not None:
                return text, language
        return self.text, settings.LANGUAGE_CODE

    @staticmethod
    def blocks_of(text: str) -> list[tuple[bool, str]]:
        """Headings and paragraphs in their order: whether it is a heading, and its text."""
        found: list[tuple[bool, str]] = []
        for block in "\n".join(text.splitlines()).split("\n\n"):
            rest = block.strip()
            while rest.startswith("#"):
                heading, _, rest = rest.partition("\n")
                found.append((True, heading.lstrip("#").strip()))
            if rest.strip():
                found.append((False, rest.strip()))
        return found


class ShopTermsText(Record):
    """The same version in another language, added with it and as unchangeable."""

    terms = models.ForeignKey(ShopTerms, on_delete=models.PROTECT, related_name="texts")
    language = models.CharField(max_length=8, validators=[check_language])
    text = models.TextField(max_length=200_000)

    objects = RecordQuerySet["ShopTermsText"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["terms", "language"], name="checkout_shoptermstext_once"),
        ]

    def __str__(self) -> str:
        return f"{self.terms}, {self.language}"
