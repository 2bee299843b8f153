"""Pages of the second factor: showing it at log-in, setting it up, looking after it."""

from __future__ import annotations

import segno
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from store.accounts.forms import ChangePasswordForm
from store.accounts.passwords import UnableToSetPassword, set_password
from store.audit import record
from store.auth import TooManyTries, in_words
from store.models import User
from store.sent import sent
from store.staff import session
from store.staff.again import ask_again, proof_needed
from store.staff.factors import (
    Method,
    WrongCode,
    begin_set_up,
    check_factor,
    finish_set_up,
    has_factor,
    is_factor_needed,
    renew_codes,
)
from store.staff.forms import FactorForm, SetUpForm
from store.staff.models import Authenticator
from store.staff.pages import demand_staff, own_staff_path, show
from store.staff.passkeys import are_possible, check_passkey, options_to_show
from store.staff.recovery import codes_left
from store.staff.totp import address_for_app

either = require_http_methods(["GET", "HEAD", "POST"])


@either
@never_cache
@sensitive_post_parameters()
def factor(request: HttpRequest) -> HttpResponse:
    """Take the second factor, and go where the member of staff was going."""
    user, now, wanted = demand_staff(request), timezone.now(), own_staff_path(request)
    if session.has_passed(request) or not is_factor_needed():
        return redirect(wanted)
    if not has_factor(user):
        return redirect("staff:set-up")
    if answer := request.POST.get("answer", ""):
        try:
            check_passkey(user=user, answer=answer, request=request, now=now)
        except WrongCode:
            messages.error(request, "That passkey isn't yours, or it took too long. Nothing was opened. Try once more.")
            return redirect(request.get_full_path())
        return _go_on(request, user, Method.PASSKEY, wanted)
    form = FactorForm(sent(request))
    if form.is_valid():
        try:
            method = check_factor(user=user, code=form.cleaned_data["code"], request=request, now=now)
        except WrongCode:
            form.add_error("code", "That code isn't right, or it was used already. Wait for the app's next one.")
        except TooManyTries as error:
            form.add_error("code", f"Too many tries. Please wait {in_words(error.wait)}. This code was not looked at.")
        else:
            return _go_on(request, user, method, wanted)
    return show(request, "store/staff/factor.html", form, next=wanted, options=options_to_show(user=user, request=request))


def _go_on(request: HttpRequest, user: User, method: Method, wanted: str) -> HttpResponse:
    """Let somebody in who has shown both."""
    now = timezone.now()
    session.pass_with(request, method, now=now)
    record(actor=user, action="staff.logged_in", object=user, fields=[method], request=request, now=now)
    if method is not Method.RECOVERY_CODE:
        return redirect(wanted)
    messages.warning(request, f"That code is used up; {codes_left(user)} are left. Is your telephone lost?")
    return redirect("staff:mine")


@either
@never_cache
@sensitive_post_parameters()
def set_up(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app: at the first log-in, or a new one by who has shown the old one just now."""
    user, now = demand_staff(request), timezone.now()
    if has_factor(user):
        if is_factor_needed() and not session.has_passed(request):
            return redirect("staff:factor")
        if asked := ask_again(request):
            return asked
    app = begin_set_up(user=user, now=now)
    form = SetUpForm(sent(request))
    if form.is_valid():
        try:
            codes = finish_set_up(user=user, code=form.cleaned_data["code"], request=request, now=now)
        except WrongCode:
            form.add_error("code", "That isn't the code the app shows now. Is the telephone's clock right?")
        except TooManyTries as error:
            form.add_error("code", f"Too many tries. Please wait {in_words(error.wait)}. This code was not looked at.")
        else:
            update_session_auth_hash(request, user)
            session.pass_with(request, Method.APP, now=now)
            return show(request, "store/staff/codes.html", None, codes=codes, is_new=True)
    address = address_for_app(app.secret, user)
    return show(
        request,
        "store/staff/set_up.html",
        form,
        picture=segno.make(address, error="m").svg_data_uri(scale=5, border=2, dark="#000", light="#fff"),
        address=address,
        secret=" ".join(app.secret[start : start + 4] for start in range(0, len(app.secret), 4)),
        is_replaced=has_factor(user),
        can_have_passkeys=are_possible() and not has_factor(user),
    )


@either
@never_cache
@sensitive_post_parameters()
def change_password(request: HttpRequest) -> HttpResponse:
    """Change one's own password, knowing the old one. Guesses are slowed as at log-in: it is what `ask_again` asks for.

    Stands in for the admin's own page (`config.menu.StaffSite`), which takes any number of them.
    """
    user = demand_staff(request)
    form = ChangePasswordForm(sent(request), request=request, user=user)
    if form.is_valid():
        try:
            set_password(user=user, password=form.cleaned_data["new_password"])
        except UnableToSetPassword:
            form.add_error(None, "Your password was changed somewhere else, a moment ago. Nothing was changed now.")
        else:
            record(actor=user, action="staff.password_changed", object=user, request=request)
            update_session_auth_hash(request, user)
            messages.success(request, "Your password is changed. Your other sessions ended.")
            return redirect("staff:mine")
    return show(request, "store/staff/password.html", form, email=user.email)


@require_safe
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """Show what the account proves itself with."""
    user = demand_staff(request)
    app = Authenticator.objects.filter(user=user, confirmed_at__isnull=False).first()
    return show(
        request,
        "store/staff/mine.html",
        None,
        app=app,
        codes_left=codes_left(user),
        passkeys=user.passkeys.order_by("made_at"),
        can_have_passkeys=are_possible(),
        is_needed=is_factor_needed(),
    )


@require_POST
@never_cache
@proof_needed
def new_codes(request: HttpRequest) -> HttpResponse:
    """Make a new list of recovery codes, and show it once."""
    user, now = demand_staff(request), timezone.now()
    if not has_factor(user):
        return redirect("staff:mine")
    return show(request, "store/staff/codes.html", None, codes=renew_codes(user=user, request=request, now=now))
