"""What the shopper reads about; what is bought is one of its variants."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, FilteredRelation, Q
from django.urls import reverse

from catalog.models.category import Category
from store.language import current_language

if TYPE_CHECKING:
    from catalog.models.picture import Picture
    from catalog.models.variant import Variant


# What `catalog.selectors.with_cards` reads of the picture at the front, under these names with "front_" before them.
FRONT = ("stem", "widths", "width", "height", "alt")


class TaxClass(models.TextChoices):
    """How the law taxes a product; what each comes to is said by the tables of rates, by country, state and day."""

    STANDARD = "standard", "Standard"
    REDUCED = "reduced", "Reduced"
    SECOND_REDUCED = "reduced_2", "Second reduced"
    ZERO = "zero", "Zero or exempt"


class ProductQuerySet(models.QuerySet["Product"]):
    """The questions pages ask."""

    def listed(self) -> ProductQuerySet:
        """Products a shopper may see: active, with at least one active variant."""
        return self.filter(is_active=True, price_from__isnull=False)

    def in_categories(self, category_ids: Collection[int]) -> ProductQuerySet:
        """Products standing directly on one of these shelves."""
        return self.filter(category_id__in=category_ids)

    def spoken(self, *, also: Collection[str] = ()) -> ProductQuerySet:
        """Add the names, and `also` other columns of `ProductText`, in the language that is spoken: by a join, no query."""
        language = current_language()
        if language == settings.LANGUAGE_CODE:
            return self
        words = {f"spoken_{name}": F(f"spoken_text__{name}") for name in ("name", *also)}
        return self.annotate(spoken_text=FilteredRelation("texts", condition=Q(texts__language=language)), **words)


class Product(models.Model):
    """A thing on the shelf, sold as one or more variants.

    `price_from` is the lowest price of its active variants in minor units, kept true by database
    triggers (`catalog.triggers`), so that sorting by price needs no join; it is null when there is none.
    """

    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="products")
    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=120)
    brand = models.CharField(max_length=80, blank=True)
    tagline = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    # Pairs of label and value, in the order the page shows them (jsonb objects forget their order).
    facts = models.JSONField(default=list, blank=True)
    # What a shopper chooses, in the order it is offered: [["Size", ["Small", "Large"]], ["Colour", ["Teal"]]]. Each
    # variant's `options` names one value of each. None: the order of the variants decides (`catalog.matrix`). Nullable
    # without a default, as SQLite would make the table anew otherwise, which its triggers refuse.
    option_types = models.JSONField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_featured = models.BooleanField(default=False)
    related = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="+", verbose_name="goes with")
    # None is the standard one: nullable for the reason above.
    tax_class = models.CharField(
        max_length=10,
        choices=TaxClass.choices,
        null=True,
        blank=True,
        help_text="Standard unless the law taxes it less where you sell it, as food or books in much of the EU.",
    )
    price_from = models.PositiveBigIntegerField(null=True, editable=False)
    created_at = models.DateTimeField()

    objects = ProductQuerySet.as_manager()

    # Filled by `catalog.selectors`.
    card_variants: list[Variant]
    card_pictures: list[Picture]
    page_variants: list[Variant]
    page_pictures: list[Picture]

    class Meta:
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="catalog_product_newest"),
            models.Index(fields=["price_from", "id"], name="catalog_product_price"),
            models.Index(fields=["name", "id"], name="catalog_product_name"),
            models.Index(
                fields=["-created_at"], name="catalog_product_featured", condition=Q(is_featured=True, is_active=True)
            ),
            models.Index(
                fields=["category", "-created_at", "-id"],
                name="catalog_product_shelf",
                condition=Q(is_active=True, price_from__isnull=False),
            ),
            # Which of many found elsewhere are on the shelves is read here, not from the wide rows themselves.
            models.Index(fields=["id"], name="catalog_product_shown", condition=Q(is_active=True, price_from__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Address of the product's page."""
        return reverse("catalog:product", args=[self.slug])

    @property
    def shown_name(self) -> str:
        """Its name in the language that is spoken; needs `spoken`, or `spoken_with_lines`."""
        return self._shown("name")

    @property
    def shown_tagline(self) -> str:
        """Its one line; needs `spoken`."""
        return self._shown("tagline")

    @property
    def shown_description(self) -> str:
        """What there is to say of it; needs `spoken`."""
        return self._shown("description")

    @property
    def picture_words(self) -> str:
        """What the picture on its card shows; its name, where the language is another than the picture's. Needs `spoken`."""
        picture = self.first_picture
        spoken = vars(self).get("spoken_name")
        return spoken or (picture.alt if picture else "")

    def _shown(self, column: str) -> str:
        row = vars(self)
        told = row.get("spoken_texts") or ()  # prefetched, where the product itself was joined to something
        words: str = row.get(f"spoken_{column}") or next((getattr(text, column) for text in told), "")
        return words or getattr(self, column)

    @property
    def first_picture(self) -> Picture | None:
        """The picture a card shows; needs `with_cards`, or its own `card_pictures`."""
        from catalog.models.picture import Picture  # noqa: PLC0415 - pictures know products, not the other way round

        row = vars(self)
        if "card_pictures" in row:
            return self.card_pictures[0] if self.card_pictures else None
        if not row["front_stem"]:
            return None
        return Picture(product_id=self.pk, **{name: row[f"front_{name}"] for name in FRONT})

    @property
    def has_price_range(self) -> bool:
        """True when its variants cost different amounts; needs `with_cards`."""
        return any(variant.price != self.price_from for variant in self.card_variants)

    @property
    def is_sold_out(self) -> bool:
        """True when no variant has a unit left; needs `with_cards`."""
        return all(variant.is_sold_out for variant in self.card_variants)
