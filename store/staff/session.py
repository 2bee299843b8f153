"""What a session of a member of staff has proved, and when it is over. Only moments and names of methods are kept in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from store.staff.factors import Method

# How long a session lives without work, and how long at all (ASVS 7.3; PCI DSS 8.2.8 asks 15 minutes of terminals only where
# one factor is all there is).
IDLE: Final = timedelta(minutes=30)
AT_ALL: Final = timedelta(hours=8)
# How long a proof counts as fresh, for what can't be undone or shows much.
FRESH: Final = timedelta(minutes=10)
# A row of the session table is written at most so often for having been seen.
_NOTED_EVERY: Final = 60  # seconds

_BEGAN, _SEEN, _PASSED, _PROVED = "staff.began", "staff.seen", "staff.passed", "staff.proved"


def begin(sender: object, request: HttpRequest, user: AbstractBaseUser, **_kwargs: Any) -> None:  # noqa: ARG001 - a receiver
    """Forget what an earlier log-in proved (receiver of `user_logged_in`): each has its own second factor."""
    for key in (_BEGAN, _SEEN, _PASSED, _PROVED):
        request.session.pop(key, None)


def why_over(request: HttpRequest, *, now: datetime) -> str:
    """Return why this session has ended, as a sentence, or ""; note that it is in use."""
    moment = int(now.timestamp())
    began, seen = request.session.get(_BEGAN), request.session.get(_SEEN)
    if began is None or seen is None:
        request.session[_BEGAN] = request.session[_SEEN] = moment
        return ""
    if moment - began > AT_ALL.total_seconds():
        return "Eight hours have passed since you logged in. Please log in again."
    if moment - seen > IDLE.total_seconds():
        return "You were away for more than half an hour. Please log in again."
    if moment - seen >= _NOTED_EVERY:
        request.session[_SEEN] = moment
    return ""


def pass_with(request: HttpRequest, method: Method, *, now: datetime) -> None:
    """Note that the second factor was shown. A new session id: what was before could be known to somebody."""
    request.session.cycle_key()
    request.session[_PASSED] = method
    note_proof(request, now=now)


def has_passed(request: HttpRequest) -> bool:
    """Say whether the second factor was shown since the log-in."""
    return bool(request.session.get(_PASSED))


def note_proof(request: HttpRequest, *, now: datetime) -> None:
    """Note that it was shown just now to be still the same person."""
    request.session[_PROVED] = int(now.timestamp())


def is_fresh(request: HttpRequest, *, now: datetime) -> bool:
    """Say whether that was lately enough for what can't be undone."""
    proved = request.session.get(_PROVED)
    return isinstance(proved, int) and 0 <= now.timestamp() - proved <= FRESH.total_seconds()
