"""Who wants to hear when something is back."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q

from catalog.models.variant import Variant
from store.blind_index import BlindIndexField
from store.fields import EncryptedTextField


class StockWait(models.Model):
    """One mailbox that waits for one variant. Nothing is sent before its owner confirms; then once, and the row goes."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = EncryptedTextField("e-mail", max_length=254)
    email_index = BlindIndexField(kind="email", source="email")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="+")
    # Of the page it was asked on: the mails speak it.
    language = models.CharField(max_length=8, default="en", db_default="en")
    asked_at = models.DateTimeField(db_index=True)
    confirmed_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["variant", "email_index"], name="catalog_stockwait_once")]
        indexes = [
            models.Index(
                fields=["confirmed_at"], condition=Q(confirmed_at__isnull=False), name="catalog_stockwait_confirmed"
            )
        ]

    def __str__(self) -> str:
        return f"Wait {str(self.pk)[:8]}"

    @property
    def full_name(self) -> str:
        """What is waited for, as people call it: the product, and which of it. Needs variant and product."""
        name, label = self.variant.product.shown_name, self.variant.shown_label
        return f"{name} ({label})" if label else name
