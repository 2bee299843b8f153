"""What every request passes on its way in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from uuid import uuid4

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from store.card_numbers import has_card_number
from store.logs import request_id
from store.watch.probes import livez, metrics, readyz

_GIVEN_ID: Final = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestIdMiddleware:
    """Names each request, so that an error page, a log line and a report speak of the same one.

    A proxy's `X-Request-ID` is taken over if it looks like one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the id in the `X-Request-ID` header."""
        given = request.headers.get("X-Request-ID", "")
        name = given if _GIVEN_ID.fullmatch(given) and not has_card_number(given) else uuid4().hex
        token = request_id.set(name)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = name
        return response


class CardNumberGuardMiddleware:
    """Refuses an address that holds a card number, before it reaches a view, a log or a link.

    Forms guard themselves (`GuardedForm`) and can say which field it is; a search box or a filter in the address can't.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 422 with a kind page, or pass on."""
        if has_card_number(request.META.get("QUERY_STRING", "")) or has_card_number(request.path):
            # The address itself must not come back in the page, so the request's own data is gone from here on.
            request.META["QUERY_STRING"], request.path, request.path_info = "", "/", "/"
            request.META["PATH_INFO"] = "/"
            response = render(request, "card_number.html", status=422)
            response["Referrer-Policy"] = "no-referrer"
            return response
        return self.get_response(request)


class ProbesMiddleware:
    """Answers /livez, /readyz and /metrics first of all: probes come by address, not by name.

    So no host check may turn them away.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a probe, or pass on."""
        if request.path_info == "/livez":
            return livez(request)
        if request.path_info == "/readyz":
            return readyz(request)
        if request.path_info == "/metrics":
            return metrics(request)
        return self.get_response(request)


class NulMiddleware:
    """Refuses NUL in an address of the admin: its filters hand it to the database, and PostgreSQL has no such character.

    The shop's own pages read their addresses themselves and take it for a space. A cookie with NUL in it (a quoted one can
    hold it) is none of ours, and is left out: sessions are looked up by theirs.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 400, or pass on."""
        if request.path_info.startswith("/admin/") and (
            "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path
        ):
            raise BadRequest("NUL in the address")
        for name in [name for name, value in request.COOKIES.items() if "\0" in value]:
            del request.COOKIES[name]
        return self.get_response(request)
