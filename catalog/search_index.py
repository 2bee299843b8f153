"""One look into an index of words, as SQL: what is asked of it, whom it belongs to, how near it comes.

All searches are made of these: of the first language's index here, of the other languages' in `catalog.search_texts`.
"""

# ruff: noqa: S608, S611 - what is put together here is of the ORM and of constants; what anybody typed is a parameter
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from catalog.models import Product
from catalog.models.product import ProductQuerySet

# Of more products than this the newest are ranked: what one search may cost does not grow with the shop, and who typed a
# word that thousands of products have looks at none of them beyond these.
RANKED_UP_TO = 1_000
_PRODUCTS = "catalog_product"

type Sql = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Look:
    """The `rows` (as behind FROM) that pass `test`. Each is of a `product`, and the newer the higher its `key`.

    Ranks are whole numbers, so that a cursor can name one exactly.
    """

    rows: str
    key: str
    product: str
    test: str
    params: Sequence[Any] = ()
    rank: str = "0"
    rank_params: Sequence[Any] = ()
    # Keeps rows that rank above all others, and is of short columns alone. Asked first, on PostgreSQL.
    best: str = "false"
    best_params: Sequence[Any] = ()

    def narrow(self, among: ProductQuerySet) -> ProductQuerySet:
        """Keep the products that are found, in no order."""
        if self.rows == _PRODUCTS:  # in one look at the table: joined with itself it took twice as long
            return among.filter(RawSQL(self.test, self.params, BooleanField()))
        return among.filter(pk__in=RawSQL(f"SELECT {self.product} FROM {self.rows} WHERE {self.test}", self.params))

    def any_sql(self, among: ProductQuerySet) -> Sql:
        """SQL for a row if one of `among` is found, and no more work than that takes."""
        is_wanted, params = _is_among(among, self.product)
        return f"SELECT 1 FROM {self.rows} WHERE {self.test} AND {is_wanted}", [*self.params, *params]

    def ranked_sql(self, among: ProductQuerySet, *, is_narrow: bool) -> Sql:
        """SQL for the rank ("score") and id ("pk") of what of `among` is found, up to RANKED_UP_TO of the newest.

        `is_narrow` says that `among` is but a part of the shop.
        """
        if connections[among.db].vendor == "sqlite":  # its indexes give the newest rows first
            is_wanted, params = _is_among(among, self.product)
            sql = (
                f"SELECT {self.rank} AS score, {self.product} AS pk FROM {self.rows} WHERE {self.test} AND {is_wanted} "
                f"ORDER BY {self.key} DESC LIMIT {RANKED_UP_TO}"
            )
            return sql, [*self.rank_params, *self.params, *params]
        heads, params = self._narrow_heads(among) if is_narrow else self._wide_heads(among)
        # By keys at first: what is ranked is wide, and would be sorted on the disk.
        ranked = f"SELECT {self.rank} AS score, {self.product} AS pk FROM newest JOIN {self.rows} ON {self.key} = newest.key"
        return f"WITH {heads} {ranked}", [*params, *self.rank_params]

    def _narrow_heads(self, among: ProductQuerySet) -> Sql:
        """Where few products are left, PostgreSQL itself joins them with what matches in the best order."""
        wanted, params = plain(among.values("pk"))
        newest = (
            f"SELECT {self.key} AS key FROM {self.rows} WHERE {self.test} AND {self.product} IN ({wanted}) "
            f"ORDER BY {self.key} DESC LIMIT {RANKED_UP_TO}"
        )
        return f"newest AS MATERIALIZED ({newest})", [*self.params, *params]

    def _wide_heads(self, among: ProductQuerySet) -> Sql:
        """Where the best are many, it reads the newest rows until there are enough of them; else all that the index has."""
        is_wanted, wanted = _is_among(among, "found.pk")
        keys = f"SELECT {self.key} AS key, {self.product} AS pk FROM {self.rows} WHERE"
        newest = f"ORDER BY key DESC OFFSET 0) AS found WHERE {is_wanted} LIMIT {RANKED_UP_TO}"
        heads = (
            f"best AS MATERIALIZED (SELECT key FROM ({keys} {self.best} {newest}), "
            f"found AS MATERIALIZED ({keys} {self.test} AND (SELECT COUNT(*) FROM best) < {RANKED_UP_TO}), "
            f"newest AS MATERIALIZED (TABLE best UNION (SELECT key FROM (TABLE found {newest}))"
        )
        return heads, [*self.best_params, *wanted, *self.params, *wanted]


def plain(products: QuerySet[Product, Any]) -> Sql:
    """Give a query's SQL, in no order, and its parameters."""
    sql, params = products.order_by().query.sql_with_params()
    return sql, list(params)


def _is_among(among: ProductQuerySet, pk: str) -> Sql:
    """SQL: the product is one of `among`. OFFSET keeps PostgreSQL from joining with all of them."""
    sql, params = plain(among.values("pk"))
    return f"EXISTS (SELECT 1 FROM ({sql}) AS wanted WHERE wanted.pk = {pk} LIMIT 1 OFFSET 0)", params


def look_for_sku(sku: str) -> Look:
    """The product of which this is an active variant."""
    return Look("catalog_variant v", key="v.id", product="v.product_id", test="v.is_active AND v.sku = %s", params=[sku])


def look_in_products(query: str, *, vendor: str) -> Look:
    """Ask the first language's index, in the engine's own words.

    A name weighs more than a brand, a brand more than a tagline, a tagline more than a description.
    """
    if vendor == "postgresql":
        asked = "to_tsquery('english', %s)"
        return Look(
            _PRODUCTS,
            key="catalog_product.id",
            product="catalog_product.id",
            test=f"catalog_product.search_vector @@ {asked}",
            params=[query],
            rank=f"(ts_rank_cd(catalog_product.search_vector, {asked}, 1) * 1000000)::bigint",
            rank_params=[query],
        )
    return Look(
        "catalog_search",
        key="catalog_search.rowid",
        product="catalog_search.rowid",
        test="catalog_search MATCH %s",
        params=[query],
        rank="CAST(bm25(catalog_search, 10.0, 4.0, 3.0, 1.0) * -1000000 AS INTEGER)",
    )
