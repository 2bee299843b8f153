"""Where messages wait for the next page."""

from __future__ import annotations

from typing import Any

from django.contrib.messages.storage.session import SessionStorage
from django.http.response import HttpResponseBase


class FleetingStorage(SessionStorage):
    """Django's session, which goes with the last message if it held nothing else.

    A guest then has no session to look up on every page that follows, nor its cookie.
    """

    def update(self, response: HttpResponseBase) -> list[Any] | None:
        """Keep what is left for the next page, which is seldom anything."""
        left = super().update(response)
        session = self.request.session
        if self.used and session.session_key and not session.keys():
            session.flush()
        return left
