"""Counts and logs every request by its route, never by its address: an address holds a token, a search, a number.

Several processes count into files of one folder (`PROMETHEUS_MULTIPROC_DIR`, in memory), each under its place among the
workers, so that a worker that begins anew goes on counting where the one before it ended, and files don't pile up.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Final

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Histogram, values
from prometheus_client.multiprocess import MultiProcessCollector

from store.language import language_of

log = structlog.get_logger(__name__)

_MULTIPROCESS_DIR: Final = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
_METHODS: Final = {"GET", "HEAD", "POST", "OPTIONS"}
# Seconds: what feels instant, what is meant (p95 < 0.3), what hurts, what is given up.
_BUCKETS: Final = (0.01, 0.03, 0.1, 0.3, 1, 3, 10)
_place = "first"  # of this process among the workers; the first one only forks


def count_as(place: int) -> None:
    """Count from now on as the worker of this place (config/gunicorn.py)."""
    global _place  # noqa: PLW0603  # a process has one
    _place = str(place)


if _MULTIPROCESS_DIR:
    values.ValueClass = values.MultiProcessValue(process_identifier=lambda: _place)  # type: ignore[no-untyped-call]

_registry: Final = CollectorRegistry()
REQUESTS: Final = Counter("ringback_requests", "Requests answered.", ["method", "route", "status"], registry=_registry)
SECONDS: Final = Histogram(
    "ringback_request_seconds", "How long they took.", ["route"], buckets=_BUCKETS, registry=_registry
)


def request_registry() -> CollectorRegistry:
    """Return what holds the counts of all workers."""
    if not _MULTIPROCESS_DIR:
        return _registry
    together = CollectorRegistry()
    MultiProcessCollector(together, path=_MULTIPROCESS_DIR)  # type: ignore[no-untyped-call]
    return together


class RequestsMiddleware:
    """Counts each request and its time, and writes one line of log about it. Files and probes are counted only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        began = time.perf_counter()
        response = self.get_response(request)
        took = time.perf_counter() - began
        route = _route_of(request)
        method = request.method if request.method in _METHODS else "other"
        REQUESTS.labels(method, route, str(response.status_code)).inc()
        SECONDS.labels(route).observe(took)
        if settings.REQUEST_LOG and route not in _QUIET:
            log.info("request", method=method, route=route, status=response.status_code, ms=round(took * 1000))
        return response


_QUIET: Final = {"static", "livez", "readyz", "metrics"}


def _route_of(request: HttpRequest) -> str:
    """Name the pattern that the address fits, as in `orders/<str:token>/`."""
    match = request.resolver_match
    if match is not None:
        # One name for a page in all its languages: alarms count pages.
        spoken = language_of(request.path_info)
        route = match.route if spoken == settings.LANGUAGE_CODE else match.route.removeprefix(f"{spoken}/")
        return route or "home"
    if request.path_info.startswith(settings.STATIC_URL):
        return "static"
    name = request.path_info.strip("/")
    return name if name in _QUIET else "none"
