"""What a page that shows and takes a form was sent."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict


def sent(request: HttpRequest) -> QueryDict | None:
    """Return what was sent, be it nothing at all: it is complained of then. None where the page is only looked at.

    `request.POST or None` would take an empty form for a look.
    """
    return request.POST if request.method == "POST" else None
