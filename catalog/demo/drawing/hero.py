"""The front page's picture: a gleaming dog, a Dog Polisher, and the telephone that rings before anything ships."""

from __future__ import annotations

import math

from catalog.demo.drawing.animals import DOGS, draw_collar_on, draw_dog, sparkles
from catalog.demo.drawing.canvas import Canvas, Radial, fade
from catalog.demo.drawing.colours import BRASS, CREAM, DUSK, INK, PALETTES, WALNUT, dark, light, mix, rgb
from catalog.demo.drawing.polishers import draw_parlour
from catalog.demo.drawing.shapes import Part, Shape, arc, blob, box, curve, line, oval, poly

# The picture is 1600 units wide; its height follows its shape.
WIDTH = 1600.0


def paint_hero(c: Canvas, height: float) -> None:
    """Paint a hall with everything standing in it. The left third stays calm, for words laid over it."""
    floor = height * 0.8
    wall = rgb("f3cfae")
    c.fill(
        box(0, 0, WIDTH, height), Radial(((0, rgb("fbe6cb")), (0.55, wall), (1, rgb("e7b492"))), (980, height * 0.36), 1150)
    )
    with c.at(0, floor - 720):
        _hall(c, wall)
    ground = mix(rgb("d9a679"), wall, 0.35)
    c.fill(box(0, floor, WIDTH, height - floor + 2), fade(dark(ground, 0.08), light(ground, 0.2)))
    for i in range(5):
        y = floor + (height - floor) * (0.16 + 0.2 * i)
        c.fill(line(((-10, y), (1610, y)), 2), dark(ground, 0.2), opacity=0.5)
    c.glow(box(-40, floor - 2, WIDTH + 80, 9), DUSK, blur=10, opacity=0.2)
    c.glow(oval(900, floor + 70, 620, 70), rgb("fff3dc"), blur=50, opacity=0.3)
    with c.at(0, floor - 720):
        _rug(c)
        _table(c)
        with c.at(1438, 432, 0.72):
            draw_telephone(c)
        with c.at(1080, 800, 0.84), c.at(-490, -836):
            c.shadow(490, 836, 260, 34, 0.46)
            draw_parlour(c, PALETTES["teal"])
        with c.at(716, 812, 0.98, flip=True):
            draw_dog(
                c, DOGS["chestnut"], look=-0.55, gleaming=True, wear=lambda: draw_collar_on(c, PALETTES["teal"].main, BRASS)
            )
            sparkles(c, (152, -668, 48), (-176, -404, 30), (-206, -250, 26), (128, -96, 24), (240, -300, 38))


def _hall(c: Canvas, wall: tuple[int, int, int]) -> None:
    arch = Shape((Part((*arc(880, 350, 330, 330, 180, 360), (1210, 720), (550, 720))),))
    c.fill(arch, fade(rgb("fdf0dc"), rgb("f8dfc2")))
    with c.within(arch):
        c.glow(box(500, -40, 60, 780), DUSK, blur=30, opacity=0.14)
    c.fill(box(0, 560, 550, 160), fade(light(wall, 0.18), light(wall, 0.34)))
    c.fill(box(1210, 560, 390, 160), fade(light(wall, 0.18), light(wall, 0.34)))
    for x, w in ((0, 550), (1210, 390)):
        c.fill(box(x, 548, w, 13), fade(light(wall, 0.7), dark(wall, 0.12)))
        c.fill(box(x, 694, w, 26), fade(light(wall, 0.6), light(wall, 0.12)))
    for x in (30, 300, 1262):
        c.fill(box(x, 584, 236, 88, 4), dark(wall, 0.08))
        c.fill(box(x + 4, 589, 232, 83, 4), light(wall, 0.28))
    for x, pane in ((90, 190), (300, 190)):
        for y in (70, 290):
            c.glow(poly((x, y), (x + pane, y), (x + pane + 60, y + 196), (x + 60, y + 196)), CREAM, blur=9, opacity=0.4)
    # Portraits of the house's best customers.
    for x, y, k, name in ((1284, 40, 0.9, "golden"), (1440, 64, 0.72, "grey")):
        with c.at(x, y, k):
            c.glow(box(4, 10, 124, 154, 6), DUSK, blur=10, opacity=0.4)
            c.body(box(0, 0, 124, 154, 6), BRASS, depth=9, shade=0.5, shine=0.8)
            c.fill(box(14, 14, 96, 126, 3), rgb("cfe0d6"))
            coat = DOGS[name]
            with c.within(box(14, 14, 96, 126, 3)):
                c.body(oval(62, 150, 50, 44), coat.main, depth=14)
                c.body(oval(62, 82, 34, 36), coat.main, depth=12)
                c.body(oval(62, 100, 20, 17), coat.pale, depth=7)
                c.fill(oval(62, 92, 8, 6), INK)
                for side in (-1, 1):
                    c.fill(oval(62 + side * 14, 74, 4.5), INK)
                    c.body(oval(62 + side * 33, 80, 13, 28, side * -14), coat.ears, depth=6)


def _rug(c: Canvas) -> None:
    c.glow(oval(910, 832, 560, 62), DUSK, blur=10, opacity=0.25)
    for rx, ry, tone in (
        (552, 66, rgb("b8503f")),
        (520, 58, rgb("f2dcbd")),
        (500, 54, rgb("b8503f")),
        (440, 44, rgb("c9654f")),
    ):
        c.fill(oval(910, 826, rx, ry), tone)
    for i in range(64):
        a = math.tau * i / 64
        c.fill(oval(910 + 470 * math.cos(a), 826 + 49 * math.sin(a), 7, 3.5), rgb("f2dcbd"))


def _table(c: Canvas) -> None:
    c.shadow(1438, 800, 150, 20, 0.4)
    c.body(line(((1438, 470), (1438, 730)), 30), WALNUT, depth=12)
    c.body(oval(1438, 600, 26, 44), WALNUT, depth=14)
    for end in ((1352, 798), (1438, 812), (1524, 798)):
        c.body(curve((1438, 712), ((1438 + end[0]) / 2, 736), end, width=(26, 22, 18)), WALNUT, depth=9)
    c.body(oval(1438, 468, 150, 30), dark(WALNUT, 0.12), depth=12)
    c.body(oval(1438, 454, 150, 30), light(WALNUT, 0.1), depth=12, shade=0.3, shine=0.5)
    c.body(oval(1438, 450, 116, 18), rgb("f5ead6"), depth=6, shade=0.2)


def draw_telephone(c: Canvas) -> None:
    """A dial telephone, ringing, its feet on (0, 20), 300 wide."""
    red = PALETTES["ruby"].main
    c.glow(oval(4, 22, 150, 20), DUSK, blur=9, opacity=0.5)
    base = blob((-136, 14), (-128, -50), (-84, -126), (-50, -150), (50, -150), (84, -126), (128, -50), (136, 14), (0, 28))
    c.body(base, red, depth=34, shade=0.55, shine=0.5, paint=fade(light(red, 0.2), dark(red, 0.16), 65))
    c.body(box(-136, 2, 272, 20, 10), BRASS, depth=7, shade=0.5, shine=0.9)
    for x in (-62, 62):
        c.body(box(x - 12, -176, 24, 40, 8), BRASS, depth=8, shine=0.9)
    c.glow(oval(2, -46, 72), DUSK, blur=9, opacity=0.4)
    c.body(oval(0, -52, 72, 68), BRASS, depth=16, shade=0.5, shine=0.9)
    c.body(oval(0, -52, 58, 55), CREAM, depth=8, shade=0.25)
    for i in range(10):
        a = math.radians(-60 - i * 30)
        c.fill(oval(42 * math.cos(a), -52 + 39 * math.sin(a), 9.5, 9), dark(red, 0.4))
    c.body(oval(0, -52, 20, 19), BRASS, depth=8, shine=0.9)
    with c.at(0, -196, 1.0, angle=-7):
        bar = curve((-120, 4), (-70, -34), (0, -44), (70, -34), (120, 4), width=(34, 32, 30, 32, 34))
        c.glow(bar.moved(0, 10), DUSK, blur=8, opacity=0.3)
        c.body(bar, red, depth=14, shade=0.55, shine=0.6)
        for side in (-1, 1):
            c.body(
                blob(
                    (side * 88, -4), (side * 150, -14), (side * 172, 24), (side * 150, 52), (side * 96, 46), (side * 80, 22)
                ),
                red,
                depth=18,
                shade=0.5,
                shine=0.5,
            )
            c.body(oval(side * 126, 48, 40, 11), BRASS, depth=5, shine=0.8)
        c.gleam(curve((-96, -20), (-30, -48), (40, -48), width=(3, 9, 3)), 0.7, 3)
    c.gleam(curve((-112, -30), (-92, -90), (-66, -126), width=(5, 12, 5)), 0.6, 4)
    for i in range(9):
        loop = arc(i * 3 - 156 - 6 * math.sin(i * 1.6), i * 3 - 2, 12, 8, 0, 360)
        c.fill(line(loop, 5), dark(red, 0.45))
    for side in (-1, 1):
        for i in range(3):
            r = 56 + i * 30
            ring = line(arc(side * 150, -222, r, r, -62 if side > 0 else 180 - 18, 18 if side > 0 else 180 + 62), 8 - i)
            c.fill(ring, rgb("a8263d"), opacity=0.75 - i * 0.18)
