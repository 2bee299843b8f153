"""Full-text search with one face and two engines: FTS5 on SQLite, a tsvector under GIN on PostgreSQL.

`find_matches` turns what a shopper typed into a `Matches`, which can narrow a query and give a page of product ids by
rank; `named_like` serves the suggestions; misspelt words are mended by `catalog.spelling`. The index and the vocabulary are
kept by triggers (`catalog.triggers`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from django.db import connection, connections
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from catalog.models import Variant
from catalog.models.product import ProductQuerySet
from catalog.spelling import correct_words

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
    """Products that match. `words` are those that were looked for; corrected ones if `is_corrected`."""

    products: ProductQuerySet
    # Without the text itself, which `ranked` looks for once more: twice in one query led PostgreSQL, before it had
    # statistics, to a plan that took minutes for 10,000 products.
    among: ProductQuerySet
    closeness: Closeness
    query: str
    words: tuple[str, ...] = ()
    is_corrected: bool = False
    # What to fall back on where the corrected words are not all on one product.
    or_else: str = ""

    def loosened(self) -> Matches | None:
        """Give what any of the typed words finds, where the corrected ones together find nothing."""
        if not self.or_else:
            return None
        return Matches(_matching(self.among, self.or_else), self.among, Closeness.ANY_WORD, self.or_else, self.words)

    def ranked(self, *, limit: int, after: tuple[int, int] | None = None) -> Ranked:
        """Give up to `limit` products, best first, starting behind the pair `after` (rank, product id); one query."""
        narrowed, narrowed_params = self.among.order_by().values("pk").query.sql_with_params()
        rank, source, source_params = _engine_sql(self.query) if self.query else ("0", _BY_SKU, ())
        # No part of a request is in this text: `narrowed` is the ORM's own SQL, the rest are constants of this module.
        sql = (
            f"SELECT score, id, total FROM (SELECT score, id, COUNT(*) OVER () AS total "  # noqa: S608 - see above
            f"FROM (SELECT {rank} AS score, {source}) AS ranked JOIN ({narrowed}) AS wanted ON wanted.pk = id) AS counted "
            "WHERE (%s OR score < %s OR (score = %s AND id > %s)) ORDER BY score DESC, id LIMIT %s"
        )
        score, last_id = after or (0, 0)
        params = [*source_params, *narrowed_params, after is None, score, score, last_id, limit]
        with connections[self.among.db].cursor() as cursor:  # where the page is read from
            cursor.execute(sql, params)
            rows = cursor.fetchall()
        return Ranked(pairs=[(int(row[0]), int(row[1])) for row in rows], count=int(rows[0][2]) if rows else 0)


@dataclass(frozen=True)
class Ranked:
    """Pairs of rank and product id, and how many match in all (0 behind the last of them)."""

    pairs: list[tuple[int, int]]
    count: int


_BY_SKU = "id FROM catalog_product"


def words_of(text: str) -> list[str]:
    """Give the words of `text` worth searching for, at most MAX_WORDS, in lower case."""
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", text).lower())
    wanted = [word for word in words if word not in STOP_WORDS] or words
    return list(dict.fromkeys(wanted))[:MAX_WORDS]


def find_matches(text: str, *, among: ProductQuerySet) -> Matches | None:
    """Find products of `among` by SKU, else by all words, else by their beginnings, else by words spelt nearly so.

    Failing all that, by any word. One query; a second where a word may be misspelt. Gives None when nothing comes near, or
    the corrected words together do not.
    """
    words = words_of(text)
    if not words:
        return None
    typed = text.strip().upper()
    by_sku = among.filter(pk__in=Variant.objects.active().filter(sku=typed).values("product_id"))
    attempts = {Closeness.SKU: by_sku} if _SKU.fullmatch(typed) else {}
    kinds = [Closeness.ALL_WORDS, Closeness.BEGINNINGS, *([Closeness.ANY_WORD] if len(words) > 1 else [])]
    attempts |= {closeness: _matching(among, _engine_query(words, closeness)) for closeness in kinds}
    closeness = _first_that_matches(attempts)
    if closeness is not None and closeness is not Closeness.ANY_WORD:
        query = "" if closeness is Closeness.SKU else _engine_query(words, closeness)
        return Matches(attempts[closeness], among if query else by_sku, closeness, query, tuple(words))
    corrected = correct_words(words, using=among.db)
    if corrected != words:
        query = _engine_query(corrected, Closeness.BEGINNINGS)
        found = _matching(among, query)
        loose = _engine_query(words, Closeness.ANY_WORD) if closeness else ""
        return Matches(found, among, Closeness.BEGINNINGS, query, tuple(corrected), is_corrected=True, or_else=loose)
    if closeness is None:
        return None
    return Matches(attempts[closeness], among, closeness, _engine_query(words, closeness), tuple(words))


def named_like(words: list[str], *, among: ProductQuerySet) -> ProductQuerySet:
    """Keep the products whose names have words that begin like all of these; in no order."""
    if connection.vendor == "postgresql":
        return _matching(among, " & ".join(f"{word}:*A" for word in words))  # A: the name's weight
    return _matching(among, "{name} : (" + " AND ".join(f'"{word}"*' for word in words) + ")")


def _matching(among: ProductQuerySet, query: str) -> ProductQuerySet:
    if connection.vendor == "postgresql":
        matches = RawSQL("catalog_product.search_vector @@ to_tsquery('english', %s)", [query], BooleanField())
        return among.filter(matches)
    rows = RawSQL("SELECT rowid FROM catalog_search WHERE catalog_search MATCH %s", [query])
    return among.filter(pk__in=rows)


def _first_that_matches(attempts: Mapping[Closeness, ProductQuerySet]) -> Closeness | None:
    """Say which attempt finds something first; one query, which stops there."""
    whens, params = [], list[Any]()
    for closeness, products in attempts.items():
        sql, more = products.order_by().values("pk")[:1].query.sql_with_params()
        whens.append(f"WHEN EXISTS ({sql}) THEN {int(closeness)}")
        params += more
    with connections[next(iter(attempts.values())).db].cursor() as cursor:  # where the page is read from
        cursor.execute(f"SELECT CASE {' '.join(whens)} END", params)
        [found] = cursor.fetchone()
    return None if found is None else Closeness(found)


def _engine_query(words: list[str], closeness: Closeness) -> str:
    if connection.vendor == "postgresql":
        terms = [f"{word}:*" for word in words] if closeness is Closeness.BEGINNINGS else words
        return (" | " if closeness is Closeness.ANY_WORD else " & ").join(terms)
    terms = [f'"{word}"*' if closeness is Closeness.BEGINNINGS else f'"{word}"' for word in words]
    return (" OR " if closeness is Closeness.ANY_WORD else " AND ").join(terms)


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
