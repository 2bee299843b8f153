"""Where something used to be."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from catalog.models.category import Category
from catalog.models.product import Product


class OldAddress(models.Model):
    """An address that a product or a category had: "products/bow-tie", "catalog/dogs/ties". Triggers write it, or staff."""

    path = models.CharField("old address", max_length=250, unique=True)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, null=True, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        verbose_name = "redirect"
        verbose_name_plural = "redirects"
        constraints = [
            models.CheckConstraint(
                condition=Q(product__isnull=False) ^ Q(category__isnull=False), name="catalog_oldaddress_leads_somewhere"
            ),
        ]

    def __str__(self) -> str:
        return self.path
