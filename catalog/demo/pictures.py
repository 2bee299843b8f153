"""Draws the demo shop's pictures: `draw` for products, `draw_category` for shelves, `draw_hero` for the front page."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from PIL import Image

from catalog.demo.categories import CATEGORIES
from catalog.demo.drawing import beds, cat_toys, cats, grooming, kitchen, litter, polishers, small, toys, travel, walks
from catalog.demo.drawing.backdrop import draw_backdrop
from catalog.demo.drawing.canvas import Canvas, add_grain
from catalog.demo.drawing.colours import PALETTES, Palette
from catalog.demo.drawing.hero import paint_hero
from catalog.demo.drawing.scenes import scene_for
from catalog.demo.records import Picture

type Drawer = Callable[[Canvas, Palette, str], None]

DRAWERS: dict[str, Drawer] = {
    "collar": walks.collar, "lead": walks.lead, "bow": walks.bow, "tag": walks.tag, "harness": walks.harness,
    "coat": walks.coat, "boots": walks.boots, "bed": beds.bed, "ball": toys.ball, "rope": toys.rope, "duck": toys.duck,
    "disc": toys.disc, "puzzle": toys.puzzle, "chew": toys.chew, "tug": toys.tug, "brush": grooming.brush,
    "comb": grooming.comb, "bottle": grooming.bottle, "tin": grooming.tin, "mitt": grooming.mitt,
    "polisher": polishers.polisher, "cat_tree": cats.cat_tree, "post": cats.post, "wave": cats.wave,
    "hammock": cats.hammock, "wand": cat_toys.wand, "mouse": cat_toys.mouse, "tunnel": cat_toys.tunnel, "balls": cat_toys.balls,
    "fish": cat_toys.fish, "scoop": litter.scoop, "tray": litter.tray, "hood": litter.hood, "mat": litter.mat,
    "bowl": kitchen.bowl, "fountain": kitchen.fountain, "jar": kitchen.jar, "bag": kitchen.bag,
    "sticks": kitchen.sticks, "carrier": travel.carrier, "backpack": travel.backpack, "crate": travel.crate,
    "booster": travel.booster, "flask": travel.flask, "towel": travel.towel, "blanket": travel.blanket,
    "cave": travel.cave, "hutch": small.hutch, "hayrack": small.hayrack, "drip": small.drip, "feeder": small.feeder,
    "nestbox": small.nestbox, "birdbath": small.birdbath,
}  # fmt: skip

HERO_SIZE = (1600, 900)


def draw(picture: Picture, size: int = 1200, view: int = 0) -> Image.Image:
    """Draw a product, `size` pixels square. View 1 shows it in use, for pictures that `has_scene`.

    Raises KeyError for a kind or palette nobody has drawn, ValueError for a view there is none of.
    """
    palette, drawer = PALETTES[picture.palette], DRAWERS[picture.kind]
    stage = scene_for(picture.kind, picture.style, picture.palette)
    if view not in (0, 1) or (view == 1 and stage is None):
        raise ValueError(f"There is no view {view} of {picture.slug}.")
    c = Canvas(size, size)
    # A sum that is the same on every machine: neighbours on a shelf get different rooms.
    room = zlib.crc32(picture.slug.encode()) + view
    draw_backdrop(c, palette, room)
    if view == 1 and stage is not None:
        stage(c, palette, picture.style, drawer)
    else:
        drawer(c, palette, picture.style)
    return add_grain(c.image)


def has_scene(picture: Picture) -> bool:
    """Tell whether `draw` knows a second view."""
    return scene_for(picture.kind, picture.style, picture.palette) is not None


def draw_category(slug: str, size: int = 1200) -> Image.Image:
    """Draw a shelf's picture. Raises KeyError for a slug that is no category."""
    return draw({category.slug: category.picture for category in CATEGORIES}[slug], size)


def draw_hero(size: tuple[int, int] = HERO_SIZE) -> Image.Image:
    """Draw the front page's picture: a gleaming dog, a Dog Polisher and a ringing telephone."""
    width, height = size
    c = Canvas(width, height, units=1600.0)
    paint_hero(c, height * 1600.0 / width)
    return add_grain(c.image)
