"""The page on which a guest asks for the link of an order. One answer for all."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from checkout.services.looking_up import NoOrderNumber, ask_for_order_link
from checkout.views.pause import show_too_often
from store.card_guard import GuardedForm
from store.client import client_ip
from store.sent import sent
from store.throttle import TooOften


class LookUpForm(GuardedForm):
    """Which order, and whose."""

    number = forms.CharField(
        label=gettext_lazy("Order number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("It stands in each mail about the order, as in R-1234-5678."),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("The one you ordered with. The link goes there."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
def look_up(request: HttpRequest) -> HttpResponse:
    """Ask for number and e-mail address, have the link mailed."""
    form = LookUpForm(sent(request))
    if form.is_valid():
        try:
            ask_for_order_link(**form.cleaned_data, address=client_ip(request), now=timezone.now())
        except NoOrderNumber:
            form.add_error("number", _("An order number has eight digits, as in R-1234-5678. Nothing was looked up."))
        except TooOften as error:
            return show_too_often(request, error, undone=_("No mail was sent."))
        else:
            return redirect("checkout:look-up-asked")
    return render(request, "checkout/look_up.html", {"form": form}, status=422 if request.method == "POST" else 200)


@require_safe
@never_cache
def asked(request: HttpRequest) -> HttpResponse:
    """Say what happens next, whatever was typed."""
    return render(request, "checkout/look_up_asked.html", {"shop_phone": settings.SHOP_PHONE})
