"""Slowing down those who guess: counters in the database, so that they hold across processes and restarts.

A try is counted before its work is done, by one conditional UPDATE, so tries at the same moment can't slip through together.
The first tries are free; then each one makes the next wait, twice as long every time, up to a limit. Nobody is ever locked
out: who waits may try again, and who has logged in from an address before is not slowed by what strangers do elsewhere.

Keys are digests: the table holds no e-mail and no address.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F

from store.blind_index import blind_index, keyed_digest
from store.models import KnownPlace, Tries


@dataclass(frozen=True, kw_only=True)
class Limit:
    """How many tries are free, and how long the longest wait is (seconds). Idle for `window` seconds, all is forgotten."""

    name: str
    free: int
    longest_wait: int
    window: int = 3600


# One person at one keyboard.
LOGIN_HERE: Final = Limit(name="login here", free=5, longest_wait=900)
# All the world at one account: slow enough for a guesser, soon enough for the owner on a new device.
LOGIN_ACCOUNT: Final = Limit(name="login account", free=10, longest_wait=30)
# One address at any account; offices share one, and what succeeds isn't counted.
LOGIN_ADDRESS: Final = Limit(name="login address", free=30, longest_wait=900)
RESET_ACCOUNT: Final = Limit(name="reset account", free=3, longest_wait=900)
RESET_ADDRESS: Final = Limit(name="reset address", free=10, longest_wait=900)
SIGN_UP_ADDRESS: Final = Limit(name="sign-up address", free=10, longest_wait=900)
# A member of staff looking people up: plenty for work, little for copying the customer list.
STAFF_SEARCH: Final = Limit(name="staff search", free=60, longest_wait=60)

# How long a place stays known after a log-in.
KNOWN_FOR: Final = timedelta(days=90)


def take_try(limit: Limit, *parts: str, now: datetime) -> int:
    """Count one try of what `parts` name (an e-mail, an address) and return 0, or the seconds to wait if it is too soon.

    A try that is too soon isn't counted: impatience makes no wait longer.
    """
    key = _key(limit, parts)
    rows = Tries.objects.filter(key=key)
    fresh = now - timedelta(seconds=limit.window)
    if not (row := rows.first()):
        Tries.objects.bulk_create([Tries(key=key, count=0, free_at=now)], ignore_conflicts=True)
    elif row.free_at > now:
        return max(1, math.ceil((row.free_at - now).total_seconds()))
    elif row.free_at < fresh:
        rows.filter(free_at__lt=fresh).update(count=0)
    if not rows.filter(free_at__lte=now).update(count=F("count") + 1, free_at=now):
        return 1  # another process was first, this very moment
    count: int = rows.values_list("count", flat=True).get()
    if count >= limit.free:
        wait = min(2 ** min(count - limit.free, 20), limit.longest_wait)
        rows.filter(count=count).update(free_at=now + timedelta(seconds=wait))
    return 0


def forget_tries(limit: Limit, *parts: str) -> None:
    """Start from nought, after a success."""
    Tries.objects.filter(key=_key(limit, parts)).delete()


def give_back_try(limit: Limit, *parts: str, now: datetime) -> None:
    """Uncount one try and end the wait it began: it was an honest one."""
    Tries.objects.filter(key=_key(limit, parts), count__gt=0).update(count=F("count") - 1, free_at=now)


def take_login_try(*, email: str, address: str, now: datetime) -> int:
    """Count a log-in and return 0, or the seconds to wait. The same for an e-mail that has no account."""
    if not is_known_place(email=email, address=address, now=now):
        if wait := take_try(LOGIN_ADDRESS, address, now=now):
            return wait
        if wait := take_try(LOGIN_ACCOUNT, email, now=now):
            return wait
    return take_try(LOGIN_HERE, email, address, now=now)


def record_login(*, email: str, address: str, now: datetime) -> None:
    """Forget the tries that led to a log-in and remember the place. Also sweeps out what is long past."""
    forget_tries(LOGIN_HERE, email, address)
    # A known place took no try of these. Giving one back all the same would let a guesser wash away misses with log-ins of
    # their own.
    if not is_known_place(email=email, address=address, now=now):
        give_back_try(LOGIN_ACCOUNT, email, now=now)
        give_back_try(LOGIN_ADDRESS, address, now=now)
    remember_place(email=email, address=address, now=now)
    KnownPlace.objects.filter(until__lt=now).delete()
    Tries.objects.filter(free_at__lt=now - timedelta(days=2)).delete()


def remember_place(*, email: str, address: str, now: datetime) -> None:
    """Remember that this account's owner was at this address: by a log-in, or by a link from their mailbox."""
    KnownPlace.objects.update_or_create(key=_place(email, address), defaults={"until": now + KNOWN_FOR})


def is_known_place(*, email: str, address: str, now: datetime) -> bool:
    """Say whether this account was logged into from this address lately."""
    return KnownPlace.objects.filter(key=_place(email, address), until__gte=now).exists()


def _key(limit: Limit, parts: tuple[str, ...]) -> str:
    return keyed_digest("throttle", limit.name, *(_same_spelling(part) for part in parts))


def _place(email: str, address: str) -> str:
    return keyed_digest("known place", _same_spelling(email), _same_spelling(address))


def _same_spelling(part: str) -> str:
    """Give every spelling of one e-mail or address the same key."""
    return blind_index("email", part) if "@" in part else (blind_index("ip", part) or part)
