"""What shoppers look for in vain: counted for the merchant, by what was looked for and never by whom."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from django.db import connections, router

from catalog.models import MissedSearch
from store.card_numbers import has_card_number

# As long as the column; longer wishes are letters, not names of goods.
MAX_TERM: Final = 60
MAX_WORDS: Final = 6
# A phone number, an order number, a postcode with a house: no product is looked for by so many digits.
MAX_DIGITS: Final = 5
# Robots can ask for anything: beyond this many terms no new one is written down.
MAX_TERMS: Final = 5_000
# A wish that came once and never again says nothing after this.
KEEP: Final = timedelta(days=90)
_TELLING = re.compile(r"@|://|www\.|\bmailto\b", re.IGNORECASE)


def normalise_term(text: str) -> str:
    """Give the wish as it is counted, or nothing where it may say something of a person."""
    term = " ".join(text.lower().split())
    digits = sum(character.isdigit() for character in term)
    if not term or len(term) > MAX_TERM or len(term.split()) > MAX_WORDS or digits > MAX_DIGITS:
        return ""
    if _TELLING.search(term) or has_card_number(term) or not any(character.isalpha() for character in term):
        return ""
    return term


def note_missed(*, text: str, now: datetime) -> bool:
    """Count a wish that nothing answered; False where it says too much to be written down. One statement."""
    term = normalise_term(text)
    if not term:
        return False
    using = router.db_for_write(MissedSearch)
    moment = connections[using].ops.adapt_datetimefield_value(now)
    with connections[using].cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO catalog_missedsearch (term, times, first_at, last_at)
            SELECT %s, 1, %s, %s WHERE EXISTS (SELECT 1 FROM catalog_missedsearch WHERE term = %s)
            OR (SELECT COUNT(*) FROM catalog_missedsearch) < %s
            ON CONFLICT (term) DO UPDATE SET times = catalog_missedsearch.times + 1, last_at = excluded.last_at
            """,
            [term, moment, moment, term, MAX_TERMS],
        )
    return True


def prune_missed(*, now: datetime) -> int:
    """Forget what nobody has looked for in the last months; say how many terms."""
    return MissedSearch.objects.filter(last_at__lt=now - KEEP).delete()[0]
