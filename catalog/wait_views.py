"""The pages of “tell me when it is back”."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from catalog.models import Variant
from catalog.waiting import NobodyWaits, UnableToWait, ask_to_wait, confirm_wait, find_wait, forget_wait
from store.auth import in_words
from store.card_guard import GuardedForm
from store.client import client_ip
from store.csrf import no_token_from_here
from store.throttle import TooOften


class WaitForm(GuardedForm):
    """A variant and a mailbox."""

    variant = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    email = forms.EmailField(max_length=254)


@require_POST
@no_token_from_here
@sensitive_post_parameters("email")
def ask(request: HttpRequest) -> HttpResponse:
    """Note the wish; lead back to the product with the answer on top."""
    form = WaitForm(request.POST)
    variant_id = form.cleaned_data.get("variant") if form.is_valid() or "variant" not in form.errors else None
    variant = Variant.objects.select_related("product").filter(pk=variant_id).first() if variant_id else None
    back = redirect(variant.product.get_absolute_url() if variant else reverse("catalog:catalog"))
    if not form.is_valid() or variant is None:
        messages.error(request, _("That is no e-mail address we can write to. We have noted nothing. Please try again."))
        return back
    try:
        ask_to_wait(variant_id=variant.pk, email=form.cleaned_data["email"], address=client_ip(request), now=timezone.now())
    except UnableToWait as error:
        messages.error(request, str(error))
    except TooOften as error:
        messages.error(
            request,
            _("That was asked very often just now. We have noted nothing. Please try again in {time}.").format(
                time=in_words(error.wait)
            ),
        )
    else:
        messages.success(
            request, _("Please look into your mailbox: open the link we have sent, and we tell you when it is back.")
        )
    return back


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def wait(request: HttpRequest, pk: uuid.UUID, proof: str) -> HttpResponse:
    """What the link of a mail leads to: say yes, or have the address forgotten. Only pressing a button does either."""
    now = timezone.now()
    try:
        found = find_wait(pk=pk, proof=proof, now=now)
    except NobodyWaits:
        return render(request, "catalog/wait.html", {"is_over": True}, status=404)
    if request.method != "POST":
        return render(request, "catalog/wait.html", {"wait": found})
    if "forget" in request.POST:
        forget_wait(wait=found)
        return render(request, "catalog/wait.html", {"is_forgotten": True})
    confirm_wait(wait=found, now=now)
    return redirect(request.path)
