"""Behind a one-time link: somebody new chooses their password. The second factor is set up right after."""

from __future__ import annotations

from typing import Final

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from store.accounts.forms import NewPasswordForm
from store.accounts.passwords import UnableToSetPassword, set_password
from store.audit import record
from store.sent import sent
from store.staff.invitations import BadInvitation, find_invited
from store.staff.pages import show

# Key of the session: the link that was opened, an id and a proof.
_INVITATION: Final = "staff.invitation"


@require_safe
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Take the link and go on without it; looking changes nothing, since mail scanners look, too."""
    try:
        find_invited(token=token, now=timezone.now())
    except BadInvitation:
        return _bad_link(request)
    request.session[_INVITATION] = token
    return redirect("welcome")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
def choose_password(request: HttpRequest) -> HttpResponse:
    """Let somebody new choose their password, and log them in as far as the second factor."""
    now = timezone.now()
    try:
        user = find_invited(token=request.session.get(_INVITATION, ""), now=now)
        form = NewPasswordForm(sent(request), user=user)
        if form.is_valid():
            set_password(user=user, password=form.cleaned_data["new_password"])
            del request.session[_INVITATION]
            login(request, user)
            record(actor=user, action="staff.password_chosen", object=user, request=request, now=now)
            return redirect("admin:index")
    except (BadInvitation, UnableToSetPassword):
        request.session.pop(_INVITATION, None)
        return _bad_link(request)
    return show(request, "store/staff/welcome.html", form, email=user.email)


def _bad_link(request: HttpRequest) -> HttpResponse:
    return show(request, "store/staff/bad_link.html", None, status=410)
