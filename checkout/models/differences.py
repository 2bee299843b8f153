"""Where the gateway's books and ours do not agree: found at night, closed by a person, or by itself once it has healed."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from checkout.models.payments import Payment
from store.fields import EncryptedTextField


class DifferenceQuerySet(models.QuerySet["Difference"]):
    """Differences, by what a page or a run needs of them."""

    def open(self) -> DifferenceQuerySet:
        """What nobody has closed and what has not healed."""
        return self.filter(resolved_at=None)


class Difference(models.Model):
    """One object on which the gateway and the shop do not agree."""

    class Kind(models.TextChoices):
        """What is wrong; `checkout.services.differences.NEXT_STEP` says what to do about it."""

        UNKNOWN_PAYMENT = "unknown_payment", "Money at the gateway, no payment here"
        MISSING_THERE = "missing_there", "Taken here, not at the gateway"
        AMOUNTS = "amounts", "Amounts differ"
        UNKNOWN_REFUND = "unknown_refund", "Refund the shop does not know"
        MISSING_REFUND = "missing_refund", "Refunded here, not at the gateway"
        UNKNOWN_DISPUTE = "unknown_dispute", "Dispute the shop does not know"
        LEFT_OPEN = "left_open", "Card still authorised, order over"
        PAID_ORDER_OVER = "paid_order_over", "Money kept for an order that is over"
        NOT_PAID = "not_paid", "Order released without its money"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    gateway = models.CharField(max_length=20)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    object_id = models.CharField(max_length=120, help_text="The gateway's id of it; ours where the gateway has none.")
    reference = models.CharField(max_length=120, blank=True, help_text="The gateway's id of the payment.")
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="differences")
    claimed_payment = models.UUIDField(null=True, help_text="Our payment that the gateway's object names.")
    is_open_authorization = models.BooleanField(default=False, help_text="Nothing was charged; it can be voided.")
    there = models.BigIntegerField(null=True, help_text="Minor units at the gateway.")
    here = models.BigIntegerField(null=True, help_text="Minor units in our ledger.")
    currency = models.CharField(max_length=3)
    void_key = models.CharField(max_length=80, blank=True)  # stored before the call it belongs to
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="When it was last found to be so.")
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: it has healed."
    )
    note = EncryptedTextField(null=True)

    objects = DifferenceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gateway", "kind", "object_id"], name="difference_once_per_object")]
        indexes = [models.Index(fields=["seen_at"], condition=Q(resolved_at=None), name="difference_open")]
        permissions = [("mend_difference", "Can close differences, settle payments anew and void orphans")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.object_id}"

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None

    @property
    def can_be_voided(self) -> bool:
        """Whether voiding is safe: nothing was charged, and the object is this shop's by its own word."""
        return self.is_open and self.is_open_authorization and bool(self.payment_id or self.claimed_payment)
