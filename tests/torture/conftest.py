"""What the long runs share with the tests of checkout. Their files are named `long_…`: only who names them runs them."""

from __future__ import annotations

from tests.checkout.conftest import brush, rates, shopper

__all__ = ["brush", "rates", "shopper"]
