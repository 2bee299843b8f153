"""Writing down what staff were refused: on every address, whether a button for it was shown or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse

from store.audit.chain import record
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
        match = request.resolver_match
        view = match.view_name if match else ""
        # The key is all that is taken from the address; what the address says besides may be anything.
        key = next((str(value) for value in match.kwargs.values()), "") if match else ""
        record(actor=user, action=REFUSED, object=_row(view, key), why=f"{request.method} {view}", request=request)


def _row(view: str, key: str) -> models.Model | None:
    """The row that an admin page is about, by its key alone: admin:fraud_calltask_release is about a fraud.CallTask.

    It need not exist, and it is not read. None for a page about no row, and for a key that can't be one.
    """
    app, _, rest = view.removeprefix("admin:").partition("_")
    try:
        model = apps.get_model(app, rest.partition("_")[0])
        return model(pk=model._meta.pk.to_python(key)) if key else None  # noqa: SLF001 - Django's public secret
    except (LookupError, ValueError, ValidationError):
        return None
