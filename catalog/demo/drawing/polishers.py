"""The three Dog Polishers, drawn with the respect they are due."""

# ruff: noqa: PLR0917 - x, y, width and height read best as a plain row of numbers

from __future__ import annotations

import math
import random

from catalog.demo.drawing.canvas import Canvas, Linear, fade
from catalog.demo.drawing.colours import BRASS, CREAM, DUSK, INK, OAK, WALNUT, WOOL, Palette, dark, light
from catalog.demo.drawing.shapes import Part, Shape, arc, blob, box, curve, line, oval, sparkle, together


def polisher(c: Canvas, p: Palette, style: str) -> None:
    """One of the three models."""
    if style == "hand":
        c.shadow(500, 826, 290, 40, 0.46)
        draw_pocket(c, p)
    elif style == "upright":
        c.shadow(490, 836, 260, 38, 0.48)
        draw_parlour(c, p)
    else:
        c.shadow(500, 846, 420, 44, 0.6)
        salon_back(c, p)
        salon_front(c, p)


def fleece(c: Canvas, shape: Shape, x: float, y: float, rx: float, ry: float, seed: int = 1) -> None:
    """Lambswool filling an ellipse: curls laid over each other, lit from the upper left."""
    c.body(shape, WOOL, depth=min(rx, ry) * 0.6, shade=0.4, shine=0.5)
    dice = random.Random(seed)
    curls: dict[int, list[Shape]] = {}
    for _ in range(int(min(420, rx * ry / 42))):
        a, reach = dice.uniform(0, math.tau), math.sqrt(dice.random())
        px, py = x + rx * reach * math.cos(a), y + ry * reach * math.sin(a)
        # 0 is towards the light, 3 away from it, 9 a curl that catches it.
        away = (px - x) / rx + (py - y) / ry
        tone = 9 if dice.random() < 0.45 else max(0, min(3, round(1.5 + away * 1.2)))
        r, start = dice.uniform(6, 11), dice.uniform(0, 360)
        curls.setdefault(tone, []).append(line(arc(px, py, r, r * 0.8, start, start + 200), 3.0))
    for tone, group in sorted(curls.items()):
        c.fill(together(group), light(WOOL, 0.6) if tone == 9 else dark(WOOL, 0.06 + tone * 0.1), opacity=0.7)


def _fluff(x: float, y: float, rx: float, ry: float, bumps: int) -> Shape:
    points = []
    for i in range(bumps * 2):
        a = math.tau * i / (bumps * 2)
        reach = 1.0 if i % 2 == 0 else 0.93
        points.append((x + rx * reach * math.cos(a), y + ry * reach * math.sin(a)))
    return blob(*points)


def dial(c: Canvas, x: float, y: float, r: float, needle: float) -> None:
    """A brass-rimmed gauge; `needle` in degrees from upright."""
    c.glow(oval(x + 3, y + r * 0.16, r), DUSK, blur=r * 0.16, opacity=0.45)
    c.body(oval(x, y, r), BRASS, depth=r * 0.24, shade=0.6, shine=0.9)
    c.body(oval(x, y, r * 0.76), CREAM, depth=r * 0.16, shade=0.3, shine=0.0)
    for i in range(9):
        a = math.radians(-220 + i * 32.5)
        tone = (180, 46, 52) if i > 6 else INK
        c.fill(
            line(
                (
                    (x + r * 0.54 * math.cos(a), y + r * 0.54 * math.sin(a)),
                    (x + r * 0.66 * math.cos(a), y + r * 0.66 * math.sin(a)),
                ),
                r * 0.05,
            ),
            tone,
        )
    a = math.radians(needle - 90)
    tip = (x + r * 0.52 * math.cos(a), y + r * 0.52 * math.sin(a))
    c.fill(line(((x, y), tip), (r * 0.09, r * 0.03)), (180, 46, 52))
    c.body(oval(x, y, r * 0.11), BRASS, depth=r * 0.05)
    c.gleam(oval(x - r * 0.3, y - r * 0.36, r * 0.22, r * 0.1, -40), 0.8, r * 0.05)


def draw_pocket(c: Canvas, p: Palette) -> None:
    """No. 1: like an iron crossed with a seal. Stands at y = 826, 560 wide about x = 500."""
    pad = _fluff(486, 752, 304, 78, 34)
    c.glow(pad.moved(0, 12), DUSK, blur=14, opacity=0.3)
    fleece(c, pad, 486, 752, 296, 70, 3)
    c.body(
        blob((206, 716), (300, 700), (660, 700), (764, 716), (700, 748), (270, 748)), BRASS, depth=16, shade=0.6, shine=0.9
    )
    shell = blob((206, 706), (232, 600), (320, 500), (460, 440), (610, 452), (716, 540), (764, 640), (768, 706), (620, 728),
                 (360, 728))  # fmt: skip
    c.body(shell, p.main, depth=70, shade=0.55, shine=0.5, paint=fade(light(p.main, 0.28), dark(p.main, 0.14), 70))
    with c.within(shell):
        c.fill(curve((190, 668), (330, 640), (560, 634), (780, 672), width=26), p.second)
        for dy in (-17, 17):
            c.fill(curve((190, 668 + dy), (330, 640 + dy), (560, 634 + dy), (780, 672 + dy), width=5), BRASS)
        c.glow(curve((262, 610), (336, 530), (440, 482), width=(10, 36, 12)), CREAM, blur=10, opacity=0.75)
        c.glow(oval(700, 690, 120, 60, 20), DUSK, blur=36, opacity=0.25)
    for i in range(4):
        c.fill(line(((668 + i * 20, 560 + i * 20), (690 + i * 17, 600 + i * 12)), 9), dark(p.main, 0.55))
    bridge = curve((322, 520), (336, 372), (470, 318), (620, 344), (668, 496), width=(44, 52, 60, 54, 44))
    c.glow(bridge.moved(6, 16), DUSK, blur=14, opacity=0.32)
    c.body(bridge, p.main, depth=22, shade=0.55, shine=0.6)
    grip = curve((382, 352), (470, 320), (586, 332), width=(62, 72, 66))
    c.body(grip, OAK, depth=26, shade=0.55, shine=0.55)
    for x in (408, 560):
        c.fill(line(((x, 304), (x - 4, 364)), 6), dark(OAK, 0.5))
    c.gleam(curve((402, 328), (470, 304), (560, 312), width=(3, 10, 3)), 0.6, 4)
    dial(c, 486, 556, 64, 40)


def draw_parlour(c: Canvas, p: Palette) -> None:
    """No. 2: an upright. Stands at y = 836, about x = 490."""
    stem = curve((560, 640), (640, 420), (676, 250), (640, 140), (560, 116), width=(34, 32, 30, 30, 30))
    c.glow(stem.moved(8, 12), DUSK, blur=12, opacity=0.25)
    c.body(stem, BRASS, depth=13, shade=0.6, shine=0.9)
    c.gleam(curve((552, 630), (632, 414), (668, 256), width=(3, 6, 3)), 0.8, 3)
    c.body(curve((652, 160), (600, 122), (520, 120), width=(50, 52, 44)), OAK, depth=20, shade=0.55, shine=0.5)
    c.body(oval(516, 120, 26), BRASS, depth=12, shine=0.9)
    cord = curve((650, 300), (760, 420), (800, 640), (860, 800), (940, 812), width=10)
    c.body(cord, dark(p.accent, 0.25), depth=4)
    for x, seed in ((372, 7), (600, 8)):
        drum = _fluff(x, 736, 134, 104, 20)
        fleece(c, drum, x, 736, 124, 94, seed)
        c.body(oval(x, 738, 44, 36), BRASS, depth=16, shade=0.55, shine=0.9)
        c.body(oval(x, 738, 16, 13), dark(BRASS, 0.3), depth=6)
    hood = blob((214, 700), (222, 588), (300, 490), (440, 446), (590, 458), (706, 530), (752, 640), (758, 704), (690, 700),
                (600, 660), (486, 690), (372, 660), (280, 700))  # fmt: skip
    c.glow(hood.moved(0, 18), DUSK, blur=16, opacity=0.4)
    c.body(hood, p.main, depth=66, shade=0.55, shine=0.5, paint=fade(light(p.main, 0.26), dark(p.main, 0.16), 65))
    with c.within(hood):
        c.fill(curve((190, 640), (300, 560), (486, 530), (660, 560), (790, 650), width=18), BRASS)
        c.fill(curve((190, 662), (300, 584), (486, 555), (660, 584), (790, 672), width=6), p.second)
        c.glow(curve((262, 580), (330, 510), (430, 478), width=(8, 30, 10)), CREAM, blur=10, opacity=0.7)
    c.glow(oval(400, 600, 100, 90), (255, 226, 150), blur=44, opacity=0.55)
    c.body(oval(400, 594, 62), BRASS, depth=18, shade=0.6, shine=0.9)
    c.body(oval(400, 594, 46), (255, 240, 196), depth=14, shade=0.2, paint=fade((255, 250, 228), (246, 207, 120)))
    for i in range(3):
        c.fill(line(((372 + i * 28, 562), (372 + i * 28, 626)), 4), dark(BRASS, 0.2), opacity=0.6)
    dial(c, 590, 590, 46, -20)


def _arch(half: float, top: float, foot: float, cx: float = 500.0) -> Shape:
    return Shape((Part((*arc(cx, top + half, half, half, 180, 360), (cx + half, foot), (cx - half, foot))),))


def salon_back(c: Canvas, p: Palette) -> None:
    """No. 3, the far side: the tunnel's inside and the floor a dog stands on."""
    c.body(_arch(258, 240, 780), dark(p.main, 0.6), depth=60, shine=0.0, paint=fade(dark(p.main, 0.7), dark(p.main, 0.35)))
    c.glow(oval(500, 470, 190, 230), (255, 216, 150), blur=70, opacity=0.42)
    c.body(box(196, 752, 608, 60, 16), dark(WALNUT, 0.1), depth=14, paint=fade(dark(WALNUT, 0.3), light(WALNUT, 0.2)))
    for i, (x, y) in enumerate(((292, 640), (310, 470), (500, 336), (690, 470), (708, 640))):
        roll = _fluff(x, y, 62 if i != 2 else 108, 84 if i != 2 else 52, 14)
        c.glow(roll.moved(6, 12), DUSK, blur=14, opacity=0.5)
        fleece(c, roll, x, y, 56 if i != 2 else 100, 78 if i != 2 else 46, 20 + i)


def salon_front(c: Canvas, p: Palette) -> None:
    """No. 3, the near side: the enamelled arch, the brass, the gauge and the walnut base."""
    shell = _arch(372, 118, 784) - _arch(236, 262, 800)
    c.glow(shell.moved(4, 10), DUSK, blur=18, opacity=0.3)
    c.body(shell, p.main, depth=46, shade=0.6, shine=0.5,
           paint=Linear(((0, light(p.main, 0.2)), (0.3, light(p.main, 0.04)), (0.7, p.main), (1, dark(p.main, 0.3))), 35))  # fmt: skip
    for half, top, width in ((348, 142, 7), (256, 240, 15)):
        points = [(500 - half, 784), *arc(500, top + half, half, half, 180, 360), (500 + half, 784)]
        c.body(line(points, width), BRASS, depth=width * 0.45, shade=0.6, shine=0.9)
    with c.within(shell):
        c.glow(line(arc(500, 492, 312, 312, 196, 252), 34), CREAM, blur=12, opacity=0.6)
        c.glow(line(((186, 520), (186, 720)), 20), CREAM, blur=10, opacity=0.4)
        c.glow(box(800, 480, 90, 330), DUSK, blur=30, opacity=0.35)
    for side in (-1, 1):
        for i in range(3):
            c.body(oval(500 + side * 302, 590 + i * 60, 15), BRASS, depth=7, shade=0.55, shine=0.9)
        for i in range(5):
            a = math.radians(-90 + side * (28 + i * 9))
            c.fill(line(((500 + 286 * math.cos(a), 490 + 286 * math.sin(a)), (500 + 322 * math.cos(a), 490 + 322 * math.sin(a))), 8),
                   dark(p.main, 0.6))  # fmt: skip
    base = box(92, 770, 816, 76, 26)
    c.glow(base.moved(0, -8), DUSK, blur=10, opacity=0.3)
    c.body(base, WALNUT, depth=22, shade=0.5, shine=0.5)
    with c.within(base):
        for i in range(5):
            c.fill(
                curve((80, 782 + i * 14), (360, 778 + i * 15), (640, 784 + i * 13), (920, 780 + i * 14), width=3),
                dark(WALNUT, 0.4),
                opacity=0.4,
            )
    c.fill(box(110, 776, 780, 5, 2), light(WALNUT, 0.4), opacity=0.6)
    for x in (150, 850):
        c.body(blob((x - 40, 836), (x + 40, 836), (x + 30, 872), (x - 30, 872)), BRASS, depth=14, shade=0.6, shine=0.9)
    crown = blob((392, 152), (420, 96), (500, 66), (580, 96), (608, 152), (560, 196), (440, 196))
    c.glow(crown.moved(0, 10), DUSK, blur=10, opacity=0.35)
    c.body(crown, p.main, depth=24, shade=0.5)
    dial(c, 500, 142, 72, 62)
    bell = blob((626, 120), (634, 84), (664, 66), (694, 84), (702, 120), (712, 132), (616, 132))
    c.body(bell, BRASS, depth=12, shade=0.6, shine=0.9)
    c.body(oval(664, 136, 9), dark(BRASS, 0.3), depth=4)
    c.fill(sparkle(258, 236, 30), (255, 252, 240))
    c.fill(sparkle(760, 330, 18), (255, 252, 240))
