"""What stands above the total: the same few lines on pages, in mails, in the admin and in the evidence pack."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format

from store.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """One line; what is taken off is below zero. All of them together are the total."""

    label: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a total is made of, in minor units of `currency`, for an order and for a cart that may become one."""

    currency: str
    items: int
    discount: int
    coupon_code: str
    delivery: int
    delivery_name: str
    tax: int
    tax_rate: Decimal
    tax_name: str
    includes_tax: bool
    is_reverse_charge: bool

    @property
    def tax_label(self) -> str:
        """The tax and its rate for people: 'VAT (19 %)'."""
        name = self.tax_name or "Tax"
        if self.is_reverse_charge:
            return f"{name} (reverse charge: you account for it)"
        return f"{name} ({write_percent(self.tax_rate)} %)" if self.tax_rate else name

    @property
    def before_tax(self) -> list[Sum]:
        """Goods, what is taken off, delivery."""
        found = [("Goods", self.items)]
        if self.discount:
            found.append((f"Coupon {self.coupon_code}".strip(), -self.discount))
        is_free = self.coupon_code and not self.discount and not self.delivery
        found.append((self.delivery_name + (f", free with coupon {self.coupon_code}" if is_free else ""), self.delivery))
        return [Sum(label=label, amount=Money(minor, self.currency)) for label, minor in found]

    @property
    def sums(self) -> list[Sum]:
        """What adds up to the total: the above, and the tax unless the prices include it."""
        if self.includes_tax:
            return self.before_tax
        return [*self.before_tax, Sum(label=self.tax_label, amount=Money(self.tax, self.currency))]

    @property
    def tax_note(self) -> str:
        """What of the total is tax, where the prices include it; else nothing."""
        return f"The total includes {Money(self.tax, self.currency)} {self.tax_label}." if self.includes_tax else ""


def write_percent(rate: Decimal) -> str:
    """A share as people write it: '8.875'."""
    return f"{(rate * 100).normalize():f}"


def write_days(first: date | None, last: date | None) -> str:
    """'Tuesday 24 November to Friday 27 November', for people; empty without days."""
    if first is None or last is None:
        return ""
    begins, ends = (date_format(day, "l j F") for day in (first, last))
    return begins if begins == ends else f"{begins} to {ends}"
