"""Everything on the demo shop's shelves. `more_products` stocks a warehouse in the same manner."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.demo.categories import CATEGORIES
from catalog.demo.records import Category, Option, Picture, Product, Shot, Variant
from catalog.demo.shelves import away, cats, kitchen, polish, rest_and_play, small, walks
from catalog.demo.warehouse import compose_products

__all__ = [
    "CATEGORIES",
    "PRODUCTS",
    "Category",
    "Option",
    "Picture",
    "Product",
    "Shot",
    "Variant",
    "leaf_categories",
    "more_products",
]

PRODUCTS: tuple[Product, ...] = (
    *polish.PRODUCTS, *walks.PRODUCTS, *rest_and_play.PRODUCTS, *cats.PRODUCTS,
    *kitchen.PRODUCTS, *away.PRODUCTS, *small.PRODUCTS,
)  # fmt: skip


def leaf_categories() -> tuple[Category, ...]:
    """The categories that hold products: those that are nobody's parent."""
    parents = {category.parent for category in CATEGORIES}
    return tuple(category for category in CATEGORIES if category.slug not in parents)


def more_products(n: int) -> Iterator[Product]:
    """Yield `n` further products, the same ones every time, with slugs and SKUs of their own and shared pictures."""
    # The polishers stay three and dearest: nothing is modelled on them.
    models = tuple(model for model in PRODUCTS if model.category != "dog-polishers")
    return compose_products(n, models=models)
