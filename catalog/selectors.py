"""Reads that span the catalogue's tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.cache import cache
from django.db.models import Count, Prefetch, Q
from django.urls import reverse

from catalog.models import Category, Picture, Variant

# The tree changes a few times a year and every page shows it; a change shows in other processes this much later.
TREE_SECONDS = 60
_TREE_KEY = "catalog:tree"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category as pages need it: no query behind any of its names."""

    pk: int
    parent_pk: int | None
    name: str
    blurb: str
    path: str
    url: str
    children: list[Shelf] = field(default_factory=list, compare=False, repr=False)

    @property
    def family(self) -> list[int]:
        """Its own key and those of every shelf below it."""
        return [self.pk, *(pk for child in self.children for pk in child.family)]


@dataclass(frozen=True, slots=True)
class CategoryTree:
    """All categories, in one query."""

    roots: list[Shelf]
    by_pk: dict[int, Shelf]
    by_path: dict[str, Shelf]

    def trail(self, pk: int) -> list[Shelf]:
        """The shelf and those above it, topmost first."""
        shelf = self.by_pk.get(pk)
        trail: list[Shelf] = []
        while shelf is not None:
            trail.insert(0, shelf)
            shelf = self.by_pk.get(shelf.parent_pk) if shelf.parent_pk else None
        return trail


def category_tree() -> CategoryTree:
    """Give the whole category tree: one query, or none when it was read within the last minute."""
    rows = cache.get(_TREE_KEY)
    if rows is None:
        rows = list(Category.objects.order_by("position", "name").values_list("pk", "parent_id", "name", "blurb", "path"))
        cache.set(_TREE_KEY, rows, TREE_SECONDS)
    shelves = {row[0]: Shelf(*row, url=reverse("catalog:category", args=[row[4]])) for row in rows}
    roots: list[Shelf] = []
    for shelf in shelves.values():
        siblings = shelves[shelf.parent_pk].children if shelf.parent_pk else roots
        siblings.append(shelf)
    return CategoryTree(roots=roots, by_pk=shelves, by_path={shelf.path: shelf for shelf in shelves.values()})


def forget_category_tree() -> None:
    """Make the next page read the tree again."""
    cache.delete(_TREE_KEY)


def variants_for_lines(*, variant_ids: Iterable[int]) -> dict[int, Variant]:
    """Everything a cart or order line shows, by variant id: product and its first picture, in two queries."""
    first_picture = Prefetch("product__pictures", Picture.objects.filter(position=0), to_attr="card_pictures")
    return Variant.objects.select_related("product").prefetch_related(first_picture).in_bulk(list(variant_ids))


def share_cheaper(*, prices: Iterable[int]) -> dict[int, float]:
    """For each price in minor units, the share (0 to 1) of variants on sale that cost strictly less.

    One aggregate query. With an empty shop every share is 0.
    """
    wanted = sorted(set(prices))
    counts = Variant.objects.for_sale().aggregate(
        total=Count("pk"),
        **{f"under_{price}": Count("pk", filter=Q(price__lt=price)) for price in wanted},
    )
    total = counts["total"]
    return {price: counts[f"under_{price}"] / total if total else 0.0 for price in wanted}
