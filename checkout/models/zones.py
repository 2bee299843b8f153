"""Where parcels go and what that costs: zones, and for each way of delivery its rates."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from checkout.models.rates import DeliveryMethod

# A country, a region of it, or how its postcodes begin.
_COUNTRY = re.compile("^[A-Z]{2}$")
_REGION = re.compile("^[A-Z]{2}-[^ ].{0,38}$")
_POSTCODE = re.compile("^[A-Z]{2}-[A-Z0-9]{1,10}$")


def _check_list(value: Any, pattern: re.Pattern[str], example: str) -> None:
    if not isinstance(value, list) or not all(isinstance(part, str) and pattern.match(part) for part in value):
        raise ValidationError(f"Write it as in {example}, with commas between.")


def check_countries(value: Any) -> None:
    """Validate a list of countries."""
    _check_list(value, _COUNTRY, "DE, AT")


def check_regions(value: Any) -> None:
    """Validate a list of regions."""
    _check_list(value, _REGION, "US-AK, US-HI")


def check_postcodes(value: Any) -> None:
    """Validate a list of beginnings of postcodes."""
    _check_list(value, _POSTCODE, "GB-BT, DE-27498")


class DeliveryZone(models.Model):
    """A part of the world. The most exact zone that an address is in counts: by postcode, then region, then country."""

    name = models.CharField(max_length=80, unique=True)
    countries = models.JSONField(default=list, blank=True, help_text='As in ["DE", "AT"].', validators=[check_countries])
    regions = models.JSONField(default=list, blank=True, help_text='As in ["US-AK", "US-HI"].', validators=[check_regions])
    postcodes = models.JSONField(
        default=list,
        blank=True,
        help_text='How postcodes begin, without spaces: ["GB-BT", "DE-27498"].',
        validators=[check_postcodes],
    )
    is_served = models.BooleanField(default=True, help_text="Otherwise nothing is delivered there.")

    def __str__(self) -> str:
        return self.name

    def closeness(self, *, country: str, region: str, postcode: str) -> int:
        """How exactly an address is meant, the postcode without spaces; 0 where it is not in the zone."""
        begins = [len(part) for part in self.postcodes if f"{country}-{postcode}".startswith(part)]
        if begins:
            return 100 + max(begins)
        if region and f"{country}-{region}".upper() in (part.upper() for part in self.regions):
            return 2
        return int(country in self.countries)


class DeliveryRate(models.Model):
    """What a way of delivery costs in a zone, for parcels of this weight and goods of this worth."""

    method = models.ForeignKey(DeliveryMethod, on_delete=models.CASCADE, related_name="rates")
    zone = models.ForeignKey(
        DeliveryZone, null=True, blank=True, on_delete=models.CASCADE, related_name="rates", help_text="Empty: everywhere."
    )
    min_weight = models.PositiveIntegerField("from (g)", default=0, help_text="Grams.")
    max_weight = models.PositiveIntegerField("up to (g)", null=True, blank=True, help_text="Grams, these included.")
    min_total = models.PositiveBigIntegerField("goods from", default=0, help_text="Minor units, before any coupon.")
    price = models.PositiveBigIntegerField(help_text="Minor units.")
    free_from = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Free for goods from here on: minor units, before any coupon."
    )
    min_days = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Working days; empty: as the method says.")
    max_days = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Working days.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(max_weight=None) | Q(max_weight__gte=F("min_weight")), name="delivery_rate_weight_in_order"
            ),
            models.CheckConstraint(
                condition=Q(min_days=None, max_days=None) | Q(max_days__gte=F("min_days")),
                name="delivery_rate_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"Rate {self.pk}"

    def fits(self, *, weight: int, total: int) -> bool:
        """Whether a parcel of `weight` grams with goods for `total` minor units goes at this rate."""
        return self.min_weight <= weight <= (self.max_weight if self.max_weight is not None else weight) and (
            total >= self.min_total
        )
