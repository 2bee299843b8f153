"""Bowls, a fountain, and treats."""

# ruff: noqa: PLR0917 - x, y, width and height read best as a plain row of numbers

from __future__ import annotations

import math
import random

from catalog.demo.drawing.canvas import Canvas, Linear, fade
from catalog.demo.drawing.colours import BISCUIT, CREAM, DUSK, INK, OAK, STEEL, WATER, Colour, Palette, dark, light, rgb
from catalog.demo.drawing.shapes import Part, Shape, arc, blob, box, curve, line, oval, spline
from catalog.demo.drawing.walks import draw_clip


def kibble(c: Canvas, x: float, y: float, rx: float, ry: float, count: int, heap: float = 0.0, seed: int = 1) -> None:
    """A heap of small biscuits."""
    dice = random.Random(seed)
    spots = []
    for _ in range(count):
        a, reach = dice.uniform(0, math.tau), math.sqrt(dice.random())
        px = x + rx * reach * math.cos(a)
        spots.append((y + ry * reach * math.sin(a) - heap * (1 - reach) ** 0.8, px))
    for py, px in sorted(spots):
        tone = dice.choice((BISCUIT, light(BISCUIT, 0.18), dark(BISCUIT, 0.14), rgb("a8693a")))
        r = dice.uniform(15, 20)
        c.fill(oval(px + 3, py + 7, r, r * 0.7), dark(BISCUIT, 0.75), opacity=0.4)
        c.body(oval(px, py, r, r * 0.74, dice.uniform(-30, 30)), tone, depth=7, shade=0.5, shine=0.5)


def bone(c: Canvas, x: float, y: float, angle: float, k: float = 1.0, colour: Colour = BISCUIT) -> None:
    """A biscuit in the shape of a bone."""
    with c.at(x, y, k, angle=angle):
        shape = line(((-40, 0), (40, 0)), 30)
        for bx, by in ((-48, -14), (-48, 14), (48, -14), (48, 14)):
            shape += oval(bx, by, 20)
        c.glow(shape.moved(3, 8), DUSK, blur=5, opacity=0.35)
        c.body(shape, colour, depth=11, shade=0.5, shine=0.5)
        for hx in (-22, 0, 22):
            c.fill(oval(hx, 0, 3.5), dark(colour, 0.45))


def small_fish(c: Canvas, x: float, y: float, angle: float, k: float = 1.0, colour: Colour = BISCUIT) -> None:
    """A biscuit in the shape of a smiling fish."""
    with c.at(x, y, k, angle=angle):
        shape = blob((-56, 0), (-30, -26), (10, -26), (38, -4), (62, -24), (62, 24), (38, 4), (10, 26), (-30, 26))
        c.glow(shape.moved(3, 8), DUSK, blur=5, opacity=0.35)
        c.body(shape, colour, depth=11, shade=0.5, shine=0.5)
        c.fill(oval(-32, -6, 4.5), dark(colour, 0.65))
        c.fill(curve((-48, 8), (-40, 13), (-30, 11), width=3), dark(colour, 0.6))


def bowl(c: Canvas, p: Palette, style: str) -> None:
    """A bowl of any style."""
    {"ceramic": _ceramic, "steel": _steel, "slow": _slow, "stand": _stand, "travel": _travel}[style](c, p)


def _water(c: Canvas, x: float, y: float, rx: float, ry: float) -> None:
    c.body(oval(x, y, rx, ry), WATER, depth=16, shade=0.4, shine=0.2, paint=fade(dark(WATER, 0.22), light(WATER, 0.45)))
    c.gleam(
        curve((x - rx * 0.6, y + ry * 0.1), (x - rx * 0.2, y + ry * 0.5), (x + rx * 0.3, y + ry * 0.55), width=(3, 9, 3)),
        0.8,
        3,
    )
    c.fill(line(arc(x + rx * 0.2, y - ry * 0.1, rx * 0.3, ry * 0.3, 0, 360), 3), light(WATER, 0.7), opacity=0.7)


def _ceramic(c: Canvas, p: Palette) -> None:
    c.shadow(500, 826, 300, 46, 0.48)
    body = blob((176, 560), (196, 690), (270, 790), (400, 812), (600, 812), (730, 790), (804, 690), (824, 560), (500, 530))
    c.body(blob((300, 780), (320, 830), (500, 838), (680, 830), (700, 780)), rgb("cdb493"), depth=14)
    c.body(body, p.main, depth=70, shade=0.5, shine=0.5)
    with c.within(body):
        c.glow(
            curve((170, 590), (300, 650), (500, 668), (700, 650), (830, 590), width=30),
            light(p.main, 0.6),
            blur=16,
            opacity=0.5,
        )
        dice = random.Random(7)
        for _ in range(90):
            c.fill(
                oval(dice.uniform(180, 820), dice.uniform(580, 810), dice.uniform(1.5, 4)), dark(p.main, 0.4), opacity=0.5
            )
        c.gleam(curve((236, 640), (262, 720), (320, 776), width=(10, 26, 8)), 0.6, 10)
    c.body(oval(500, 560, 326, 92), light(p.main, 0.15), depth=14, shade=0.4)
    c.body(oval(500, 564, 292, 74), dark(p.main, 0.25), depth=26, shade=0.1, shine=0.0)
    kibble(c, 500, 548, 262, 54, 120, 104)


def _steel(c: Canvas, _p: Palette) -> None:
    c.shadow(500, 828, 320, 44, 0.48)
    c.body(blob((218, 770), (230, 830), (500, 846), (770, 830), (782, 770)), rgb("3b3d43"), depth=18)
    body = blob((190, 580), (200, 680), (218, 800), (500, 822), (782, 800), (800, 680), (810, 580), (500, 550))
    metal = Linear(((0, dark(STEEL, 0.35)), (0.16, light(STEEL, 0.75)), (0.32, STEEL), (0.52, light(STEEL, 0.4)), (0.74, dark(STEEL, 0.3)),
                    (0.9, light(STEEL, 0.3)), (1, dark(STEEL, 0.3))), 0)  # fmt: skip
    c.body(body, STEEL, depth=26, paint=metal, shade=0.4, shine=0.2)
    with c.within(body):
        for i in range(26):
            c.fill(
                curve((180, 600 + i * 9), (500, 632 + i * 9), (820, 600 + i * 9), width=1.6),
                CREAM if i % 2 else INK,
                opacity=0.12,
            )
    c.body(oval(500, 574, 334, 92), light(STEEL, 0.5), depth=10, shade=0.5, shine=0.8)
    c.body(oval(500, 578, 298, 74), dark(STEEL, 0.2), depth=24, shade=0.1, paint=fade(dark(STEEL, 0.4), light(STEEL, 0.3)))
    _water(c, 500, 594, 272, 58)


def _slow(c: Canvas, p: Palette) -> None:
    c.shadow(500, 800, 380, 60, 0.48)
    c.body(oval(500, 640, 392, 222), dark(p.main, 0.3), depth=34)
    c.body(oval(500, 606, 392, 222), p.main, depth=34, shade=0.4, shine=0.5)
    inner = oval(500, 612, 342, 186)
    c.body(inner, dark(p.main, 0.2), depth=40, shade=0.1, shine=0.0, paint=fade(dark(p.main, 0.42), dark(p.main, 0.12)))
    with c.within(inner):
        kibble(c, 500, 622, 320, 168, 120, 0, 5)
    for swirl in (
        [(500, 612), (560, 580), (530, 530), (440, 540), (390, 600), (430, 680), (540, 700), (640, 650), (660, 570)],
        [(260, 560), (330, 490), (430, 462)], [(570, 466), (680, 490), (752, 560)], [(760, 650), (700, 720), (600, 760)],
        [(250, 650), (310, 730), (420, 768)],
    ):  # fmt: skip
        ridge = line(spline(swirl), 40)
        c.glow(ridge.moved(4, 16), DUSK, blur=9, opacity=0.5)
        c.body(ridge.moved(0, 8), dark(p.main, 0.25), depth=12)
        c.body(ridge, light(p.main, 0.1), depth=16, shade=0.45, shine=0.6)


def _stand(c: Canvas, _p: Palette) -> None:
    c.shadow(500, 838, 390, 36, 0.46)
    for x, tone in ((236, dark(OAK, 0.2)), (764, dark(OAK, 0.2))):
        c.body(box(x - 26, 560, 52, 230, 6), tone, depth=14)
    c.body(box(196, 660, 608, 34, 8), dark(OAK, 0.22), depth=12)
    top = Shape(
        (
            Part(((200, 480), (800, 480), (890, 606), (110, 606))),
            Part(((200, 480), (800, 480), (890, 606), (110, 606), (200, 480)), (18,) * 5),
        )
    )
    c.body(box(102, 600, 796, 44, 12), OAK, depth=14, shade=0.5)
    c.body(top, light(OAK, 0.16), depth=20, shade=0.25)
    with c.within(top):
        for i in range(9):
            c.fill(
                curve((90, 490 + i * 15), (400, 484 + i * 16), (920, 492 + i * 15), width=3), dark(OAK, 0.3), opacity=0.35
            )
    for x in (140, 860):
        c.body(box(x - 30, 620, 60, 220, 10), OAK, depth=18, shade=0.5)
    for x, full in ((328, True), (672, False)):
        c.glow(oval(x + 4, 558, 150, 46), DUSK, blur=9, opacity=0.4)
        c.body(oval(x, 546, 150, 46), light(STEEL, 0.5), depth=9, shade=0.5, shine=0.8)
        c.body(oval(x, 549, 128, 36), dark(STEEL, 0.2), depth=16, paint=fade(dark(STEEL, 0.4), light(STEEL, 0.3)))
        if full:
            kibble(c, x, 544, 108, 22, 34, 44, 3)
        else:
            _water(c, x, 556, 114, 27)


def _travel(c: Canvas, p: Palette) -> None:
    c.shadow(500, 824, 280, 42, 0.48)
    for i, (y, rx) in enumerate(((770, 214), (712, 238), (652, 264), (592, 292))):
        ring = Shape((Part((*arc(500, y, rx, rx * 0.24, 0, 180), *arc(500, y - 62, rx + 22, (rx + 22) * 0.24, 180, 0))),))
        c.body(ring + oval(500, y, rx, rx * 0.24), p.main if i % 2 else dark(p.main, 0.1), depth=26, shade=0.55, shine=0.5)
        c.fill(line(arc(500, y - 2, rx + 2, rx * 0.24, 4, 176), 5), dark(p.main, 0.4), opacity=0.7)
    c.body(oval(500, 530, 326, 86), light(p.main, 0.2), depth=12, shade=0.4)
    c.body(
        oval(500, 534, 288, 68), dark(p.main, 0.2), depth=24, paint=fade(dark(p.main, 0.42), light(p.main, 0.05)), shine=0
    )
    _water(c, 500, 554, 254, 50)
    c.body(oval(838, 556, 40, 26) - oval(838, 556, 20, 12), p.main, depth=9)
    draw_clip(c, 862, 574, 14, STEEL, 1.1)


def fountain(c: Canvas, p: Palette, _style: str) -> None:
    """A porcelain fountain."""
    c.shadow(500, 832, 320, 46, 0.48)
    body = blob((180, 640), (196, 740), (260, 822), (500, 840), (740, 822), (804, 740), (820, 640), (500, 610))
    c.body(body, p.main, depth=70, shade=0.42, shine=0.4)
    c.body(box(610, 716, 92, 52, 26), dark(STEEL, 0.1), depth=9)
    c.body(box(618, 742, 76, 20, 10), WATER, depth=6)
    c.body(oval(500, 640, 324, 98), p.main, depth=14, shade=0.35)
    _water(c, 500, 648, 288, 78)
    for i in range(3):
        c.fill(line(arc(500, 664, 160 + i * 46, 36 + i * 13, 0, 360), 3.5), light(WATER, 0.65), opacity=0.7 - i * 0.15)
    c.glow(oval(500, 676, 140, 30), DUSK, blur=18, opacity=0.3)
    stem = blob((392, 660), (420, 560), (400, 480), (500, 452), (600, 480), (580, 560), (608, 660), (500, 690))
    c.body(stem, p.main, depth=50, shade=0.45)
    dome = blob((330, 470), (350, 396), (430, 344), (500, 334), (570, 344), (650, 396), (670, 470), (500, 506))
    c.body(dome, p.main, depth=50, shade=0.42)
    c.body(oval(500, 372, 84, 22), WATER, depth=8, paint=fade(dark(WATER, 0.1), light(WATER, 0.5)))
    for x0, x1 in ((356, 342), (434, 424), (500, 500), (566, 576), (644, 658)):
        stream = curve((500 + (x0 - 500) * 0.5, 380), (x0, 450), (x1, 560), (x1, 656), width=(16, 22, 18, 14))
        c.fill(stream, light(WATER, 0.3), opacity=0.72)
        c.fill(stream.moved(-5, 0), (255, 255, 255), opacity=0.16)
        c.fill(oval(x1, 662, 26, 8), light(WATER, 0.75), opacity=0.8)
    c.gleam(curve((232, 706), (256, 766), (310, 806), width=(8, 22, 8)), 0.7, 9)
    c.gleam(oval(410, 392, 18, 8, -30), 0.9, 4)


def jar(c: Canvas, p: Palette, _style: str) -> None:
    """A glass jar full of bone biscuits."""
    c.shadow(500, 832, 250, 44, 0.46)
    glass = box(284, 330, 432, 500, 96)
    c.fill(glass, light(p.wall, 0.35), opacity=0.75)
    dice = random.Random(12)
    with c.within(box(304, 350, 392, 466, 80)):
        for row in range(9):
            for column in range(4):
                x = 340 + column * 108 + (row % 2) * 44 + dice.uniform(-12, 12)
                y = 800 - row * 50 + dice.uniform(-8, 8)
                tone = dice.choice((BISCUIT, light(BISCUIT, 0.14), dark(BISCUIT, 0.1)))
                bone(c, x, y, dice.choice((-24, 14, 38, -50, 70, 4)) + dice.uniform(-8, 8), 1.06, tone)
    with c.within(glass):
        c.glow(box(640, 320, 90, 520), DUSK, blur=34, opacity=0.3)
        c.glow(box(284, 790, 432, 50), DUSK, blur=20, opacity=0.25)
    c.fill(line((*glass.parts[0].points, glass.parts[0].points[0]), 8), (255, 255, 255), opacity=0.5)
    c.glow(line(((336, 420), (332, 720)), 26), (255, 255, 255), blur=7, opacity=0.65)
    c.glow(line(((376, 420), (374, 600)), 8), (255, 255, 255), blur=3, opacity=0.6)
    c.body(line(((344, 336), (656, 336)), 40), light(p.wall, 0.55), depth=14, shade=0.4, shine=0.9)
    cork = blob((336, 320), (350, 226), (500, 212), (650, 226), (664, 320), (500, 336))
    cork_tone = rgb("cf9f69")
    c.body(cork, cork_tone, depth=34)
    with c.within(cork):
        for _ in range(90):
            c.fill(
                oval(dice.uniform(336, 664), dice.uniform(210, 336), dice.uniform(2, 6), 2.5),
                dark(cork_tone, 0.4),
                opacity=0.55,
            )
    c.body(oval(500, 204, 40, 30), cork_tone, depth=16)
    bone(c, 770, 812, -16, 1.15)
    bone(c, 690, 848, 12, 1.1)


def bag(c: Canvas, p: Palette, style: str) -> None:
    """A paper bag of treats."""
    c.shadow(500, 838, 260, 38, 0.46)
    body = blob(
        (300, 250),
        (310, 420),
        (282, 640),
        (290, 818),
        (500, 838),
        (710, 818),
        (718, 640),
        (690, 420),
        (700, 250),
        (500, 242),
    )
    c.body(body, p.main, depth=50, shade=0.5, shine=0.4)
    with c.within(body):
        for points in (
            ((330, 260), (360, 420), (322, 600)),
            ((668, 260), (636, 400), (680, 620)),
            ((300, 760), (400, 780), (470, 760)),
        ):
            c.glow(curve(*points, width=(4, 14, 4)), DUSK, blur=9, opacity=0.4)
            c.glow(curve(*points, width=(4, 10, 4)).moved(-13, 0), CREAM, blur=8, opacity=0.35)
    c.body(box(286, 178, 428, 96, 10), light(p.main, 0.08), depth=18, shade=0.4)
    for i in range(21):
        c.fill(line(((298 + i * 20, 184), (298 + i * 20, 266)), 3), dark(p.main, 0.3), opacity=0.5)
    label = oval(500, 560, 156, 176)
    c.body(label, p.second, depth=14, shade=0.2, shine=0.1)
    c.fill(line(arc(500, 560, 138, 158, 0, 360), 4), p.accent)
    if style == "fish":
        small_fish(c, 500, 560, -8, 1.9, p.main)
    else:
        bone(c, 500, 560, -24, 1.65, p.main)
    for x, y, a in ((300, 850, 14), (760, 830, -24), (690, 872, 12)):
        if style == "fish":
            small_fish(c, x, y, a, 0.95)
        else:
            bone(c, x, y, a, 0.8)


def sticks(c: Canvas, p: Palette, _style: str) -> None:
    """A tied bundle of twigs."""
    c.shadow(500, 800, 390, 36, 0.44)
    dice = random.Random(21)
    with c.at(500, 630, 1.0, angle=-14):
        twigs = [(dice.uniform(-110, 96), dice.uniform(-34, 34), dice.uniform(-9, 9)) for _ in range(19)]
        for y, shift, lean in sorted(twigs, key=lambda t: -abs(t[0])):
            tone = dice.choice((rgb("8a5d3c"), rgb("a5744a"), rgb("6d4a35"), rgb("b98a5b")))
            wide = dice.uniform(32, 46)
            x0, x1 = -370 + shift, 370 + shift
            stick = line(((x0, y - lean * 3), (0, y * 0.72), (x1, y + lean * 3)), wide)
            c.glow(stick.moved(2, 12), DUSK, blur=9, opacity=0.35)
            c.body(stick, tone, depth=wide * 0.45, shade=0.55, shine=0.45)
            c.body(oval(x0 - 8, y - lean * 3, wide * 0.34, wide * 0.48), rgb("efd9ae"), depth=6)
            c.fill(oval(x0 - 8, y - lean * 3, wide * 0.1, wide * 0.16), tone)
            for _ in range(3):
                kx = dice.uniform(-300, 300)
                c.fill(
                    curve((kx, y * 0.8 - 3), (kx + 22, y * 0.8 + 3), (kx + 40, y * 0.8), width=(2, 4, 2)),
                    dark(tone, 0.45),
                    opacity=0.6,
                )
        for dx in (-24, 0, 24):
            c.body(curve((dx - 6, -138), (dx + 16, -40), (dx + 16, 50), (dx - 4, 132), width=22), p.main, depth=9)
        for side in (-1, 1):
            leaf = blob((0, -120), (side * 60, -190), (side * 150, -206), (side * 110, -130))
            c.body(leaf, rgb("8aa65a"), depth=18)
            c.fill(curve((0, -122), (side * 70, -158), (side * 140, -200), width=3), light(rgb("8aa65a"), 0.5))
            c.body(curve((0, -132), (side * 70, -120), (side * 120, -64), width=(14, 16, 12)), p.main, depth=6)
        c.body(oval(2, -130, 26), dark(p.main, 0.08), depth=10)
