"""Writing down what staff were refused: on every address, whether a button for it was shown or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from store.audit.chain import record
from store.audit.targets import row_of, view_of
from store.models import User

REFUSED: Final = "access.refused"


class RefusalMiddleware:
    """Adds a row to the audit log each time that somebody of the staff is refused for want of a right."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Write the refusal down; Django answers it with 403."""
        user = getattr(request, "user", None)
        if not isinstance(exception, PermissionDenied) or not isinstance(user, User) or not user.is_staff:
            return
        why = f"{request.method} {view_of(request)}"
        record(actor=user, action=REFUSED, object=row_of(request), why=why, request=request)
