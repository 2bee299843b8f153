"""The lines of an order that is written anew, and their tax."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from catalog.models import TaxClass, Variant
from checkout.pricing import Taxed, tax_lines
from checkout.recovery.unknown import unknown_goods
from checkout.taxes import Tax


@dataclass
class Doubts:
    """What a person should look at, in the shop's own words."""

    words: list[str] = field(default_factory=list)

    def add(self, sentence: str) -> None:
        """Note it, once."""
        if sentence not in self.words:
            self.words.append(sentence)


@dataclass(frozen=True)
class Bought:
    """One line: so many of a variant at a price."""

    variant: Variant
    name: str
    options: str
    quantity: int
    unit_price: int  # minor units
    discount: int = 0  # minor units, off all of it
    taxed: Taxed | None = None  # None: at the order's one rate

    @property
    def total(self) -> int:
        """Before the discount."""
        return self.unit_price * self.quantity


def tax_anew(
    bought: list[Bought], tax: Tax, *, delivery: int, listed: int | None
) -> tuple[list[Bought], Decimal | None, int]:
    """The lines with their tax by today's rates, the rate if it is one, and the tax: `listed`, or what the prices hold."""
    taxed = tax_lines(
        paid=[line.total - line.discount for line in bought],
        prices=[line.total for line in bought],
        rates=[tax.rate_of(line.variant.product.tax_class or TaxClass.STANDARD) for line in bought],
        delivery=delivery,
        is_included=tax.is_included,
    )
    rates, found = {one.rate for one in taxed}, sum(one.tax for one in taxed)
    if len(rates) > 1 and listed in {None, found}:
        return [replace(line, taxed=one) for line, one in zip(bought, taxed, strict=True)], None, found
    return bought, rates.pop() if len(rates) == 1 else tax.rate, found if listed is None else listed


def make_unknown(strange: list[Bought], *, doubts: Doubts, now: datetime) -> list[Bought]:
    """All that can't be told any more, as one line of the right amount."""
    if not strange:
        return []
    doubts.add("Some of its goods could not be found in the catalogue: see its lines.")
    name = "; ".join(f"{line.quantity} x {line.name}" for line in strange)
    total, discount = sum(line.total for line in strange), sum(line.discount for line in strange)
    taxed = [line.taxed for line in strange if line.taxed]
    whole = Taxed(
        rate=max((one.rate for one in taxed), default=Decimal(0)),
        delivery=sum(one.delivery for one in taxed),
        tax=sum(one.tax for one in taxed),
    )
    return [Bought(unknown_goods(now=now), name[:200], "", 1, total, discount, whole if taxed else None)]
