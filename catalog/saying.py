"""Short texts that products share, in the language that is spoken: options, attributes, facts. Kept for a minute."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS

from catalog.kept import Kept
from catalog.models import Phrase
from store.language import current_language


def _read() -> dict[str, dict[str, str]]:
    # From the primary, as the category tree.
    found: dict[str, dict[str, str]] = {}
    for language, phrase, said in Phrase.objects.using(DEFAULT_DB_ALIAS).values_list("language", "phrase", "said"):
        found.setdefault(language, {})[phrase] = said
    return found


_phrases = Kept("phrases", _read)


def say(text: str) -> str:
    """The phrase in the language that is spoken, or as it is. Parts between " / " (of a variant's label) are said alone.

    The first language asks nobody; others cost one query, or none when the phrases were read within the last minute.
    """
    language = current_language()
    if not text or language == settings.LANGUAGE_CODE:
        return text
    known = _phrases.get().get(language, {})
    return known.get(text) or " / ".join(known.get(part, part) for part in text.split(" / "))


def forget_phrases(**_: Any) -> None:
    """Make the next page read them again (receiver of `post_save` and `post_delete`)."""
    _phrases.forget()
