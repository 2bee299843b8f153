"""What stands above the total: the same few lines on pages, in mails, in the admin and in the evidence pack."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

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
        name = say_tax(self.tax_name or "Tax")
        if self.is_reverse_charge:
            return _("{tax} (reverse charge: you account for it)").format(tax=name)
        return f"{name} ({write_percent(self.tax_rate)} %)" if self.tax_rate else name

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
        return [*self.before_tax, Sum(label=self.tax_label, amount=Money(self.tax, self.currency))]

    @property
    def tax_note(self) -> str:
        """What of the total is tax, where the prices include it; else nothing."""
        if not self.includes_tax:
            return ""
        return _("The total includes {amount} {tax}.").format(amount=Money(self.tax, self.currency), tax=self.tax_label)


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
