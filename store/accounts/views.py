"""Pages of an account: log-in, log-out, sign-up, a new password.

A link from a mail is looked at once and put into the session; the page that follows has an address without it, so that it
ends in no history, log or Referer. Looking changes nothing: mail scanners open links, too.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from store.accounts.access import for_customers, home, let_in, log_in_here, own_path
from store.accounts.forms import AskResetForm, ChangePasswordForm, ConfirmForm, LogInForm, NewPasswordForm, SignUpForm
from store.accounts.links import BadLink, find_reset, find_sign_up, waiting_sign_up
from store.accounts.passwords import UnableToSetPassword, ask_for_reset, set_password
from store.accounts.sign_up import WrongPassword, ask_for_account, confirm_sign_up
from store.auth import TooManyTries, in_words
from store.client import client_ip
from store.models import User
from store.sent import sent

# Keys of the session: which link was opened. An id and a token, nothing about a person.
_SIGN_UP, _RESET = "account.sign_up", "account.reset"

either = require_http_methods(["GET", "HEAD", "POST"])


@either
@never_cache
@sensitive_post_parameters()
def log_in(request: HttpRequest) -> HttpResponse:
    """Log in, and go where the visitor was going, if that is a page of ours."""
    wanted = own_path(request.POST.get("next") or request.GET.get("next") or "")
    if isinstance(request.user, User):
        return redirect(wanted)
    form = LogInForm(request, sent(request))
    if form.is_valid():
        log_in_here(request, form.get_user())
        return redirect(wanted)
    return _show(request, "account/log_in.html", form, next=wanted if wanted != home() else "")


@require_POST
@never_cache
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session, on the server too. The cart waits in the account: the next at this computer doesn't see it."""
    logout(request)
    messages.success(request, _("You are logged out."))
    return redirect("account:log-in")


@either
@never_cache
@sensitive_post_parameters()
def sign_up(request: HttpRequest) -> HttpResponse:
    """Ask for an account. Whether the address has one already is told by mail only."""
    if isinstance(request.user, User):
        return redirect(home())
    form = SignUpForm(sent(request))
    if form.is_valid():
        try:
            ask_for_account(**form.cleaned_data, address=client_ip(request), now=timezone.now())
        except TooManyTries as error:
            _ask_to_wait(form, error)
        else:
            return redirect("account:sign-up-sent")
    return _show(request, "account/sign_up.html", form)


@require_safe
@never_cache
def sign_up_sent(request: HttpRequest) -> HttpResponse:
    """Say what happens next."""
    return render(request, "account/sign_up_sent.html")


@require_safe
@never_cache
def sign_up_link(request: HttpRequest, name: str, signature: str) -> HttpResponse:
    """Take the link from the mail and go on without it."""
    try:
        found = find_sign_up(name=name, signature=signature, now=timezone.now())
    except BadLink:
        return _bad_link(request, "account:sign-up")
    request.session[_SIGN_UP] = str(found.pk)
    return redirect("account:sign-up-confirm")


@either
@never_cache
@sensitive_post_parameters()
def sign_up_confirm(request: HttpRequest) -> HttpResponse:
    """Make the account live and log its owner in."""
    form, now = ConfirmForm(sent(request)), timezone.now()
    try:
        waiting = waiting_sign_up(pk=uuid.UUID(request.session.get(_SIGN_UP, "")), now=now)
        if form.is_valid():
            user = confirm_sign_up(pk=waiting.pk, password=form.cleaned_data["password"], now=now)
            del request.session[_SIGN_UP]
            let_in(request, user)
            messages.success(request, _("Your account is ready, and you are logged in."))
            return redirect(home())
    except (BadLink, ValueError):
        request.session.pop(_SIGN_UP, None)
        return _bad_link(request, "account:sign-up")
    except TooManyTries as error:
        _ask_to_wait(form, error)
    except WrongPassword:
        form.add_error(
            "password", _("That isn't the password you chose when you signed up. If it is lost, please sign up again.")
        )
    return _show(request, "account/sign_up_confirm.html", form, email=waiting.email)


@either
@never_cache
def reset(request: HttpRequest) -> HttpResponse:
    """Ask for a link to set a new password. Whether there is an account is told by mail only."""
    form = AskResetForm(sent(request))
    if form.is_valid():
        try:
            ask_for_reset(email=form.cleaned_data["email"], address=client_ip(request), now=timezone.now())
        except TooManyTries as error:
            _ask_to_wait(form, error)
        else:
            return redirect("account:reset-sent")
    return _show(request, "account/reset.html", form)


@require_safe
@never_cache
def reset_sent(request: HttpRequest) -> HttpResponse:
    """Say what happens next."""
    return render(request, "account/reset_sent.html")


@require_safe
@never_cache
def reset_link(request: HttpRequest, name: str, token: str) -> HttpResponse:
    """Take the link from the mail and go on without it."""
    try:
        find_reset(name=name, token=token)
    except BadLink:
        return _bad_link(request, "account:reset")
    request.session[_RESET] = [name, token]
    return redirect("account:reset-new")


@either
@never_cache
@sensitive_post_parameters()
def reset_new(request: HttpRequest) -> HttpResponse:
    """Set a new password by a link, and log its owner in: whoever slows the log-in down doesn't keep them out."""
    name, token = request.session.get(_RESET, ("", ""))
    try:
        user = find_reset(name=name, token=token)
        form = NewPasswordForm(sent(request), user=user)
        if form.is_valid():
            set_password(user=user, password=form.cleaned_data["new_password"])
            del request.session[_RESET]
            let_in(request, user)
            messages.success(request, _("Your new password is set, and you are logged in. Everybody else is logged out."))
            return redirect(home())
    except (BadLink, UnableToSetPassword):
        request.session.pop(_RESET, None)
        return _bad_link(request, "account:reset")
    return _show(request, "account/reset_new.html", form, email=user.email)


@either
@for_customers
@sensitive_post_parameters()
def change_password(request: HttpRequest, user: User) -> HttpResponse:
    """Change the password, knowing the old one. Other sessions end, this one goes on under a new id."""
    form = ChangePasswordForm(sent(request), request=request, user=user)
    if form.is_valid():
        try:
            set_password(user=user, password=form.cleaned_data["new_password"])
        except UnableToSetPassword:
            form.add_error(None, _("Your password was changed somewhere else, a moment ago. Nothing was changed now."))
        else:
            update_session_auth_hash(request, user)
            messages.success(request, _("Your password is changed. Everybody else is logged out."))
            return redirect(home())
    return _show(request, "account/password.html", form, email=user.email)


def _ask_to_wait(form: BaseForm, error: TooManyTries) -> None:
    form.add_error(
        None,
        ValidationError(
            _("Too many tries. Please wait {time}, then send it again.").format(time=in_words(error.wait)),
            code="too_many_tries",
        ),
    )


def _show(request: HttpRequest, template: str, form: BaseForm, **context: Any) -> HttpResponse:
    """Show a form: 200 when it is new, 422 when it must be mended, 429 when it came too soon."""
    status = 422 if form.errors else 200
    if form.has_error("__all__", "too_many_tries"):
        status = 429
    return render(request, template, {"form": form, **context}, status=status)


def _bad_link(request: HttpRequest, again: str) -> HttpResponse:
    return render(request, "account/bad_link.html", {"again": again}, status=410)
