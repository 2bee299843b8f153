"""What delivery and tax cost: tables a merchant edits in the admin."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q


class DeliveryMethod(models.Model):
    """One way to send a parcel."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    promise = models.CharField(max_length=120, help_text="What the shopper may expect, as in '3 to 5 working days'.")
    price = models.PositiveBigIntegerField(help_text="Minor units.")
    is_express = models.BooleanField(default=False, help_text="Rush delivery is one of the signs the fraud rules look at.")
    countries = models.JSONField(
        default=list, blank=True, help_text='Country codes as in ["US", "CA"]; empty means everywhere.'
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name

    def serves(self, country: str) -> bool:
        """Whether parcels to `country` (ISO 3166 alpha-2) can go this way."""
        return not self.countries or country in self.countries


class TaxRate(models.Model):
    """The sales tax or VAT of one country, or of one region of it; the more exact row wins."""

    country = models.CharField(max_length=2)
    region = models.CharField(max_length=40, blank=True, help_text="Empty: the whole country.")
    rate = models.DecimalField(
        max_digits=7,
        decimal_places=5,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))],
        help_text="As a share: 0.08875 is 8.875 %.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "region"], name="tax_rate_once_per_region"),
            models.CheckConstraint(condition=Q(rate__gte=0) & Q(rate__lte=1), name="tax_rate_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.region}".strip()
