"""The shop's terms in the admin: versions are added and looked at, never changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in settings.LANGUAGES[1:]:
            self.fields[f"text_{code}"] = forms.CharField(
                label=f"The same in {name}",
                required=False,
                max_length=200_000,
                widget=AdminTextareaWidget,
                help_text=f"What shoppers read and accept at /{code}/. Empty: they read the text above.",
            )

    @property
    def others(self) -> dict[str, str]:
        """What was written in further languages, by their codes."""
        written = {code: self.cleaned_data[f"text_{code}"].strip() for code, _ in settings.LANGUAGES[1:]}
        return {code: text for code, text in written.items() if text}

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

    def get_fields(self, _request: HttpRequest, obj: ShopTerms | None = None) -> Any:
        """In all languages: typed beside each other, shown beneath each other."""
        more = ["said_elsewhere"] if obj else [f"text_{code}" for code, _ in settings.LANGUAGES[1:]]
        return ["text", *more, "valid_from"]

    def get_form(self, request: HttpRequest, obj: ShopTerms | None = None, change: bool = False, **kwargs: Any) -> Any:
        """Leave the fields of the other languages to the form, which makes them."""
        return super().get_form(request, obj, change, **{**kwargs, "fields": ["text", "valid_from"]})

    @admin.display(description="In other languages")
    def said_elsewhere(self, terms: ShopTerms) -> str:
        return "\n\n".join(f"[{row.language}]\n{row.text}" for row in terms.texts.order_by("language")) or "Not translated."

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
        added = add_terms(text=obj.text, valid_from=max(obj.valid_from, now), by=user, now=now, others=form.others)
        obj.pk, obj.valid_from = added.pk, added.valid_from
