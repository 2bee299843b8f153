"""A photograph or drawing of a product."""

from __future__ import annotations

from django.db import models

from catalog.models.product import Product
from catalog.models.renditions import Renditions


class Picture(Renditions):
    """One picture of a product; position 0 is the one that cards show."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="pictures")
    position = models.PositiveSmallIntegerField(default=0)
    alt = models.CharField("what it shows", max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "position"], name="catalog_picture_place"),
            models.CheckConstraint(condition=~models.Q(alt="") & ~models.Q(stem=""), name="catalog_picture_complete"),
        ]

    def __str__(self) -> str:
        return f"{self.stem} ({self.position})"

    @property
    def shown_alt(self) -> str:
        """What it shows, in the language that is spoken; needs `spoken_pictures`."""
        return vars(self).get("spoken_alt") or self.alt
