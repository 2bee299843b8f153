"""Where messages wait for the next page."""

from __future__ import annotations

from typing import Any

from django.contrib.messages.storage.session import SessionStorage
from django.http.response import HttpResponseBase


class FleetingStorage(SessionStorage):
    """Django's session, which goes with the last message if it held nothing else.

    A guest then has no session to look up on every page that follows, nor its cookie.
    """

    def _store(self, messages: Any, response: HttpResponseBase, *args: Any, **kwargs: Any) -> Any:
        left = super()._store(messages, response, *args, **kwargs)
        session = self.request.session
        if not messages and session.session_key and not session.keys():
            session.flush()
        return left
