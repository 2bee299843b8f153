"""Nobody is logged in any more, no link works, and staff prove themselves anew."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q

from store.audit import record
from store.models import Authenticator, RecoveryCode, SignUp, StaffLookup, User
from store.staff.invitations import PRINTED_FOR, invitation_link


@dataclass(frozen=True)
class Locked:
    """What was ended."""

    sessions: int
    staff: int


def lock_out_everybody(*, now: datetime) -> Locked:
    """End every session, link and sign-up, and every password, app and recovery code of staff. Twice does no more.

    Passkeys stay: what the shop knows of one opens nothing. The secret of an app was in the database that was broken into.
    """
    with transaction.atomic():
        sessions = Session.objects.all().delete()[0]
        SignUp.objects.all().delete()
        StaffLookup.objects.all().delete()
        # Sessions, reset links and invitations hang on it, so that none comes back with a backup of the session table.
        User.objects.update(session_salt=secrets.token_hex(16))
        staff = User.objects.filter(Q(is_staff=True) | Q(is_superuser=True))
        Authenticator.objects.filter(user__in=staff).delete()
        RecoveryCode.objects.filter(user__in=staff).delete()
        locked = list(staff.order_by("pk"))
        for user in locked:
            user.set_unusable_password()
            user.has_staff_password = False
            user.save(update_fields=["password", "has_staff_password"])
        record(actor=None, action="shop.everybody_locked_out", now=now)
    return Locked(sessions, len(locked))


def owner_links(*, now: datetime) -> list[tuple[User, str]]:
    """Return each owner who has no password, and a link that lets them choose one, once and for a short time."""
    owners = User.objects.filter(is_superuser=True, is_staff=True, is_active=True).order_by("date_joined")
    return [
        (owner, invitation_link(owner, lifetime=PRINTED_FOR, now=now)) for owner in owners if not owner.has_usable_password()
    ]
