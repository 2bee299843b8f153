"""A cache that is away is an empty one."""

from __future__ import annotations

import time

from store.cache import ForgivingRedisCache


def test_a_cache_that_is_away_finds_nothing_keeps_nothing_and_is_not_asked_again_at_once() -> None:
    cache = ForgivingRedisCache("redis://127.0.0.1:9/0", {})
    try:
        cache.set("tree", "stamp", 60)
        began = time.perf_counter()
        assert cache.get("tree", "none") == "none"
        assert cache.delete("tree") is False
        assert time.perf_counter() - began < 0.05
    finally:
        ForgivingRedisCache._away_until = 0.0
