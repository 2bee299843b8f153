"""The shapes of demo data. Values only: the seeding command turns them into rows."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """What to draw. Equal pictures give equal pixels, so products may share one file."""

    kind: str
    palette: str
    style: str = ""
    seed: int = 0

    @property
    def slug(self) -> str:
        """A name for the file: the same picture always gets the same one."""
        return "-".join(part for part in (self.kind, self.style, self.palette, str(self.seed)) if part)


@dataclass(frozen=True)
class Shot:
    """One picture of a product's gallery: `view` 0 is the product, 1 is the product in use."""

    picture: Picture
    view: int
    alt: str


@dataclass(frozen=True)
class Category:
    """A shelf. `parent` is the slug of the category above, None at the top."""

    slug: str
    name: str
    parent: str | None
    line: str
    picture: Picture


@dataclass(frozen=True)
class Option:
    """One thing a shopper chooses, in the order the choices are offered."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Variant:
    """One thing that can be put in the cart. `price` is in cents (USD); `choices` pairs option name and value."""

    sku: str
    choices: tuple[tuple[str, str], ...]
    price: int
    weight_grams: int
    on_hand: int

    @property
    def label(self) -> str:
        """The chosen values as a shopper reads them: "Large / Navy", or nothing when there was no choice."""
        return " / ".join(value for _, value in self.choices)


@dataclass(frozen=True)
class Product:
    """A product with its variants. `description` is paragraphs parted by a blank line."""

    slug: str
    name: str
    category: str
    line: str
    description: str
    brand: str
    facts: tuple[tuple[str, str], ...]
    options: tuple[Option, ...]
    variants: tuple[Variant, ...]
    picture: Picture
    shots: tuple[Shot, ...]

    @property
    def alt(self) -> str:
        """What the first picture shows."""
        return self.shots[0].alt

    @property
    def price(self) -> int:
        """The lowest price among the variants, in cents."""
        return min(variant.price for variant in self.variants)


def prose(text: str) -> str:
    """Unwrap paragraphs that were wrapped to fit the source file."""
    return "\n\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()))


def product(
    name: str,
    *,
    category: str,
    line: str,
    brand: str,
    text: str,
    facts: Mapping[str, str],
    code: str,
    price: int,
    weight: int,
    stock: Sequence[int],
    picture: Picture,
    alt: str,
    in_use: str = "",
    options: Mapping[str, Sequence[str]] | None = None,
    price_step: int = 0,
    weight_step: int = 0,
) -> Product:
    """Lay out one product and every combination of its options.

    `price` (cents) and `weight` (grams) are those of the first value of the first option; each further value adds a
    step. `stock` names the units on hand of each combination, the last option changing fastest.
    Raises ValueError when `stock` does not have one number per combination.
    """
    chosen = tuple(Option(key, tuple(values)) for key, values in (options or {}).items())
    variants = []
    combinations = list(itertools.product(*(option.values for option in chosen)))
    for values, on_hand in zip(combinations, stock, strict=True):
        rank = chosen[0].values.index(values[0]) if chosen else 0
        variants.append(
            Variant(
                sku="-".join([code, *(_sku_part(value) for value in values)]),
                choices=tuple(zip((option.name for option in chosen), values, strict=True)),
                price=price + rank * price_step,
                weight_grams=weight + rank * weight_step,
                on_hand=on_hand,
            )
        )
    shots = [Shot(picture, 0, alt)]
    if in_use:
        shots.append(Shot(picture, 1, in_use))
    return Product(
        slug=slug_of(name),
        name=name,
        category=category,
        line=line,
        description=prose(text),
        brand=brand,
        facts=tuple(facts.items()),
        options=chosen,
        variants=tuple(variants),
        picture=picture,
        shots=tuple(shots),
    )


def slug_of(name: str) -> str:
    """Turn a plain English name into an address: lower case, hyphens, "and" for "&"."""
    plain = name.lower().replace("&", " and ").replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _sku_part(value: str) -> str:
    words = re.findall(r"[A-Z0-9]+", value.upper())
    return "".join(word if word.isdigit() else word[:3] for word in words)[:6]
