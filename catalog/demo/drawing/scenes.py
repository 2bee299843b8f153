"""Second views: the product in use, in company."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from catalog.demo.drawing import beds, cats, polishers, travel, walks
from catalog.demo.drawing.animals import (
    CATS,
    DOGS,
    cat_head,
    draw_cat,
    draw_collar_on,
    draw_dog,
    draw_lying_cat,
    draw_sleeping_dog,
    draw_walking_dog,
    sparkles,
)  # fmt: skip
from catalog.demo.drawing.canvas import Canvas
from catalog.demo.drawing.colours import BRASS, CREAM, DUSK, STEEL, Palette, dark, light
from catalog.demo.drawing.guests import BIRDS, RABBITS, draw_bird, draw_rabbit
from catalog.demo.drawing.shapes import arc, curve, line, oval

type Drawer = Callable[[Canvas, Palette, str], None]
type Stage = Callable[[Canvas, Palette, str, Drawer], None]


@dataclass(frozen=True)
class Place:
    """Where something stands: x and y of its foot, how large, and whether it is mirrored."""

    x: float
    y: float
    k: float
    flip: bool = False


def _put(c: Canvas, place: Place, p: Palette, style: str, draw: Drawer) -> None:
    """Draw a product small: its own floor line (820) comes to stand at the place."""
    with c.at(place.x, place.y, place.k, flip=place.flip), c.at(-500, -820):
        draw(c, p, style)


def beside_dog(
    name: str,
    *,
    dog: Place,
    product: Place,
    pricked: bool = False,
    look: float = 0.9,
    front: bool = False,
    gleaming: bool = False,
) -> Stage:
    """A dog sits by the product; `front` draws the product over the dog."""

    def stage(c: Canvas, p: Palette, style: str, draw: Drawer) -> None:
        def collar() -> None:
            draw_collar_on(c, p.main if name != "black" else p.accent, BRASS, width=28)

        if not front:
            _put(c, product, p, style, draw)
        with c.at(dog.x, dog.y, dog.k):
            draw_dog(c, DOGS[name], pricked=pricked, look=look, gleaming=gleaming, wear=collar)
            if gleaming:
                sparkles(c, (-150, -650, 46), (168, -392, 30), (-206, -250, 34), (120, -96, 22))
        if front:
            _put(c, product, p, style, draw)

    return stage


def beside_cat(
    name: str, *, cat: Place, product: Place, look: float = 0.9, gaze_up: bool = False, front: bool = False
) -> Stage:
    """A cat sits by the product."""

    def stage(c: Canvas, p: Palette, style: str, draw: Drawer) -> None:
        if not front:
            _put(c, product, p, style, draw)
        with c.at(cat.x, cat.y, cat.k, flip=cat.flip):
            draw_cat(c, CATS[name], look=-look if cat.flip else look, gaze_up=gaze_up)
        if front:
            _put(c, product, p, style, draw)

    return stage


def beside_rabbit(name: str, *, rabbit: Place, product: Place) -> Stage:
    """A rabbit sits in front of or beside the product."""

    def stage(c: Canvas, p: Palette, style: str, draw: Drawer) -> None:
        _put(c, product, p, style, draw)
        with c.at(rabbit.x, rabbit.y, rabbit.k, flip=rabbit.flip):
            draw_rabbit(c, RABBITS[name])

    return stage


def with_bird(name: str, *, bird: Place, product: Place) -> Stage:
    """A bird stands on the product."""

    def stage(c: Canvas, p: Palette, style: str, draw: Drawer) -> None:
        _put(c, product, p, style, draw)
        with c.at(bird.x, bird.y, bird.k, flip=bird.flip):
            draw_bird(c, BIRDS[name])

    return stage


def worn(name: str, *, pricked: bool = False) -> Stage:
    """A dog wears a collar, a bow tie or a harness, seen from near."""

    def stage(c: Canvas, p: Palette, style: str, _draw: Drawer) -> None:
        def wear() -> None:
            if style == "spots":
                band = curve((-92, -420), (-66, -386), (0, -368), (66, -386), (92, -420), width=(12, 22, 24, 22, 12))
                c.body(band, dark(p.main, 0.2), depth=9)
                with c.at(0, -350, 0.44):
                    walks.draw_bow(c, p)
            elif style in ("stitched", "tartan", "reflective"):
                metal = BRASS if style == "stitched" else STEEL
                draw_collar_on(c, p.main, metal, width=42)
                neck = arc(0, -430, 98, 62, 22, 158)
                if style == "reflective":
                    c.fill(line(neck, 15), light(STEEL, 0.8))
                elif style == "tartan":
                    for x, y in neck[::2]:
                        c.fill(line(((x, y - 20), (x, y + 20)), 6), dark(p.main, 0.5), opacity=0.6)
                    c.fill(line(neck, 5), p.second, opacity=0.8)
                else:
                    walks.stitch(c, walks.arc_fine(0, -442, 92, 60, 28, 152), light(p.second, 0.2), width=3)
                    walks.stitch(c, walks.arc_fine(0, -416, 92, 62, 28, 152), light(p.second, 0.2), width=3)
            else:
                walks.wear_harness(c, p)

        with c.at(500, 1010, 1.28):
            draw_dog(c, DOGS[name], pricked=pricked, look=0.25, wear=wear)

    return stage


def walking(name: str) -> Stage:
    """A dog stands in profile in its coat."""

    def stage(c: Canvas, p: Palette, style: str, _draw: Drawer) -> None:
        with c.at(470, 830, 1.12):
            draw_walking_dog(c, DOGS[name], pricked=name == "cream", wear=lambda: walks.draw_coat(c, p, style))

    return stage


def sleeping(name: str, *, spot: Place, pricked: bool = False) -> Stage:
    """A dog curled up in a bed, behind its rim."""

    def stage(c: Canvas, p: Palette, style: str, _draw: Drawer) -> None:
        beds.bed_back(c, p, style)
        with c.at(spot.x, spot.y, spot.k):
            draw_sleeping_dog(c, DOGS[name], pricked=pricked)
        beds.bed_front(c, p, style)

    return stage


def lying_cat(name: str, *, spot: Place, asleep: bool = True) -> Stage:
    """A cat lies on top of the product."""

    def stage(c: Canvas, p: Palette, style: str, draw: Drawer) -> None:
        draw(c, p, style)
        with c.at(spot.x, spot.y, spot.k):
            c.glow(oval(10, 4, 180, 14), DUSK, blur=12, opacity=0.4)
            draw_lying_cat(c, CATS[name], asleep=asleep)

    return stage


def looking_out(name: str, *, spot: Place, hole: tuple[float, float, float, float]) -> Stage:
    """A cat's face in a hole."""

    def stage(c: Canvas, p: Palette, style: str, draw: Drawer) -> None:
        draw(c, p, style)
        with c.within(oval(*hole)):
            c.body(oval(spot.x, spot.y + 180 * spot.k, 170 * spot.k, 150 * spot.k), CATS[name].main, depth=40)
            with c.at(spot.x, spot.y, spot.k):
                cat_head(c, CATS[name], look=-0.3)

    return stage


def _in_hammock(c: Canvas, p: Palette, _style: str, _draw: Drawer) -> None:
    cats.hammock_back(c, p)
    with c.at(500, 640, 1.0):
        draw_lying_cat(c, CATS["ginger"], asleep=False)
    cats.hammock_front(c, p)


def _in_backpack(c: Canvas, p: Palette, _style: str, _draw: Drawer) -> None:
    travel.backpack_back(c, p)
    with c.within(oval(500, 462, 172)):
        c.body(oval(500, 640, 150, 130), CATS["grey"].main, depth=40)
        with c.at(500, 494, 0.98):
            cat_head(c, CATS["grey"], look=0.4)
    travel.backpack_front(c, p)


def _in_salon(c: Canvas, p: Palette, _style: str, _draw: Drawer) -> None:
    c.shadow(500, 846, 420, 44, 0.6)
    polishers.salon_back(c, p)
    with c.at(500, 792, 0.64):
        draw_dog(c, DOGS["golden"], look=0.0, gleaming=True)
    polishers.salon_front(c, p)
    sparkles(c, (436, 396, 40), (590, 520, 30), (404, 650, 26), (566, 690, 22))
    c.glow(oval(500, 560, 120, 190), CREAM, blur=70, opacity=0.14)


SCENES: dict[str, Stage] = {
    "collar-stitched": worn("chestnut"),
    "collar-tartan": worn("grey", pricked=True),
    "collar-reflective": worn("black"),
    "bow-spots": worn("cream", pricked=True),
    "harness": worn("tan"),
    "lead-rope": beside_dog("golden", dog=Place(380, 830, 1.02), product=Place(760, 860, 0.52), look=0.5, front=True),
    "coat-rain": walking("grey"),
    "coat-quilt": walking("chestnut"),
    "coat-robe": walking("cream"),
    "bed-ring": sleeping("chestnut", spot=Place(510, 690, 1.0)),
    "bed-sofa": sleeping("grey", spot=Place(510, 752, 1.1)),
    "bed-wicker": sleeping("cream", spot=Place(510, 716, 1.0), pricked=True),
    "ball": beside_dog("golden", dog=Place(370, 820, 1.02), product=Place(770, 870, 0.42), front=True),
    "rope": beside_dog("black", dog=Place(500, 780, 1.02), product=Place(510, 930, 0.66), look=0.1, front=True),
    "duck": beside_dog("brown", dog=Place(360, 820, 1.02), product=Place(760, 860, 0.5), pricked=True, front=True),
    "bottle-pump": beside_dog("black", dog=Place(370, 830, 1.02), product=Place(770, 850, 0.66), look=-0.7, front=True),
    "polisher-hand": beside_dog(
        "brown", dog=Place(360, 830, 1.04), product=Place(770, 860, 0.56), look=0.5, front=True, gleaming=True
    ),
    "polisher-upright": beside_dog(
        "black", dog=Place(290, 850, 1.0), product=Place(730, 840, 0.84), look=0.5, gleaming=True
    ),
    "polisher-grand": _in_salon,
    "cat_tree": beside_cat("grey", cat=Place(300, 880, 0.82), product=Place(640, 810, 0.92), gaze_up=True),
    "post": beside_cat("ginger", cat=Place(310, 860, 1.04), product=Place(690, 830, 0.98), look=0.5),
    "wave": lying_cat("black", spot=Place(500, 668, 1.2)),
    "hammock": _in_hammock,
    "wand": beside_cat("grey", cat=Place(320, 880, 0.94), product=Place(560, 860, 0.98), gaze_up=True, look=1.0),
    "mouse": beside_cat("ginger", cat=Place(400, 830, 1.12), product=Place(680, 880, 0.44), look=-1.0, front=True),
    "tunnel-cloth": looking_out("black", spot=Place(352, 650, 0.96), hole=(350, 606, 144, 184)),
    "hood": beside_cat("grey", cat=Place(290, 860, 0.94), product=Place(660, 820, 0.86), look=-0.6),
    "bowl-ceramic": beside_dog("brown", dog=Place(360, 810, 1.04), product=Place(740, 880, 0.6), front=True),
    "fountain": beside_cat("black", cat=Place(290, 830, 1.06), product=Place(690, 850, 0.76), front=True),
    "jar": beside_dog("golden", dog=Place(350, 830, 1.04), product=Place(760, 850, 0.7), front=True),
    "carrier": beside_cat("ginger", cat=Place(270, 870, 0.98), product=Place(640, 820, 0.84), look=-0.8),
    "backpack": _in_backpack,
    "towel": beside_dog("golden", dog=Place(350, 830, 1.04), product=Place(740, 850, 0.62), look=-0.3, front=True),
    "blanket": lying_cat("ginger", spot=Place(500, 596, 1.16)),
    "cave-plum": looking_out("black", spot=Place(500, 690, 0.86), hole=(500, 648, 184, 146)),
    "cave-mustard": beside_rabbit("brown", rabbit=Place(270, 880, 1.05, True), product=Place(630, 810, 0.84)),
    "hutch": beside_rabbit("white", rabbit=Place(780, 930, 0.76), product=Place(470, 800, 0.98)),
    "hayrack": beside_rabbit("brown", rabbit=Place(270, 870, 1.12, True), product=Place(650, 820, 0.8)),
    "feeder": with_bird("blue", bird=Place(680, 704, 0.84), product=Place(500, 820, 1.0)),
    "nestbox": with_bird("yellow", bird=Place(500, 214, 0.9), product=Place(500, 850, 1.0)),
    "birdbath": with_bird("blue", bird=Place(300, 410, 0.96, True), product=Place(500, 820, 1.0)),
}


def scene_for(kind: str, style: str, palette: str) -> Stage | None:
    """The stage for a picture, by kind and style, kind and palette, or kind alone."""
    return SCENES.get(f"{kind}-{style}") or SCENES.get(f"{kind}-{palette}") or SCENES.get(kind)
