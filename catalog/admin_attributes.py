"""Attributes in the admin: the questions, their lists of answers, and what one product answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest

from catalog.models import Attribute, AttributeChoice, Product, ProductAttribute
from store.card_guard import GuardedModelForm
from store.labelled import LabelledRows


def _is_option(attribute: Attribute | None) -> bool:
    return attribute is not None and attribute.kind == Attribute.Kind.OPTION


class AttributeChoiceInline(LabelledRows, admin.TabularInline[AttributeChoice, Attribute]):
    """The list of answers."""

    model = AttributeChoice
    extra = 0
    ordering = ("position", "pk")
    fields = ("name", "slug", "position")
    verbose_name_plural = "answers to choose from (of an attribute with a list)"

    def get_prepopulated_fields(self, _request: HttpRequest, obj: Attribute | None = None) -> dict[str, Sequence[str]]:
        """Not where they can't be typed."""
        return {} if _is_option(obj) else {"slug": ("name",)}

    def get_readonly_fields(self, _request: HttpRequest, obj: Attribute | None = None) -> tuple[str, ...]:
        """The values of an option are what variants say; their order is the merchant's."""
        return ("name", "slug") if _is_option(obj) else ()

    def has_add_permission(self, request: HttpRequest, obj: Attribute | None = None) -> bool:
        """None by hand for an option."""
        return not _is_option(obj) and super().has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Attribute | None = None) -> bool:
        """None by hand for an option."""
        return not _is_option(obj) and super().has_delete_permission(request, obj)


@admin.register(Attribute)
class AttributeAdmin(admin.ModelAdmin[Attribute]):
    """The questions lists can be narrowed by."""

    inlines = (AttributeChoiceInline,)
    list_display = ("name", "code", "kind", "unit", "is_facet", "position")
    list_editable = ("position",)
    ordering = ("position", "name")
    search_fields = ("name", "code")

    def get_prepopulated_fields(self, _request: HttpRequest, obj: Attribute | None = None) -> dict[str, Sequence[str]]:
        """Not where they can't be typed."""
        return {} if _is_option(obj) else {"code": ("name",)}

    def get_readonly_fields(self, _request: HttpRequest, obj: Attribute | None = None) -> tuple[str, ...]:
        """An option is what the variants call it; whether it is offered as a filter, and where, is the merchant's."""
        return ("name", "code", "kind", "unit") if _is_option(obj) else ()

    def formfield_for_choice_field(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.TypedChoiceField | None:
        """Options come of the variants, so nobody picks that kind."""
        if db_field.name == "kind":
            kwargs["choices"] = [pair for pair in Attribute.Kind.choices if pair[0] != Attribute.Kind.OPTION]
        return super().formfield_for_choice_field(db_field, request, **kwargs)


class AnswerForm(GuardedModelForm):
    """One answer of a product; it has to suit the question."""

    class Meta:
        model = ProductAttribute
        fields = ("attribute", "choice", "number", "flag")

    def clean(self) -> dict[str, Any]:
        """Refuse an answer of another kind than the attribute's, or from another attribute's list."""
        data = super().clean() or self.cleaned_data
        attribute: Attribute | None = data.get("attribute")
        if attribute is None:
            return data
        wanted = {"choice": "choice", "number": "number", "flag": "flag"}[attribute.kind]
        if data.get(wanted) is None:
            raise ValidationError(f"“{attribute.name}” is answered with {attribute.get_kind_display()}.")
        for other in {"choice", "number", "flag"} - {wanted}:
            data[other] = None
        choice: AttributeChoice | None = data.get("choice")
        if choice is not None and choice.attribute_id != attribute.pk:
            raise ValidationError(f"“{choice.name}” is not on the list of “{attribute.name}”.")
        return data


class ProductAttributeInline(LabelledRows, admin.TabularInline[ProductAttribute, Product]):
    """What this product answers."""

    model = ProductAttribute
    form = AnswerForm
    extra = 0
    fields = ("attribute", "choice", "number", "flag")
    verbose_name_plural = "attributes (what lists can be narrowed by)"

    def get_queryset(self, request: Any) -> Any:
        """With the names that the rows show; what the variants answer is edited there."""
        rows = super().get_queryset(request).select_related("attribute", "choice__attribute")
        return rows.exclude(attribute__kind=Attribute.Kind.OPTION)

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField[Any] | None:
        """Offer what is answered by hand."""
        if db_field.name == "attribute":
            kwargs["queryset"] = Attribute.objects.exclude(kind=Attribute.Kind.OPTION).order_by("position", "name")
        if db_field.name == "choice":
            by_hand = AttributeChoice.objects.exclude(attribute__kind=Attribute.Kind.OPTION).select_related("attribute")
            kwargs["queryset"] = by_hand.order_by("attribute__position", "attribute__name", "position", "name")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
