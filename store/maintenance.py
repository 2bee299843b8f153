"""The shop, closed: a file says so, and pages, webhooks, jobs and schedules heed it at once, in every process that sees it.

Companies send a webhook again that was answered with 503. `manage.py maintenance` closes and opens; so does `recover`.
"""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from store.language import current_language

# Seconds after which whoever asked may ask again.
RETRY_AFTER: Final = 120
# The process lives, closed or not: whoever started it need not start it anew.
_STILL_ANSWERED: Final = "/livez"
# What this process knows of settings and keys is of then.
_STARTED: Final = time.time()


def flag() -> Path:
    """Return the file whose presence closes the shop (`settings.MAINTENANCE_FILE`)."""
    return Path(settings.MAINTENANCE_FILE)


def _keys_changed() -> Path:
    return flag().with_name(f"{flag().name}-for-older")


def is_closed() -> bool:
    """Say whether the shop is closed now, to everybody or to this process, which knows former keys only."""
    if flag().exists():
        return True
    try:
        return _keys_changed().stat().st_mtime > _STARTED
    except OSError:
        return False


def close_shop(*, why: str) -> None:
    """Close the shop, in every process that sees the file. Closing a closed one changes nothing. Raises `OSError`."""
    flag().parent.mkdir(parents=True, exist_ok=True)
    if not flag().exists():
        flag().write_text(f"{why}\n")


def open_shop(*, has_new_keys: bool = False) -> None:
    """Open the shop. With `has_new_keys` only to processes that begin from now on: others would write with old keys.

    Raises `OSError`.
    """
    if has_new_keys:
        _keys_changed().parent.mkdir(parents=True, exist_ok=True)
        _keys_changed().write_text("Processes from before this moment know former keys: start them anew.\n")
    flag().unlink(missing_ok=True)


class MaintenanceMiddleware:
    """Answers everything but /livez with 503 and a page that needs nothing else, while the shop is closed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 503, or pass on."""
        if request.path_info == _STILL_ANSWERED or not is_closed():
            return self.get_response(request)
        page, policy = _page(current_language())
        headers = {"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store", "Content-Security-Policy": policy}
        return HttpResponse(page, status=503, headers=headers)


@lru_cache(maxsize=8)
def _page(_language: str) -> tuple[str, str]:
    """The page in the language that is spoken, and the policy that allows it its own style and nothing else.

    Files of ours aren't served now.
    """
    page = render_to_string("maintenance.html")
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256((style[1] if style else "").encode()).digest()).decode()
    return page, f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'"
