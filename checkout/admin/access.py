"""Who may do what on checkout's admin pages."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from store.models import User


def may_see_customers(request: HttpRequest) -> bool:
    """Whether addresses may be read here, and with them all that says who the customer is."""
    return request.user.has_perm("checkout.view_orderaddress")


def allowed(request: HttpRequest, permission: str) -> User:
    """Give who asks if they may; raise PermissionDenied otherwise."""
    if not request.user.has_perm(permission) or not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
