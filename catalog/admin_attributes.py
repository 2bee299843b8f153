"""Attributes in the admin: the questions, their lists of answers, and what one product answers."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError

from catalog.models import Attribute, AttributeChoice, Product, ProductAttribute
from store.card_guard import GuardedModelForm
from store.labelled import LabelledRows


class AttributeChoiceInline(LabelledRows, admin.TabularInline[AttributeChoice, Attribute]):
    """The list of answers."""

    model = AttributeChoice
    extra = 0
    ordering = ("position", "pk")
    fields = ("name", "slug", "position")
    prepopulated_fields = {"slug": ("name",)}
    verbose_name_plural = "answers to choose from (of an attribute with a list)"


@admin.register(Attribute)
class AttributeAdmin(admin.ModelAdmin[Attribute]):
    """The questions lists can be narrowed by."""

    inlines = (AttributeChoiceInline,)
    list_display = ("name", "code", "kind", "unit", "is_facet", "position")
    list_editable = ("position",)
    ordering = ("position", "name")
    prepopulated_fields = {"code": ("name",)}
    search_fields = ("name", "code")


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
        """With the names that the rows show."""
        return super().get_queryset(request).select_related("attribute", "choice__attribute")
