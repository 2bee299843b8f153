"""The unit that is priced, counted and sold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from catalog.models.product import Product

if TYPE_CHECKING:
    from catalog.prices import Sale

# From here down the page says "only 3 left"; above, the exact number is nobody's business.
SCARCE_UNITS = 5


class VariantQuerySet(models.QuerySet["Variant"]):
    """The questions cart, checkout and pages ask."""

    def active(self) -> VariantQuerySet:
        """Variants that are not withdrawn (their product may be)."""
        return self.filter(is_active=True)

    def for_sale(self) -> VariantQuerySet:
        """Variants a shopper may put in the cart, in stock or not."""
        return self.filter(is_active=True, product__is_active=True)


class Variant(models.Model):
    """One SKU. `price` is in minor units of `settings.SHOP_CURRENCY`.

    `on_hand` counts the units in the building, `held` those of them promised to orders; only
    `catalog.stock` changes either.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="variants")
    sku = models.CharField("SKU", max_length=40, unique=True)
    label = models.CharField(max_length=80, blank=True)
    options = models.JSONField(default=dict, blank=True)
    price = models.PositiveBigIntegerField()
    # While a sale runs: the price it returns to. Written by `catalog.prices` alone.
    usual_price = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    weight_g = models.PositiveIntegerField("weight (g)", default=0)
    on_hand = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = VariantQuerySet.as_manager()

    # The sale to tell of on its product's page; set by the view.
    sale: Sale | None = None

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(held__gte=0) & Q(held__lte=F("on_hand")), name="catalog_variant_held_within_on_hand"
            ),
            models.CheckConstraint(condition=Q(price__gt=0), name="catalog_variant_price_positive"),
        ]
        indexes = [
            models.Index(fields=["product", "price"], name="catalog_variant_offer", condition=Q(is_active=True)),
            models.Index(fields=["price"], name="catalog_variant_price", condition=Q(is_active=True)),
        ]

    def __str__(self) -> str:
        return self.sku

    @property
    def shown_label(self) -> str:
        """Which one it is, in the language that is spoken."""
        from catalog.saying import say  # noqa: PLC0415 - it reads models

        return say(self.label)

    @property
    def available(self) -> int:
        """Units nobody has been promised yet."""
        return self.on_hand - self.held

    @property
    def is_sold_out(self) -> bool:
        """True when not one unit is left to promise."""
        return self.on_hand <= self.held

    @property
    def is_scarce(self) -> bool:
        """True when the shop should say how few are left."""
        return 0 < self.available <= SCARCE_UNITS
