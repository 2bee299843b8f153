"""Money is an integer count of minor units (cents) and an ISO 4217 code. Nothing here ever holds a float."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.core import get_global
from babel.numbers import format_currency

from store.language import babel_locale


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in minor units of one currency."""

    minor: int
    currency: str

    def __str__(self) -> str:
        return format_money(self.minor, self.currency)


def decimals(currency: str) -> int:
    """How many digits the minor unit of `currency` takes: 2 for USD, 0 for JPY, 3 for KWD (Unicode CLDR)."""
    fractions = get_global("currency_fractions")
    return int(fractions.get(currency, fractions["DEFAULT"])[0])


def format_money(amount: int, currency: str, locale: str | None = None) -> str:
    """Write `amount` minor units of `currency` the way people of `locale` do: 123456 USD is $1,234.56.

    Without one, as in the language that is spoken just now: 1.234,56 $ in German.
    """
    return _format(amount, currency, locale or babel_locale())


# A page of products has the same few amounts again and again, and Babel takes a tenth of a millisecond for each.
@lru_cache(maxsize=4096)
def _format(amount: int, currency: str, locale: str) -> str:
    return format_currency(Decimal(amount).scaleb(-decimals(currency)), currency, locale=locale)


def extract_share(amount: int, rate: Decimal) -> int:
    """What of `amount` minor units is tax that a price at `rate` includes, by the same rounding rule."""
    return int((Decimal(amount) * rate / (1 + rate)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def round_share(amount: int, rate: Decimal) -> int:
    """`amount` minor units times `rate`, rounded half up: the shop's one rounding rule, also used for tax."""
    return int((Decimal(amount) * rate).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """Divide `amount` minor units by `weights`, each share whole and their sum exact: by largest remainder.

    With an amount no larger than the sum of the weights, no share is larger than its weight. With no weights at all the
    amount must be nought.
    """
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    shares = [amount * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: (-(amount * weights[place] % whole), place))
    for place in by_remainder[: amount - sum(shares)]:
        shares[place] += 1
    return shares
