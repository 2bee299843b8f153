"""What the demo's products answer to the shop's attributes, read from the particulars that were written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from catalog.demo.records import Product

# Slug and name of a material, and the words that tell of it.
MATERIALS = (
    ("leather", "Leather", ("leather", "hide")),
    ("cotton", "Cotton and canvas", ("cotton", "canvas", "denim", "corduroy")),
    ("wool", "Wool and felt", ("wool", "felt", "tweed", "lambswool")),
    ("wood", "Wood", ("beech", "oak", "pine", "walnut", "birch", "ash", "cedar", "larch", "wood", "bamboo", "cork")),
    ("wicker", "Wicker and rope", ("willow", "wicker", "sisal", "jute", "rattan", "rope", "seagrass")),
    ("steel", "Steel and brass", ("steel", "brass", "iron", "tin", "zinc", "copper")),
    ("rubber", "Rubber and plastic", ("rubber", "latex", "silicone", "plastic", "resin", "nylon", "polyester")),
    ("ceramic", "Stoneware and ceramic", ("stoneware", "ceramic", "earthenware", "porcelain", "glass")),
)


def materials_of(product: Product) -> Iterator[str]:
    """Yield the slugs of the materials a product is made of."""
    text = dict(product.facts).get("Material", "").lower()
    words = set(text.replace(",", " ").split())
    for slug, _, telling in MATERIALS:
        if words & set(telling):
            yield slug


def is_washable(product: Product) -> bool | None:
    """Whether a machine may wash it; None where nobody says."""
    care = dict(product.facts).get("Care", "")
    return care.startswith(("Machine wash", "Dishwasher")) if care else None


def weight_of(product: Product) -> Decimal | None:
    """The lightest variant in kilograms, if it was weighed."""
    grams = min(variant.weight_grams for variant in product.variants)
    return Decimal(grams) / 1000 if grams else None
