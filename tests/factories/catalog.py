"""A believable shelf. Defaults: a leather collar in one size, twelve on hand, among the dog things."""

from __future__ import annotations

from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction, Sequence, SubFactory
from factory.django import DjangoModelFactory

from catalog.models import Category, Picture, Product, Variant
from catalog.selectors import forget_category_tree


class CategoryFactory(DjangoModelFactory[Category]):
    class Meta:
        model = Category
        django_get_or_create = ("path",)

    parent: Category | None = None
    slug = "dogs"
    name = LazyAttribute(lambda shelf: shelf.slug.replace("-", " ").title())
    blurb = "Everything for the animal who thinks every parcel is for them."
    path = LazyAttribute(lambda shelf: f"{shelf.parent.path}/{shelf.slug}" if shelf.parent else shelf.slug)

    @classmethod
    def _after_postgeneration(cls, instance: Category, create: bool, results: object = None) -> None:
        forget_category_tree()


class ProductFactory(DjangoModelFactory[Product]):
    class Meta:
        model = Product

    category = SubFactory(CategoryFactory)
    name = Sequence(lambda n: f"Harbour Leather Collar {n}")
    slug = LazyAttribute(lambda product: product.name.lower().replace(" ", "-"))
    brand = "Harbour & Heel"
    tagline = "Bridle leather that gets better with every walk."
    description = "Cut from one hide, stitched by hand, and meant to be handed down."
    facts = LazyFunction(lambda: [["Material", "Bridle leather, brass"], ["Weight", "90 g"]])
    created_at = LazyFunction(timezone.now)


class VariantFactory(DjangoModelFactory[Variant]):
    class Meta:
        model = Variant

    product = SubFactory(ProductFactory)
    sku = Sequence(lambda n: f"HH-COL-{n}")
    label = "Medium"
    options = LazyFunction(lambda: {"Size": "Medium"})
    price = 3200
    weight_g = 90
    on_hand = 12


class PictureFactory(DjangoModelFactory[Picture]):
    class Meta:
        model = Picture

    product = SubFactory(ProductFactory)
    position = 0
    alt = "A wide brown leather collar with a brass buckle."
    stem = "catalog/collar"
    widths = LazyFunction(lambda: [320, 640, 1200])
    width = 1200
    height = 1200
