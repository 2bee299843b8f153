"""Asking a customer by mail whether an order is theirs. An answer is a fact about the order, never a decision."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from checkout.models.orders import Order
from store.fields import EncryptedTextField


class Confirmation(models.Model):
    """One mailed link, and what was answered by it: once, or never."""

    class Answer(models.TextChoices):
        """What somebody who reads the order's mail said of it."""

        CONFIRMS = "confirms", "Confirms the order"
        DENIES = "denies", "Knows nothing of it"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="confirmations")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField(null=True)
    # Where the answer came from, to be held against where the order came from.
    ip_address = EncryptedTextField(null=True, editable=False)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="confirmation_answered_at_some_time",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(answered_at__lt=models.F("expires_at")),
                name="confirmation_answered_in_time",
            ),
        ]

    def __str__(self) -> str:
        return f"Confirmation {str(self.pk)[:8]}"

    @property
    def confirms(self) -> bool:
        return self.answer == self.Answer.CONFIRMS

    @property
    def denies(self) -> bool:
        return self.answer == self.Answer.DENIES

    @property
    def is_from_same_place(self) -> bool | None:
        """Whether the answer came from the IP address that ordered; None where one of both is not known."""
        ordered = self.order.ip_address
        return self.ip_address == ordered if self.ip_address and ordered else None
