"""A photograph or drawing of a product, in several sizes and formats."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.db import models

from catalog.models.product import Product


class Picture(models.Model):
    """One picture of a product. The files are `<stem>-<width>.<format>` in the default storage.

    `width` and `height` are those of the widest rendition: pages print them so that nothing jumps
    while loading. Written by `catalog.pictures`.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="pictures")
    position = models.PositiveSmallIntegerField(default=0)
    alt = models.CharField("what it shows", max_length=200)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    stem = models.CharField(max_length=120, editable=False)
    widths = models.JSONField(default=list, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "position"], name="catalog_picture_place"),
            models.CheckConstraint(condition=~models.Q(alt=""), name="catalog_picture_has_alt"),
        ]

    def __str__(self) -> str:
        return f"{self.stem} ({self.position})"

    def _srcset(self, extension: str) -> str:
        base = default_storage.url(self.stem)
        return ", ".join(f"{base}-{width}.{extension} {width}w" for width in self.widths)

    @property
    def avif(self) -> str:
        """The `srcset` of the AVIF renditions."""
        return self._srcset("avif")

    @property
    def webp(self) -> str:
        """The `srcset` of the WebP renditions."""
        return self._srcset("webp")

    @property
    def src(self) -> str:
        """One address for a browser that reads no `srcset`: the middle width, in WebP."""
        return f"{default_storage.url(self.stem)}-{self.widths[len(self.widths) // 2]}.webp"

    @property
    def thumbnail(self) -> str:
        """The smallest rendition, for cart lines and galleries."""
        return f"{default_storage.url(self.stem)}-{self.widths[0]}.webp"
