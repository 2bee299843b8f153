"""Who is asking, where they may go next, and whether it is still them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.contrib.auth import authenticate, login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables

from store.auth import in_words
from store.client import client_ip
from store.language import current_language
from store.models import User
from store.throttle import remember_place


def home() -> str:
    """The page of the account. It lists orders, so it belongs to an app above."""
    return reverse("checkout:account")


def log_in_path(*, then: str) -> str:
    """The shop's log-in, which leads on to the path `then`."""
    return f"{reverse('account:log-in')}?{urlencode({'next': then})}"


def for_customers(view: Callable[[HttpRequest, User], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Let only people who are logged in see a page, hand it the user, and let no cache keep it.

    Others are sent to the shop's own log-in (the admin keeps another) and come back from there.
    """

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not isinstance(request.user, User):
            return redirect(log_in_path(then=request.path))
        return view(request, request.user)

    return guarded


def own_path(wanted: str) -> str:
    """Return `wanted` if it is a path of this shop, or else the account's page: no link of ours leads away."""
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else home()


def log_in_here(request: HttpRequest, user: User) -> None:
    """Log in under a new session id, and remember which language its owner reads."""
    login(request, user)
    if user.language != current_language():
        User.objects.filter(pk=user.pk).update(language=current_language())


def let_in(request: HttpRequest, user: User) -> None:
    """Log in somebody who came by a link from their mailbox, under a new session id.

    The place is theirs from now on, so that nobody's guessing elsewhere slows their next log-in.
    """
    log_in_here(request, user)
    remember_place(email=user.email, address=client_ip(request), now=timezone.now())


@sensitive_variables("password")
def complaint_about(request: HttpRequest, password: str) -> str:
    """Return "" if this is the password of whoever is logged in, or what to tell them: it is wrong, or they must wait.

    Guesses are counted as log-ins are: a session left open isn't a way to find the password out.
    """
    user = request.user
    if isinstance(user, User) and authenticate(request, username=user.email, password=password) == user:
        return ""
    if wait := request.META.get("store.login_wait"):
        return _("Too many tries. Please wait {time}. Nothing was changed.").format(time=in_words(int(wait)))
    return _("That isn't your password. Nothing was changed.")
