"""What stands above the total: the same few lines on pages, in mails, in the admin and in the evidence pack."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.lists import format_list
from babel.numbers import format_decimal
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from catalog.saying import say
from store.language import babel_locale
from store.money import Money

# What merchants call their taxes is printed as it is, but for these.
_TAXES = {"VAT": gettext_lazy("VAT"), "Sales tax": gettext_lazy("Sales tax"), "Tax": gettext_lazy("Tax")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """One line; what is taken off is below zero. All of them together are the total."""

    label: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePart:
    """What is taxed at one rate, in minor units; `base` contains the tax where the prices do."""

    rate: Decimal
    base: int
    tax: int


def add_up_rates(parts: Iterable[RatePart]) -> tuple[RatePart, ...]:
    """One part for each rate, the highest first."""
    found: dict[Decimal, tuple[int, int]] = {}
    for part in parts:
        base, tax = found.get(part.rate, (0, 0))
        found[part.rate] = base + part.base, tax + part.tax
    return tuple(RatePart(rate=rate, base=base, tax=tax) for rate, (base, tax) in sorted(found.items(), reverse=True))


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
    taxes: tuple[RatePart, ...]
    tax_name: str
    includes_tax: bool
    is_reverse_charge: bool

    @property
    def tax_sums(self) -> list[Sum]:
        """The tax of each rate, the highest first: 'VAT (19 %)'. Without any tax one line that says so."""
        name = say_tax(self.tax_name or "Tax")
        if self.is_reverse_charge:
            label = _("{tax} (reverse charge: you account for it)").format(tax=name)
            return [Sum(label=label, amount=Money(0, self.currency))]
        return sums_of(self.taxes, name=name, currency=self.currency) or [Sum(label=name, amount=Money(0, self.currency))]

    @property
    def before_tax(self) -> list[Sum]:
        """Goods, what is taken off, delivery."""
        found = [(_("Goods"), self.items)]
        if self.discount:
            found.append((_("Coupon {code}").format(code=self.coupon_code).strip(), -self.discount))
        is_free = self.coupon_code and not self.discount and not self.delivery
        delivery = say(self.delivery_name)
        if is_free:
            delivery = _("{delivery}, free with coupon {code}").format(delivery=delivery, code=self.coupon_code)
        found.append((delivery, self.delivery))
        return [Sum(label=label, amount=Money(minor, self.currency)) for label, minor in found]

    @property
    def sums(self) -> list[Sum]:
        """What adds up to the total: the above, and the tax unless the prices include it."""
        if self.includes_tax:
            return self.before_tax
        return [*self.before_tax, *self.tax_sums]

    @property
    def tax_note(self) -> str:
        """What of the total is tax, where the prices include it; else nothing."""
        return _("The total includes {taxes}.").format(taxes=list_taxes(self.tax_sums)) if self.includes_tax else ""


def sums_of(taxes: Iterable[RatePart], *, name: str, currency: str) -> list[Sum]:
    """A line for each rate that is one."""
    return [
        Sum(label=f"{name} ({write_percent(part.rate)} %)", amount=Money(part.tax, currency)) for part in taxes if part.rate
    ]


def list_taxes(sums: Iterable[Sum]) -> str:
    """'$4.94 VAT (19 %) and $0.65 VAT (7 %)'."""
    return str(format_list([f"{part.amount} {part.label}" for part in sums], locale=babel_locale()))


def say_tax(name: str) -> str:
    """The name of a tax in the language that is spoken: one that the shop knows, or a shared phrase of the merchant's."""
    return str(_TAXES[name]) if name in _TAXES else say(name)


def write_percent(rate: Decimal) -> str:
    """A share as people write it: '8.875', in German '8,875'."""
    return str(format_decimal(rate * 100, locale=babel_locale()))


def write_days(first: date | None, last: date | None) -> str:
    """'Tuesday 24 November to Friday 27 November', for people; empty without days."""
    if first is None or last is None:
        return ""
    # Translators: letters of Django's filter `date`.
    begins, ends = (date_format(day, pgettext("how a day is written", "l j F")) for day in (first, last))
    return begins if begins == ends else _("{first} to {last}").format(first=begins, last=ends)
