"""The demo shop's drawings: all there, the same every time, and never a blank sheet."""

from functools import cache

import pytest
from PIL import Image

from catalog.demo.pictures import draw, draw_category, draw_hero, has_scene
from catalog.demo.products import CATEGORIES, PRODUCTS, Picture, Product

SIZE = 120
SHOTS = [pytest.param(shot.picture, shot.view, id=f"{shot.picture.slug}-{shot.view}") for p in PRODUCTS for shot in p.shots]


@cache
def drawn(picture: Picture, view: int = 0) -> Image.Image:
    """A drawing that several tests look at."""
    return draw(picture, SIZE, view)


def largest_share(image: Image.Image) -> float:
    """The share of the commonest colour, in 16 steps per channel."""
    coarse = image.convert("RGB").point([value // 16 * 16 for value in range(256)] * 3)
    counts = coarse.getcolors(maxcolors=image.width * image.height)
    assert counts
    return max(count for count, _ in counts) / (image.width * image.height)


@pytest.mark.parametrize(("picture", "view"), SHOTS)
def test_a_drawing_is_square_and_not_mostly_one_colour(picture: Picture, view: int) -> None:
    image = drawn(picture, view)
    assert image.size == (SIZE, SIZE)
    assert image.mode == "RGB"
    assert largest_share(image) < 0.5


def test_a_drawing_is_the_same_every_time() -> None:
    picture = Picture("polisher", "ruby", "grand", 3)
    assert draw(picture, 200).tobytes() == draw(picture, 200).tobytes()
    assert draw(picture, 200).tobytes() != draw(picture, 200, view=1).tobytes()


def test_no_two_products_look_alike() -> None:
    assert len({drawn(product.picture).tobytes() for product in PRODUCTS}) == len(PRODUCTS)


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.slug)
def test_a_second_shot_is_described_exactly_where_one_can_be_drawn(product: Product) -> None:
    assert (len(product.shots) == 2) == has_scene(product.picture)


def test_a_view_nobody_has_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match="no view 1 of comb"):
        draw(Picture("comb", "walnut"), SIZE, view=1)
    with pytest.raises(ValueError, match="no view 2"):
        draw(Picture("ball", "coral"), SIZE, view=2)
    with pytest.raises(KeyError):
        draw(Picture("unicorn", "coral"), SIZE)


def test_every_category_has_a_picture() -> None:
    assert {draw_category(category.slug, SIZE).size for category in CATEGORIES} == {(SIZE, SIZE)}


def test_the_hero_takes_the_shape_it_is_asked_for() -> None:
    assert draw_hero((320, 180)).size == (320, 180)
    assert largest_share(draw_hero((320, 180))) < 0.5
