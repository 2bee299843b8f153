"""What a shopper means to come back to."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from catalog.models.product import Product


class WishList(models.Model):
    """One shopper's list: an account's, or a browser's, tied to it by a signed cookie alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+", editable=False
    )
    updated_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"Wish list {str(self.pk)[:8]}"


class Wish(models.Model):
    """One product on a list."""

    wish_list = models.ForeignKey(WishList, on_delete=models.CASCADE, related_name="wishes")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "wishes"
        constraints = [models.UniqueConstraint(fields=["wish_list", "product"], name="catalog_wish_once")]

    def __str__(self) -> str:
        return f"Product {self.product_id} on {str(self.wish_list_id)[:8]}"
