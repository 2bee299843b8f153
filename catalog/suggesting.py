"""What the search box offers while somebody types."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from catalog import selectors
from catalog.models import Product
from catalog.search import named_like, words_of
from catalog.spelling import correct_words, read_nearby
from store.language import current_language

# As many as fit under the box of a phone without scrolling.
MOST = 7
MOST_SHELVES = 2
# One letter begins everything.
MIN_LETTERS = 2
# Looked at, of those that match: enough to find the best few among, however many there are.
LOOKED_AT = 60


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A page that may be meant."""

    name: str
    url: str
    kind: str  # "shelf" or "product"


def suggest(text: str) -> list[Suggestion]:
    """Give the shelves and products whose names have words that begin like this, or nearly so if there are none.

    One query, and the category tree; two more where the words have to be mended.
    """
    words = words_of(text[:100])
    if not words or len(words[-1]) < MIN_LETTERS:
        return []
    if found := _named(words):
        return found
    listed = Product.objects.listed()
    tongue = "" if current_language() == settings.LANGUAGE_CODE else current_language()
    corrected = correct_words(words, near=read_nearby(words, using=listed.db, language=tongue))
    return [] if corrected == words else _named(corrected)


def _named(words: list[str]) -> list[Suggestion]:
    shelves = [
        Suggestion(shelf.name, shelf.url, "shelf")
        for _, shelf in sorted(selectors.category_tree().by_path.items())
        if all(any(part.startswith(word) for part in words_of(shelf.name)) for word in words)
    ][:MOST_SHELVES]
    products = list(named_like(words, among=Product.objects.listed()).spoken().only("name", "slug")[:LOOKED_AT])
    pages = [(product.shown_name, product.get_absolute_url()) for product in products]
    pages.sort(key=lambda page: (not page[0].lower().startswith(words[0]), len(page[0]), page[0]))
    named = {name: Suggestion(name, url, "product") for name, url in reversed(pages)}
    return [*shelves, *[named[name] for name in dict.fromkeys(name for name, _ in pages)]][:MOST]


@require_safe
@cache_control(private=True, max_age=60)
def suggestions(request: HttpRequest) -> HttpResponse:
    """Answer with suggestions for `q`, as JSON."""
    return JsonResponse({"suggestions": [asdict(suggestion) for suggestion in suggest(request.GET.get("q", ""))]})
