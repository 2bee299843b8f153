"""Pages of passkeys: making one, and giving one up. Showing one is part of the page of the second factor."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from store.card_guard import GuardedForm
from store.sent import sent
from store.staff import session
from store.staff.again import ask_again, proof_needed
from store.staff.factors import (
    Method,
    UnableToTakeFactorAway,
    WrongCode,
    begin_with_codes,
    has_factor,
    is_factor_needed,
)
from store.staff.pages import demand_staff, show
from store.staff.passkeys import add_passkey, are_possible, options_to_make, remove_passkey


class PasskeyForm(GuardedForm):
    """What to call it."""

    name = forms.CharField(label="What to call it", max_length=60, help_text="As in “Office laptop”.")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def add(request: HttpRequest) -> HttpResponse:
    """Make a passkey: as the first second factor, or one more by who has shown lately who they are."""
    user, now = demand_staff(request), timezone.now()
    if not are_possible():
        raise Http404
    is_first = not has_factor(user)
    if not is_first:
        if is_factor_needed() and not session.has_passed(request):
            return redirect("staff:factor")
        if asked := ask_again(request):
            return asked
    form = PasskeyForm(sent(request))
    if form.is_valid():
        try:
            answer = request.POST.get("answer", "")
            add_passkey(user=user, name=form.cleaned_data["name"], answer=answer, request=request, now=now)
        except WrongCode:
            form.add_error(None, "The browser made no passkey, or it is known already. Nothing was changed. Try once more.")
        else:
            if not is_first:
                messages.success(request, "From now on you can log in with this passkey, too.")
                return redirect("staff:mine")
            codes = begin_with_codes(user=user, now=now)
            update_session_auth_hash(request, user)
            session.pass_with(request, Method.PASSKEY, now=now)
            return show(request, "store/staff/codes.html", None, codes=codes, is_new=True)
    return show(request, "store/staff/passkey.html", form, options=options_to_make(user=user, request=request))


@require_POST
@never_cache
@proof_needed
def remove(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Give a passkey up."""
    user = demand_staff(request)
    try:
        remove_passkey(user=user, pk=pk, request=request, now=timezone.now())
        messages.success(request, "This passkey opens nothing any more.")
    except UnableToTakeFactorAway:
        messages.error(request, "It is all you can log in with: set up an app or another passkey first. It was kept.")
    return redirect("staff:mine")
