"""“Did you mean”: the nearest words that are on the shop's goods.

The database narrows the vocabulary down (by trigrams on PostgreSQL, by beginnings and lengths on both), and the
edit distance decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connections
from rapidfuzz.distance import OSA

# Shorter words are near to everything.
MIN_LETTERS = 3
# Up to this length one slip is allowed, above it two.
SHORT = 5


def correct_words(words: Sequence[str], *, near: Sequence[str]) -> list[str]:
    """Give the words with each unknown one replaced by its nearest word of `near`, if there is one near enough."""
    doubtful = _doubtful(words)
    return [_correct(word, near) if word in doubtful else word for word in words]


def read_nearby(words: Sequence[str], *, using: str, language: str) -> list[str]:
    """Give the words that may be meant; one query."""
    sql, params = nearby_sql(words, using=using, language=language)
    with connections[using].cursor() as cursor:
        cursor.execute(sql, params)
        return [row[0] for row in cursor.fetchall()]


def _doubtful(words: Sequence[str]) -> list[str]:
    return [word for word in words if len(word) >= MIN_LETTERS and word.isalpha()]


def _correct(word: str, near: Sequence[str]) -> str:
    if any(known.startswith(word) for known in near):
        return word
    allowed = _slips(word)
    ranked = sorted(
        (distance, known[:1] != word[:1], abs(len(known) - len(word)), known)
        for known in near
        if (distance := OSA.distance(word, known, score_cutoff=allowed)) <= allowed
    )
    return ranked[0][-1] if ranked else word


def _slips(word: str) -> int:
    return 1 if len(word) <= SHORT else 2


def nearby_sql(words: Sequence[str], *, using: str, language: str = "") -> tuple[str, list[Any]]:
    """SQL, and its parameters, for the words that may be meant, of the first language or another.

    Those that begin like these, or end like them after a first letter gone wrong.
    """
    conditions, params = ["1 = 0"], list[Any]()
    is_postgresql = connections[using].vendor == "postgresql"
    for word in _doubtful(words):
        slips = _slips(word)
        conditions.append("word LIKE %s")
        params.append(f"{word}%")
        # The first two letters in any order, or the last two: one slip cannot spoil both ends.
        conditions.append("length(word) BETWEEN %s AND %s AND (word LIKE %s OR word LIKE %s OR word LIKE %s)")
        # “Any letter, then this one” would have PostgreSQL read all words, where its trigrams find what is like enough.
        swapped = f"{word[1]}{word[0]}%" if is_postgresql else f"_{word[0]}%"
        params += [len(word) - slips, len(word) + slips, f"{word[0]}%", swapped, f"%{word[-2:]}"]
        if is_postgresql:
            conditions.append("word %% %s")  # pg_trgm's "is similar to"
            params.append(word)
    # Constants of this function; the words are parameters, and letters only.
    any_of_them = " OR ".join(f"({condition})" for condition in conditions)
    if not language:
        return f"SELECT word FROM catalog_word WHERE ({any_of_them})", params  # noqa: S608 - as said
    return f"SELECT word FROM catalog_textword WHERE language = %s AND ({any_of_them})", [language, *params]  # noqa: S608
