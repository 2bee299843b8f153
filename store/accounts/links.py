"""The links in mails about accounts: proof of a mailbox, for a short time, once. Nothing is stored for them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Final

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.signing import BadSignature, Signer
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from store.models import SignUp, User

# How long the link of a sign-up works, and how long we keep what was typed. A reset's: `PASSWORD_RESET_TIMEOUT`.
SIGN_UP_LIFETIME: Final = timedelta(minutes=60)


class BadLink(Exception):
    """The link is used, too old or not ours. Nothing was changed."""


class ResetTokens(PasswordResetTokenGenerator):
    """Django's tokens, by a clock that knows no summer time: an hour more or less would matter to 30 minutes.

    They are made from the hash of the password, the last log-in, the e-mail address, the account's `session_salt` and the
    time. So using one, logging in, a change of address, password or second factor, or leaving makes it worthless.
    """

    key_salt = "store.accounts.links.reset"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.session_salt}"

    def _now(self) -> datetime:
        return datetime.now(UTC).replace(tzinfo=None)


_reset_tokens: Final = ResetTokens()
_signer: Final = Signer(salt="store.accounts.links.sign_up")
_mailbox: Final = Signer(salt="store.accounts.links.mailbox")
# How long a link proves that somebody reads the account's mailbox.
MAILBOX_LIFETIME: Final = timedelta(minutes=30)


def reset_link(user: User) -> tuple[str, str]:
    """Return the two parts of a reset link's address: whose, and the token."""
    return _short(user.pk), _reset_tokens.make_token(user)


def find_reset(*, name: str, token: str) -> User:
    """Return the user whom a link lets set a new password. Raises `BadLink`."""
    user = User.objects.filter(pk=_long(name), is_active=True).first()
    if user is None or not _reset_tokens.check_token(user, token):
        raise BadLink
    return user


def sign_up_link(sign_up: SignUp) -> tuple[str, str]:
    """Return the two parts of a sign-up link's address: which request, and proof that the link is ours."""
    name = _short(sign_up.pk)
    return name, _signer.signature(name)


def find_sign_up(*, name: str, signature: str, now: datetime) -> SignUp:
    """Return the request that a link stands for. Raises `BadLink`."""
    try:
        _signer.unsign(f"{name}:{signature}")
    except BadSignature:
        raise BadLink from None
    return waiting_sign_up(pk=_long(name), now=now)


def waiting_sign_up(*, pk: uuid.UUID, now: datetime) -> SignUp:
    """Return a request that can still become an account. Raises `BadLink`."""
    sign_up = SignUp.objects.filter(pk=pk, made_at__gt=now - SIGN_UP_LIFETIME).first()
    if sign_up is None:
        raise BadLink
    return sign_up


def mailbox_token(user: User, *, now: datetime) -> str:
    """Return what stands in the link of a mail to the account's address, and nowhere else."""
    return _mailbox.sign_object([str(user.pk), user.email_index, int(now.timestamp())])


def check_mailbox(token: str, *, user: User, now: datetime) -> None:
    """Make sure that this user has opened such a mail a short while ago. Raises `BadLink`."""
    try:
        whose, digest, made = _mailbox.unsign_object(token)
    except (BadSignature, ValueError, TypeError):
        raise BadLink from None
    if (whose, digest) != (str(user.pk), user.email_index):
        raise BadLink
    if not 0 <= now.timestamp() - int(made) <= MAILBOX_LIFETIME.total_seconds():
        raise BadLink


def _short(pk: uuid.UUID) -> str:
    return urlsafe_base64_encode(pk.bytes)


def _long(name: str) -> uuid.UUID:
    try:
        return uuid.UUID(bytes=urlsafe_base64_decode(name))
    except ValueError:
        raise BadLink from None
