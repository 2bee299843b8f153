"""One-time links by which staff choose their own first password: nobody else ever knows it (PCI DSS 8.3.5).

A link works once and for a short time. It is tied to the account as it is: choosing a password, a newer link, a change of
the second factor or leaving makes it worthless.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from store.accounts.mails import AccountMail, queue_account_mail
from store.audit import record
from store.blind_index import blind_index
from store.models import User

# A link that is printed is opened now; one that is mailed waits for a working day to begin.
PRINTED_FOR: Final = timedelta(minutes=15)
MAILED_FOR: Final = timedelta(hours=24)
_SALT: Final = "store.staff.invitations"


class BadInvitation(Exception):
    """The link is used, too old or not ours. Nothing was changed."""


class UnableToMakeOwner(Exception):
    """Says why no owner was made. Nothing was changed."""


def make_owner(*, email: str, name: str = "", is_another: bool, now: datetime) -> tuple[User, str]:
    """Make the account of an owner without a password, or give one that has none a new link; return it and the link.

    Only for who has the server's shell. Raises `UnableToMakeOwner` if there is an owner already and `is_another` wasn't
    said, or if the address belongs to an account of another kind.
    """
    with transaction.atomic():
        user = User.objects.for_email(email).select_for_update().first()
        if user is not None and not (user.is_superuser and user.is_staff and user.is_active):
            raise UnableToMakeOwner(
                "There is an account with this address that is no owner's. An owner can make it one in the admin; here, "
                "choose another address."
            )
        if user is not None and user.has_usable_password():
            raise UnableToMakeOwner("This owner has a password: they can log in, or ask for a new one by mail.")
        others = User.objects.filter(is_superuser=True, is_active=True).exclude(email_index=blind_index("email", email))
        if not is_another and any(other.has_usable_password() for other in others):
            raise UnableToMakeOwner(
                "The shop has an owner already, who can make others in the admin. If none of them can log in any more, say "
                "--another."
            )
        if user is None:
            user = User.objects.create_user(email, None, name=name, is_staff=True, is_superuser=True)
        user.end_sessions()  # an older link ends, too
        record(actor=None, action="staff.owner_link_made", object=user, now=now)
    return user, invitation_link(user, lifetime=PRINTED_FOR, now=now)


def invite(*, user: User, by: User, request: HttpRequest, now: datetime) -> None:
    """Mail somebody of the staff, who has no password yet, a link to choose one. A link from before ends."""
    with transaction.atomic():
        user.end_sessions()
        queue_account_mail(AccountMail.INVITED, user.pk)
        record(actor=by, action="staff.invited", object=user, request=request, now=now)


def invitation_link(user: User, *, lifetime: timedelta, now: datetime) -> str:
    """Return the address of a one-time link."""
    token = signing.dumps([user.pk.hex, int((now + lifetime).timestamp()), _state(user)], salt=_SALT)
    return f"{settings.SHOP_ORIGIN}{reverse('invitation', args=[token])}"


def find_invited(*, token: str, now: datetime) -> User:
    """Return the user who may choose a password by this link. Raises `BadInvitation`."""
    try:
        pk, until, state = signing.loads(token, salt=_SALT)
        user = User.objects.filter(pk=UUID(hex=pk), is_active=True, is_staff=True).first()
    except (signing.BadSignature, ValueError, TypeError):
        raise BadInvitation from None
    if user is None or now.timestamp() > until or state != _state(user) or user.has_usable_password():
        raise BadInvitation
    return user


def _state(user: User) -> str:
    """What the link is tied to, as a digest: a signed link can be read by who has it."""
    return hashlib.sha256(f"{_SALT}{user.password}{user.session_salt}".encode()).hexdigest()[:32]
