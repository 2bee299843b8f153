"""Records of what was: rows that are only ever added."""

# ruff: noqa: SLF001 - _meta is Django's public secret
from __future__ import annotations

from typing import Any

from django.db import models


class NeverChanges(TypeError):
    """The row is a record of what was; write a new one instead."""


class RecordQuerySet[T: models.Model](models.QuerySet[T]):
    """Rows that are only added. An erasure may blank their personal columns; nothing else changes them."""

    def update(self, **kwargs: Any) -> int:
        """Blank personal columns. Raises NeverChanges for anything else."""
        from store.registry import personal_fields  # noqa: PLC0415 - the registry reads the models

        personal = set(personal_fields(self.model))
        if not kwargs or set(kwargs) - personal or any(value is not None for value in kwargs.values()):
            raise NeverChanges(f"A {self.model._meta.verbose_name} never changes: write another one.")
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise NeverChanges(f"A {self.model._meta.verbose_name} is never deleted.")


class Record(models.Model):
    """A row that is written once."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write it. Raises NeverChanges for one that was written."""
        if not self._state.adding:
            raise NeverChanges(f"A {self._meta.verbose_name} never changes: write another one.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise NeverChanges(f"A {self._meta.verbose_name} is never deleted.")
