"""Asking for an account, and making it live.

Whoever asks types a password; whoever makes it live has the mailbox and types that password again. So nobody gets an account
under a stranger's address, and a stranger can't be talked into confirming an account whose password somebody else knows.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction
from django.views.decorators.debug import sensitive_variables

from store.accounts.links import SIGN_UP_LIFETIME, BadLink, waiting_sign_up
from store.accounts.mails import AccountMail, queue_account_mail
from store.accounts.tasks import forget_sign_ups
from store.auth import TooManyTries
from store.language import current_language
from store.models import SignUp, User
from store.passwords import normalise_password
from store.throttle import SIGN_UP_ADDRESS, Limit, take_try

# Mails to one mailbox: enough for a lost one, too few to be a nuisance.
SIGN_UP_ACCOUNT: Final = Limit(name="sign-up account", free=3, longest_wait=900)
# Passwords typed behind one link.
SIGN_UP_PASSWORD: Final = Limit(name="sign-up password", free=5, longest_wait=900)


class WrongPassword(Exception):
    """It isn't the password of the sign-up. Nothing was changed."""


@sensitive_variables("email", "name", "password")
def ask_for_account(*, email: str, name: str, password: str, address: str, now: datetime) -> None:
    """Keep the request and let the worker mail its link, or, to the owner of an account, that there is one already.

    Doesn't look whether there is one: the work is the same. Raises `TooManyTries` before any hashing.
    """
    if wait := take_try(SIGN_UP_ADDRESS, address, now=now) or take_try(SIGN_UP_ACCOUNT, email, now=now):
        raise TooManyTries(wait)
    hashed = make_password(normalise_password(password))
    with transaction.atomic():
        sign_up = SignUp.objects.create(email=email.strip(), name=name.strip(), password=hashed, made_at=now)
        queue_account_mail(AccountMail.SIGN_UP, sign_up.pk)
        forget_sign_ups.using(run_after=now + SIGN_UP_LIFETIME).enqueue()


@sensitive_variables("password")
def confirm_sign_up(*, pk: uuid.UUID, password: str, now: datetime) -> User:
    """Make the account live, once. Every other request for the same address ends with it.

    Raises `BadLink`, also when there is an account meanwhile; `WrongPassword`; `TooManyTries`.
    """
    sign_up = waiting_sign_up(pk=pk, now=now)
    if wait := take_try(SIGN_UP_PASSWORD, str(pk), now=now):
        raise TooManyTries(wait)
    if not check_password(normalise_password(password), sign_up.password):
        raise WrongPassword
    try:
        with transaction.atomic():
            user = User.objects.create_user(sign_up.email, password, name=sign_up.name, language=current_language())
            SignUp.objects.filter(email_index=sign_up.email_index).delete()
    except IntegrityError:  # e-mails are unique: another link was quicker
        raise BadLink from None
    return user


def forget_old_sign_ups(*, now: datetime) -> int:
    """Delete what nobody confirmed in time; return how many."""
    return SignUp.objects.filter(made_at__lte=now - SIGN_UP_LIFETIME).delete()[0]
