"""A new password: by a link from the mailbox, or by knowing the old one."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.auth.password_validation import password_changed
from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from store.accounts.mails import AccountMail, queue_account_mail
from store.auth import TooManyTries
from store.models import User
from store.throttle import RESET_ACCOUNT, RESET_ADDRESS, take_try


class UnableToSetPassword(Exception):
    """The password or the e-mail address was changed a moment ago. Nothing was changed now."""


@sensitive_variables("email")
def ask_for_reset(*, email: str, address: str, now: datetime) -> None:
    """Let the worker mail a link to the owner of the account, if there is one. Raises `TooManyTries`.

    Without one the worker gets an id that leads nowhere: the work here is the same.
    """
    if wait := take_try(RESET_ADDRESS, address, now=now) or take_try(RESET_ACCOUNT, email, now=now):
        raise TooManyTries(wait)
    user = User.objects.for_email(email).first()
    queue_account_mail(AccountMail.RESET, user.pk if user is not None else uuid.uuid4())


@sensitive_variables("password")
def set_password(*, user: User, password: str) -> None:
    """Set a password that was found good, which ends every session of the account, and tell the owner by mail.

    `user` is as it was when its link or its old password was checked. Raises `UnableToSetPassword` if the password or the
    address was changed since: of two at the same moment, one counts.
    """
    was = {"password": user.password, "email_index": user.email_index, "is_active": True}
    user.set_password(password)
    with transaction.atomic():
        changed = User.objects.filter(pk=user.pk, **was).update(
            password=user.password, has_staff_password=user.has_staff_password
        )
        if changed != 1:
            raise UnableToSetPassword
        password_changed(password, user)
        queue_account_mail(AccountMail.PASSWORD_CHANGED, user.pk)
