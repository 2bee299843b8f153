"""The shop's terms in the admin: versions are added and looked at, never changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from checkout.admin.access import allowed
from checkout.models import ShopTerms
from checkout.services.terms import add_terms
from store.card_guard import GuardedModelForm
from store.read_only import ReadOnly


class ShopTermsForm(GuardedModelForm):
    """A new version. Whatever a customer accepted stays as it was."""

    class Meta:
        model = ShopTerms
        fields = ("text", "valid_from")

    def clean_valid_from(self) -> Any:
        """Nothing begins in the past; empty is now."""
        at, now = self.cleaned_data["valid_from"], timezone.now()
        if at is not None and at < now:
            raise forms.ValidationError(
                "A version can't begin in the past: other terms were accepted then. Leave it empty to have it begin now."
            )
        return at or now


@admin.register(ShopTerms)
class ShopTermsAdmin(ReadOnly, admin.ModelAdmin[ShopTerms]):
    """Every version there was, is and will be."""

    form = ShopTermsForm
    list_display = ("valid_from", "is_in_force", "added_at", "added_by")
    ordering = ("-valid_from",)
    fields = ("text", "valid_from")

    def has_add_permission(self, request: HttpRequest, *_args: object) -> bool:  # type: ignore[override]  # one of them may
        return request.user.has_perm("checkout.add_shopterms")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[ShopTerms]:
        """With whether a later version has taken its place."""
        now = timezone.now()
        later = ShopTerms.objects.filter(valid_from__gt=models.OuterRef("valid_from"), valid_from__lte=now)
        is_now = models.Q(valid_from__lte=now) & ~models.Exists(later)
        return super().get_queryset(request).select_related("added_by").annotate(is_now=is_now)

    @admin.display(description="In force", boolean=True)
    def is_in_force(self, terms: ShopTerms) -> bool:
        return bool(getattr(terms, "is_now", False))

    def save_model(self, request: HttpRequest, obj: ShopTerms, form: Any, change: bool) -> None:
        """Add it by the one function that adds terms."""
        user = allowed(request, "checkout.add_shopterms")
        now = timezone.now()
        added = add_terms(text=obj.text, valid_from=max(obj.valid_from, now), by=user, now=now)
        obj.pk, obj.valid_from = added.pk, added.valid_from
