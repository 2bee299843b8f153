"""Reads for other apps, categories, and what the database keeps true by itself."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from catalog.categories import UnableToPlaceCategory, place_category
from catalog.models import Category, Picture, Product, Variant
from catalog.selectors import category_tree, variants_for_lines
from tests.factories.catalog import CategoryFactory, PictureFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db


def test_lines_read_their_variants_products_and_pictures_in_two_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    variants = [VariantFactory.create() for _ in range(5)]
    for variant in variants:
        PictureFactory.create(product=variant.product)
    with django_assert_num_queries(2):
        lines = variants_for_lines(variant_ids=[variant.pk for variant in variants])
        assert [lines[variant.pk].product.name for variant in variants] == [variant.product.name for variant in variants]
        assert all(line.product.first_picture is not None for line in lines.values())


def test_the_tree_is_one_query_however_deep_and_none_the_second_time(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    shelf = None
    for slug in ("a", "b", "c", "d"):
        shelf = CategoryFactory.create(parent=shelf, slug=slug)
    with django_assert_num_queries(1):
        tree = category_tree()
    with django_assert_num_queries(0):
        category_tree()
    deepest = tree.by_path["a/b/c/d"]
    assert [above.category.path for above in tree.trail(deepest.pk)] == ["a", "a/b", "a/b/c", "a/b/c/d"]
    assert len(tree.roots[0].family) == 4


def test_renaming_a_category_carries_the_paths_below_it() -> None:
    dogs = CategoryFactory.create()
    collars = CategoryFactory.create(parent=dogs, slug="collars")
    CategoryFactory.create(parent=collars, slug="tartan")
    dogs.slug = "hounds"
    place_category(category=dogs)
    assert set(Category.objects.values_list("path", flat=True)) == {"hounds", "hounds/collars", "hounds/collars/tartan"}


def test_a_category_cannot_stand_inside_itself_or_on_a_taken_path() -> None:
    dogs = CategoryFactory.create()
    collars = CategoryFactory.create(parent=dogs, slug="collars")
    dogs.parent = collars
    with pytest.raises(UnableToPlaceCategory, match="inside itself"):
        place_category(category=dogs)
    with pytest.raises(UnableToPlaceCategory, match="already a category"):
        place_category(category=Category(parent=Category.objects.get(path="dogs"), slug="collars", name="Collars"))
    assert set(Category.objects.values_list("path", flat=True)) == {"dogs", "dogs/collars"}


def price_from(product: Product) -> int | None:
    return Product.objects.values_list("price_from", flat=True).get(pk=product.pk)


def test_the_lowest_price_follows_every_change_of_a_variant() -> None:
    product = ProductFactory.create()
    assert price_from(product) is None
    small = VariantFactory.create(product=product, price=500)
    large = VariantFactory.create(product=product, price=900)
    assert price_from(product) == 500
    Variant.objects.filter(pk=small.pk).update(price=700)
    assert price_from(product) == 700
    Variant.objects.filter(pk=small.pk).update(is_active=False)
    assert price_from(product) == 900
    other = ProductFactory.create()
    Variant.objects.filter(pk=large.pk).update(product=other)
    assert (price_from(product), price_from(other)) == (None, 900)
    large.delete()
    assert price_from(other) is None


def test_saving_a_stale_product_does_not_bring_an_old_price_back() -> None:
    product = ProductFactory.create()
    variant = VariantFactory.create(product=product, price=500)
    stale = Product.objects.get(pk=product.pk)
    Variant.objects.filter(pk=variant.pk).update(price=300)
    stale.name = "Renamed"
    stale.save()
    assert price_from(product) == 300
    Product.objects.update(price_from=1)
    assert price_from(product) == 300


@pytest.mark.parametrize("wrong", [{"held": 13}, {"on_hand": -1}, {"price": 0}, {"held": -1}])
def test_the_database_refuses_impossible_variants(wrong: dict[str, int]) -> None:
    variant = VariantFactory.create(on_hand=12)
    with pytest.raises(IntegrityError), transaction.atomic():
        Variant.objects.filter(pk=variant.pk).update(**wrong)
    variant.refresh_from_db()
    assert (variant.on_hand, variant.held, variant.price) == (12, 0, 3200)


def test_the_database_refuses_a_picture_without_words() -> None:
    product = ProductFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        PictureFactory.create(product=product, alt="")
    assert Picture.objects.count() == 0
