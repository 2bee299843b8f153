"""Search in the languages of `ProductText`: by words, and within them, for German glues words together.

Who looks for a "Leine" wants the "Tauleine", too, and who types "Näpfe" the "Napf". PostgreSQL knows the words' stems in
each language (a tsvector beside the texts); pieces of words are found by trigrams of the folded texts (no capitals, no
umlauts), less the commonest endings, on both. Names weigh more than one-liners, these more than descriptions.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from catalog.search_index import Look
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


def look_in_texts(words: list[str], *, is_any: bool, language: str, vendor: str) -> Look:
    """Look for all of these words, or any, whole or within others, in the texts of this language."""
    pieces = [_piece(word, language) for word in words]
    if vendor == "sqlite":
        return _look_sqlite(pieces, is_any=is_any, language=language)
    test, params = _test(words, pieces, is_any=is_any, language=language)
    bonus, bonus_params = _bonus(pieces, place="strpos", name="t.folded_name", tagline="t.folded")
    marks = [_like(piece) for piece in pieces if len(piece) >= _TRIGRAM]
    has_best = marks and (is_any or len(marks) == len(pieces))
    return Look(
        "catalog_producttext t",
        key="t.id",
        product="t.product_id",
        test=f"t.language = %s AND {test}",
        params=[language, *params],
        # Thousands may match, and how near the words are to each other takes ten times as long to tell.
        rank=f"(ts_rank(t.search_vector, {_stems(language)}, 1) * 1000000)::bigint{bonus}",
        rank_params=[_beginnings(words), *bonus_params],
        best=f"t.language = %s AND ({(' OR ' if is_any else ' AND ').join([_CONTAINS] * len(marks))})"
        if has_best
        else "false",
        best_params=[language, *marks] if has_best else [],
    )


def look_in_names(words: list[str], *, language: str, vendor: str) -> Look:
    """Look for names in this language that hold all these words, whole or within others; by no rank."""
    pieces = [_fold(word) for word in words]
    if vendor == "sqlite":  # its trigrams answer LIKE; an underscore is any letter, and does no harm
        return _sqlite(
            " AND ".join(["catalog_search_text.name LIKE %s"] * len(pieces)), [f"%{piece}%" for piece in pieces], language
        )
    tests = " AND ".join([f"{_CONTAINS} AND t.folded_name LIKE %s"] * len(pieces))  # the first is what the index knows
    params = [mark for piece in pieces for mark in [_like(piece)] * 2]
    return Look("catalog_producttext t", "t.id", "t.product_id", f"t.language = %s AND {tests}", [language, *params])


def _look_sqlite(pieces: list[str], *, is_any: bool, language: str) -> Look:
    """In FTS5's words: within names and one-liners, at the beginning of a word of a description."""
    terms = [
        f'({{name brand tagline}} : "{piece}" OR description : " {piece}")' for piece in pieces if len(piece) >= _TRIGRAM
    ]
    if not terms:  # words too short for the index, and no other: anything would do
        return _sqlite("false", [], language)
    look = _sqlite("catalog_search_text MATCH %s", [(" OR " if is_any else " AND ").join(terms)], language)
    bonus, bonus_params = _bonus(
        pieces, place="instr", name="catalog_search_text.name", tagline="catalog_search_text.tagline"
    )
    rank = f"CAST(bm25(catalog_search_text, 10.0, 4.0, 3.0, 1.0) * -1000000 AS INTEGER){bonus}"
    return replace(look, rank=rank, rank_params=bonus_params)


def _sqlite(test: str, params: list[str], language: str) -> Look:
    return Look(
        # In this order, which CROSS JOIN keeps.
        "catalog_search_text CROSS JOIN catalog_producttext t ON t.id = catalog_search_text.rowid",
        key="catalog_search_text.rowid",
        product="t.product_id",
        test=f"{test} AND t.language = %s",
        params=[*params, language],
    )


def _bonus(pieces: list[str], *, place: str, name: str, tagline: str) -> tuple[str, list[str]]:
    """SQL, and its parameters, for what is added to a rank for where the pieces are."""
    sql = (
        f" + CASE WHEN {place}({name}, %s) > 0 THEN {_IN_NAME} ELSE 0 END"
        f" + CASE WHEN {place}({name}, %s) > 0 THEN {_BEGINS} ELSE 0 END"
        f" + CASE WHEN {place}({tagline}, %s) > 0 THEN {_IN_TAGLINE} ELSE 0 END"
    )
    return sql * len(pieces), [mark for piece in pieces for mark in (piece, f" {piece}", piece)]


_CONTAINS = "t.folded LIKE %s"


def _test(words: list[str], pieces: list[str], *, is_any: bool, language: str) -> tuple[str, list[str]]:
    """SQL for PostgreSQL, and its parameters, for a text "t" that holds what is asked for."""
    has_stem = f"t.search_vector @@ {_stems(language)}"
    if is_any:  # one look for the stems of all
        marks = [_like(piece) for piece in pieces if len(piece) >= _TRIGRAM]
        return f"({' OR '.join([has_stem, *[_CONTAINS] * len(marks)])})", [_beginnings(words), *marks]
    tests, params = [], list[str]()
    for word, piece in zip(words, pieces, strict=True):
        is_long = len(piece) >= _TRIGRAM
        tests.append(f"({has_stem} OR {_CONTAINS})" if is_long else has_stem)
        params += [f"{word}:*", _like(piece)] if is_long else [f"{word}:*"]
    return " AND ".join(tests), params


def _stems(language: str) -> str:
    return f"to_tsquery('{CONFIGS.get(language, 'simple')}', %s)"


def _beginnings(words: list[str]) -> str:
    return " | ".join(f"{word}:*" for word in words)


def _like(piece: str) -> str:
    return "%" + piece.replace("_", r"\_") + "%"


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
