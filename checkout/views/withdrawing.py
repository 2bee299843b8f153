"""The withdrawal page: no log-in, two steps, one answer for all."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from checkout.return_forms import WithdrawForm
from checkout.services.withdrawing import declare_withdrawal
from checkout.views.pause import show_too_often
from store.client import client_ip
from store.sent import sent
from store.throttle import TooOften


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
def withdraw(request: HttpRequest) -> HttpResponse:
    """Ask for order and e-mail, show the declaration, take it when it is confirmed."""
    step = request.POST.get("step", "")
    form = WithdrawForm(sent(request), initial={"attempt": uuid.uuid4()})
    context = {"form": form, "days": settings.WITHDRAWAL_DAYS, "shop_phone": settings.SHOP_PHONE}
    if not form.is_valid() or step not in ("look", "confirm"):
        return render(request, "checkout/withdraw.html", context, status=422 if request.method == "POST" else 200)
    if step == "look":
        return render(request, "checkout/withdraw_confirm.html", context)
    try:
        declared = declare_withdrawal(
            number=form.cleaned_data["number"],
            email=form.cleaned_data["email"],
            attempt=form.cleaned_data["attempt"],
            address=client_ip(request),
            now=timezone.now(),
        )
    except TooOften as error:
        undone = _("Your withdrawal was not taken. You can also declare it by telephone: {phone}.").format(
            phone=settings.SHOP_PHONE
        )
        return show_too_often(request, error, undone=undone)
    return render(request, "checkout/withdraw_done.html", {**context, "declared": declared})
