"""Who is at the desk."""

from __future__ import annotations

from typing import cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from store.models import User


def staff_user(request: HttpRequest) -> User:
    """Whoever is signed in; the admin lets nobody else come this far."""
    return cast("User", request.user)


def demand(request: HttpRequest, *rights: str) -> User:
    """The member of staff, if they have all these rights. Raises PermissionDenied, which answers 403."""
    user = staff_user(request)
    if not user.has_perms(rights):
        raise PermissionDenied
    return user
