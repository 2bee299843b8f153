"""The demo shelves hold what the shop promises."""

import re

from catalog.demo import german
from catalog.demo.products import CATEGORIES, PRODUCTS, leaf_categories, more_products


def test_there_are_at_least_64_products_on_8_shelves() -> None:
    assert len(PRODUCTS) >= 64
    assert len(leaf_categories()) >= 8
    assert {product.category for product in PRODUCTS} == {category.slug for category in leaf_categories()}


def test_every_category_hangs_below_one_that_comes_before_it() -> None:
    seen: set[str | None] = {None}
    for category in CATEGORIES:
        assert category.parent in seen
        assert category.slug not in seen
        seen.add(category.slug)


def test_slugs_and_skus_are_unique_and_fit_their_columns() -> None:
    slugs = [product.slug for product in PRODUCTS]
    skus = [variant.sku for product in PRODUCTS for variant in product.variants]
    assert len(set(slugs)) == len(slugs)
    assert len(set(skus)) == len(skus)
    assert max(map(len, skus)) <= 32
    assert max(len(product.line) for product in PRODUCTS) <= 90


def test_three_dog_polishers_and_the_grand_salon_is_the_dearest_by_far() -> None:
    polishers = [product.price for product in PRODUCTS if product.category == "dog-polishers"]
    assert sorted(polishers) == [4900, 18900, 89900]
    others = [variant.price for product in PRODUCTS for variant in product.variants if variant.price != 89900]
    assert max(others) * 2 <= 89900


def test_every_product_can_be_bought_weighed_and_described() -> None:
    for product in PRODUCTS:
        assert product.variants
        assert all(variant.price > 0 and variant.weight_grams > 0 for variant in product.variants)
        assert all([name for name, _ in v.choices] == [o.name for o in product.options] for v in product.variants)
        assert 2 <= len(product.description.split("\n\n")) <= 4
        assert len(product.facts) >= 3


def test_everything_on_the_shelves_is_said_in_german() -> None:
    slugs = {product.slug for product in PRODUCTS}
    assert set(german.PRODUCTS) == set(german.DESCRIPTIONS) == slugs
    assert {category.slug for category in CATEGORIES} == set(german.CATEGORIES)
    options = {text for product in PRODUCTS for option in product.options for text in (option.name, *option.values)}
    same = {"S", "XS"}  # and what begins with a number and a measure that is written alike
    assert {text for text in options if not text[0].isdigit()} - set(german.PHRASES) == same
    for product in PRODUCTS:  # paragraph by paragraph
        assert german.DESCRIPTIONS[product.slug].count("\n\n") == product.description.count("\n\n"), product.slug
        assert len(german.ALTS[product.slug]) == len(product.shots), product.slug
    facts = {value for product in PRODUCTS for _, value in product.facts}
    assert set(german.FACTS) <= facts
    assert german.measure("Up to 6.4 kg, 70 by 50 to 110 by 80 cm") == "Bis 6,4 kg, 70 mal 50 bis 110 mal 80 cm"
    # What is neither said nor measured in words: a number and its unit, alike in both.
    left = {text for text in facts - set(german.FACTS) - set(german.PHRASES) if german.measure(text) == text}
    assert {text for text in left if not re.fullmatch(r"\d+ (?:cm|mm|kg|g|ml|kcal)", text)} == set()


def test_some_variants_are_low_and_some_are_sold_out() -> None:
    on_hand = [variant.on_hand for product in PRODUCTS for variant in product.variants]
    assert on_hand.count(0) >= 5
    assert sum(0 < count <= 3 for count in on_hand) >= 5


def test_every_picture_says_in_words_what_it_shows() -> None:
    for product in PRODUCTS:
        assert [shot.view for shot in product.shots] == list(range(len(product.shots)))
        assert all(20 <= len(shot.alt) <= 180 and shot.alt.endswith(".") for shot in product.shots)
    assert sum(len(product.shots) > 1 for product in PRODUCTS) >= 20


def test_more_products_are_unique_and_the_same_every_time() -> None:
    products = list(more_products(2000))
    assert len(products) == 2000
    assert products == list(more_products(2000))
    everything = [*PRODUCTS, *products]
    assert len({product.slug for product in everything}) == len(everything)
    skus = [variant.sku for product in everything for variant in product.variants]
    assert len(set(skus)) == len(skus)


def test_more_products_share_the_drawings_and_stay_cheaper_than_the_grand_salon() -> None:
    products = list(more_products(2000))
    assert {product.picture for product in products} <= {product.picture for product in PRODUCTS}
    assert len({product.picture for product in PRODUCTS}) <= 80
    prices = [variant.price for product in products for variant in product.variants]
    assert min(prices) > 0
    assert max(prices) * 2 <= 89900
    assert len({product.name for product in products}) > 1900


def test_categories_show_a_picture_that_a_product_has_too() -> None:
    assert {category.picture for category in CATEGORIES} <= {product.picture for product in PRODUCTS}
