"""What products can be compared and filtered by: a material, a weight, whether it may be washed."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from catalog.models.product import Product

# Names of parameters that lists use themselves.
RESERVED = frozenset({"q", "sort", "after", "page", "brand", "stock", "price", "price_min", "price_max"})


def check_code(code: str) -> None:
    """Refuse a code that would clash with what the address of a list says already."""
    if code in RESERVED or code.endswith(("_min", "_max")):
        raise ValidationError(f"“{code}” already means something in the addresses of lists. Please choose another code.")


class Attribute(models.Model):
    """A question that can be asked of every product; `code` is its name in addresses."""

    class Kind(models.TextChoices):
        """What an answer looks like."""

        CHOICE = "choice", "one or more of a list"
        NUMBER = "number", "a number"
        FLAG = "flag", "yes or no"
        # Written by the database from what variants are called (`catalog.option_triggers`), never by hand.
        OPTION = "option", "an option of the variants"

    code = models.SlugField(max_length=30, unique=True, validators=[check_code], help_text="Its name in addresses of lists.")
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=6, choices=Kind)
    unit = models.CharField(max_length=12, blank=True, help_text="Of a number: kg, cm …")
    is_facet = models.BooleanField("offered as a filter", default=True)
    position = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class AttributeChoice(models.Model):
    """One of the answers on an attribute's list, or one of the values of an option."""

    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE, related_name="choices")
    slug = models.SlugField(max_length=40)
    name = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attribute", "slug"], name="catalog_attributechoice_slug"),
        ]

    def __str__(self) -> str:
        return f"{self.attribute.name}: {self.name}"


class ProductAttribute(models.Model):
    """One answer of one product: a choice, a number, or yes or no; of an option, what any of its active variants has."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="answers")
    attribute = models.ForeignKey(Attribute, on_delete=models.PROTECT, related_name="answers")
    choice = models.ForeignKey(AttributeChoice, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    number = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    flag = models.BooleanField("yes or no", null=True, blank=True)

    class Meta:
        verbose_name = "attribute"
        constraints = [
            models.CheckConstraint(
                condition=Q(choice__isnull=False, number__isnull=True, flag__isnull=True)
                | Q(choice__isnull=True, number__isnull=False, flag__isnull=True)
                | Q(choice__isnull=True, number__isnull=True, flag__isnull=False),
                name="catalog_productattribute_one_answer",
            ),
            models.UniqueConstraint(fields=["product", "attribute", "choice"], name="catalog_productattribute_once"),
            models.UniqueConstraint(
                fields=["product", "attribute"], condition=Q(choice__isnull=True), name="catalog_productattribute_plain_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attribute_id} of product {self.product_id}"
