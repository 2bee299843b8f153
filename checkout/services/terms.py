"""The shop's terms: adding a version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from checkout.models import ShopTerms, ShopTermsText
from store.models import User


class UnableToAddTerms(Exception):
    """No version was added. `str(error)` says why."""


def add_terms(
    *,
    text: str,
    valid_from: datetime | None,
    by: User | None,
    now: datetime,
    others: Mapping[str, str] | None = None,
) -> ShopTerms:
    """Add a version that holds from `valid_from`, or from now on. Raises UnableToAddTerms.

    `others` is the same text in further languages, by their codes.

    None begins in the past: what customers accepted then was another one.
    """
    if valid_from is not None and valid_from < now:
        raise UnableToAddTerms(
            "A version can't begin in the past: other terms were accepted then. Nothing was added. Leave the time empty to "
            "have it begin now."
        )
    try:
        with transaction.atomic():
            terms = ShopTerms.objects.create(text=text, valid_from=valid_from or now, added_at=now, added_by=by)
            for language, said in (others or {}).items():
                ShopTermsText.objects.create(terms=terms, language=language, text=said)
            return terms
    except IntegrityError as error:
        raise UnableToAddTerms("Another version begins at that very moment. Nothing was added.") from error
