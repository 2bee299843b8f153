"""What is usual in this shop: what its newest paid orders come to, and where a price stands among all it sells. One query.

Written as SQL around the catalogue's own queryset, because it is asked for every order: the database sorts the sample and
hands over six numbers instead of five hundred rows.
"""

# ruff: noqa: SLF001, S608 - _meta is Django's public secret; all names in the SQL are our own, all values parameters
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection

from catalog.models import Variant
from checkout.models import Order
from fraud.facts import ShopFacts
from fraud.linked import PAID

# So many of the newest paid orders say what is usual here; more would only make it slower.
SHOP_SAMPLE = 500

_USUAL = f"""WITH newest AS (
  SELECT total FROM {Order._meta.db_table} WHERE currency = %s AND status IN (%s, %s)
  ORDER BY placed_at DESC, id DESC LIMIT {SHOP_SAMPLE}
), ranked AS (
  SELECT total, ROW_NUMBER() OVER (ORDER BY total) AS place, COUNT(*) OVER () AS orders FROM newest
)
SELECT (SELECT COUNT(*) FROM newest),
  (SELECT total FROM ranked WHERE place = (orders + 1) / 2),
  (SELECT total FROM ranked WHERE place = (95 * orders + 99) / 100),
  COUNT(*){{counts}}
FROM ({{for_sale}}) AS sale"""
_COUNT = ", COUNT(CASE WHEN price < %s THEN 1 END), COUNT(CASE WHEN price > %s THEN 1 END)"


@dataclass(frozen=True, slots=True)
class Usual:
    """The shop's orders, and of each price asked for the shares of the catalogue that are cheaper and dearer."""

    shop: ShopFacts
    shares: dict[int, tuple[float, float] | None]  # None: nothing is for sale to compare with


def read_usual(*, currency: str, prices: Iterable[int]) -> Usual:
    """Read what the newest paid orders in `currency` come to, and where `prices` (minor units) stand. One query.

    Median and 95th percentile do not mind a few giants. Only variants on sale count, each once, strictly cheaper or dearer.
    """
    asked = sorted(set(prices))
    for_sale, values = _for_sale(connection.vendor)
    sql = _USUAL.format(counts=_COUNT * len(asked), for_sale=for_sale)
    params = [currency, *PAID, *(price for price in asked for _ in range(2)), *values]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        orders, median, p95, variants, *counts = cursor.fetchone()
    pairs = zip(counts[::2], counts[1::2], strict=True)
    shares = {
        price: (low / variants, high / variants) if variants else None
        for price, (low, high) in zip(asked, pairs, strict=True)
    }
    return Usual(ShopFacts(orders=orders, median=median or 0, p95=p95 or 0), shares)


@cache
def _for_sale(vendor: str) -> tuple[str, tuple[Any, ...]]:  # noqa: ARG001 - each kind of database has SQL of its own
    """The prices on sale as SQL, put together once."""
    return Variant.objects.for_sale().values("price").query.sql_with_params()
