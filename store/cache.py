"""The shared cache. All that is in it can be made anew, so a cache that is away is an empty one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = structlog.get_logger(__name__)

# Seconds. A page must not wait for what is meant to save time; who didn't answer isn't asked again at once.
_PATIENCE: Final = 0.3
_PAUSE: Final = 5.0


class ForgivingRedisCache(RedisCache):
    """Redis or Valkey; while it doesn't answer, nothing is found and nothing is kept."""

    _away_until = 0.0  # of the process: each thread has an object of its own

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        impatient = {"socket_timeout": _PATIENCE, "socket_connect_timeout": _PATIENCE, "retry": Retry(NoBackoff(), 0)}
        super().__init__(server, {**params, "OPTIONS": {**impatient, **params.get("OPTIONS", {})}})

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Find a value, or give the default."""
        return self._try(lambda: super(ForgivingRedisCache, self).get(key, default, version), default)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep a value, if there is anybody to keep it."""
        self._try(lambda: super(ForgivingRedisCache, self).set(key, value, timeout, version), None)

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget a value; False if it wasn't there, or nobody knows."""
        return bool(self._try(lambda: super(ForgivingRedisCache, self).delete(key, version), False))

    def _try(self, ask: Callable[[], Any], instead: Any) -> Any:
        if time.monotonic() < ForgivingRedisCache._away_until:
            return instead
        try:
            return ask()
        except RedisError as error:
            ForgivingRedisCache._away_until = time.monotonic() + _PAUSE
            log.warning("cache_away", error=type(error).__name__)
            return instead
