"""Prices over time: what is to change, and what was."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from catalog.models.variant import Variant


class PriceChangeQuerySet(models.QuerySet["PriceChange"]):
    """The questions about planned prices."""

    def open(self) -> PriceChangeQuerySet:
        """Those that still have something to do."""
        return self.filter(status__in=[PriceChange.Status.WAITING, PriceChange.Status.RUNNING])


class PriceChange(models.Model):
    """A price that holds from a moment on: for good, or until another moment (then it is a sale).

    `catalog.prices` alone moves one on. `lowest_before` is what a sale must be compared with: the lowest price of the thirty
    days before it began (Directive 98/6/EC, Art. 6a).
    """

    class Status(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", "to come"
        RUNNING = "running", "a sale, running"
        OVER = "over", "done"
        CANCELLED = "cancelled", "called off"

    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="price_changes")
    price = models.PositiveBigIntegerField()
    starts_at = models.DateTimeField("from")
    ends_at = models.DateTimeField("until", null=True, blank=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.WAITING, editable=False)
    lowest_before = models.PositiveBigIntegerField(null=True, editable=False)

    objects = PriceChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(price__gt=0), name="catalog_pricechange_price_positive"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="catalog_pricechange_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["variant"], condition=Q(status="running"), name="catalog_pricechange_one_sale_at_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at"], condition=Q(status="waiting"), name="catalog_pricechange_to_start"),
            models.Index(fields=["ends_at"], condition=Q(status="running"), name="catalog_pricechange_to_end"),
        ]

    def __str__(self) -> str:
        return f"{self.variant_id} from {self.starts_at:%Y-%m-%d %H:%M}"


class PriceRow(models.Model):
    """One line of a variant's price history. Append-only; written by triggers, whoever changes the price."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="price_rows")
    price = models.PositiveBigIntegerField()
    from_at = models.DateTimeField("from")

    class Meta:
        verbose_name = "past price"
        indexes = [models.Index(fields=["variant", "from_at"], name="catalog_pricerow_of_variant")]

    def __str__(self) -> str:
        return f"{self.variant_id} from {self.from_at:%Y-%m-%d}"
