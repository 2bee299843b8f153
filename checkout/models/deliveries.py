"""That a parcel came: what the shop can show when somebody says it didn't."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from checkout.models.orders import Order
from store.fields import EncryptedTextField
from store.records import Record, RecordQuerySet


class DeliveryProofQuerySet(RecordQuerySet["DeliveryProof"]):
    """What is known of deliveries."""


class DeliveryProof(Record):
    """What the carrier says of the delivery, as staff wrote it down. A wrong entry is followed by a right one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="delivery_proofs")
    delivered_at = models.DateTimeField()
    signed_by = EncryptedTextField(null=True, max_length=120, help_text="Who took it in, as the carrier wrote it.")
    words = EncryptedTextField(null=True, max_length=500, help_text="What the carrier says: at the front door, photo taken.")
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = DeliveryProofQuerySet.as_manager()

    class Meta:
        verbose_name = "proof of delivery"
        verbose_name_plural = "proof of delivery"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(delivered_at__lte=F("noted_at")), name="delivery_noted_after_it_came")
        ]
        indexes = [models.Index(fields=["order", "-noted_at"], name="delivery_proof_newest")]

    def __str__(self) -> str:
        return f"Proof of delivery of order {self.order_id}"
