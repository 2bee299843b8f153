"""Fault points: where a test may kill the process, to see that a restart finds its way.

There is one before and after every commit, every write outside a transaction and every call of a gateway that a service
makes. Nobody has to place them: they are found by watching the database connection and the gateways, and each is named after
the service at work, as in "release.release_order.after_commit" or "release.finish_release.before_capture".

    FAULT_POINT=release.release_order.after_commit:1     die there, the first time, as if by kill -9

Where FAULT_POINT is not set nothing is watched and this file costs nothing. With production settings it refuses to start.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import Any, Final, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

# What the shell says of a process that kill -9 ended.
KILLED: Final = 137
_SERVICES: Final = tuple(str(settings.BASE_DIR / app / "services") + os.sep for app in ("checkout", "fraud"))
# Every change of state goes through here; the point is named after whoever asked for it.
_HELPERS: Final = "moves.py"
_DECORATOR: Final = transaction.atomic(int).__code__  # type: ignore[attr-defined]  # it is a function
_WRITES: Final = ("INSERT", "UPDATE", "DELETE")

type Watcher = Callable[[str], None]
_watcher: Watcher | None = None


def fault_point(name: str) -> None:
    """Do what the watcher does here; without one, nothing."""
    if _watcher is not None:
        _watcher(name)


def watch_services(watcher: Watcher) -> None:
    """Call `watcher` with the name of every fault point from now on. Build gateways anew afterwards."""
    global _watcher  # noqa: PLW0603  # one for the process, as the process is what dies
    _watcher = watcher
    connection_created.connect(_watch_connection, dispatch_uid="store.faults")
    for connection in connections.all(initialized_only=True):
        _watch_connection(connection)


def look_away() -> None:
    """Watch no more."""
    global _watcher  # noqa: PLW0603  # as above
    _watcher = None


def watch_as_told() -> None:
    """Obey FAULT_POINT=name:n, which ends the process at the n-th visit of the point. Raises ImproperlyConfigured."""
    told = os.environ.get("FAULT_POINT", "")
    if not told:
        return
    if not settings.DEMO:
        raise ImproperlyConfigured(
            "FAULT_POINT kills the process on purpose. It is for tests: unset it. Nothing was started."
        )
    wanted, _, count = told.partition(":")
    visits: Counter[str] = Counter()

    def die(name: str) -> None:
        visits[name] += 1
        if name == wanted and visits[name] == int(count or 1):
            os._exit(KILLED)

    watch_services(die)


def watch_gateway[T](gateway: T) -> T:
    """The gateway with a fault point before and after each call; itself where nobody watches."""
    return gateway if _watcher is None else cast("T", _Watched(gateway))


class _Watched:
    """A gateway whose calls are fault points."""

    def __init__(self, gateway: object) -> None:
        self._gateway = gateway

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._gateway, name)
        if not callable(found):
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            return _between(name, lambda: found(*args, **kwargs))

        return call


def _watch_connection(connection: BaseDatabaseWrapper, **_: object) -> None:
    if hasattr(connection, "is_watched"):
        return
    setattr(connection, "is_watched", True)  # noqa: B010  # not an attribute of Django's
    commit = connection.commit
    setattr(connection, "commit", lambda: _between("commit", commit))  # noqa: B010  # mypy: it is a method

    def write(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if connection.in_atomic_block or not sql.startswith(_WRITES):
            return execute(sql, params, many, context)
        return _between("write", lambda: execute(sql, params, many, context))

    connection.execute_wrappers.append(write)


def _between[T](what: str, do: Callable[[], T]) -> T:
    """Do it between two fault points, if a service asked for it."""
    service = _service_at_work() if _watcher is not None else None
    if service is None:
        return do()
    fault_point(f"{service}.before_{what}")
    try:
        done = do()
    except Exception:
        fault_point(f"{service}.after_{what}")  # it may have been done all the same
        raise
    fault_point(f"{service}.after_{what}")
    return done


def _service_at_work() -> str | None:
    """The innermost function of a service that is being executed, as in "release.finish_release"."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  # CPython's public secret; inspect.stack() would read source files
    while frame is not None:
        code = frame.f_code
        if code is _DECORATOR:  # of @transaction.atomic, which commits once the function is left
            code = frame.f_locals["func"].__code__
        if code.co_filename.startswith(_SERVICES) and not code.co_filename.endswith(_HELPERS):
            return f"{os.path.basename(code.co_filename).removesuffix('.py')}.{code.co_name}"  # noqa: PTH119  # it is hot
        frame = frame.f_back
    return None
