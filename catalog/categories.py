"""Placing and moving categories: whoever changes one keeps the paths of all below it true."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from catalog.models import Category
from catalog.selectors import forget_category_tree

# Deeper trees than this only get lost; it also bounds the walk up.
MAX_DEPTH = 6


class UnableToPlaceCategory(ValidationError):
    """A category cannot stand there; the message says why."""


def check_place(*, category: Category) -> str:
    """Give the path `category` will have. Raise UnableToPlaceCategory when it cannot stand there."""
    path = _path_of(category)
    if Category.objects.filter(path=path).exclude(pk=category.pk).exists():
        raise UnableToPlaceCategory(f"There is already a category at “{path}”.")
    if category.path:
        below = Category.objects.filter(path__startswith=f"{category.path}/").values_list("path", flat=True)
        deepest = max((other.count("/") - category.path.count("/") for other in below), default=0)
        if path.count("/") + deepest >= MAX_DEPTH:
            raise UnableToPlaceCategory(f"Categories may stand {MAX_DEPTH} deep at most.")
    return path


def place_category(*, category: Category) -> Category:
    """Save `category` under its parent and give it, and everything below it, the right path.

    Raise UnableToPlaceCategory when it would stand inside itself, too deep, or on a taken path.
    """
    with transaction.atomic():
        category.path = check_place(category=category)
        category.save()
        _carry_down(category)
    transaction.on_commit(forget_category_tree)
    return category


def _path_of(category: Category) -> str:
    slugs = [category.slug]
    above = category.parent
    while above is not None:
        if above.pk == category.pk:
            raise UnableToPlaceCategory("A category cannot stand inside itself.")
        slugs.insert(0, above.slug)
        if len(slugs) > MAX_DEPTH:
            raise UnableToPlaceCategory(f"Categories may stand {MAX_DEPTH} deep at most.")
        above = above.parent
    return "/".join(slugs)


def _carry_down(category: Category) -> None:
    for child in Category.objects.filter(parent=category):
        path = f"{category.path}/{child.slug}"
        if child.path != path:
            child.path = path
            child.save(update_fields=["path"])
            _carry_down(child)
