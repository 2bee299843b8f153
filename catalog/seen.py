"""What a browser has looked at last: ids of products in a cookie that goes with the browser's window, and nothing else.

Nobody needs it to shop, so it is set only once the shopper has asked for it (Directive 2002/58/EC, Art. 5(3)).
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

MOST_SEEN: Final = 8
_LONGEST: Final = MOST_SEEN * 20


def read_seen(request: HttpRequest) -> list[int]:
    """The products looked at, newest first. Whatever makes no sense is left out."""
    text = request.COOKIES.get(settings.SEEN_COOKIE_NAME, "")[:_LONGEST]
    ids = [int(part) for part in text.split(".") if part.isascii() and part.isdigit() and len(part) < len(str(2**63))]
    return list(dict.fromkeys(ids))[:MOST_SEEN]


def is_asked_for(request: HttpRequest) -> bool:
    """Whether the shopper wants it remembered."""
    return settings.SEEN_COOKIE_NAME in request.COOKIES


def begin_seen(response: HttpResponse) -> None:
    """Remember from now on what is looked at."""
    _write(response, ".")  # nothing yet


def note_seen(request: HttpRequest, response: HttpResponse, *, product_id: int) -> None:
    """Put a product in front of those looked at, if the shopper wants that remembered."""
    if is_asked_for(request):
        _write(response, ".".join(map(str, list(dict.fromkeys([product_id, *read_seen(request)]))[:MOST_SEEN])))


def forget_seen(response: HttpResponse) -> None:
    """Forget all of it, and remember no more."""
    response.delete_cookie(settings.SEEN_COOKIE_NAME, samesite="Lax")


def _write(response: HttpResponse, value: str) -> None:
    response.set_cookie(
        settings.SEEN_COOKIE_NAME, value, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )
