"""Pages that ask for patience: too often, one more moment, look into your mailbox. What was typed and the cart are kept."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from checkout import limits
from checkout.limits import CAPS
from checkout.proofs import begin_moment, moment_left
from store.auth import in_words
from store.throttle import TooOften


def show_too_often(request: HttpRequest, error: TooOften, *, undone: str) -> HttpResponse:
    """Say what happened, what was not done (`undone`), and when to try again: 429 and Retry-After."""
    context = {"says": " ".join(map(str, CAPS[error.rate.name].says)), "undone": undone, "wait": in_words(error.wait)}
    response = render(request, "checkout/too_often.html", context, status=429)
    response["Retry-After"] = str(error.wait)
    return response


def has_waited(request: HttpRequest, *, subject: str) -> bool:
    """Whether this form was sent by the page below, and not too soon."""
    return moment_left(request.POST.get("moment", ""), subject=subject, now=timezone.now()) == 0


def show_moment(request: HttpRequest, *, subject: str, fields: Iterable[str]) -> HttpResponse:
    """Ask to wait, then to go on with one button. What was typed (`fields`) waits inside the page, as on the review page.

    Sent too soon, the same page says how long it still is; the wait doesn't begin anew.
    """
    now = timezone.now()
    token = request.POST.get("moment", "")
    left = moment_left(token, subject=subject, now=now)
    if left is None:
        token, left, is_again = begin_moment(subject=subject, now=now), limits.MOMENT, False
    else:
        is_again = True
    context = {
        "moment": token,
        "left": in_words(left),
        "is_again": is_again,
        "time_to_pay": int(limits.HOLD_ON_GUARD.total_seconds() // 60),
        "typed": [(name, request.POST[name]) for name in fields if name in request.POST],
        "shop_phone": settings.SHOP_PHONE,
    }
    return render(request, "checkout/moment.html", context)
