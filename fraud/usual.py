"""What is usual in this shop: what its newest paid orders come to, and where a price stands among all it sells.

It changes by the week, and is asked for every order: so it is read once in KEPT_FOR and kept by each process until then. An
assessment keeps the figures it used. Written as SQL around the catalogue's own queryset: the database sorts and counts, and
hands over a few numbers instead of every order and variant.
"""

# ruff: noqa: SLF001, S608 - _meta is Django's public secret; all names in the SQL are our own, all values parameters
from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from typing import Final

from django.db import connection
from django.db.models import Count

from catalog.models import Variant
from checkout.models import Order
from fraud.facts import ShopFacts
from fraud.linked import PAID

# So many of the newest paid orders say what is usual here; more would only make it slower.
SHOP_SAMPLE = 500
# A catalogue is priced anew by hand or by night: minutes late is soon enough, and a large one takes a while to count.
KEPT_FOR: Final = timedelta(minutes=5)

_SHOP = f"""WITH newest AS (
  SELECT total FROM {Order._meta.db_table} WHERE currency = %s AND status IN (%s, %s)
  ORDER BY placed_at DESC, id DESC LIMIT {SHOP_SAMPLE}
), ranked AS (
  SELECT total, ROW_NUMBER() OVER (ORDER BY total) AS place, COUNT(*) OVER () AS orders FROM newest
)
SELECT COUNT(*),
  MAX(CASE WHEN place = (orders + 1) / 2 THEN total END),
  MAX(CASE WHEN place = (95 * orders + 99) / 100 THEN total END)
FROM ranked"""


@dataclass(frozen=True, slots=True)
class Prices:
    """The prices on sale, each once, and how many variants cost that or less."""

    prices: tuple[int, ...]
    up_to: tuple[int, ...]

    def shares(self, price: int) -> tuple[float, float] | None:
        """The shares of what is on sale that are cheaper and dearer than this; None when nothing is for sale."""
        if not self.prices:
            return None
        every, low, high = self.up_to[-1], bisect_left(self.prices, price), bisect_right(self.prices, price)
        cheaper, not_dearer = (self.up_to[at - 1] if at else 0 for at in (low, high))
        return cheaper / every, (every - not_dearer) / every


@dataclass(frozen=True, slots=True)
class Usual:
    """The shop's orders in one currency, and its prices."""

    shop: ShopFacts
    prices: Prices


_kept: Final[dict[str, tuple[float, Usual]]] = {}  # by currency, with the moment until which it is good enough


def usual_here(*, currency: str) -> Usual:
    """What is usual, at most KEPT_FOR old."""
    moment = time.monotonic()
    until, usual = _kept.get(currency, (0.0, None))
    if usual is None or moment >= until:
        usual = read_usual(currency=currency)
        _kept[currency] = moment + KEPT_FOR.total_seconds(), usual
    return usual


def forget_usual() -> None:
    """Read anew next time."""
    _kept.clear()


def read_usual(*, currency: str) -> Usual:
    """Read what the newest paid orders in `currency` come to, and what the shop's goods cost. Two queries.

    Median and 95th percentile do not mind a few giants. Only variants on sale count, each once.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SHOP, [currency, *PAID])
        orders, median, p95 = cursor.fetchone()
    counted = Variant.objects.for_sale().order_by("price").values_list("price").annotate(count=Count("pk"))
    prices, counts = tuple(zip(*counted, strict=True)) or ((), ())
    return Usual(ShopFacts(orders=orders, median=median or 0, p95=p95 or 0), Prices(prices, tuple(accumulate(counts))))
