"""Full-text search with one face, two engines (FTS5 on SQLite, a tsvector under GIN on PostgreSQL) and any language.

`find_matches` turns what a shopper typed into a `Matches`, which can narrow a query and give a page of product ids by
rank; `named_like` serves the suggestions; misspelt words are mended by `catalog.spelling`. In another language than the
first its own texts come first (`catalog.search_texts`), then those nobody has translated. The indexes and the vocabularies
are kept by triggers (`catalog.triggers`, `catalog.text_triggers`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.db.models import BigIntegerField, BooleanField, Q, QuerySet, Value
from django.db.models.expressions import RawSQL

from catalog.models import Product, Variant
from catalog.models.product import ProductQuerySet
from catalog.search_texts import SMALL_WORDS, all_of, any_of, named, said, said_by_rank
from catalog.spelling import correct_words, nearby_sql
from store.language import current_language

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
    # Without the text itself, which `ranked` looks for.
    among: ProductQuerySet
    closeness: Closeness
    query: str
    words: tuple[str, ...] = ()
    is_corrected: bool = False
    # What to fall back on where the corrected words are not all on one product.
    or_else: str = ""
    # The language of the texts that match, where it is not the first.
    tongue: str = ""

    def loosened(self) -> Matches | None:
        """Give what any of the typed words finds, where the corrected ones together find nothing."""
        if not self.or_else:
            return None
        found = _matching(self.among, self.or_else, self.tongue)
        return Matches(found, self.among, Closeness.ANY_WORD, self.or_else, self.words, tongue=self.tongue)

    def ranked(self, *, limit: int, after: tuple[int, int] | None = None) -> Ranked:
        """Give up to `limit` products, best first, starting behind the pair `after` (rank, product id); one query."""
        rows, rows_params = self._scored()
        # No part of a request is in this text: `rows` is of the ORM and of constants of this module.
        sql = (
            f"SELECT score, pk, total FROM (SELECT score, pk, COUNT(*) OVER () AS total FROM ({rows}) AS ranked) AS counted "  # noqa: S608 - see above
            "WHERE (%s OR score < %s OR (score = %s AND pk > %s)) ORDER BY score DESC, pk LIMIT %s"
        )
        score, last_id = after or (0, 0)
        params = [*rows_params, after is None, score, score, last_id, limit]
        with connections[self.among.db].cursor() as cursor:  # where the page is read from
            cursor.execute(sql, params)
            found = cursor.fetchall()
        return Ranked(pairs=[(int(row[0]), int(row[1])) for row in found], count=int(found[0][2]) if found else 0)

    def _scored(self) -> tuple[str, tuple[Any, ...]]:
        """SQL for the rank ("score") and id ("pk") of all that match, and its parameters.

        Ranks are whole numbers, so that a cursor can name one exactly. A name weighs more than a brand, a brand more than
        a tagline, a tagline more than a description.
        """
        if not self.query:  # a SKU: its product is all there is in `among`
            return _plain(self.among.annotate(score=Value(0)).values("score", "pk"))
        if self.tongue:
            sql, more = said_by_rank(self.query, language=self.tongue, among=self.among)
            return sql, tuple(more)
        if connection.vendor == "postgresql":
            # In one look at the table: joined with itself it took twice as long.
            rank = "(ts_rank_cd(catalog_product.search_vector, to_tsquery('english', %s), 1) * 1000000)::bigint"
            score = RawSQL(rank, [self.query], BigIntegerField())  # noqa: S611 - a constant
            return _plain(_matching(self.among, self.query).annotate(score=score).values("score", "pk"))
        narrowed, params = _plain(self.among.values("pk"))
        rank = "CAST(bm25(catalog_search, 10.0, 4.0, 3.0, 1.0) * -1000000 AS INTEGER)"
        found = f"SELECT {rank} AS score, rowid AS id FROM catalog_search WHERE catalog_search MATCH %s"  # noqa: S608
        sql = f"SELECT score, pk FROM ({found}) AS found JOIN ({narrowed}) AS wanted ON wanted.pk = id"  # noqa: S608 - as above
        return sql, (self.query, *params)


def _plain(products: QuerySet[Product, Any]) -> tuple[str, tuple[Any, ...]]:
    """Give a query's SQL, in no order, and its parameters."""
    return products.order_by().query.sql_with_params()


@dataclass(frozen=True)
class Ranked:
    """Pairs of rank and product id, and how many match in all (0 behind the last of them)."""

    pairs: list[tuple[int, int]]
    count: int


def words_of(text: str) -> list[str]:
    """Give the words of `text` worth searching for, at most MAX_WORDS, in lower case."""
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", text).lower())
    small = STOP_WORDS | SMALL_WORDS.get(current_language(), frozenset())
    wanted = [word for word in words if word not in small] or words
    return list(dict.fromkeys(wanted))[:MAX_WORDS]


@dataclass(frozen=True)
class _Attempt:
    """One way to look; the first that finds something is taken, a close one before a loose one."""

    closeness: Closeness
    query: str
    products: ProductQuerySet
    tongue: str = ""

    @property
    def is_loose(self) -> bool:
        return self.closeness is Closeness.ANY_WORD


def find_matches(text: str, *, among: ProductQuerySet) -> Matches | None:
    """Find products of `among` by SKU, else by all words, else by their beginnings, else by words spelt nearly so.

    Failing all that, by any word. One query. Gives None when nothing comes near, or the corrected words together do not.
    """
    words = words_of(text)
    if not words:
        return None
    tongue = "" if current_language() == settings.LANGUAGE_CODE else current_language()
    attempts = _attempts(text, words, among=among, tongue=tongue)
    taken, near = _first_that_matches(attempts, words, tongue=tongue)
    if taken is not None and not taken.is_loose:
        where = among if taken.query else taken.products
        return Matches(taken.products, where, taken.closeness, taken.query, tuple(words), tongue=taken.tongue)
    corrected = correct_words(words, near=near)
    if corrected != words:
        query = all_of(corrected) if tongue else _engine_query(corrected, Closeness.BEGINNINGS)
        found = _matching(among, query, tongue)
        loose = _loose_query(words, tongue) if taken else ""
        return Matches(
            found, among, Closeness.BEGINNINGS, query, tuple(corrected), is_corrected=True, or_else=loose, tongue=tongue
        )
    if taken is None:
        return None
    return Matches(taken.products, among, taken.closeness, taken.query, tuple(words), tongue=taken.tongue)


def _attempts(text: str, words: list[str], *, among: ProductQuerySet, tongue: str) -> list[_Attempt]:
    typed = text.strip().upper()
    attempts = []
    if _SKU.fullmatch(typed):
        by_sku = among.filter(pk__in=Variant.objects.active().filter(sku=typed).values("product_id"))
        attempts.append(_Attempt(Closeness.SKU, "", by_sku))
    if tongue:  # whole words and beginnings at once: German hides the one in the other
        query = all_of(words)
        attempts.append(_Attempt(Closeness.ALL_WORDS, query, _matching(among, query, tongue), tongue))
    for closeness in (Closeness.ALL_WORDS, Closeness.BEGINNINGS):
        query = _engine_query(words, closeness)
        attempts.append(_Attempt(closeness, query, _matching(among, query)))
    if len(words) > 1:
        query = _loose_query(words, tongue)
        attempts.append(_Attempt(Closeness.ANY_WORD, query, _matching(among, query, tongue), tongue))
    return attempts


def _loose_query(words: list[str], tongue: str) -> str:
    return any_of(words) if tongue else _engine_query(words, Closeness.ANY_WORD)


def named_like(words: list[str], *, among: ProductQuerySet) -> ProductQuerySet:
    """Keep the products whose names have words that begin like all of these; in no order."""
    if connection.vendor == "postgresql":
        first = _matching(among, " & ".join(f"{word}:*A" for word in words))  # A: the name's weight
    else:
        first = _matching(among, "{name} : (" + " AND ".join(f'"{word}"*' for word in words) + ")")
    if current_language() == settings.LANGUAGE_CODE:
        return first
    spoken = named(words, language=current_language(), among=among)
    return among.filter(Q(pk__in=spoken.values("pk")) | Q(pk__in=first.values("pk")))


def _matching(among: ProductQuerySet, query: str, tongue: str = "") -> ProductQuerySet:
    if tongue:
        return said(query, language=tongue, among=among)
    if connection.vendor == "postgresql":
        matches = RawSQL("catalog_product.search_vector @@ to_tsquery('english', %s)", [query], BooleanField())
        return among.filter(matches)
    rows = RawSQL("SELECT rowid FROM catalog_search WHERE catalog_search MATCH %s", [query])
    return among.filter(pk__in=rows)


def _first_that_matches(attempts: Sequence[_Attempt], words: list[str], *, tongue: str) -> tuple[_Attempt | None, list[str]]:
    """Say which attempt finds something first, and what other words may be meant where none finds all; one query.

    PostgreSQL thinks that of any word, were it in the shop or not, some product will turn up soon, and looks through all of
    them for the first one. What stands in a WITH of its own it plans as if all were wanted, by the index, and still fetches
    one row. SQLite has but one way to look, and would fetch all.
    """
    using = attempts[0].products.db  # where the page is read from
    heads, whens, params = [], [], list[Any]()
    for number, attempt in enumerate(attempts):
        sql, more = _plain(attempt.products.values("pk"))
        if connection.vendor == "postgresql":
            heads.append(f"try{number} AS MATERIALIZED ({sql})")
            sql = f"SELECT FROM try{number}"
        whens.append(f"WHEN EXISTS ({sql}) THEN {number}")
        params += more
    near, near_params = nearby_sql(words, using=using, language=tongue)
    close = sum(not attempt.is_loose for attempt in attempts)
    heads.append(f"first (number) AS MATERIALIZED (SELECT CASE {' '.join(whens)} END)")
    # Words are asked for only where the one row of `first` says that they are wanted. No part of a request is in this text.
    sql = (
        f"WITH {', '.join(heads)} SELECT number, '' FROM first UNION ALL SELECT NULL, word FROM ({near} "  # noqa: S608
        f"AND (SELECT COALESCE(number, {close}) FROM first) >= {close}) AS near"
    )
    with connections[using].cursor() as cursor:
        cursor.execute(sql, [*params, *near_params])
        rows = cursor.fetchall()
    [found] = [row[0] for row in rows if not row[1]]
    return None if found is None else attempts[found], [row[1] for row in rows if row[1]]


def _engine_query(words: list[str], closeness: Closeness) -> str:
    if connection.vendor == "postgresql":
        terms = [f"{word}:*" for word in words] if closeness is Closeness.BEGINNINGS else words
        return (" | " if closeness is Closeness.ANY_WORD else " & ").join(terms)
    terms = [f'"{word}"*' if closeness is Closeness.BEGINNINGS else f'"{word}"' for word in words]
    return (" OR " if closeness is Closeness.ANY_WORD else " AND ").join(terms)
