"""A version of the policy as a text file, and a draft made of a text."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from fraud.admin.people import demand
from fraud.models import Policy
from fraud.policy_text import UnableToReadPolicy, write_policy
from fraud.services.policies import UnableToChangePolicy, draft_from_text
from store.audit import record
from store.card_guard import GuardedForm

CHANGE = "fraud.change_policy"


class PasteForm(GuardedForm):
    """The text of a policy."""

    text = forms.CharField(
        label="The policy as text",
        max_length=100_000,
        strip=False,  # mistakes are told by the number of the line
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "autocomplete": "off", "class": "policy-text"}),
    )


def policy_text(model_admin: admin.ModelAdmin[Policy], request: HttpRequest, policy_id: int) -> HttpResponse:
    """Hand over one version as text; it holds nothing of a customer."""
    if not model_admin.has_view_permission(request):
        demand(request, "fraud.view_policy")
    policy = get_object_or_404(Policy, pk=policy_id)
    name = f"policy-{policy.version}.txt"
    return HttpResponse(
        write_policy(policy.values, policy.note),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def paste_policy(model_admin: admin.ModelAdmin[Policy], request: HttpRequest) -> HttpResponse:
    """Make a draft of a text; a text with mistakes comes back with each of them named, and nothing is written."""
    user = demand(request, CHANGE)
    form = PasteForm(request.POST or None)
    wrong: tuple[str, ...] = ()
    if form.is_valid():
        try:
            draft = draft_from_text(text=form.cleaned_data["text"], by=user, now=timezone.now())
        except UnableToReadPolicy as error:
            wrong = error.errors
        except UnableToChangePolicy as error:
            wrong = (str(error),)
        else:
            record(actor=user, action="policy.pasted", object=draft, fields=["text"], request=request)
            messages.success(
                request, "The text is a draft now. Read what it changes; it judges nothing until it is activated."
            )
            return HttpResponseRedirect(reverse("admin:fraud_policy_change", args=[draft.pk]))
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "title": "A draft from text",
        "form": form,
        "wrong": wrong,
    }
    return TemplateResponse(
        request, "admin/fraud/policy/paste.html", context, status=422 if request.method == "POST" else 200
    )
