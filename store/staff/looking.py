"""Looking at one customer: the admin's pages keep closed who it is, and show it once to whoever says why.

    @admin.register(Order)
    class OrderAdmin(ReadOnly, Revealing[Order]):
        revealed = ("email", "phone")

        def get_fields(self, request, obj=None):
            return (*OPEN, *self.revealed) if is_revealed(request) else OPEN

Each look needs the right, and a password or code of the last ten minutes; it is in the audit log with its reason before
anything is shown. The session remembers the row's id for the very next page, nothing of what is on it.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from store.audit import record
from store.models import User
from store.staff.again import ask_again

# The call desk's right. One right covers every look, so it is named here though it is given out further up.
REVEAL: Final = "fraud.reveal_customer"
# Why somebody looks; the words stand in the audit log.
LOOK_REASONS: Final = {
    "rang_us": "The customer rang us",
    "parcel": "Packing or looking for a parcel",
    "money": "A payment, a refund or a return",
    "colleague": "A colleague asked me",
    "check": "Checking a decision",
    "dispute": "A dispute or a complaint",
    "linked": "Looking for orders of the same thief",
}
_REVEALED: Final = "store.revealed"
_NEXT: Final = "reveal_next"


class RevealForm(forms.Form):
    """Why personal data are to be shown."""

    look_reason = forms.ChoiceField(label="Why", choices=list(LOOK_REASONS.items()))


def may_reveal(request: HttpRequest) -> bool:
    """Whether they may look at all."""
    return request.user.has_perm(REVEAL)


def is_revealed(request: HttpRequest) -> bool:
    """Whether this very page may show who the customer is."""
    return request.META.get(_REVEALED) is True


class Revealing[M: models.Model](admin.ModelAdmin[M]):
    """The page of one row, with what is personal shown on demand."""

    # What the audit log says was shown.
    revealed: ClassVar[tuple[str, ...]] = ()
    change_form_template = "admin/store/revealing.html"

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the button."""
        view = self.admin_site.admin_view(require_POST(self.reveal))
        return [path("<uuid:pk>/reveal/", view, name=self._name("reveal")), *super().get_urls()]

    def reveal(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Write down who looks and why, and show it on the next page."""
        if not may_reveal(request) or not isinstance(request.user, User):
            raise PermissionDenied
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        if asked := ask_again(request):
            return asked
        form = RevealForm(request.POST)
        if form.is_valid():
            why = LOOK_REASONS[form.cleaned_data["look_reason"]]
            action = f"{self.opts.model_name}.reveal"
            record(actor=request.user, action=action, object=self.about(row), fields=self.revealed, why=why, request=request)
            request.session[_NEXT] = self._key(row.pk)
        else:
            messages.error(request, "Choose why you want to see it. Nothing was shown.")
        return redirect(reverse(f"admin:{self._name('change')}", args=[row.pk]))

    def about(self, row: M) -> models.Model:
        """Whose page it is in the audit log: the row itself, or the order it belongs to."""
        return row

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the page; what is personal only if it was asked for just now."""
        if request.session.get(_NEXT) == self._key(object_id):
            del request.session[_NEXT]
            request.META[_REVEALED] = True
        return super().change_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        """Offer to look."""
        row: M | None = kwargs.get("obj")
        context["is_revealed"] = is_revealed(request)
        if row is not None and may_reveal(request) and not is_revealed(request):
            context["reveal_form"] = RevealForm(auto_id="id_reveal_%s")
            context["reveal_url"] = reverse(f"admin:{self._name('reveal')}", args=[row.pk])
        return super().render_change_form(request, context, *args, **kwargs)

    def _name(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def _key(self, pk: object) -> str:
        return f"{self.opts.label_lower}:{pk}"
