"""Forms on pages that anybody may look at without being given a cookie.

A token in a form needs a cookie to compare it with, so a mere look at a product would set one. Where that is all it would be
for, the browser itself says where a form comes from: `Sec-Fetch-Site`, or `Origin` from one that doesn't know that header
(Fetch Metadata, and the Fetch standard's "Origin" header). No page of another site can set either. Whoever sends
neither needs a token, as everywhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect


def no_token_from_here[**P, R: HttpResponseBase](
    view: Callable[Concatenate[HttpRequest, P], R],
) -> Callable[Concatenate[HttpRequest, P], R]:
    """Ask for no token where the browser says that the form comes from our own pages, and for one as ever elsewhere."""
    protected = csrf_protect(view)

    @csrf_exempt  # from the middleware alone: one of the two below always looks
    @wraps(view)
    def believing(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return view(request, *args, **kwargs) if _comes_from_here(request) else protected(request, *args, **kwargs)

    return believing


def _comes_from_here(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
