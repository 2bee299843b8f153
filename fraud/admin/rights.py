"""The rights at the call desk, by name, and the two that depend on the case."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from fraud.admin.people import staff_user
from fraud.models import DeskRules
from store.models import User
from store.money import Money
from store.staff.looking import REVEAL

__all__ = ["CANCEL", "RELEASE", "RELEASE_SMALL", "REVEAL", "VIEW", "WORK", "demand_look", "may_look", "may_release"]

VIEW, WORK = "fraud.view_call_queue", "fraud.work_call_queue"
RELEASE, RELEASE_SMALL, CANCEL = "fraud.release_call", "fraud.release_small_call", "fraud.cancel_call"


def may_look(user: User) -> bool:
    """Whether they may see the queue: who may ring may look."""
    return user.has_perm(VIEW) or user.has_perm(WORK)


def may_release(user: User, money: Money, rules: DeskRules) -> bool:
    """Whether they may release an order of this amount."""
    return user.has_perm(RELEASE) or (user.has_perm(RELEASE_SMALL) and rules.is_small(money))


def demand_look(request: HttpRequest) -> User:
    """The member of staff, if they may see the queue. Raises PermissionDenied, which answers 403 and is written down."""
    user = staff_user(request)
    if not may_look(user):
        raise PermissionDenied
    return user
