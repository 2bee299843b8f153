"""Slowing down those who guess: counters in the database, so that they hold across processes and restarts.

A try is counted before its work is done, under the lock of its row, so tries at the same moment can't slip through together.
Nobody is ever locked out: who waits may try again, and who has logged in from an address before is not slowed by what
strangers do elsewhere. There are two ways to count, in one table:

- `Limit`, for guessing: the first tries are free; then each one makes the next wait, twice as long every time.
- `Rate`, for what people do often and bots do too often: so many at once, then one every so often.

Keys are digests: the table holds no e-mail and no address. IPv6 addresses count by their /64 (`store.client.network_of`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from django.db import transaction
from django.db.models import F

from store.blind_index import blind_index, keyed_digest
from store.client import network_of
from store.models import KnownPlace, StaffLookup, Tries


@dataclass(frozen=True, kw_only=True)
class Limit:
    """How many tries are free, and how long the longest wait is (seconds). Idle for `window` seconds, all is forgotten."""

    name: str
    free: int
    longest_wait: int
    window: int = 3600


@dataclass(frozen=True, kw_only=True)
class Rate:
    """`most` at once, and then one every `window / most` seconds: never more than twice `most` in any `window`.

    The generic cell rate algorithm (ITU-T I.371): all that is stored is the moment at which the allowance is whole again.
    """

    name: str
    most: int
    window: int = 3600

    def tightened(self, by: int) -> Rate:
        """The same counter with a `by` times smaller allowance; one is always left."""
        return replace(self, most=max(1, self.most // by))


@dataclass(frozen=True, kw_only=True)
class Use:
    """One use of a rate by what `parts` name. `cost` is in the rate's own unit, and never more than all of it."""

    rate: Rate
    parts: tuple[str, ...]
    cost: float = 1

    @cached_property
    def key(self) -> str:
        """Where it is counted."""
        return _key(self.rate, self.parts)

    @property
    def time(self) -> timedelta:
        """How long it takes until what this uses is there again."""
        return timedelta(seconds=self.rate.window * min(self.cost / self.rate.most, 1))


class TooOften(Exception):
    """Nothing was counted and nothing was done. `wait` says in how many seconds it would be welcome, `rate` why not now."""

    def __init__(self, rate: Rate, wait: int) -> None:
        super().__init__(f"{rate.name}: the next is welcome in {wait} seconds.")
        self.rate, self.wait = rate, wait


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

# A counter that was idle for so long has nothing to tell any more; no `Limit.window` is longer.
FORGOTTEN_AFTER: Final = timedelta(hours=1)
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
    count: int = rows.values_list("count", flat=True).first() or 0  # gone: a log-in has just forgotten it
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


def take_uses(uses: Iterable[Use], *, now: datetime) -> None:
    """Count all of `uses`, or raise `TooOften` for the one with the longest wait and count none.

    A fixed number of queries, however many uses: their rows are locked in the order of their keys.
    """
    wanted = list(uses)
    with transaction.atomic():
        whole_at = _lock({use.key for use in wanted}, now=now)
        _refuse(whole_at, wanted, now=now)  # which undoes the new rows, too
        for use in wanted:
            whole_at[use.key] += use.time
        _write(whole_at)


def note_uses(uses: Iterable[Use], *, now: datetime) -> None:
    """Count what has happened already, allowed or not. Nothing is owed for longer than twice the rate's window."""
    wanted = list(uses)
    with transaction.atomic():
        whole_at = _lock({use.key for use in wanted}, now=now)
        for use in wanted:
            whole_at[use.key] = min(whole_at[use.key] + use.time, now + timedelta(seconds=2 * use.rate.window))
        _write(whole_at)


def give_back_uses(uses: Iterable[Use], *, now: datetime) -> None:
    """Uncount what came to a good end."""
    back = list(uses)
    with transaction.atomic():
        rows = Tries.objects.select_for_update().filter(key__in={use.key for use in back}, free_at__gt=now)
        whole_at = dict(rows.order_by("key").values_list("key", "free_at"))
        for use in back:
            if use.key in whole_at:
                whole_at[use.key] = max(now, whole_at[use.key] - use.time)
        _write(whole_at)


def check_uses(uses: Iterable[Use], *, now: datetime) -> None:
    """Raise `TooOften` where `take_uses` would. Counts nothing; one query."""
    wanted = list(uses)
    whole_at = dict(Tries.objects.filter(key__in={use.key for use in wanted}).values_list("key", "free_at"))
    _refuse({use.key: max(whole_at.get(use.key, now), now) for use in wanted}, wanted, now=now)


def find_wait(uses: Iterable[Use], *, now: datetime) -> int:
    """Return 0 if all of `uses` would be taken now, or the seconds until they would be. Counts nothing; one query."""
    try:
        check_uses(uses, now=now)
    except TooOften as error:
        return error.wait
    return 0


def forget_old_tries(*, now: datetime) -> int:
    """Delete counters that have nothing to tell any more, places not seen for long and old searches; return how many."""
    tries, _ = Tries.objects.filter(free_at__lt=now - FORGOTTEN_AFTER).delete()
    places, _ = KnownPlace.objects.filter(until__lt=now).delete()
    lookups, _ = StaffLookup.objects.filter(made_at__lt=now - FORGOTTEN_AFTER).delete()
    return tries + places + lookups


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
    forget_old_tries(now=now)


def remember_place(*, email: str, address: str, now: datetime) -> None:
    """Remember that this account's owner was at this address: by a log-in, or by a link from their mailbox."""
    KnownPlace.objects.update_or_create(key=_place(email, address), defaults={"until": now + KNOWN_FOR})


def is_known_place(*, email: str, address: str, now: datetime) -> bool:
    """Say whether this account was logged into from this address lately."""
    return KnownPlace.objects.filter(key=_place(email, address), until__gte=now).exists()


def _lock(keys: set[str], *, now: datetime) -> dict[str, datetime]:
    """Return when each allowance is whole again, under the locks of their rows; in order, so that nobody waits in a ring."""
    ordered = sorted(keys)
    Tries.objects.bulk_create([Tries(key=key, count=0, free_at=now) for key in ordered], ignore_conflicts=True)
    rows = Tries.objects.select_for_update().filter(key__in=ordered).order_by("key")
    return {key: max(at, now) for key, at in rows.values_list("key", "free_at")}


def _refuse(whole_at: Mapping[str, datetime], uses: list[Use], *, now: datetime) -> None:
    """Raise `TooOften` for the use that must wait longest, if one must wait."""
    waits = [(whole_at[use.key] + use.time - timedelta(seconds=use.rate.window) - now, use.rate) for use in uses]
    longest, rate = max(waits, key=lambda pair: pair[0], default=(timedelta(0), None))
    if rate is not None and longest > timedelta(0):
        raise TooOften(rate, math.ceil(longest.total_seconds()))


def _write(whole_at: Mapping[str, datetime]) -> None:
    Tries.objects.bulk_create(
        [Tries(key=key, count=0, free_at=at) for key, at in sorted(whole_at.items())],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["free_at"],
    )


def _key(limit: Limit | Rate, parts: tuple[str, ...]) -> str:
    return str(keyed_digest("throttle", limit.name, *(_same_spelling(part) for part in parts)))


def _place(email: str, address: str) -> str:
    return str(keyed_digest("known place", _same_spelling(email), _same_spelling(address)))


def _same_spelling(part: str) -> str:
    """Give every spelling of one e-mail or address the same key."""
    return blind_index("email", part) if "@" in part else (blind_index("ip", part) and network_of(part)) or part
