"""Full-text search with one face and two engines: FTS5 on SQLite, a tsvector under GIN on PostgreSQL.

`find_matches` turns what a shopper typed into a `Matches`, which can narrow a query, count, and give a page of
product ids by rank. The index itself is kept by triggers (`catalog.triggers`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum

from django.db import connection, connections
from django.db.models.expressions import RawSQL

from catalog.models import Variant
from catalog.models.product import ProductQuerySet

# More words than anybody means; it bounds the work one request can ask for.
MAX_WORDS = 8
# Words that carry no wish. PostgreSQL's English dictionary drops them too.
STOP_WORDS = frozenset(
    {"a", "an", "and", "are", "at", "by", "for", "from", "in", "is", "it", "my", "of", "on", "or", "our"}
    | {"that", "the", "this", "to", "with", "your"}
)
_SKU = re.compile(r"(?=.*[0-9-])[A-Z0-9-]{4,40}")


class Closeness(IntEnum):
    """How near a match is to what was typed."""

    SKU = 0
    ALL_WORDS = 1
    BEGINNINGS = 2
    ANY_WORD = 3


@dataclass(frozen=True)
class Matches:
    """Products that match. `count` is exact up to the cap it was made with."""

    products: ProductQuerySet
    # Without the text itself, which `ranked_ids` looks for once more: twice in one query led PostgreSQL, before it had
    # statistics, to a plan that took minutes for 10,000 products.
    among: ProductQuerySet
    closeness: Closeness
    query: str
    count: int

    def ranked_ids(self, *, limit: int, after: tuple[int, int] | None = None) -> list[tuple[int, int]]:
        """Give up to `limit` pairs (rank, product id), best first, starting behind the pair `after`."""
        narrowed, narrowed_params = self.among.order_by().values("pk").query.sql_with_params()
        rank, source, source_params = _engine_sql(self.query) if self.query else ("0", _BY_SKU, ())
        # No part of a request is in this text: `narrowed` is the ORM's own SQL, the rest are constants of this module.
        sql = (
            f"SELECT score, id FROM (SELECT {rank} AS score, {source}) AS ranked "  # noqa: S608 - see above
            f"JOIN ({narrowed}) AS wanted ON wanted.pk = id WHERE (%s OR score < %s OR (score = %s AND id > %s)) "
            "ORDER BY score DESC, id LIMIT %s"
        )
        score, last_id = after or (0, 0)
        params = [*source_params, *narrowed_params, after is None, score, score, last_id, limit]
        with connections[self.among.db].cursor() as cursor:  # where the page is read from
            cursor.execute(sql, params)
            return [(int(row[0]), int(row[1])) for row in cursor.fetchall()]


_BY_SKU = "id FROM catalog_product"


def words_of(text: str) -> list[str]:
    """Give the words of `text` worth searching for, at most MAX_WORDS, in lower case."""
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", text).lower())
    wanted = [word for word in words if word not in STOP_WORDS] or words
    return list(dict.fromkeys(wanted))[:MAX_WORDS]


def find_matches(text: str, *, among: ProductQuerySet, cap: int) -> Matches | None:
    """Find products of `among` by SKU, else by all words, else by their beginnings, else by any word.

    Counts to at most `cap`: one query per attempt. Gives None when nothing comes near.
    """
    typed = text.strip().upper()
    if _SKU.fullmatch(typed):
        by_sku = among.filter(pk__in=Variant.objects.active().filter(sku=typed).values("product_id"))
        if count := _capped_count(by_sku, cap):
            return Matches(by_sku, by_sku, Closeness.SKU, "", count)
    words = words_of(text)
    if not words:
        return None
    attempts = [Closeness.ALL_WORDS, Closeness.BEGINNINGS]
    if len(words) > 1:
        attempts.append(Closeness.ANY_WORD)
    for closeness in attempts:
        query = _engine_query(words, closeness)
        matching = among.filter(pk__in=RawSQL(*_matching_ids(query)))  # noqa: S611 - the SQL is constant, the words a parameter
        if count := _capped_count(matching, cap):
            return Matches(matching, among, closeness, query, count)
    return None


def _capped_count(products: ProductQuerySet, cap: int) -> int:
    return products.order_by().values("pk")[:cap].count()


def _engine_query(words: list[str], closeness: Closeness) -> str:
    if connection.vendor == "postgresql":
        terms = [f"{word}:*" for word in words] if closeness is Closeness.BEGINNINGS else words
        return (" | " if closeness is Closeness.ANY_WORD else " & ").join(terms)
    terms = [f'"{word}"*' if closeness is Closeness.BEGINNINGS else f'"{word}"' for word in words]
    return (" OR " if closeness is Closeness.ANY_WORD else " AND ").join(terms)


def _matching_ids(query: str) -> tuple[str, list[str]]:
    if connection.vendor == "postgresql":
        return "SELECT id FROM catalog_product WHERE search_vector @@ to_tsquery('english', %s)", [query]
    return "SELECT rowid FROM catalog_search WHERE catalog_search MATCH %s", [query]


def _engine_sql(query: str) -> tuple[str, str, list[str]]:
    """Give the rank expression, the rest of its SELECT, and the parameters.

    Ranks are whole numbers, so that a cursor can name one exactly. A name weighs more than a brand, a brand more than
    a tagline, a tagline more than a description.
    """
    if connection.vendor == "postgresql":
        return (
            "(ts_rank_cd(search_vector, to_tsquery('english', %s), 1) * 1000000)::bigint",
            "id FROM catalog_product WHERE search_vector @@ to_tsquery('english', %s)",
            [query, query],
        )
    return (
        "CAST(bm25(catalog_search, 10.0, 4.0, 3.0, 1.0) * -1000000 AS INTEGER)",
        "rowid AS id FROM catalog_search WHERE catalog_search MATCH %s",
        [query],
    )
