"""The catalogue as a table for spreadsheets: taken out, changed, and brought back after a look at what would change.

One row to a variant, found by its SKU; what a row says of the product counts for the product. Stock is shown and never
brought in: it is counted on the product's page, where the ledger says why.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from catalog.models import Category, Product, TaxClass, Variant
from catalog.prices import set_price
from store.card_numbers import has_card_number
from store.csv_files import FORMULA_STARTS, Cell
from store.money import decimals
from store.money_fields import to_major, to_minor

HEAD: Final = (
    "sku", "product", "name", "category", "brand", "tagline", "description", "tax_class", "label", "options", "price",
    "weight_g", "position", "active", "on_hand", "held",
)  # fmt: skip
# What is never brought in.
SHOWN_ONLY: Final = frozenset({"on_hand", "held"})
MAX_BYTES: Final = 500_000
MAX_ROWS: Final = 5_000
_PRODUCT: Final = ("name", "category", "brand", "tagline", "description", "tax_class")
_VARIANT: Final = ("label", "options", "price", "weight_g", "position", "active")
# Where an empty cell means nothing rather than "as it is".
_MAY_BE_BLANK: Final = frozenset({"label", "options"})


class UnreadableTable(Exception):
    """The file is not such a table. Nothing was changed. `str(error)` says what is wrong."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value that would be another; a new product or variant has no `before`."""

    line: int
    sku: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One row that can't be brought in, and why."""

    line: int
    sku: str
    words: str


@dataclass(frozen=True)
class Plan:
    """What a table would change. With faults, nothing is."""

    rows: int
    changes: list[Change]
    faults: list[Fault]
    steps: list[Callable[[datetime], None]] = field(repr=False, default_factory=list)

    @property
    def digest(self) -> str:
        """Says whether two plans are the same: what was looked at is what is carried out."""
        told = repr([(change.line, change.sku, change.field, change.before, change.after) for change in self.changes])
        return hashlib.sha256(told.encode()).hexdigest()


class PlanChanged(Exception):
    """The catalogue has changed since the table was looked at, or the table has faults. Nothing was brought in."""


# -- Out -------------------------------------------------------------------------------------------------------------------


def export_rows() -> Iterator[list[Cell]]:
    """Yield every variant as a row under `HEAD`, read in steps."""
    variants = Variant.objects.select_related("product__category").order_by("product__slug", "position", "pk")
    for variant in variants.iterator(chunk_size=1000):
        yield [_shown(variant, variant.product, name) for name in HEAD]


def _usual_price(variant: Variant) -> str:
    usual = variant.price if variant.usual_price is None else variant.usual_price
    return f"{to_major(usual):.{decimals(settings.SHOP_CURRENCY)}f}"


_WRITERS: Final[dict[str, Callable[[Variant, Product], str]]] = {
    "product": lambda _, product: product.slug,
    "category": lambda _, product: product.category.path,
    "tax_class": lambda _, product: product.tax_class or TaxClass.STANDARD.value,
    "options": lambda variant, _: _write_options(variant.options),
    "price": lambda variant, _: _usual_price(variant),
    "active": lambda variant, _: "yes" if variant.is_active else "no",
}


def _shown(variant: Variant, product: Product, name: str) -> str:
    """Write one cell as the export has it."""
    if name in _WRITERS:
        return _WRITERS[name](variant, product)
    return str(getattr(product if name in _PRODUCT else variant, name)).replace("\r\n", "\n").strip()


def _write_options(options: Mapping[str, str]) -> str:
    return ", ".join(f"{option}: {value}" for option, value in options.items())


# -- In --------------------------------------------------------------------------------------------------------------------


def plan_import(text: str) -> Plan:
    """Say what a table would change, row by row, and change nothing. Raise UnreadableTable."""
    return _Planner(list(_read(text))).plan


def carry_out_import(*, text: str, digest: str, now: datetime) -> Plan:
    """Bring a table in as it was looked at, whole or not at all. Raise PlanChanged or UnreadableTable."""
    with transaction.atomic():
        plan = plan_import(text)
        if plan.faults or plan.digest != digest:
            raise PlanChanged
        for step in plan.steps:
            step(now)
    return plan


def _read(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    if len(text.encode()) > MAX_BYTES:
        raise UnreadableTable(f"The file is larger than {MAX_BYTES // 1000} kB. Please bring it in in parts.")
    if "\0" in text or has_card_number(text):
        raise UnreadableTable("The file holds something that no table of goods holds: a card number, or binary data.")
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        lines = list(reader)
    except csv.Error:
        raise UnreadableTable("This is not a CSV file as spreadsheets write it, with commas and in UTF-8.") from None
    head = [name.strip().lower() for name in lines[0]] if lines else []
    if "sku" not in head or set(head) - set(HEAD) or len(set(head)) < len(head):
        raise UnreadableTable(f"The first line has to name the columns, “sku” among them. We know: {', '.join(HEAD)}.")
    if len(lines) - 1 > MAX_ROWS:
        raise UnreadableTable(f"The table has more than {MAX_ROWS} rows. Please bring it in in parts.")
    for number, cells in enumerate(lines[1:], start=2):
        if any(cell.strip() for cell in cells):
            yield (
                number,
                {name: _plain(cell) for name, cell in zip(head, cells, strict=False)}
                | ({} if len(cells) >= head.index("sku") + 1 else {"sku": ""}),
            )


def _plain(cell: str) -> str:
    """Undo what our export does against formulas: an apostrophe before the sign."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


class _Planner:
    """Goes through the rows of a table with what the catalogue has of them at hand."""

    def __init__(self, rows: list[tuple[int, dict[str, str]]]) -> None:
        skus = [row["sku"] for _, row in rows]
        slugs = {row.get("product", "") for _, row in rows}
        self.variants = {v.sku: v for v in Variant.objects.filter(sku__in=skus).select_related("product__category")}
        self.products = {p.slug: p for p in Product.objects.filter(slug__in=slugs).select_related("category")}
        self.categories = {c.path: c for c in Category.objects.all()}
        self.lines: dict[str, int] = {}
        self.said: dict[tuple[str, str], tuple[str, int]] = {}
        self.plan = Plan(rows=len(rows), changes=[], faults=[])
        for line, row in rows:
            try:
                self._row(line, row)
            except ValidationError as error:
                self.plan.faults.append(Fault(line, row["sku"], " ".join(error.messages)))

    def _row(self, line: int, row: dict[str, str]) -> None:
        """Add a row's changes to the plan. Raise ValidationError where it can't be brought in; then nothing is added."""
        variant, product = self._find(line, row)
        is_new_product = product is None
        product = product or Product(slug=row["product"])
        is_new = variant is None
        variant = variant or Variant(sku=row["sku"], product=product, options={})
        of_product, told = self._of_product(line, row, variant, product)
        of_variant, more = self._of_variant(line, row, variant, product, is_new=is_new)
        if is_new_product and not {"name", "category"} <= of_product.keys():
            raise ValidationError("A new product needs “name” and “category”.")
        if is_new and "price" not in of_variant:
            raise ValidationError("A new variant needs “price”.")
        _check(product, {**of_product, **({"slug": product.slug} if is_new_product else {})})
        _check(variant, {**of_variant, **({"sku": variant.sku} if is_new else {})})
        if is_new_product:
            for name, value in of_product.items():
                setattr(product, name, value)
            self.products[product.slug] = product
        self.plan.changes.extend([*told, *more])
        self.plan.steps.append(_step(product, of_product, variant, of_variant))

    def _find(self, line: int, row: dict[str, str]) -> tuple[Variant | None, Product | None]:
        sku = row["sku"]
        if not sku:
            raise ValidationError("It has no SKU.")
        if sku in self.lines:
            raise ValidationError(f"The SKU is in line {self.lines[sku]} already.")
        self.lines[sku] = line
        variant = self.variants.get(sku)
        slug = row.get("product", "")
        if variant is None:
            if not slug:
                raise ValidationError("A new SKU needs the slug of its product in “product”.")
            return None, self.products.get(slug)
        if slug and slug != variant.product.slug:
            raise ValidationError(f"The SKU belongs to “{variant.product.slug}”; a table can't move it.")
        return variant, variant.product

    def _of_product(
        self, line: int, row: dict[str, str], variant: Variant, product: Product
    ) -> tuple[dict[str, Any], list[Change]]:
        """What the row says of the product and nobody has said before it, and what that changes."""
        values: dict[str, Any] = {}
        changes = []
        for name in (name for name in _PRODUCT if name in row and (row[name] or name != "tax_class")):
            text, first = self.said.setdefault((product.slug, name), (row[name], line))
            if text != row[name]:
                raise ValidationError(f"Line {first} says something else of “{name}” of the same product.")
            before = _shown(variant, product, name) if product.pk else ""
            if first == line and text != before:
                values[name] = _read_product_value(name, text, self.categories)
                changes.append(Change(line, row["sku"], name, before, text))
        return values, changes

    @staticmethod
    def _of_variant(
        line: int, row: dict[str, str], variant: Variant, product: Product, *, is_new: bool
    ) -> tuple[dict[str, Any], list[Change]]:
        """What the row says of the variant, and what that changes."""
        values: dict[str, Any] = {}
        changes = []
        for name in (name for name in _VARIANT if name in row and (row[name] or name in _MAY_BE_BLANK)):
            before = "" if is_new else _shown(variant, product, name)
            value, after = _read_variant_value(name, row[name])
            if after != before:
                values["is_active" if name == "active" else name] = value
                changes.append(Change(line, row["sku"], name, before, after))
        return values, changes


def _step(
    product: Product, of_product: dict[str, Any], variant: Variant, of_variant: dict[str, Any]
) -> Callable[[datetime], None]:
    """What brings one row in."""

    def carry_out(now: datetime) -> None:
        if not product.pk:
            product.created_at = now
            product.save(force_insert=True)
        elif of_product:
            Product.objects.filter(pk=product.pk).update(**of_product)
        if not variant.pk:
            for name, value in of_variant.items():
                setattr(variant, name, value)
            variant.product = product
            variant.save(force_insert=True)
            return
        plain = {name: value for name, value in of_variant.items() if name != "price"}
        if plain:
            Variant.objects.filter(pk=variant.pk).update(**plain)
        if "price" in of_variant:
            set_price(variant_id=variant.pk, price=of_variant["price"])

    return carry_out


def _read_product_value(name: str, text: str, categories: dict[str, Category]) -> Any:
    if name == "tax_class":
        if text not in TaxClass.values:
            raise ValidationError(f"“{text}” is no tax class. There are {', '.join(TaxClass.values)}.")
        return text
    if name != "category":
        return text
    if text not in categories:
        raise ValidationError(f"There is no category at “{text}”.")
    return categories[text]


def _read_variant_value(name: str, text: str) -> tuple[Any, str]:
    """Give the value, and how the export would write it."""
    if name == "price":
        places = decimals(settings.SHOP_CURRENCY)
        try:
            amount = Decimal(text)
        except InvalidOperation:
            raise ValidationError(f"“{text}” is no price. Write it like 12.50, with a full stop.") from None
        if not amount.is_finite() or not 0 < amount < Decimal(10) ** 12 or amount != round(amount, places):
            raise ValidationError(f"“{text}” is no price in {settings.SHOP_CURRENCY}.")
        return to_minor(amount), f"{amount:.{places}f}"
    if name in {"weight_g", "position"}:
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise ValidationError(f"“{text}” in “{name}” is no whole number.")
        return int(text), str(int(text))
    if name == "active":
        if text.lower() not in {"yes", "no"}:
            raise ValidationError(f"“active” is yes or no, not “{text}”.")
        return text.lower() == "yes", text.lower()
    if name == "options":
        pairs = [[part.strip() for part in item.partition(":")[::2]] for item in text.split(",") if item.strip()]
        if not all(option and value for option, value in pairs):
            raise ValidationError(f"“{text}” should be like “Size: Large, Colour: Navy”.")
        options = dict(pairs)
        return options, _write_options(options)
    return text, text


def _check(row: Product | Variant, values: Mapping[str, Any]) -> None:
    """Check lengths and the like as a form would. Raise ValidationError."""
    for name, value in values.items():
        row._meta.get_field(name).clean(getattr(value, "pk", value), row)  # type: ignore[union-attr]  # noqa: SLF001 - columns
