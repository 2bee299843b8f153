"""Every row about one person, by the registry."""

# ruff: noqa: SLF001 - _meta is Django's public secret
from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.db.models import Q, QuerySet

from store.registry import Personal, personal_models


def rows_about(
    digest: str, *, made_until: datetime | None = None
) -> Iterator[tuple[type[models.Model], Personal, QuerySet[Any]]]:
    """Yield each registered model that can be traced to people, and its rows about the person with this e-mail digest.

    With `made_until`, only rows that came to be until then.
    """
    for model, entry in personal_models():
        if entry.found_by:
            condition = Q()
            for path in entry.found_by:
                condition |= Q(**{path: digest})
            if made_until is not None:
                condition &= Q(**{f"{entry.made_at}__lte": made_until})
            # By id, as a join to many would list a row more than once.
            ids = model._base_manager.filter(condition).values("pk")
            yield model, entry, model._base_manager.filter(pk__in=ids)


_BY_MAIL: Final = "email_index"


def rows_of(pk: UUID) -> Iterator[tuple[type[models.Model], Personal, QuerySet[Any]]]:
    """Yield each registered model that can be traced to people, and its rows that are, or belong to, the row of this id."""
    for model, entry in personal_models():
        owners = [path.removesuffix(_BY_MAIL) for path in entry.found_by if path.endswith(_BY_MAIL)]
        if owners:
            condition = Q()
            for owner in owners:
                condition |= Q(**{f"{owner}pk": pk})
            ids = model._base_manager.filter(condition).values("pk")
            yield model, entry, model._base_manager.filter(pk__in=ids)
