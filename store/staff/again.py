"""Asking once more who it is, before what can't be undone or shows much.

    def export(self, request): ...
        if asked := ask_again(request):
            return asked

Outside the demo, whoever has not shown their password or a code in the last ten minutes is asked for one of them. What they
had sent waits on that very page, in hidden fields, and goes on with the answer: nothing is kept on the server, nothing typed
is lost. (Files would be; nothing that asks takes any.)
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django import forms
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from store.audit import record
from store.auth import TooManyTries, in_words
from store.card_guard import GuardedForm
from store.models import User
from store.staff import session
from store.staff.factors import Method, WrongCode, check_factor, is_factor_needed
from store.staff.pages import show
from store.staff.totp import DIGITS

# The name of the field, which no form of ours has. Not a password's or a code's, so that none is filled in twice.
AGAIN: Final = "shown_again"
_WAS_LOOKING: Final = "was_looking"


class AgainForm(GuardedForm):
    """A password, or a code of the app or the recovery list."""

    shown_again = forms.CharField(
        label="Your password, or the code your app shows",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, *args: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.user = request, user

    @sensitive_variables()
    def clean_shown_again(self) -> str:
        """Check it, at the speed of a person."""
        given: str = self.cleaned_data[AGAIN]
        try:
            method = self._check(given)
        except WrongCode:
            raise ValidationError("That is neither your password nor a code of yours. Nothing was done.") from None
        except TooManyTries as error:
            wait = in_words(error.wait)
            raise ValidationError(f"Too many tries. Please wait {wait}. Nothing was done.") from None
        session.note_proof(self.request, now=timezone.now())
        record(actor=self.user, action="staff.shown_again", object=self.user, fields=[method], request=self.request)
        return given

    @sensitive_variables("given")
    def _check(self, given: str) -> Method:
        if len("".join(given.split())) == DIGITS and given.replace(" ", "").isdigit():
            return check_factor(user=self.user, code=given, request=self.request, now=timezone.now())
        if authenticate(self.request, username=self.user.email, password=given) == self.user:
            return Method.PASSWORD
        if wait := self.request.META.get("store.login_wait"):
            raise TooManyTries(int(wait))
        raise WrongCode


def ask_again(request: HttpRequest) -> HttpResponse | None:
    """Return None if it was shown lately who it is, or is shown by this very request; or else the page that asks for it."""
    user = request.user
    if not is_factor_needed() or not isinstance(user, User) or session.is_fresh(request, now=timezone.now()):
        return None
    form = AgainForm(request.POST if AGAIN in request.POST else None, request=request, user=user)
    if form.is_valid():
        return redirect(request.get_full_path()) if _WAS_LOOKING in request.POST else None
    sent = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in {AGAIN, _WAS_LOOKING, "csrfmiddlewaretoken"}
        for value in values
    ]
    is_looking = request.method in {"GET", "HEAD"} or _WAS_LOOKING in request.POST
    return show(request, "store/staff/again.html", form, sent=[*sent, *([(_WAS_LOOKING, "1")] if is_looking else [])])


def proof_needed[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Have a view, or a view of an admin class, ask again first."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request = next(arg for arg in args if isinstance(arg, HttpRequest))
        return ask_again(request) or view(*args, **kwargs)

    return guarded
