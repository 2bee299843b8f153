"""Cat furniture."""

from __future__ import annotations

import math
import random

from catalog.demo.drawing.canvas import Canvas, Linear, fade
from catalog.demo.drawing.colours import (
    CREAM,
    DUSK,
    OAK,
    ROPE,
    STEEL,
    Colour,
    Palette,
    dark,
    light,
    mix,
    rgb,
)
from catalog.demo.drawing.shapes import Part, Shape, blob, box, curve, line, oval, pillow, poly, spline, together


def sisal(c: Canvas, x: float, top: float, bottom: float, width: float) -> None:
    """A post wound in rope."""
    post = box(x - width / 2, top, width, bottom - top, 6)
    c.body(post, ROPE, depth=width * 0.4, shade=0.5,
           paint=Linear(((0, dark(ROPE, 0.14)), (0.3, light(ROPE, 0.3)), (1, dark(ROPE, 0.32))), 0))  # fmt: skip
    with c.within(post):
        y = top
        while y < bottom + 12:
            wind = curve((x - width / 2 - 4, y - 7), (x, y + 3), (x + width / 2 + 4, y - 1), width=3.2)
            c.fill(wind, dark(ROPE, 0.42), opacity=0.75)
            y += 13


def _platform(c: Canvas, x: float, y: float, rx: float, p: Palette) -> None:
    ry = rx * 0.24
    c.glow(oval(x, y + 44, rx * 0.7, ry), DUSK, blur=18, opacity=0.28)
    c.body(oval(x, y + 22, rx, ry) + box(x - rx, y, 2 * rx, 22), light(OAK, 0.1), depth=14, shade=0.45)
    c.body(oval(x, y, rx, ry), light(OAK, 0.22), depth=10, shade=0.2)
    c.body(oval(x, y - 14, rx * 0.88, ry * 0.86) + box(x - rx * 0.88, y - 26, rx * 1.76, 14), p.main, depth=20, shade=0.45)
    c.body(oval(x, y - 26, rx * 0.88, ry * 0.82), light(p.main, 0.08), depth=24, shade=0.25)


def cat_tree(c: Canvas, p: Palette, _style: str) -> None:
    """A den, two posts, two platforms."""
    c.shadow(500, 872, 320, 40, 0.46)
    c.body(box(206, 838, 588, 38, 16), light(OAK, 0.1), depth=14)
    sisal(c, 640, 220, 842, 62)
    sisal(c, 330, 430, 640, 58)
    den = box(222, 606, 300, 236, 40)
    c.glow(den.moved(8, 8), DUSK, blur=14, opacity=0.3)
    c.body(den, light(OAK, 0.16), depth=30, shade=0.45)
    c.body(oval(372, 730, 88), dark(OAK, 0.1), depth=10)
    c.body(oval(374, 733, 78), dark(p.main, 0.72), depth=24, shine=0.0)
    with c.within(oval(374, 733, 78)):
        c.body(oval(372, 806, 90, 36), p.main, depth=16)
    _platform(c, 352, 448, 160, p)
    _platform(c, 630, 232, 186, p)
    c.body(line(((776, 262), (780, 400)), 4), dark(ROPE, 0.3), depth=1)
    c.body(oval(780, 424, 34), p.accent, depth=16)
    dice = random.Random(2)
    for _ in range(60):
        a = dice.uniform(0, math.tau)
        c.fill(
            line(((780, 424), (780 + 38 * math.cos(a), 424 + 38 * math.sin(a))), 3),
            light(p.accent, dice.uniform(0, 0.4)),
            opacity=0.7,
        )


def post(c: Canvas, p: Palette, _style: str) -> None:
    """One tall post on a square base, with a pompom."""
    c.shadow(500, 866, 260, 42, 0.46)
    c.body(poly((300, 800), (700, 800), (760, 852), (240, 852)) + box(240, 842, 520, 34, 10), OAK, depth=14, shade=0.4)
    c.fill(poly((308, 803), (692, 803), (748, 848), (252, 848)), fade(light(OAK, 0.3), light(OAK, 0.1)))
    c.glow(oval(520, 828, 110, 18), DUSK, blur=14, opacity=0.4)
    sisal(c, 500, 190, 828, 112)
    c.body(pillow(500, 178, 82, 34, 3), OAK, depth=18, shine=0.6)
    c.body(curve((560, 180), (640, 200), (660, 300), (650, 420), width=6), dark(ROPE, 0.3), depth=2)
    pompom(c, 648, 470, 54, p.main)


def pompom(c: Canvas, x: float, y: float, r: float, colour: Colour) -> None:
    """A ball of wool ends."""
    c.body(oval(x, y, r), colour, depth=r * 0.5)
    dice = random.Random(6)
    for _ in range(150):
        a, reach = dice.uniform(0, math.tau), dice.uniform(0.5, 1.12)
        tone = mix(
            light(colour, 0.4),
            dark(colour, 0.3),
            min(1.0, max(0.0, 0.5 + 0.5 * math.sin(a - 0.8) + dice.uniform(-0.2, 0.2))),
        )
        start = (x + r * (reach - 0.45) * math.cos(a), y + r * (reach - 0.45) * math.sin(a))
        c.fill(line((start, (x + r * reach * math.cos(a), y + r * reach * math.sin(a))), (5, 3)), tone, opacity=0.85)


def wave(c: Canvas, _p: Palette, _style: str) -> None:
    """A scratch lounger of corrugated card."""
    c.shadow(500, 830, 400, 40, 0.46)
    card = rgb("cfa272")
    upper = [(100, 640), (220, 560), (350, 620), (500, 690), (650, 640), (780, 560), (900, 640)]
    lower = [(900, 760), (850, 822), (700, 770), (500, 826), (300, 770), (150, 822), (100, 760)]
    face = Shape((Part((*spline(upper), *spline(lower))),))
    lid = Shape((Part((*spline(upper), *reversed(spline([(x * 0.86 + 70, y - 66) for x, y in upper])))),))
    c.body(lid, light(card, 0.2), depth=20, shade=0.25)
    with c.within(lid):
        for i in range(44):
            x = 90 + i * 19
            c.fill(line(((x * 0.86 + 70, 430), (x, 780)), 2.5), dark(card, 0.3), opacity=0.28)
    c.body(face, card, depth=34, shade=0.45)
    with c.within(face):
        for layer in range(13):
            drop = layer * 17.0
            holes = (
                oval(x, y + drop * (1.0 - 0.1 * math.sin(x / 130)) + (-2.4 if i % 2 else 2.4), 4.6)
                for i, (x, y) in enumerate(spline(upper, steps=14))
            )
            c.fill(together(holes), dark(card, 0.55), opacity=0.6)
            c.fill(line([(x, y + drop + 8) for x, y in spline(upper)], 3), light(card, 0.35), opacity=0.75)
    c.fill(line(spline(upper), 7), light(card, 0.45))


def hammock(c: Canvas, p: Palette, _style: str) -> None:
    """A window with hills and a hammock hung from it."""
    hammock_back(c, p)
    hammock_front(c, p)


def hammock_back(c: Canvas, _p: Palette) -> None:
    """The window and the cables."""
    c.body(box(150, 70, 700, 730, 10), rgb("fbf6ec"), depth=14, shade=0.4)
    pane = box(186, 106, 628, 658, 4)
    c.fill(pane, Linear(((0, rgb("a8d4e8")), (0.6, rgb("e4f1ee")), (1, rgb("f8efd8"))), 90))
    with c.within(pane):
        c.fill(oval(690, 220, 60), rgb("fff3cf"))
        for x, y, k in ((300, 230, 1.0), (470, 170, 0.6)):
            with c.at(x, y, k):
                c.fill(oval(0, 0, 70, 24) + oval(-30, -18, 36, 28) + oval(24, -24, 42, 32), (255, 255, 255), opacity=0.85)
        c.fill(blob((100, 620), (300, 520), (520, 590), (700, 530), (900, 600), (900, 900), (100, 900)), rgb("a9c9a0"))
        c.fill(blob((100, 690), (260, 640), (500, 690), (720, 640), (920, 690), (900, 900), (100, 900)), rgb("7fae80"))
        for x, y in ((280, 640), (320, 650), (700, 640)):
            c.fill(poly((x, y - 70), (x + 26, y + 10), (x - 26, y + 10)), rgb("5c8f6b"))
        c.glow(poly((220, 90), (380, 90), (200, 780), (40, 780)), CREAM, blur=14, opacity=0.22)
    c.body(box(486, 100, 28, 668), rgb("fbf6ec"), depth=9)
    c.body(box(120, 792, 760, 50, 12), rgb("fbf6ec"), depth=16, shade=0.4)
    for side in (-1, 1):
        c.fill(line(((500 + side * 250, 300), (500 + side * 268, 610)), 5), dark(STEEL, 0.4))
        c.body(oval(500 + side * 250, 290, 40), mix(STEEL, CREAM, 0.4), depth=14, shade=0.4, shine=0.7)
        c.body(oval(500 + side * 250, 290, 15), dark(STEEL, 0.2), depth=6)


def hammock_front(c: Canvas, p: Palette) -> None:
    """The canvas that a cat lies in."""
    sling = blob(
        (216, 600),
        (300, 616),
        (500, 624),
        (700, 616),
        (784, 600),
        (770, 660),
        (680, 722),
        (500, 744),
        (320, 722),
        (230, 660),
    )
    c.glow(sling.moved(0, 20), DUSK, blur=18, opacity=0.3)
    c.body(sling, p.main, depth=44, shade=0.5)
    with c.within(sling):
        for i in range(5):
            c.fill(curve((210, 634 + i * 24), (500, 664 + i * 24), (790, 634 + i * 24), width=6), p.second, opacity=0.7)
    c.body(curve((206, 602), (350, 622), (500, 628), (650, 622), (794, 602), width=24), dark(p.main, 0.16), depth=9)
    for side in (-1, 1):
        c.body(oval(500 + side * 290, 602, 20), dark(STEEL, 0.1), depth=8, shine=0.8)
