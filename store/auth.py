"""Logging in by e-mail address, at the speed of a person."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_variables

from store.card_guard import Guard
from store.client import client_ip
from store.models import User
from store.passwords import normalise_password
from store.throttle import record_login, take_login_try


class TooManyTries(PermissionDenied):
    """A log-in came too soon. `wait` says for how many seconds; a known and an unknown e-mail hear the same."""

    def __init__(self, wait: int) -> None:
        self.wait = wait
        super().__init__(f"Too many tries; the next is welcome in {wait} seconds.")


class EmailBackend(ModelBackend):
    """Django's own backend, slowed for guessers. The e-mail is looked up through its blind index.

    For an unknown e-mail Django hashes the password once all the same: equal work, equal answer.
    """

    @sensitive_variables("password")
    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Return the user, or None. Raises `TooManyTries` before any hashing when the try came too soon.

        Django turns that into None, so every log-in is slowed; the forms below look it up first, to say why.
        """
        email = username if username is not None else kwargs.get(User.USERNAME_FIELD)
        if email is None or password is None:
            return None
        now, address = timezone.now(), _address(request)
        if wait := take_login_try(email=email, address=address, now=now):
            if request is not None:
                request.META["store.login_wait"] = wait
            raise TooManyTries(wait)
        user = super().authenticate(request, email, password)
        if not isinstance(user, User):
            _hash_as_often(email, password)
            return None
        record_login(email=email, address=address, now=now)
        return user

    async def aauthenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Do the same: Django's own would pass by the counting."""
        return await sync_to_async(self.authenticate)(request, username, password, **kwargs)


class _SaysWhy(Guard, AuthenticationForm):
    """Tells who is slowed down for how long, instead of that the password is wrong."""

    def get_invalid_login_error(self) -> ValidationError:
        """Return the same words for a wrong password and an unknown e-mail, and others only for a try too soon."""
        wait = self.request.META.get("store.login_wait") if self.request is not None else None
        if not wait:
            return super().get_invalid_login_error()
        return ValidationError(
            _("Too many tries. Please wait {time}, or set a new password by e-mail.").format(time=in_words(int(wait))),
            code="too_many_tries",
        )


class LogInForm(_SaysWhy):
    """Logs a customer in."""


class StaffLogInForm(_SaysWhy, AdminAuthenticationForm):
    """Logs staff in, on the admin's page."""


@sensitive_variables("password")
def _hash_as_often(email: str, password: str) -> None:
    """Hash once more where there is no account and `User.check_password` would have looked twice: equal work."""
    if password != normalise_password(password) and not User.objects.for_email(email).exists():
        User().set_password(password)


def in_words(seconds: int) -> str:
    """Return a wait as people say it."""
    if seconds < 60:
        return ngettext("{number} second", "{number} seconds", seconds).format(number=seconds)
    minutes = -(-seconds // 60)
    return ngettext("{number} minute", "{number} minutes", minutes).format(number=minutes)


def _address(request: HttpRequest | None) -> str:
    return client_ip(request) if request is not None else ""
