"""The page behind the mailed question whether an order is theirs."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from checkout.services.confirming import UnableToAnswer, answer_confirmation, find_confirmation
from checkout.views.finding import find_order
from store.client import client_ip

_ANSWERS = {"yes": True, "no": False}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm(request: HttpRequest, token: str, proof: str) -> HttpResponse:
    """Ask, and write down the answer. Looking at the page answers nothing: programs open the links of mails, too."""
    order, now = find_order(token), timezone.now()
    asked = find_confirmation(order=order, proof=proof)
    if asked is None:
        raise Http404
    context = {"order": order, "asked": asked, "problem": "", "is_over": bool(asked.answer) or asked.expires_at <= now}
    answer = request.POST.get("answer", "")
    if request.method == "POST" and answer in _ANSWERS:
        try:
            given = answer_confirmation(
                confirmation_id=asked.pk, confirms=_ANSWERS[answer], ip_address=client_ip(request), now=now
            )
        except UnableToAnswer as error:
            return render(request, "checkout/confirm.html", {**context, "problem": str(error)}, status=409)
        context |= {"asked": given, "is_over": True}
    return render(request, "checkout/confirm.html", context)
