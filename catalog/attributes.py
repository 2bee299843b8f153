"""All attributes and their choices, kept for a minute as the category tree is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import DEFAULT_DB_ALIAS

from catalog.kept import Kept
from catalog.models import Attribute


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a list."""

    pk: int
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Known:
    """An attribute that lists can be narrowed by."""

    pk: int
    code: str
    name: str
    kind: str
    unit: str
    choices: dict[str, Choice] = field(default_factory=dict)  # by slug, in their order


@dataclass(frozen=True, slots=True)
class AttributeBook:
    """The attributes offered as filters, in their order."""

    by_code: dict[str, Known]
    by_pk: dict[int, Known]


def _read() -> AttributeBook:
    # From the primary, as the category tree.
    rows = (
        Attribute.objects.using(DEFAULT_DB_ALIAS)
        .filter(is_facet=True)
        .order_by("position", "name", "choices__position", "choices__name")
        .values_list("pk", "code", "name", "kind", "unit", "choices__pk", "choices__slug", "choices__name")
    )
    by_code: dict[str, Known] = {}
    for pk, code, name, kind, unit, choice_pk, slug, choice in rows:
        known = by_code.setdefault(code, Known(pk, code, name, kind, unit))
        if choice_pk is not None:
            known.choices[slug] = Choice(choice_pk, slug, choice)
    return AttributeBook(by_code=by_code, by_pk={known.pk: known for known in by_code.values()})


_book = Kept("attributes", _read)


def attribute_book() -> AttributeBook:
    """Give all attributes offered as filters: one query, or none when they were read within the last minute."""
    return _book.get()


def forget_attributes(**_: Any) -> None:
    """Make the next page read them again (receiver of `post_save` and `post_delete` of both tables)."""
    _book.forget()
