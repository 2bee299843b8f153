"""Money in forms: typed in major units with the currency's own decimals, kept in minor units."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings

from store.money import decimals

# Amounts are kept in a 64-bit column; no price of goods comes near.
_MOST_DIGITS = 15


class MoneyField(forms.DecimalField):
    """An amount of the shop's currency: "12.50" is 1250 cents, "1250" is 1250 yen."""

    def __init__(self, **kwargs: Any) -> None:
        places = decimals(settings.SHOP_CURRENCY)
        kwargs.setdefault("min_value", Decimal(1).scaleb(-places))
        super().__init__(max_digits=_MOST_DIGITS, decimal_places=places, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show minor units as major ones; leave what was typed as it is."""
        return to_major(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        """Give minor units. Raise ValidationError for what is no amount, or has more decimals than the currency."""
        amount = super().clean(value)
        return None if amount is None else to_minor(amount)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare amounts, not spellings."""
        return super().has_changed(to_major(initial) if isinstance(initial, int) else initial, data)


def to_major(amount: int) -> Decimal:
    """Turn minor units of the shop's currency into major ones: 1250 is 12.50."""
    return Decimal(amount).scaleb(-decimals(settings.SHOP_CURRENCY))


def to_minor(amount: Decimal) -> int:
    """Turn major units of the shop's currency, with no more decimals than it has, into minor ones."""
    return int(amount.scaleb(decimals(settings.SHOP_CURRENCY)))
