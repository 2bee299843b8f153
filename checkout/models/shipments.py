"""What left the house: one row for each parcel, with what was in it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from checkout.carriers import tracking_url
from checkout.models.orders import Order, OrderLine


class Shipment(models.Model):
    """One parcel. Rows are only ever added."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="shipments")
    carrier = models.CharField(max_length=60, blank=True)
    tracking_number = models.CharField(max_length=60, blank=True)
    shipped_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["order", "shipped_at"], name="shipment_order_at")]

    def __str__(self) -> str:
        return f"Shipment {str(self.pk)[:8]}"

    @property
    def tracking_url(self) -> str:
        """Where the carrier tells how far it is; empty for a carrier that the shop does not know."""
        return tracking_url(self.carrier, self.tracking_number)


class ShipmentLine(models.Model):
    """So many units of one order line."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="shipment_lines")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "line"], name="shipment_line_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="shipment_line_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.line_id}"
