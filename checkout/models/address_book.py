"""The addresses that a customer keeps in their account."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from checkout.addressing import write_town
from store.fields import EncryptedTextField


class KeptAddress(models.Model):
    """One of them. Orders copy what they need of it and never look back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="kept_addresses")
    label = EncryptedTextField(max_length=40, null=True, help_text="What the customer calls it.")
    name = EncryptedTextField(max_length=120)
    line1 = EncryptedTextField(max_length=120)
    line2 = EncryptedTextField(max_length=120, null=True)
    city = EncryptedTextField(max_length=80, null=True)
    region = models.CharField(max_length=40, blank=True)
    postcode = EncryptedTextField(max_length=20, null=True)
    country = models.CharField(max_length=2)
    is_as_typed = models.BooleanField(default=False, help_text="It fails the checks of its country.")
    is_bill_to = models.BooleanField(default=False, help_text="The checkout begins with it.")
    is_ship_to = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer"], condition=Q(is_bill_to=True), name="kept_address_one_bill_to"),
            models.UniqueConstraint(fields=["customer"], condition=Q(is_ship_to=True), name="kept_address_one_ship_to"),
        ]

    def __str__(self) -> str:
        return f"Kept address {str(self.pk)[:8]}"

    @property
    def lines(self) -> list[str]:
        """As it is written on a parcel, without name and country."""
        town = write_town(country=self.country, city=self.city, region=self.region, postcode=self.postcode)
        return [part for part in (self.line1, self.line2, *town) if part]

    @property
    def short(self) -> str:
        """For a list to choose from: what the customer calls it, and enough to tell it from others."""
        place = ", ".join(part for part in (self.name, self.line1, self.city) if part)
        return f"{self.label}: {place}" if self.label else place
