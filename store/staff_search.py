"""Looking people up is work for staff; copying the customer list is not: each search is written down, too many must wait."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

from store.auth import in_words
from store.models import StaffSearch, User
from store.throttle import STAFF_SEARCH, take_try


def may_search(request: HttpRequest, *, what: str) -> bool:
    """Write down that this member of staff looks for `what` (never the value), and say whether they may now.

    A refusal tells them how long to wait. Call it before any look-up through a blind index on a staff page.
    """
    if not isinstance(request.user, User):
        return False
    now = timezone.now()
    wait = take_try(STAFF_SEARCH, str(request.user.pk), now=now)
    StaffSearch.objects.create(by=request.user, what=what, at=now, is_allowed=not wait)
    if wait:
        messages.warning(request, f"Those were many searches. Please wait {in_words(wait)} and search again.")
    return not wait
