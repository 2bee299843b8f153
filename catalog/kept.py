"""What each process keeps of the database for a minute, because every page needs it and it changes a few times a year."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.core.cache import cache

# Without a shared cache a change shows in other processes this much later.
KEPT_SECONDS = 60


class Kept[T]:
    """A value that is read anew when the cache has lost, or been told to forget, the stamp it was read under."""

    def __init__(self, name: str, read: Callable[[], T]) -> None:
        self._key = f"catalog:{name}-stamp"
        self._read = read
        self._kept: tuple[str, T] | None = None  # swapped whole: threads may read while one writes

    def get(self) -> T:
        """Give the value, reading it if need be."""
        stamp = cache.get(self._key)
        kept = self._kept
        if kept is None or stamp != kept[0]:
            if stamp is None:
                stamp = uuid.uuid4().hex
                cache.set(self._key, stamp, KEPT_SECONDS)
            kept = self._kept = (stamp, self._read())
        return kept[1]

    def forget(self) -> None:
        """Make the next page read it again."""
        cache.delete(self._key)
