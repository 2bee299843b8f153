"""What the shop knows of words: those on its goods, and those that were looked for in vain."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Word(models.Model):
    """A word of some product's name, maker or tagline, in lower case. Written by triggers (`catalog.triggers`)."""

    word = models.CharField(max_length=40, primary_key=True)

    def __str__(self) -> str:
        return self.word


class TextWord(models.Model):
    """The same in another language, of the texts that are written in it (`catalog.text_triggers`)."""

    language = models.CharField(max_length=8)
    word = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["language", "word"], name="catalog_textword_once")]

    def __str__(self) -> str:
        return self.word


class MissedSearch(models.Model):
    """A wish that nothing answered, and how often. Never who: only `catalog.missed` writes here."""

    term = models.CharField(max_length=60, unique=True)
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        verbose_name = "search without result"
        verbose_name_plural = "searches without result"

    def __str__(self) -> str:
        return self.term
