"""The gate before every staff page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from store.staff import session
from store.staff.factors import is_factor_needed, staff_user

# All staff pages, and only they, begin so (`tests/store/staff/test_gate.py` walks every address there is).
STAFF_PAGES: Final = "/admin/"
# What somebody needs who has only shown a password yet. These pages look after themselves.
OPEN: Final = frozenset(
    {
        "/admin/login/",
        "/admin/logout/",
        "/admin/second-factor/",
        "/admin/second-factor/set-up/",
        "/admin/second-factor/passkeys/add/",
    }
)


class StaffMiddleware:
    """Ends staff sessions that were left alone or lasted a day, and lets nobody past without a second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let pass, or lead to where the proof is given. What was sent with the request is not done."""
        path = request.path_info
        if not path.startswith(STAFF_PAGES) or staff_user(request) is None:
            return self.get_response(request)
        wanted = request.get_full_path() if request.method in {"GET", "HEAD"} else STAFF_PAGES
        if why := session.why_over(request, now=timezone.now()):
            logout(request)
            messages.warning(request, why)
            return _never_kept(redirect(f"{reverse('admin:login')}?{urlencode({'next': wanted})}"))
        if path not in OPEN and is_factor_needed() and not session.has_passed(request):
            return _never_kept(redirect(f"{reverse('staff:factor')}?{urlencode({'next': wanted})}"))
        return self.get_response(request)


def _never_kept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store, private"
    return response
