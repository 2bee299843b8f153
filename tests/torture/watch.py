"""What happens at fault points while a history runs: the process dies there, or somebody else does something meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from checkout.gateways import forget_gateways
from store.faults import KILLED, look_away, watch_services


class Killed(BaseException):
    """The process died. Not an Exception: nothing in the shop may catch it, as nothing catches a kill -9."""


class Watch:
    """Counts the fault points that one step visits, and strikes at the one it was told."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.struck = ""
        self._kill_at: int | None = None
        self._meanwhile_at: int | None = None
        self._meanwhile: Callable[[], None] | None = None
        self._is_on = False
        self._visits_left: int | None = None

    def __call__(self, name: str) -> None:
        """One fault point is visited."""
        if not self._is_on:
            return
        if self._visits_left is not None:
            if self._visits_left == 0:
                os._exit(KILLED)
            self._visits_left -= 1
        self.names.append(name)
        if self._kill_at is not None and len(self.names) > self._kill_at:
            self._kill_at = None
            self.struck = name
            # As the operating system would: the connection is gone, and with it what was not committed, and nothing that
            # was to happen after the commit happens.
            connection.close()
            raise Killed(name)
        if self._meanwhile is not None and self._meanwhile_at is not None and _is_between_transactions(name):
            if self._meanwhile_at:
                self._meanwhile_at -= 1
                return
            do, self._meanwhile = self._meanwhile, None
            self.struck = name
            with self._looking_away():
                do()

    @contextmanager
    def die_at(self, visit: int) -> Iterator[None]:
        """End this process at once at that fault point, counted from 0 over all steps within."""
        self._visits_left = visit
        yield
        self._visits_left = None

    @contextmanager
    def step(
        self, *, kill_at: int | None = None, meanwhile_at: int = 0, meanwhile: Callable[[], None] | None = None
    ) -> Iterator[None]:
        """Watch one step, numbering its fault points from 0; `meanwhile` is counted by those outside of transactions."""
        self.names, self.struck = [], ""
        self._kill_at, self._meanwhile_at, self._meanwhile = kill_at, meanwhile_at, meanwhile
        self._is_on = True
        try:
            yield
        finally:
            self._is_on = False

    @contextmanager
    def _looking_away(self) -> Iterator[None]:
        self._is_on = False
        try:
            yield
        finally:
            self._is_on = True


def _is_between_transactions(name: str) -> bool:
    return not connection.in_atomic_block and not name.endswith("_commit")


@contextmanager
def watching() -> Iterator[Watch]:
    """Watch this process's services."""
    watch = Watch()
    watch_services(watch)
    forget_gateways()
    try:
        yield watch
    finally:
        look_away()
        forget_gateways()
