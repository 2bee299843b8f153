"""Being on guard: noticing that cards are being tested here, or that stock is being held by bots.

What is looked at are our own payments of the last minutes, compared with the weeks before. A sale makes orders many, not
declined cards and not pages left unpaid; so the number of orders alone raises nothing.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from checkout import limits
from checkout.models import Alert, Guard, Payment
from store.throttle import Rate, TooOften, Use, take_uses

# Two processes that notice at once begin it once.
_BEGINS = Use(rate=Rate(name="guard begins", most=1, window=60), parts=())
# How long a page stays young enough for its declined cards to matter.
_OLDEST_PAGE = limits.LONGEST_HOLD + limits.WATCHED
# People who pay have paid by then.
_TIME_TO_TYPE = timedelta(minutes=10)


def find_guard(*, now: datetime) -> Guard | None:
    """Return the guard that the shop is on. One query."""
    return Guard.objects.on(now).first()


def watch(*, now: datetime) -> Guard | None:
    """Look at the last minutes; begin, lengthen or tighten the guard if they are far from usual. Returns it if there is one.

    Cheap while nothing is wrong: one query. Called by the sweep every minute, and for every declined card.
    """
    seen = _look(now=now)
    is_tested = seen["declined"] >= limits.FEWEST_DECLINES and seen["pages_declined"] >= limits.FEWEST_PAGES
    is_held = seen["unpaid"] >= limits.FEWEST_UNPAID
    if not (is_tested or is_held):
        return find_guard(now=now)
    usual_declined, usual_unpaid = _find_usual(now=now)
    is_tested = is_tested and _is_far_above(seen["declined"], usual_declined * (seen["declined"] + seen["paid"]))
    is_held = is_held and _is_far_above(seen["unpaid"], usual_unpaid * seen["pages"])
    guard = find_guard(now=now)
    if not (is_tested or is_held):
        return guard
    if guard is None:
        guard = _begin(seen, is_tested=is_tested, now=now)
    else:
        _lengthen(guard, now=now)
    if guard is not None and not guard.asks_mailbox and is_tested and seen["declined"] >= limits.MANY_DECLINES:
        _ask_mailbox(guard, seen, now=now)
    return guard


def _look(*, now: datetime) -> dict[str, int]:
    since = now - limits.WATCHED
    declined = Q(declined_at__gt=since)
    # Pages that had their time; those just opened say nothing yet.
    had_time = Q(created_at__gt=now - 2 * limits.WATCHED, created_at__lte=now - _TIME_TO_TYPE)
    found = Payment.objects.filter(created_at__gt=now - _OLDEST_PAGE).aggregate(
        declined=Coalesce(Sum("declines", filter=declined), 0),
        pages_declined=Count("pk", filter=declined),
        paid=Count("pk", filter=Q(authorized_at__gt=since)),
        pages=Count("pk", filter=had_time),
        unpaid=Count("pk", filter=had_time & Q(authorized_at=None)),
    )
    return {name: int(count) for name, count in found.items()}


def _find_usual(*, now: datetime) -> tuple[float, float]:
    """Return the usual shares: of declined among all cards, of unpaid among all pages. Without the last hour."""
    found = Payment.objects.filter(
        created_at__gt=now - timedelta(days=limits.USUAL_DAYS), created_at__lte=now - timedelta(hours=1)
    ).aggregate(declined=Coalesce(Sum("declines"), 0), paid=Count("pk", filter=~Q(authorized_at=None)), pages=Count("pk"))
    cards, pages = found["declined"] + found["paid"], found["pages"]
    return (
        _within(limits.USUAL_DECLINED, found["declined"] / cards if cards else 0),
        _within(limits.USUAL_UNPAID, (pages - found["paid"]) / pages if pages else 0),
    )


def _within(bounds: tuple[float, float], share: float) -> float:
    return min(max(share, bounds[0]), bounds[1])


def _is_far_above(seen: int, expected: float) -> bool:
    return seen > expected + limits.FAR * math.sqrt(max(expected, 1))


def _begin(seen: dict[str, int], *, is_tested: bool, now: datetime) -> Guard | None:
    try:
        take_uses([_BEGINS], now=now)
    except TooOften:
        return find_guard(now=now)  # another process begins it this moment
    earlier = Guard.objects.filter(ends_at__gt=now - timedelta(days=1)).count()
    # Whoever waited for the end of the last one is met by the last one's end.
    guard = Guard.objects.create(began_at=now, ends_at=now + _lasts(earlier), asks_mailbox=is_tested and earlier > 0)
    words = "must open a link from their mailbox" if guard.asks_mailbox else f"wait {limits.MOMENT} seconds"
    _tell(
        guard,
        cause="guard",
        message=f"The shop is on guard: {_in_words(seen, is_tested=is_tested)}. New visitors {words} before they pay and "
        "limits are tighter; customers who had a parcel before notice nothing. It ends by itself. There is nothing to do "
        "unless it comes back day after day: then ask the payment company what it sees.",
        now=now,
    )
    return guard


def _lengthen(guard: Guard, *, now: datetime) -> None:
    earlier = Guard.objects.filter(ends_at__gt=now - timedelta(days=1), began_at__lt=guard.began_at).count()
    ends_at = now + _lasts(earlier)
    if Guard.objects.filter(pk=guard.pk, ends_at__lt=ends_at).update(ends_at=ends_at):
        guard.ends_at = ends_at


def _lasts(earlier: int) -> timedelta:
    times: int = 2 ** min(earlier, 10)
    return min(limits.GUARD_LASTS * times, limits.GUARD_LASTS_AT_MOST)


def _ask_mailbox(guard: Guard, seen: dict[str, int], *, now: datetime) -> None:
    if Guard.objects.filter(pk=guard.pk, asks_mailbox=False).update(asks_mailbox=True):
        _tell(
            guard,
            cause="guard-mailbox",
            message=f"Waiting was not enough: {_in_words(seen, is_tested=True)}. New visitors now must open a link from "
            "their mailbox before they pay. It ends by itself.",
            now=now,
        )
    guard.asks_mailbox = True


def _in_words(seen: dict[str, int], *, is_tested: bool) -> str:
    minutes = int(limits.WATCHED.total_seconds() // 60)
    if is_tested:
        cards = seen["declined"] + seen["paid"]
        return f"{seen['declined']} of {cards} cards were declined in the last {minutes} minutes, far more than usual"
    return f"{seen['unpaid']} of {seen['pages']} payment pages were left unpaid within half an hour, far more than usual"


def _tell(guard: Guard, *, cause: str, message: str, now: datetime) -> None:
    Alert.objects.get_or_create(cause=f"{cause}:{guard.pk}", defaults={"message": message, "raised_at": now})
