"""What an owner does to the log-in of somebody else: buttons on the account's page in the admin, each with a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from store.card_guard import GuardedForm
from store.models import User
from store.sent import sent
from store.staff.again import ask_again
from store.staff.factors import UnableToTakeFactorAway, has_factor, take_factor_away
from store.staff.invitations import invite
from store.staff.leaving import UnableToLetGo, let_go
from store.staff.pages import show


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One button: what it is called, what it will do, and what it says when it is done."""

    name: str
    button: str
    title: str
    text: str
    done: str
    do: Callable[[User, User, str, HttpRequest, datetime], Any]
    is_offered: Callable[[User], bool]


class WhyForm(GuardedForm):
    """The reason, for the audit log."""

    why = forms.CharField(
        label="Why", max_length=300, help_text="For the audit log. No names of customers.", widget=forms.TextInput()
    )


def _take_away(user: User, by: User, why: str, request: HttpRequest, now: datetime) -> None:
    take_factor_away(user=user, by=by, why=why, request=request, now=now)


def _let_go(user: User, by: User, why: str, request: HttpRequest, now: datetime) -> None:
    let_go(user=user, by=by, why=why, request=request, now=now)


def _invite(user: User, by: User, _why: str, request: HttpRequest, now: datetime) -> None:
    invite(user=user, by=by, request=request, now=now)


def _works_here(user: User) -> bool:
    return user.is_staff and user.is_active


DEEDS: Final = {
    deed.name: deed
    for deed in (
        Deed(
            name="invite",
            button="Send a link to choose a password",
            title="Send a link to choose a password",
            text="They get a mail with a link that works once, for 24 hours. They choose a password that nobody else knows, "
            "and set up their second factor. A link sent before ends.",
            done="The link is on its way.",
            do=_invite,
            is_offered=lambda user: _works_here(user) and not user.has_usable_password(),
        ),
        Deed(
            name="lost-factor",
            button="Second factor lost",
            title="Take the second factor away",
            text="Be sure it is them who ask: ring them, on a number you know. Their authenticator app, passkeys and "
            "recovery codes end, and so does every session. At their next log-in they set up a new second factor.",
            done="Their second factor is taken away. Have them log in and set up a new one today.",
            do=_take_away,
            is_offered=lambda user: _works_here(user) and has_factor(user),
        ),
        Deed(
            name="leave",
            button="Has left",
            title="End this log-in",
            text="Their sessions, links, password, second factor and rights end at once. What they did stays in the books "
            "under their name.",
            done="This log-in has ended, with all its sessions and rights.",
            do=_let_go,
            is_offered=_works_here,
        ),
    )
}


def deeds_for(user: User, *, by: User) -> list[Deed]:
    """Return the buttons that `by` sees on the page of `user`."""
    if not by.is_superuser or by.pk == user.pk:
        return []
    return [deed for deed in DEEDS.values() if deed.is_offered(user)]


def do_deed(request: HttpRequest, pk: str, name: str) -> HttpResponse:
    """Ask for the reason, and do it. Only for owners, and to others."""
    by = request.user
    if not isinstance(by, User) or not by.is_superuser:
        raise PermissionDenied
    user = get_object_or_404(User, pk=pk)
    deed = DEEDS[name]
    if deed not in deeds_for(user, by=by):
        messages.warning(request, "That can't be done to this account now. Nothing was changed.")
        return redirect("admin:store_user_change", user.pk)
    if asked := ask_again(request):
        return asked
    form = WhyForm(sent(request))
    if form.is_valid():
        try:
            deed.do(user, by, form.cleaned_data["why"], request, timezone.now())
        except (UnableToLetGo, UnableToTakeFactorAway) as error:
            form.add_error(None, str(error) or "Nothing was changed.")
        else:
            messages.success(request, deed.done)
            return redirect("admin:store_user_change", user.pk)
    return show(request, "store/staff/deed.html", form, deed=deed, person=user)
