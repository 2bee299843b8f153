"""Which language is spoken. A page's address says it and nothing else does: English has no prefix, the others have `/de/`.

No cookie, no session and no header of the browser is asked, so a cache may keep a page under its address alone. Mails and
documents are written in the language their order was placed in (`Order.language`), by `speaking`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import is_valid_path
from django.utils import translation

# How Babel writes money, numbers and days for each of `settings.LANGUAGES`.
LOCALES: Final = {"en": "en_US", "de": "de_DE"}


def current_language() -> str:
    """The language spoken just now: one of `settings.LANGUAGES`."""
    return known_language(translation.get_language())


def known_language(code: str | None) -> str:
    """`code` if the shop speaks it, or else the shop's first language: rows may name one that was given up."""
    return code if code in LOCALES else settings.LANGUAGE_CODE


def babel_locale() -> str:
    """The locale by which money, numbers and days are written just now, as Babel calls it."""
    return LOCALES[current_language()]


@contextmanager
def speaking(code: str | None) -> Iterator[None]:
    """Speak a language for a mail or a document: texts, money, days and the addresses that `reverse` gives."""
    with translation.override(known_language(code)):
        yield


def language_of(path: str) -> str:
    """The language that an address is in."""
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    return first if first in LOCALES and first != settings.LANGUAGE_CODE else settings.LANGUAGE_CODE


def in_language(path: str, code: str) -> str:
    """The address of the same page in another language. It need not be there: see `has_page`."""
    spoken = language_of(path)
    bare = path if spoken == settings.LANGUAGE_CODE else path.removeprefix(f"/{spoken}")
    return bare if code == settings.LANGUAGE_CODE else f"/{code}{bare}"


def has_page(path: str) -> bool:
    """Whether some page answers at an address, in the address's own language."""
    with translation.override(language_of(path)):
        return bool(is_valid_path(path))


class LanguageMiddleware:
    """Speaks the address's language while it is answered.

    Django's own `LocaleMiddleware` would tell caches that English pages vary by the browser's languages, which they don't.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the address's language, and name it."""
        code = language_of(request.path_info)
        with translation.override(code):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", code)
        return response
