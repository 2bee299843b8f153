"""Dog beds."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from itertools import pairwise

from catalog.demo.drawing.canvas import Canvas, fade
from catalog.demo.drawing.colours import CREAM, DUSK, OAK, ROPE, Colour, Palette, dark, light, mix
from catalog.demo.drawing.shapes import Part, Shape, arc, blob, box, curve, line, oval, pillow, poly, together


def bed(c: Canvas, p: Palette, style: str) -> None:
    """A dog bed of any style."""
    bed_back(c, p, style)
    bed_front(c, p, style)


def bed_back(c: Canvas, p: Palette, style: str) -> None:
    """The part of a bed that a sleeper lies on."""
    {"ring": _ring_back, "sofa": _sofa_back, "wicker": _wicker_back, "mattress": _mattress, "cot": _cot}[style](c, p)


def bed_front(c: Canvas, p: Palette, style: str) -> None:
    """The rim in front of a sleeper."""
    if style == "ring":
        _ring_front(c, p)
    elif style == "sofa":
        _sofa_front(c, p)
    elif style == "wicker":
        _wicker_front(c, p)


def _lobes(c: Canvas, p: Palette, start: int, end: int, seed: int) -> None:
    """Shaggy cushions along the rim, each combed outwards and down."""
    dice = random.Random(seed)
    for angle in sorted(range(start, end, 13), key=lambda a: math.sin(math.radians(a))):
        a = math.radians(angle)
        x, y = 500 + 326 * math.cos(a), 658 + 112 * math.sin(a)
        # Nearer cushions are larger.
        k = 0.84 + 0.08 * math.sin(a)
        lobe = pillow(x, y, 84 * k, 76 * k, 2.2)
        c.glow(lobe.moved(0, -6), DUSK, blur=12, opacity=0.16)
        c.body(lobe, p.main, depth=38, shade=0.34, shine=0.45)
        hairs: dict[int, list[Shape]] = {0: [], 1: [], 2: []}
        for i in range(48):
            turned, reach = dice.uniform(0, math.tau), math.sqrt(dice.random()) * 66 * k
            px, py = x + reach * math.cos(turned), y + reach * 0.9 * math.sin(turned)
            lean, fall = (px - x) * 0.22 + dice.uniform(-7, 7), dice.uniform(14, 26)
            hairs[i % 3].append(line(((px, py - 8), (px + lean * 0.5, py + 4), (px + lean, py + fall)), (7, 6, 1.5)))
        for tone, group in zip((light(p.main, 0.55), light(p.main, 0.25), dark(p.main, 0.13)), hairs.values(), strict=True):
            c.fill(together(group), tone, opacity=0.7)


def _ring_back(c: Canvas, p: Palette) -> None:
    c.shadow(500, 808, 400, 56, 0.45)
    _lobes(c, p, 180, 361, 4)
    c.body(
        oval(500, 672, 280, 84), light(p.main, 0.1), depth=60, shade=0.2, paint=fade(dark(p.main, 0.3), light(p.main, 0.3))
    )


def _ring_front(c: Canvas, p: Palette) -> None:
    _lobes(c, p, -12, 196, 9)


def _sofa_back(c: Canvas, p: Palette) -> None:
    c.shadow(500, 830, 410, 46, 0.45)
    c.body(pillow(500, 600, 360, 118, 3.4), p.main, depth=50, shade=0.5)
    for x in (300, 500, 700):
        c.glow(line(((x, 520), (x, 640)), 6), DUSK, blur=7, opacity=0.35)
        c.body(oval(x, 566, 12), light(p.main, 0.15), depth=6)
    c.body(box(130, 742, 740, 84, 34), dark(p.main, 0.2), depth=24)
    c.body(pillow(500, 712, 340, 74, 3.6), p.second, depth=44, shade=0.35)
    c.fill(curve((170, 720), (330, 772), (670, 772), (830, 720), width=5), dark(p.second, 0.25))


def _sofa_front(c: Canvas, p: Palette) -> None:
    for side in (-1, 1):
        arm = pillow(500 + side * 356, 690, 82, 128, 3.0, side * 5)
        c.glow(arm.moved(-side * 12, 12), DUSK, blur=14, opacity=0.35)
        c.body(arm, p.main, depth=46, shade=0.5)
        c.fill(line(arc(500 + side * 356, 690, 62, 106, 0, 360), 3.5), dark(p.main, 0.35), opacity=0.6)
    c.body(box(196, 762, 608, 62, 30), p.main, depth=26, shade=0.5)
    c.fill(line(((220, 778), (780, 778)), 3.5), dark(p.main, 0.35), opacity=0.6)


def _mattress(c: Canvas, p: Palette) -> None:
    c.shadow(500, 826, 420, 40, 0.48)
    top = poly((232, 612), (768, 612), (906, 742), (94, 742))
    side = box(92, 722, 816, 104, 36)
    c.body(side, p.main, depth=30)
    with c.within(side):
        for i in range(28):
            c.fill(box(70 + i * 32, 700, 14, 140), p.second)
        c.glow(box(60, 796, 880, 60), DUSK, blur=18, opacity=0.3)
    lid = blob((238, 614), (500, 606), (762, 614), (840, 672), (908, 738), (700, 752), (500, 754), (300, 752), (92, 738),
               (160, 672))  # fmt: skip
    c.body(lid + top, p.main, depth=40, shade=0.25)
    with c.within(lid):
        for i in range(28):
            x = 84 + i * 32
            far = 500 + (x + 7 - 500) * 0.64
            c.fill(line(((far, 600), (x + 7, 760)), (9, 14)), p.second)
        c.glow(oval(420, 650, 240, 40), CREAM, blur=40, opacity=0.4)
        for x, y in ((400, 660), (600, 660), (330, 712), (500, 712), (670, 712)):
            c.glow(oval(x, y, 26, 9), DUSK, blur=8, opacity=0.4)
            c.fill(oval(x, y, 8, 4), light(p.main, 0.4))
    c.fill(line(((104, 748), (300, 760), (500, 762), (700, 760), (896, 748)), 9), dark(p.main, 0.2))
    c.fill(line(((110, 814), (890, 814)), 7), dark(p.main, 0.25))


def _cot(c: Canvas, p: Palette) -> None:
    c.shadow(500, 836, 400, 30, 0.42)
    wood = light(OAK, 0.12)
    for x, y in ((232, 640), (768, 640)):
        c.body(line(((x, y), (x, 772)), 26), dark(wood, 0.16), depth=10)
    canvas = blob((216, 606), (500, 624), (784, 606), (846, 672), (900, 744), (700, 764), (500, 770), (300, 764), (100, 744),
                  (154, 672))  # fmt: skip
    c.glow(oval(500, 800, 330, 24), DUSK, blur=24, opacity=0.3)
    c.body(canvas, p.main, depth=46, shade=0.4)
    with c.within(canvas):
        c.glow(oval(500, 706, 240, 46), dark(p.main, 0.6), blur=40, opacity=0.4)
        stitch_tone = light(p.main, 0.4)
        for i in range(30):
            c.fill(line(((126 + i * 26, 734 + 18 * math.sin(i / 29 * math.pi)), (138 + i * 26, 734 + 18 * math.sin(i / 29 * math.pi))), 4),
                   stitch_tone)  # fmt: skip
    c.body(line(((206, 600), (794, 600)), 28), wood, depth=11)
    for x0, x1 in ((206, 92), (794, 908)):
        c.body(line(((x0, 600), (x1, 752)), (26, 32)), wood, depth=12)
    c.body(line(((84, 752), (916, 752)), 36), wood, depth=14, shine=0.6)
    for x in (116, 884):
        c.body(line(((x, 752), (x, 842)), 32), wood, depth=12)
        c.body(oval(x, 752, 14), dark(wood, 0.3), depth=6)


def _wicker_back(c: Canvas, p: Palette) -> None:
    c.shadow(500, 826, 380, 48, 0.46)
    back = Shape((Part((*arc(500, 590, 372, 116, 180, 360), *arc(500, 716, 340, 116, 360, 180))),))
    willow = mix(ROPE, OAK, 0.6)
    c.body(oval(500, 704, 345, 118), dark(willow, 0.35), depth=30)
    c.body(back, dark(willow, 0.16), depth=40)
    with c.within(back):
        _weave(c, willow, 470, 720)
    _plait(c, arc(500, 590, 372, 116, 168, 372), willow)
    c.body(pillow(500, 690, 300, 84, 2.6), p.main, depth=50, shade=0.5, shine=0.4)


def _wicker_front(c: Canvas, _p: Palette) -> None:
    willow = mix(ROPE, OAK, 0.6)
    front = Shape(
        (
            Part(
                (
                    *((128, 600), (190, 690), (300, 742), (420, 752), (580, 752), (700, 742), (810, 690), (872, 600)),
                    *arc(500, 712, 344, 124, 8, 172),
                )
            ),
        )
    )
    c.glow(front.moved(0, -10), DUSK, blur=12, opacity=0.3)
    c.body(front, willow, depth=46, shade=0.5)
    with c.within(front):
        _weave(c, willow, 600, 850)
    rim = [
        (128, 600),
        (150, 656),
        (200, 704),
        (300, 746),
        (420, 758),
        (580, 758),
        (700, 746),
        (800, 704),
        (850, 656),
        (872, 600),
    ]
    _plait(c, rim, willow)


def _weave(c: Canvas, willow: Colour, top: float, bottom: float) -> None:
    # The near side sags towards us in the middle, the far side rises.
    sag, lift = (92.0, 0.0) if top > 550 else (-80.0, 60.0)
    y, row = top, 0
    while y < bottom:
        rods: dict[int, list[Shape]] = {0: [], 1: [], 2: []}
        for i in range(23):
            x = 110 + i * 36 + (row % 2) * 18
            at = y + sag * math.sin((x - 110) / 780 * math.pi) + lift - 62
            rods[(i * 7 + row * 3) % 3].append(line(((x - 14, at), (x, at - 4), (x + 14, at)), 12))
        c.fill(together(rod for group in rods.values() for rod in group).moved(0, 3), dark(willow, 0.5), opacity=0.5)
        for tone, group in zip((light(willow, 0.25), willow, dark(willow, 0.14)), rods.values(), strict=True):
            c.fill(together(group), tone)
        y, row = y + 17, row + 1


def _plait(c: Canvas, points: Sequence[tuple[float, float]], willow: Colour) -> None:
    c.body(line(points, 34), dark(willow, 0.1), depth=14)
    strands = []
    for (x0, y0), (x1, y1) in pairwise(points):
        length = math.hypot(x1 - x0, y1 - y0)
        ux, uy = (x1 - x0) / length, (y1 - y0) / length
        steps = max(1, int(length / 22))
        for step in range(steps):
            x, y = x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps
            start, end = (x - ux * 10 - uy * 11, y - uy * 10 + ux * 11), (x + ux * 10 + uy * 11, y + uy * 10 - ux * 11)
            strands.append(line((start, (x, y), end), (7, 11, 7)))
    c.fill(together(strands), light(willow, 0.32))
