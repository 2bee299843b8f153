"""A read replica for the shop window (`DATABASE_REPLICA_URL`).

What it may answer, and when:

- Only pages that show the catalogue to shoppers: home, listing, search, product, sitemap. Each says so by `from_replica`.
- Only the catalogue's own tables. Sessions, carts, orders, reviews and limits are read where they are written.
- Never what decides: prices and stock are read from the primary when something goes into the cart, and when an order is
  placed.
- Never for staff, who want to see what they have just saved, nor for a browser that has changed anything in the last
  `REPLICA_LAG` seconds: a short-lived cookie says so.
- Never inside a transaction, nor in a job, a command or the admin.
- Not while it is away, slow, or behind: workers say in the database every few seconds that they live, and a replica that
  doesn't know it is behind by more than `REPLICA_LAG`. What is not found there is looked for in the primary, too.

So a page may show for some seconds what was true before, and nothing else may. Writes are never sent here: the database's
user needs no right to any, and its connection is read-only besides.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, Final

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections, transaction
from django.db.models import Max, Model
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from store.jobs.models import Worker
from store.models import User

log = structlog.get_logger(__name__)

REPLICA: Final = "replica"
# Seconds between two looks at how far behind it is, and until one that failed is asked again.
_LOOK_EVERY: Final = 5.0

_reading: ContextVar[bool] = ContextVar("reading_from_replica", default=False)


class _Standing:
    """What this process last knew of the replica."""

    is_good = False
    until = 0.0  # by time.monotonic()


class ReplicaRouter:
    """Where a query goes: everything to the primary but what `from_replica` lets go."""

    def db_for_read(self, model: type[Model], **_: Any) -> str:
        """The replica for rows of the catalogue, on a page that may; else the primary, wherever the row at hand is from."""
        is_shown = model._meta.app_label in settings.REPLICA_APPS  # noqa: SLF001  # Django's own documented name
        return REPLICA if is_shown and _reading.get() else DEFAULT_DB_ALIAS

    def db_for_write(self, model: type[Model], **_: Any) -> str:  # noqa: ARG002  # Django calls it so
        """Always the primary."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Model, other: Model, **_: Any) -> bool:  # noqa: ARG002  # Django calls it so
        """Both are the same database, some seconds apart."""
        return True

    def allow_migrate(self, db: str, app_label: str, **_: Any) -> bool:  # noqa: ARG002  # Django calls it so
        """The replica gets its tables as it gets its rows."""
        return db == DEFAULT_DB_ALIAS


class FreshMiddleware:
    """Marks a browser that has changed something: for `REPLICA_LAG` seconds it reads the primary, and sees the change."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; set the mark where the request may have written."""
        response = self.get_response(request)
        if settings.DATABASE_REPLICA_URL and request.method not in {"GET", "HEAD", "OPTIONS"}:
            response.set_cookie(
                settings.FRESH_COOKIE_NAME,
                "1",
                max_age=settings.REPLICA_LAG,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def from_replica[**P](
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let a page that only shows the catalogue read it from the replica, where there is one and it is fit.

    The page is made a second time, from the primary, if the replica fails on the way or doesn't know what was asked for.
    """

    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not _may_read(request):
            return view(request, *args, **kwargs)
        token = _reading.set(True)
        try:
            return view(request, *args, **kwargs)
        except (OperationalError, InterfaceError) as error:
            _put_aside(error)
        except Http404:
            pass  # perhaps it is too new
        finally:
            _reading.reset(token)
        return view(request, *args, **kwargs)

    return answer


def _may_read(request: HttpRequest) -> bool:
    if not settings.DATABASE_REPLICA_URL or settings.FRESH_COOKIE_NAME in request.COOKIES:
        return False
    if transaction.get_connection().in_atomic_block or _is_staff(request):
        return False
    return _is_fit()


def _is_staff(request: HttpRequest) -> bool:
    # Without the cookie there is no session, and nothing to ask the database.
    return settings.SESSION_COOKIE_NAME in request.COOKIES and isinstance(request.user, User) and request.user.is_staff


def _is_fit() -> bool:
    """Whether the replica answers and is not too far behind, as of the last few seconds."""
    if time.monotonic() >= _Standing.until:
        _Standing.until = time.monotonic() + _LOOK_EVERY
        try:
            beat = Worker.objects.using(REPLICA).aggregate(newest=Max("beat_at"))["newest"]
        except (OperationalError, InterfaceError) as error:
            _put_aside(error)
            return False
        # The clock beats every five seconds; that much older it may be without being behind.
        oldest = timezone.now() - timedelta(seconds=settings.REPLICA_LAG + _LOOK_EVERY)
        is_good = beat is not None and beat >= oldest
        if _Standing.is_good and not is_good:
            log.warning("replica_behind")
        _Standing.is_good = is_good
    return _Standing.is_good


def _put_aside(error: Exception) -> None:
    """Leave the replica alone for a while."""
    log.warning("replica_away", error=type(error).__name__)
    _Standing.is_good, _Standing.until = False, time.monotonic() + _LOOK_EVERY
    connections[REPLICA].close()


def forget_standing() -> None:
    """Look anew at the next page. For tests."""
    _Standing.is_good, _Standing.until = False, 0.0
