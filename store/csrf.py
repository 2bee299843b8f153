"""Forms on pages that anybody may look at without being given a cookie.

A token in a form needs a cookie to compare it with, so a mere look at a product would set one. Where that is all it would be
for, the browser itself says where a form comes from: `Sec-Fetch-Site`, or `Origin` from one that doesn't know that header
(Fetch Metadata, and the Fetch standard's "Origin" header). No page of another site can set either. Whoever sends
neither needs a token, as everywhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware

_MARK: Final = "needs_no_token_from_here"


def no_token_from_here[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Mark a view whose forms carry no token: a browser that says it comes from our own pages is believed."""
    setattr(view, _MARK, True)
    return view


class CsrfMiddleware(CsrfViewMiddleware):
    """Django's, except for the views marked by `no_token_from_here`."""

    def process_view(
        self,
        request: HttpRequest,
        callback: Callable[..., HttpResponseBase],
        callback_args: tuple[Any, ...],
        callback_kwargs: dict[str, Any],
    ) -> HttpResponseForbidden | None:
        """Refuse a form from elsewhere with 403, or pass on."""
        if getattr(callback, _MARK, False) and _comes_from_here(request):
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)


def _comes_from_here(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
