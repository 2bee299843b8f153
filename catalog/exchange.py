"""The catalogue as a table for spreadsheets: taken out, changed, and brought back after a look at what would change.

One row to a variant, found by its SKU; what a row says of the product counts for the product, in every language. Stock is
shown and never brought in: it is counted on the product's page, where the ledger says why.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from catalog.exchange_cells import (
    HEAD,
    OF_PRODUCT,
    OF_VARIANT,
    TEXTS,
    check_cells,
    read_product_value,
    read_variant_value,
    show_cell,
    write_texts,
)
from catalog.models import Category, Product, Variant
from catalog.prices import set_price
from store.card_numbers import has_card_number
from store.csv_files import Cell, is_formula

MAX_BYTES: Final = 500_000
MAX_ROWS: Final = 5_000
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
    variants = _with_product(Variant.objects.order_by("product__slug", "position", "pk"))
    for variant in variants.iterator(chunk_size=1000):
        yield [show_cell(variant, variant.product, name) for name in HEAD]


def _with_product(variants: QuerySet[Variant]) -> QuerySet[Variant]:
    return variants.select_related("product__category").prefetch_related("product__texts")


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
    return cell[1:] if cell.startswith("'") and is_formula(cell) else cell


class _Planner:
    """Goes through the rows of a table with what the catalogue has of them at hand."""

    def __init__(self, rows: list[tuple[int, dict[str, str]]]) -> None:
        skus = [row["sku"] for _, row in rows]
        slugs = {row.get("product", "") for _, row in rows}
        self.variants = {v.sku: v for v in _with_product(Variant.objects.filter(sku__in=skus))}
        self.products = {
            p.slug: p for p in Product.objects.filter(slug__in=slugs).select_related("category").prefetch_related("texts")
        }
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
        check_cells(product, {**of_product, **({"slug": product.slug} if is_new_product else {})})
        check_cells(variant, {**of_variant, **({"sku": variant.sku} if is_new else {})})
        if is_new_product:
            for name in of_product.keys() - set(TEXTS):
                setattr(product, name, of_product[name])
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
        for name in (name for name in OF_PRODUCT if name in row and (row[name] or name != "tax_class")):
            text, first = self.said.setdefault((product.slug, name), (row[name], line))
            if text != row[name]:
                raise ValidationError(f"Line {first} says something else of “{name}” of the same product.")
            before = show_cell(variant, product, name) if product.pk else ""
            if first == line and text != before:
                values[name] = read_product_value(name, text, self.categories)
                changes.append(Change(line, row["sku"], name, before, text))
        return values, changes

    @staticmethod
    def _of_variant(
        line: int, row: dict[str, str], variant: Variant, product: Product, *, is_new: bool
    ) -> tuple[dict[str, Any], list[Change]]:
        """What the row says of the variant, and what that changes."""
        values: dict[str, Any] = {}
        changes = []
        for name in (name for name in OF_VARIANT if name in row and (row[name] or name in _MAY_BE_BLANK)):
            before = "" if is_new else show_cell(variant, product, name)
            value, after = read_variant_value(name, row[name])
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
        elif plain := {name: value for name, value in of_product.items() if name not in TEXTS}:
            Product.objects.filter(pk=product.pk).update(**plain)
        write_texts(product, of_product)
        if not variant.pk:
            for name, value in of_variant.items():
                setattr(variant, name, value)
            variant.product = product
            variant.save(force_insert=True)
            return
        if plain := {name: value for name, value in of_variant.items() if name != "price"}:
            Variant.objects.filter(pk=variant.pk).update(**plain)
        if "price" in of_variant:
            set_price(variant_id=variant.pk, price=of_variant["price"])

    return carry_out
