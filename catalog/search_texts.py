"""Search in the languages of `ProductText`: names and one-liners that hold all the words, anywhere in them.

Anywhere, for German glues words together: who looks for a "Leine" wants the "Tauleine", too. On PostgreSQL a trigram index
answers (`catalog_producttext_trigrams`); SQLite, which is for small shops, reads the texts.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from catalog.models.product import ProductQuerySet
from store.language import current_language


def said_like(words: list[str], *, among: ProductQuerySet, columns: str = "name || ' ' || tagline") -> ProductQuerySet:
    """Keep the products whose texts in the language that is spoken hold all these words; none in the first language."""
    if current_language() == settings.LANGUAGE_CODE or not words:
        return among.none()
    tests, params = [], [current_language()]
    for word in words:
        pattern = "%" + word.replace("_", r"\_") + "%"
        if connection.vendor == "postgresql":
            tests.append(rf"lower({columns}) LIKE %s ESCAPE '\'")
            params.append(pattern)
        else:  # folds ASCII only: "Übung" is tried as typed and with a capital
            tests.append(rf"({columns} LIKE %s ESCAPE '\' OR {columns} LIKE %s ESCAPE '\')")
            params += [pattern, "%" + word.capitalize().replace("_", r"\_") + "%"]
    sql = f"SELECT product_id FROM catalog_producttext WHERE language = %s AND {' AND '.join(tests)}"  # noqa: S608 - constants
    return among.filter(pk__in=RawSQL(sql, params))  # noqa: S611 - the same, and marks for the parameters


def named_in_any(words: list[str], *, among: ProductQuerySet, first: ProductQuerySet) -> ProductQuerySet:
    """Keep those of `first` and those whose names in the language that is spoken hold all these words."""
    if current_language() == settings.LANGUAGE_CODE:
        return first
    said = said_like(words, among=among, columns="name")
    return among.filter(Q(pk__in=said.values("pk")) | Q(pk__in=first.values("pk")))
