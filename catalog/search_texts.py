"""Search in the languages of `ProductText`: by words, and within them, for German glues words together.

Who looks for a "Leine" wants the "Tauleine", too, and who types "Näpfe" the "Napf". PostgreSQL knows the words' stems in
each language (a tsvector beside the texts); pieces of words are found by trigrams of the folded texts (no capitals, no
umlauts), less the commonest endings, on both. Names weigh more than one-liners, these more than descriptions.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from catalog.models import Product
from catalog.models.product import ProductQuerySet
from catalog.text_triggers import CONFIGS, FOLDED

# Words that carry no wish, per language.
SMALL_WORDS: Final[dict[str, frozenset[str]]] = {
    "de": frozenset(
        {"am", "an", "auf", "aus", "bei", "das", "dem", "den", "der", "des", "die", "ein", "eine", "einem", "einen", "einer"}
        | {"für", "ihr", "ihre", "im", "in", "ist", "mein", "meine", "meinen", "meiner", "mit", "oder", "und", "unser"}
        | {"von", "vom", "zu", "zum", "zur"}
    ),
}
# Cut off from what is looked for within words, if so much is left of it.
_ENDINGS: Final = {"de": ("en", "er", "es", "em", "e", "n", "s")}
_LEFT = 4
# The index knows three letters at once.
_TRIGRAM = 3
# A word in the name counts more than anything said elsewhere, and at the beginning of a word of it somewhat more.
_IN_NAME, _BEGINS, _IN_TAGLINE = 100_000_000, 20_000_000, 20_000_000


def any_of(words: list[str]) -> str:
    """A query for any of these words; `all_of` for all of them."""
    return " | ".join(words)


def all_of(words: list[str]) -> str:
    """A query for all of these words, whole or within others."""
    return " & ".join(words)


def said(query: str, *, language: str, among: ProductQuerySet) -> ProductQuerySet:
    """Keep the products whose texts in this language hold what `query` asks for."""
    where, params = _test(query, language, connections[among.db].vendor)
    sql = f"SELECT t.product_id FROM catalog_producttext t WHERE t.language = %s AND {where}"  # noqa: S608 - constants
    return among.filter(pk__in=RawSQL(sql, [language, *params]))  # noqa: S611 - the same, and marks for the parameters


def said_by_rank(query: str, *, language: str, among: ProductQuerySet) -> tuple[str, list[Any]]:
    """SQL, and its parameters, for the rank ("score") and id ("pk") of the same products."""
    narrowed, params = _plain(among.values("pk"))
    words = _words(query)
    vendor = connections[among.db].vendor
    if vendor == "postgresql":
        # Thousands may match, and how near the words are to each other takes ten times as long to tell.
        rank = f"(ts_rank(t.search_vector, to_tsquery('{_config(language)}', %s), 1) * 1000000)::bigint"
        rank_params: list[Any] = [" | ".join(f"{word}:*" for word in words)]
        rows, rows_params, place = "catalog_producttext", list[Any](), "strpos"
        name, tagline = "t.folded_name", "t.folded"
    else:
        rank, rank_params, place, name, tagline = "t.score", [], "instr", "t.name", "t.tagline"
        rows, rows_params = _FOUND_SQLITE, [_fts(query, language)]
    bonus = "".join(
        f" + CASE WHEN {place}({name}, %s) > 0 THEN {_IN_NAME} ELSE 0 END"
        f" + CASE WHEN {place}({name}, %s) > 0 THEN {_BEGINS} ELSE 0 END"
        f" + CASE WHEN {place}({tagline}, %s) > 0 THEN {_IN_TAGLINE} ELSE 0 END"
        for _ in words
    )
    pieces = [_piece(word, language) for word in words]
    bonus_params = [value for piece in pieces for value in (piece, f" {piece}", piece)]
    where, where_params = ("true", list[Any]()) if vendor == "sqlite" else _test(query, language, vendor)
    sql = (
        f"SELECT {rank}{bonus} AS score, t.product_id AS pk FROM {rows} AS t "  # noqa: S608 - constants
        f"JOIN ({narrowed}) AS wanted ON wanted.pk = t.product_id WHERE t.language = %s AND {where}"
    )
    return sql, [*rank_params, *bonus_params, *rows_params, *params, language, *where_params]


def named(words: list[str], *, language: str, among: ProductQuerySet) -> ProductQuerySet:
    """Keep the products whose names in this language hold all these words, whole or within others."""
    pieces = [f"%{_fold(word)}%" for word in words]
    if connections[among.db].vendor == "sqlite":  # its trigrams answer LIKE; an underscore is any letter, and does no harm
        tests = " AND ".join(["name LIKE %s"] * len(pieces))
        test, params = f"t.id IN (SELECT rowid FROM catalog_search_text WHERE {tests})", pieces  # noqa: S608 - constants
    else:
        test = " AND ".join([_CONTAINS_NAME] * len(pieces))
        params = [value.replace("_", r"\_") for piece in pieces for value in (piece, piece)]
    sql = f"SELECT t.product_id FROM catalog_producttext t WHERE t.language = %s AND {test}"  # noqa: S608 - as above
    return among.filter(pk__in=RawSQL(sql, [language, *params]))  # noqa: S611 - as above


# The first is what the index knows.
_CONTAINS = "t.folded LIKE %s"
_CONTAINS_NAME = f"({_CONTAINS} AND t.folded_name LIKE %s)"
_FOUND_SQLITE = (
    "(SELECT f.score, f.name, f.tagline, x.product_id, x.language FROM ("
    "SELECT CAST(bm25(catalog_search_text, 10.0, 4.0, 3.0, 1.0) * -1000000 AS INTEGER) AS score, rowid AS id, name, tagline "
    "FROM catalog_search_text WHERE catalog_search_text MATCH %s) AS f JOIN catalog_producttext x ON x.id = f.id)"
)


def _test(query: str, language: str, vendor: str) -> tuple[str, list[Any]]:
    """SQL, and its parameters, for a text "t" that holds what is asked for."""
    if vendor == "sqlite":
        match = _fts(query, language)
        # Words too short for the index, and no other: anything would do.
        sql = "t.id IN (SELECT rowid FROM catalog_search_text WHERE catalog_search_text MATCH %s)"
        return (sql, [match]) if match else ("false", [])
    tests, params = [], list[Any]()
    if " | " in query:  # one look for the stems of all
        pieces = [piece for word in _words(query) if len(piece := _piece(word, language)) >= _TRIGRAM]
        stems = f"t.search_vector @@ to_tsquery('{_config(language)}', %s)"
        marks = [_like(piece) for piece in pieces]
        return f"({' OR '.join([stems, *[_CONTAINS] * len(marks)])})", [
            " | ".join(f"{word}:*" for word in _words(query)),
            *marks,
        ]
    for word in _words(query):
        test = f"t.search_vector @@ to_tsquery('{_config(language)}', %s)"
        params.append(f"{word}:*")
        if len(piece := _piece(word, language)) >= _TRIGRAM:
            test += f" OR {_CONTAINS}"
            params.append(_like(piece))
        tests.append(f"({test})")
    return f"({' AND '.join(tests)})", params


def _like(piece: str) -> str:
    return "%" + piece.replace("_", r"\_") + "%"


def _fts(query: str, language: str) -> str:
    """Give the query in FTS5's words: within names and one-liners, at the beginning of a word of a description."""
    pieces = [piece for word in _words(query) if len(piece := _piece(word, language)) >= _TRIGRAM]
    terms = [f'({{name brand tagline}} : "{piece}" OR description : " {piece}")' for piece in pieces]
    return (" OR " if " | " in query else " AND ").join(terms)


def _piece(word: str, language: str) -> str:
    """What is looked for within words: without its ending, folded as the index is."""
    for ending in _ENDINGS.get(language, ()):
        if word.endswith(ending) and len(word) - len(ending) >= _LEFT:
            word = word.removesuffix(ending)
            break
    return _fold(word)


def _fold(word: str) -> str:
    for letter, plain in FOLDED:
        word = word.replace(letter, plain)
    return word


def _words(query: str) -> list[str]:
    return query.replace("|", "&").split(" & ")


def _config(language: str) -> str:
    return CONFIGS.get(language, "simple")


def _plain(products: QuerySet[Product, Any]) -> tuple[str, tuple[Any, ...]]:
    return products.order_by().query.sql_with_params()
