"""What a list is narrowed to: read from an address, written back in one canonical way, and applied to products."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, Exists, OuterRef
from django.db.models.expressions import RawSQL
from django.http import QueryDict

from catalog.attributes import AttributeBook, Known
from catalog.models import Attribute, ProductAttribute
from catalog.models.product import ProductQuerySet
from catalog.options import any_variant, chosen_options, variant_sql
from store.money import decimals

# More values of one facet than anybody ticks; it bounds the work one request can ask for.
MAX_VALUES = 20
MAX_BRAND = 80
# Beyond this no price and no measure of a product goes, and no column overflows.
MAX_NUMBER = Decimal(10**9)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

type Pairs = list[tuple[str, str]]
type Range = tuple[Decimal | None, Decimal | None]


@dataclass(frozen=True)
class Filters:
    """The facets a shopper has set. `choices` (and options), `flags` and `ranges` are by the code of the attribute."""

    brands: tuple[str, ...] = ()
    price: Range = (None, None)  # major units, as typed
    in_stock: bool = False
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    flags: Mapping[str, bool] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.pairs())

    def pairs(self) -> Pairs:
        """The parameters that say this, in canonical order: one set of filters has one address."""
        pairs = [("brand", brand) for brand in self.brands]
        pairs += _range_pairs("price", self.price)
        pairs += [("stock", "1")] if self.in_stock else []
        pairs += [(code, value) for code, values in self.choices.items() for value in values]
        pairs += [(code, "yes" if value else "no") for code, value in self.flags.items()]
        for code, bounds in self.ranges.items():
            pairs += _range_pairs(code, bounds)
        return sorted(pairs)

    @property
    def is_one_value(self) -> bool:
        """True for a single value of a list or brand, which search engines may keep; combinations they may not."""
        return len(self.pairs()) == 1 and not (self.in_stock or self.flags or self.ranges or any(self.price))

    def without(self, name: str, value: str = "") -> Filters:
        """The same filters less one value of a facet, or less the whole facet."""
        if name == "brand":
            return replace(self, brands=tuple(brand for brand in self.brands if value and brand != value))
        if name == "price":
            return replace(self, price=(None, None))
        if name == "stock":
            return replace(self, in_stock=False)
        left = {**self.choices, name: tuple(slug for slug in self.choices.get(name, ()) if value and slug != value)}
        return replace(
            self,
            choices={code: slugs for code, slugs in left.items() if slugs},
            flags={code: flag for code, flag in self.flags.items() if code != name},
            ranges={code: bounds for code, bounds in self.ranges.items() if code != name},
        )

    def apply(self, products: ProductQuerySet, *, book: AttributeBook) -> ProductQuerySet:
        """Keep the products that pass: any of the values within a facet, and every facet."""
        if self.brands:
            products = products.filter(brand__in=self.brands)
        low, high = self.price_bounds
        if low is not None:
            products = products.filter(price_from__gte=low)
        if high is not None:
            products = products.filter(price_from__lte=high)
        answers = ProductAttribute.objects.filter(product=OuterRef("pk"))
        for code, slugs in self.choices.items():
            wanted = [book.by_code[code].choices[slug].pk for slug in slugs]
            products = products.filter(Exists(answers.filter(attribute=book.by_code[code].pk, choice__in=wanted)))
        for code, flag in self.flags.items():
            products = products.filter(Exists(answers.filter(attribute=book.by_code[code].pk, flag=flag)))
        for code, (least, most) in self.ranges.items():
            bounds: dict[str, Any] = {"number__gte": least} if least is not None else {}
            bounds |= {"number__lte": most} if most is not None else {}
            products = products.filter(Exists(answers.filter(attribute=book.by_code[code].pk, **bounds)))
        # The dearest test comes last, for what has passed all others.
        options = chosen_options(self.choices, book=book)
        if self.in_stock or len(options) > 1:  # one option alone is an answer of the product
            test, params = variant_sql(options, in_stock=self.in_stock, using=products.db)
            fits = RawSQL(any_variant(test, rows="catalog_product"), params, BooleanField())  # noqa: S611 - of constants
            products = products.filter(fits)
        return products

    @property
    def price_bounds(self) -> tuple[int | None, int | None]:
        """The price range in minor units."""
        low, high = (_to_minor(bound) for bound in self.price)
        return low, high


def read_filters(params: Mapping[str, str], *, book: Callable[[], AttributeBook]) -> tuple[Filters, bool]:
    """Read the filters of an address, and say whether it is written as we write it. What nobody knows is left out.

    `book` is asked only where the address has names that could be attributes.
    """
    own = {"q", "sort", "after", "page"}
    given = [(name, value) for name in params if name not in own for value in _values(params, name)]
    if not given:
        return Filters(), True
    plain = {"brand", "stock", "price_min", "price_max"}
    others = {name for name, _ in given} - plain
    known = book().by_code if others else {}
    filters = Filters(
        brands=_brands(params),
        price=_range(params, "price"),
        in_stock="1" in _values(params, "stock"),
        choices={code: slugs for code, kept in sorted(known.items()) if (slugs := _choices(params, kept))},
        flags={
            code: _values(params, code)[0] == "yes"
            for code, kept in sorted(known.items())
            if kept.kind == Attribute.Kind.FLAG and _values(params, code)[:1] in (["yes"], ["no"])
        },
        ranges={
            code: bounds
            for code, kept in sorted(known.items())
            if kept.kind == Attribute.Kind.NUMBER and (bounds := _range(params, code)) != (None, None)
        },
    )
    ours = plain | set(known) | {f"{code}_{end}" for code in known for end in ("min", "max")}
    return filters, [pair for pair in given if pair[0] in ours] == filters.pairs()


def write_number(number: Decimal) -> str:
    """Write a bound the one way it is written in addresses: no exponent, no idle zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _values(params: Mapping[str, str], name: str) -> list[str]:
    if isinstance(params, QueryDict):
        return params.getlist(name)[: MAX_VALUES * 2]
    return [params[name]] if name in params else []


def _brands(params: Mapping[str, str]) -> tuple[str, ...]:
    named = {" ".join(_CONTROL.sub(" ", value).split())[:MAX_BRAND] for value in _values(params, "brand")}
    return tuple(sorted(filter(None, named)))[:MAX_VALUES]


def _choices(params: Mapping[str, str], known: Known) -> tuple[str, ...]:
    return tuple(sorted(set(_values(params, known.code)) & set(known.choices)))[:MAX_VALUES]


def _range(params: Mapping[str, str], name: str) -> Range:
    low, high = (_number(_values(params, f"{name}_{end}")) for end in ("min", "max"))
    if low is not None and high is not None and low > high:
        low, high = high, low
    return low, high


def _number(values: list[str]) -> Decimal | None:
    text = values[0].strip().replace(",", ".") if values else ""
    if not text.isascii() or len(text) > len("1000000000.000"):
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or not 0 <= number <= MAX_NUMBER:
        return None
    return number.quantize(Decimal("0.001")).normalize() + 0


def _range_pairs(name: str, bounds: Range) -> Pairs:
    return [
        (f"{name}_{end}", write_number(bound))
        for end, bound in zip(("min", "max"), bounds, strict=True)
        if bound is not None
    ]


def _to_minor(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount.scaleb(decimals(settings.SHOP_CURRENCY)))
