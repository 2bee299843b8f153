"""The second factor: checking it, setting it up, replacing it, taking it away."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from store.accounts.mails import AccountMail, queue_account_mail
from store.audit import record
from store.auth import TooManyTries
from store.models import User
from store.staff.models import Authenticator, Passkey, RecoveryCode
from store.staff.recovery import LENGTH, make_codes, take_recovery_code
from store.staff.totp import DIGITS, new_secret, take_code
from store.throttle import Limit, forget_tries, take_try

# Five tries at once, then ever longer waits: some hundred guesses a day at one of 333,333, by who has the password already.
FACTOR_TRIES: Final = Limit(name="second factor", free=5, longest_wait=900)
# A secret that was shown and not used is not shown again later.
SET_UP_WITHIN: Final = timedelta(hours=1)


class Method(StrEnum):
    """How somebody proved that it is them."""

    APP = "app"
    RECOVERY_CODE = "recovery_code"
    PASSKEY = "passkey"
    PASSWORD = "password"  # noqa: S105 - a name


class WrongCode(Exception):
    """The code isn't right, or was used already. Nothing was opened."""


class UnableToTakeFactorAway(Exception):
    """Only another owner takes a second factor away, or whoever has the server's shell. Nothing was changed."""


def is_factor_needed() -> bool:
    """Say whether staff need a second factor: everywhere but in the demo."""
    return bool(settings.STAFF_SECOND_FACTOR)


def has_factor(user: User) -> bool:
    """Say whether a second factor is set up."""
    has_app = Authenticator.objects.filter(user=user, confirmed_at__isnull=False).exists()
    return has_app or Passkey.objects.filter(user=user).exists()


@sensitive_variables("code", "plain")
def check_factor(*, user: User, code: str, request: HttpRequest, now: datetime) -> Method:
    """Take a code of the app or of the recovery list, and return which it was.

    Raises `WrongCode`, and `TooManyTries` before looking at the code at all. Both are written down.
    """
    if wait := take_try(FACTOR_TRIES, str(user.pk), now=now):
        raise TooManyTries(wait)
    plain = "".join(character for character in code.casefold() if character.isalnum())
    method = None
    if len(plain) == DIGITS:
        authenticator = Authenticator.objects.filter(user=user, confirmed_at__isnull=False).first()
        if authenticator is not None and take_code(authenticator=authenticator, code=plain, now=now):
            method = Method.APP
    elif len(plain) == LENGTH and take_recovery_code(user=user, code=plain, now=now):
        method = Method.RECOVERY_CODE
    if method is None:
        record(actor=user, action="staff.code_refused", object=user, request=request, now=now)
        raise WrongCode
    forget_tries(FACTOR_TRIES, str(user.pk))
    return method


def begin_set_up(*, user: User, now: datetime) -> Authenticator:
    """Return the app that is being set up; a secret that was shown long ago is replaced."""
    waiting = Authenticator.objects.filter(user=user, confirmed_at__isnull=True)
    waiting.filter(made_at__lt=now - SET_UP_WITHIN).delete()
    found, _ = waiting.get_or_create(user=user, confirmed_at=None, defaults={"secret": new_secret(), "made_at": now})
    return found


@sensitive_variables("code")
def finish_set_up(*, user: User, code: str, request: HttpRequest, now: datetime) -> list[str]:
    """Take the new app into use after its first code, and return a new list of recovery codes.

    Whatever app there was before is worthless from now on, and every session of the account has ended; who asks keeps
    theirs by `update_session_auth_hash`. Raises `WrongCode` and `TooManyTries`.
    """
    if wait := take_try(FACTOR_TRIES, str(user.pk), now=now):
        raise TooManyTries(wait)
    new = begin_set_up(user=user, now=now)
    if not take_code(authenticator=new, code="".join(code.split()), now=now):
        raise WrongCode
    with transaction.atomic():
        Authenticator.objects.filter(user=user, confirmed_at__isnull=False).delete()
        Authenticator.objects.filter(pk=new.pk).update(confirmed_at=now)
        codes = make_codes(user=user, now=now)
        user.end_sessions()
        record(actor=user, action="staff.app_set_up", object=user, request=request, now=now)
        queue_account_mail(AccountMail.APP_SET_UP, user.pk)
    forget_tries(FACTOR_TRIES, str(user.pk))
    return codes


def begin_with_codes(*, user: User, now: datetime) -> list[str]:
    """After the first second factor, a passkey: end every session, as they had none, and return a list of codes."""
    with transaction.atomic():
        codes = make_codes(user=user, now=now)
        user.end_sessions()
    return codes


def renew_codes(*, user: User, request: HttpRequest, now: datetime) -> list[str]:
    """Return a new list of recovery codes; the old one is worthless from now on."""
    with transaction.atomic():
        codes = make_codes(user=user, now=now)
        record(actor=user, action="staff.recovery_codes_made", object=user, request=request, now=now)
        queue_account_mail(AccountMail.CODES_MADE, user.pk)
    return codes


def take_factor_away(*, user: User, by: User | None, why: str, request: HttpRequest | None, now: datetime) -> None:
    """Take a lost second factor away and end every session: the next log-in sets up a new one.

    `by` is another owner, or None at the server's shell. Raises `UnableToTakeFactorAway`.
    """
    if by is not None and (not by.is_superuser or by.pk == user.pk):
        raise UnableToTakeFactorAway
    with transaction.atomic():
        forget_factors(user)
        user.end_sessions()
        record(actor=by, action="staff.factor_taken_away", object=user, why=why, request=request, now=now)
        queue_account_mail(AccountMail.FACTOR_TAKEN_AWAY, user.pk)


def forget_factors(user: User) -> None:
    """Delete all that the account proved itself with."""
    Authenticator.objects.filter(user=user).delete()
    Passkey.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()


def staff_user(request: HttpRequest) -> User | None:
    """Return the member of staff who is asking, or None."""
    user: User | AnonymousUser = request.user
    return user if isinstance(user, User) and user.is_active and user.is_staff else None
