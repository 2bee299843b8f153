"""Somebody leaves: everything they could do ends in one transaction (PCI DSS 8.2.5)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.http import HttpRequest

from store.audit import record
from store.models import OldPassword, StaffLookup, User
from store.signals import staff_left
from store.staff.factors import forget_factors


class UnableToLetGo(Exception):
    """Says why this account stays as it is."""


def check_owners_left(user: User) -> None:
    """Raise `UnableToLetGo` if nobody else is an owner. Locks the owners' rows: of two who leave at once, one stays."""
    owners = User.objects.select_for_update().filter(is_superuser=True, is_staff=True, is_active=True).order_by("pk")
    if user.is_superuser and not any(owner.pk != user.pk and owner.has_usable_password() for owner in owners):
        raise UnableToLetGo("This is the only owner: make another one first. Nothing was changed.")


def let_go(*, user: User, by: User | None, why: str, request: HttpRequest | None, now: datetime) -> None:
    """End all that a member of staff could do: sessions, links, second factor, password, rights; what they did stays.

    `by` is an owner, or None at the server's shell. Raises `UnableToLetGo` for oneself and for the last owner.
    """
    if by is not None and not by.is_superuser:
        raise UnableToLetGo("Only an owner lets staff go. Nothing was changed.")
    if by is not None and by.pk == user.pk:
        raise UnableToLetGo("Another owner must do this for you. Nothing was changed.")
    with transaction.atomic():
        check_owners_left(user)
        user.is_active = user.is_staff = user.is_superuser = False
        user.set_unusable_password()
        user.has_staff_password = False
        user.save(update_fields=["is_active", "is_staff", "is_superuser", "password", "has_staff_password"])
        user.groups.clear()
        user.user_permissions.clear()
        forget_factors(user)
        OldPassword.objects.filter(user=user).delete()
        StaffLookup.objects.filter(by=user).delete()
        user.end_sessions()
        staff_left.send(sender=None, user_id=user.pk, now=now)
        record(actor=by, action="staff.left", object=user, why=why, request=request, now=now)
