"""Looking people up is work for staff; copying the customer list is not: each search is written down, too many must wait."""

from __future__ import annotations

import structlog
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

from store.auth import in_words
from store.throttle import STAFF_SEARCH, take_try

logger = structlog.get_logger(__name__)


def may_search(request: HttpRequest, *, what: str) -> bool:
    """Write down that this member of staff looks for `what` (never the value), and say whether they may now.

    A refusal tells them how long to wait. Call it before any look-up through a blind index on a staff page.
    """
    wait = take_try(STAFF_SEARCH, str(request.user.pk), now=timezone.now())
    logger.info("staff search", staff=str(request.user.pk), what=what, allowed=not wait)
    if wait:
        messages.warning(request, f"Those were many searches. Please wait {in_words(wait)} and search again.")
    return not wait
