"""Writing down what staff did, on every address: each form that was taken, whether or not its view says so itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from django.contrib.admin import ModelAdmin
from django.db import models
from django.http import HttpRequest, HttpResponse

from store.audit.chain import RECORDED, record
from store.audit.targets import row_of, view_of
from store.models import User

STAFF_PAGES: Final = "/admin/"
# What every form has.
_OF_NO_INTEREST: Final = {"csrfmiddlewaretoken", "next", "_save", "_continue", "_addanother", "_selected_action", "index"}
_MOST_NAMES: Final = 30


class DeedMiddleware:
    """Adds a row for each form of the admin that led on to another page and that wrote no row of its own.

    A form that is shown again, to be mended or looked at once more, did nothing yet.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and write down."""
        # Asked before: a form that logs out leaves nobody to ask about.
        user = request.user if request.method == "POST" and request.path_info.startswith(STAFF_PAGES) else None
        by = user if isinstance(user, User) and user.is_staff else None
        response = self.get_response(request)
        if by is not None and response.status_code in {302, 303} and RECORDED not in request.META:
            record(actor=by, action=view_of(request), object=row_of(request), fields=_names(request), request=request)
        return response


def _names(request: HttpRequest) -> list[str]:
    """Return the names of the fields that were filled in. The name of an admin action is one of ours, so it is told."""
    names = [name for name in request.POST if name not in _OF_NO_INTEREST and request.POST[name] and name.isidentifier()]
    action = request.POST.get("action", "")
    return [
        f"action:{action[:40]}" if name == "action" and action.isidentifier() else name[:40] for name in names[:_MOST_NAMES]
    ]


def watch_admin() -> None:
    """Have the admin's own log of added, changed and deleted rows write here, too: with the fields that changed."""
    added, changed, deleted = ModelAdmin.log_addition, ModelAdmin.log_change, ModelAdmin.log_deletions

    def log_addition(self: Any, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        record(actor=_actor(request), action="admin.added", object=obj, fields=_fields(message), request=request)
        return added(self, request, obj, message)

    def log_change(self: Any, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        record(actor=_actor(request), action="admin.changed", object=obj, fields=_fields(message), request=request)
        return changed(self, request, obj, message)

    def log_deletions(self: Any, request: HttpRequest, queryset: Iterable[models.Model]) -> Any:
        for obj in queryset:
            record(actor=_actor(request), action="admin.deleted", object=obj, request=request)
        return deleted(self, request, queryset)  # type: ignore[arg-type]  # a queryset; the stubs want its model

    ModelAdmin.log_addition = log_addition  # type: ignore[method-assign]  # one place for every admin there is
    ModelAdmin.log_change = log_change  # type: ignore[method-assign]  # same
    ModelAdmin.log_deletions = log_deletions  # type: ignore[method-assign]  # same


def _actor(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _fields(message: object) -> list[str]:
    """Return the names of fields in what Django says of a change: [{"changed": {"fields": ["E-mail"]}}, …]."""
    found: list[str] = []
    for part in message if isinstance(message, list) else []:
        for deed in part.values():
            prefix = f"{deed['name']}:" if "name" in deed else ""
            found += [f"{prefix}{field}".replace(" ", "_") for field in deed.get("fields", [])] or (
                [prefix] if prefix else []
            )
    return found
