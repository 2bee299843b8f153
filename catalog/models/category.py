"""A shelf of the shop; shelves stand inside shelves."""

from django.db import models
from django.urls import reverse

from catalog.models.renditions import Renditions


class Category(Renditions):
    """A node of the category tree.

    `path` ("dogs/dog-polishers") is the address and is derived from the slugs above: write it only
    through `catalog.categories`.
    """

    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=80)
    blurb = models.CharField(max_length=240, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    path = models.CharField(max_length=240, unique=True, editable=False)

    class Meta:
        verbose_name_plural = "categories"
        constraints = [
            models.CheckConstraint(condition=~models.Q(path=""), name="catalog_category_has_path"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Address of the category's page."""
        return reverse("catalog:category", args=[self.path])
