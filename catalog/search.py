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
from django.db import connections
from django.db.models import Q

from catalog.models.product import ProductQuerySet
from catalog.search_index import Look, look_for_sku, look_in_products
from catalog.search_texts import SMALL_WORDS, look_in_names, look_in_texts
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
    """Products of `among` that match. `words` are those that were looked for; corrected ones if `is_corrected`."""

    look: Look
    among: ProductQuerySet
    closeness: Closeness
    words: tuple[str, ...]
    is_corrected: bool = False
    # What to fall back on where the corrected words are not all on one product.
    or_else: Look | None = None

    @property
    def products(self) -> ProductQuerySet:
        """The products, in no order."""
        return self.look.narrow(self.among)

    def loosened(self) -> Matches | None:
        """Give what any of the typed words finds, where the corrected ones together find nothing."""
        return Matches(self.or_else, self.among, Closeness.ANY_WORD, self.words) if self.or_else else None

    def ranked(self, *, limit: int, after: tuple[int, int] | None = None, is_narrow: bool = False) -> Ranked:
        """Give up to `limit` products, best first, starting behind the pair `after` (rank, product id); one query.

        `is_narrow` says that a shelf or filters leave few products to look among.
        """
        rows, params = self.look.ranked_sql(self.among, is_narrow=is_narrow)
        # No part of a request is in this text: `rows` is of the ORM and of constants.
        sql = (
            f"SELECT score, pk, total FROM (SELECT score, pk, COUNT(*) OVER () AS total FROM ({rows}) AS ranked) AS counted "  # noqa: S608 - see above
            "WHERE (%s OR score < %s OR (score = %s AND pk > %s)) ORDER BY score DESC, pk LIMIT %s"
        )
        score, last_id = after or (0, 0)
        with connections[self.among.db].cursor() as cursor:  # where the page is read from
            cursor.execute(sql, [*params, after is None, score, score, last_id, limit])
            found = cursor.fetchall()
        return Ranked(pairs=[(int(row[0]), int(row[1])) for row in found], count=int(found[0][2]) if found else 0)


@dataclass(frozen=True)
class Ranked:
    """Pairs of rank and product id, and how many were ranked in all (0 behind the last of them)."""

    pairs: list[tuple[int, int]]
    count: int


def words_of(text: str) -> list[str]:
    """Give the words of `text` worth searching for, at most MAX_WORDS, in lower case."""
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", text).lower())
    small = STOP_WORDS | SMALL_WORDS.get(current_language(), frozenset())
    wanted = [word for word in words if word not in small] or words
    return list(dict.fromkeys(wanted))[:MAX_WORDS]


def find_matches(text: str, *, among: ProductQuerySet) -> Matches | None:
    """Find products of `among` by SKU, else by all words, else by their beginnings, else by words spelt nearly so.

    Failing all that, by any word. One query. Gives None when nothing comes near, or the corrected words together do not.
    """
    words = words_of(text)
    if not words:
        return None
    tongue = "" if current_language() == settings.LANGUAGE_CODE else current_language()
    vendor = connections[among.db].vendor
    close = _close_looks(text, words, tongue=tongue, vendor=vendor)
    number, near = _first_that_finds([look for _, look in close], words, among=among, tongue=tongue)
    if number is not None:
        closeness, look = close[number]
        return Matches(look, among, closeness, tuple(words))
    loose = _look(words, Closeness.ANY_WORD, tongue=tongue, vendor=vendor) if len(words) > 1 else None
    if (corrected := correct_words(words, near=near)) != words:
        mended = _look(corrected, Closeness.BEGINNINGS, tongue=tongue, vendor=vendor)
        return Matches(mended, among, Closeness.BEGINNINGS, tuple(corrected), is_corrected=True, or_else=loose)
    return Matches(loose, among, Closeness.ANY_WORD, tuple(words)) if loose else None


def _close_looks(text: str, words: list[str], *, tongue: str, vendor: str) -> list[tuple[Closeness, Look]]:
    """The ways to look for all words, the closest first."""
    typed = text.strip().upper()
    looks = [(Closeness.SKU, look_for_sku(typed))] if _SKU.fullmatch(typed) else []
    if tongue:  # whole words and beginnings at once: German hides the one in the other
        looks.append((Closeness.ALL_WORDS, _look(words, Closeness.ALL_WORDS, tongue=tongue, vendor=vendor)))
    both = (Closeness.ALL_WORDS, Closeness.BEGINNINGS)
    return looks + [(closeness, _look(words, closeness, tongue="", vendor=vendor)) for closeness in both]


def _look(words: list[str], closeness: Closeness, *, tongue: str, vendor: str) -> Look:
    is_any = closeness is Closeness.ANY_WORD
    if tongue:
        return look_in_texts(words, is_any=is_any, language=tongue, vendor=vendor)
    is_beginning = closeness is Closeness.BEGINNINGS
    if vendor == "postgresql":
        return look_in_products(
            (" | " if is_any else " & ").join(f"{word}:*" if is_beginning else word for word in words), vendor=vendor
        )
    terms = [f'"{word}"*' if is_beginning else f'"{word}"' for word in words]
    return look_in_products((" OR " if is_any else " AND ").join(terms), vendor=vendor)


def named_like(words: list[str], *, among: ProductQuerySet) -> ProductQuerySet:
    """Keep the products whose names have words that begin like all of these; in no order."""
    vendor = connections[among.db].vendor
    if vendor == "postgresql":
        query = " & ".join(f"{word}:*A" for word in words)  # A: the name's weight
    else:
        query = "{name} : (" + " AND ".join(f'"{word}"*' for word in words) + ")"
    first = look_in_products(query, vendor=vendor).narrow(among)
    if current_language() == settings.LANGUAGE_CODE:
        return first
    spoken = look_in_names(words, language=current_language(), vendor=vendor).narrow(among)
    return among.filter(Q(pk__in=spoken.values("pk")) | Q(pk__in=first.values("pk")))


def _first_that_finds(
    looks: Sequence[Look], words: list[str], *, among: ProductQuerySet, tongue: str
) -> tuple[int | None, list[str]]:
    """Say which look finds something first, and what other words may be meant where none does; one query.

    PostgreSQL thinks that of any word, were it in the shop or not, some product will turn up soon, and looks through all of
    them for the first one. What stands in a WITH of its own it plans as if all were wanted, by the index, and still fetches
    one row. SQLite has but one way to look, and would fetch all.
    """
    using = among.db  # where the page is read from
    heads, whens, params = [], [], list[Any]()
    for number, look in enumerate(looks):
        sql, more = look.any_sql(among)
        if connections[using].vendor == "postgresql":
            heads.append(f"try{number} AS MATERIALIZED ({sql})")
            sql = f"SELECT FROM try{number}"
        whens.append(f"WHEN EXISTS ({sql}) THEN {number}")
        params += more
    near, near_params = nearby_sql(words, using=using, language=tongue)
    heads.append(f"first (number) AS MATERIALIZED (SELECT CASE {' '.join(whens)} END)")
    # Words are asked for only where the one row of `first` says that they are wanted. No part of a request is in this text.
    sql = (
        f"WITH {', '.join(heads)} SELECT number, '' FROM first UNION ALL SELECT NULL, word FROM ({near} "  # noqa: S608
        "AND (SELECT number FROM first) IS NULL) AS near"
    )
    with connections[using].cursor() as cursor:
        cursor.execute(sql, [*params, *near_params])
        rows = cursor.fetchall()
    [number] = [row[0] for row in rows if not row[1]]
    return number, [row[1] for row in rows if row[1]]
