"""Money: decimal strings with as many places as PayPal gives the currency.

Source: developer.paypal.com/api/rest/reference/currency-codes.
"""

from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision

from sandbox.ground.values import Json

CURRENCIES = {
    "AUD", "BRL", "CAD", "CNY", "CZK", "DKK", "EUR", "HKD", "HUF", "ILS", "JPY", "MYR", "MXN", "TWD", "NZD", "NOK", "PHP",
    "PLN", "GBP", "SGD", "SEK", "CHF", "THB", "USD",
}  # fmt: skip
NO_DECIMALS = {"HUF", "JPY", "TWD"}


def places(currency: str) -> int:
    """How many decimal places PayPal gives a currency."""
    return 0 if currency in NO_DECIMALS else 2


def value_of(money: Json) -> Decimal:
    """The number in a money object."""
    return Decimal(money["value"])


def money(value: Decimal, currency: str) -> Json:
    """A money object."""
    return {"currency_code": currency, "value": f"{value:.{places(currency)}f}"}


def plus(*parts: Json) -> Json:
    """The sum of one or more money objects of one currency."""
    return money(sum((value_of(part) for part in parts), Decimal(0)), parts[0]["currency_code"])


def minus(amount: Json) -> Json:
    """The same the other way: money that leaves."""
    return money(-value_of(amount), amount["currency_code"])


def minor_units(value: Decimal, currency: str) -> int:
    """As the ledger counts: in the smallest unit of ISO 4217, whatever PayPal's own places are."""
    return int(value.scaleb(get_currency_precision(currency)))


def from_minor_units(amount: int, currency: str) -> Decimal:
    """The other way round."""
    return Decimal(amount).scaleb(-get_currency_precision(currency))


def for_people(money: Json) -> str:
    """As people read it."""
    return format_currency(value_of(money), money["currency_code"], locale="en_GB")
