"""What delivery and tax cost: tables a merchant edits in the admin."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q

from catalog.models import TaxClass
from catalog.saying import say


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
    min_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Working days on the way, at best; with them the shopper reads days, not the promise.",
    )
    max_days = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Working days on the way, at worst.")
    cut_off = models.TimeField(
        null=True, blank=True, help_text="What is ordered from here on leaves a working day later; the shop's own time."
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(min_days=None, max_days=None) | Q(max_days__gte=F("min_days")), name="delivery_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_name(self) -> str:
        """What it is called in the language that is spoken (a shared phrase)."""
        return say(self.name)

    def serves(self, country: str) -> bool:
        """Whether parcels to `country` (ISO 3166 alpha-2) can go this way."""
        return not self.countries or country in self.countries


# Since when rows are valid that say nothing else.
ALWAYS = date(2000, 1, 1)


class TaxRate(models.Model):
    """The sales tax or VAT of a country, of a region of it, or of postcodes that begin alike; the most exact row wins."""

    country = models.CharField(max_length=2, help_text="ISO 3166: US, DE.")
    region = models.CharField(max_length=40, blank=True, help_text="A state's code, as in CA. Empty: the whole country.")
    postcode = models.CharField(
        max_length=10,
        blank=True,
        default="",
        db_default="",
        help_text="How postcodes begin, in capitals without spaces: 946 or 94610. Empty: all of them.",
        validators=[RegexValidator("^[A-Z0-9]*$", "Capital letters and digits alone.")],
    )
    tax_class = models.CharField(
        max_length=10,
        choices=TaxClass.choices,
        default=TaxClass.STANDARD,
        db_default=TaxClass.STANDARD.value,
        help_text="Of which products. A place without a rate of its own for a reduced class takes the standard one.",
    )
    name = models.CharField(
        max_length=40, blank=True, default="", db_default="", help_text="What the shopper reads: VAT, Sales tax."
    )
    rate = models.DecimalField(
        max_digits=7,
        decimal_places=5,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))],
        help_text="As a share: 0.08875 is 8.875 %.",
    )
    valid_from = models.DateField(default=ALWAYS, db_default=ALWAYS, help_text="The first day, in the shop's time zone.")
    valid_until = models.DateField(null=True, blank=True, help_text="The last day. Empty: until a later row begins.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["country", "region", "postcode", "tax_class", "valid_from"], name="tax_rate_once_per_place_and_class"
            ),
            models.CheckConstraint(condition=Q(rate__gte=0) & Q(rate__lte=1), name="tax_rate_is_a_share"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="tax_rate_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        tax_class = "" if self.tax_class == TaxClass.STANDARD else f"({self.get_tax_class_display().lower()})"
        return " ".join(part for part in (self.country, self.region, self.postcode, tax_class) if part)
