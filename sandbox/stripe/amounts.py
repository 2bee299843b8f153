"""Amounts for people to read."""

from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision


def money(amount: int, currency: str) -> str:
    """Minor units as people read them."""
    digits = get_currency_precision(currency.upper())
    return format_currency(Decimal(amount).scaleb(-digits), currency.upper(), locale="en_GB")
