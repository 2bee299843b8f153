"""Cat toys, and balls of suet, which are drawn alike."""

# ruff: noqa: PLR0917 - x, y, width and height read best as a plain row of numbers

from __future__ import annotations

import math
import random

from catalog.demo.drawing.canvas import Canvas, fade
from catalog.demo.drawing.colours import (
    CREAM,
    DUSK,
    INK,
    PALETTES,
    WOOL,
    Colour,
    Palette,
    dark,
    light,
    rgb,
)
from catalog.demo.drawing.shapes import Part, Shape, arc, blob, curve, line, oval
from catalog.demo.drawing.toys import poly_star


def feather(c: Canvas, x: float, y: float, angle: float, colour: Colour, k: float = 1.0) -> None:
    """One feather hanging from its quill."""
    with c.at(x, y, k, angle=angle):
        vane = blob((0, 20), (34, 70), (44, 140), (26, 220), (0, 262), (-26, 220), (-44, 140), (-34, 70))
        c.body(vane, colour, depth=20, shade=0.45)
        with c.within(vane):
            for i in range(18):
                y0 = 34 + i * 13
                for side in (-1, 1):
                    c.fill(line(((0, y0), (side * 50, y0 + 34)), 2.2), dark(colour, 0.35), opacity=0.4)
        c.fill(line(((0, -14), (0, 246)), (5, 2)), light(colour, 0.6))


def wand(c: Canvas, p: Palette, _style: str) -> None:
    """A springy rod, a string and three feathers."""
    c.shadow(330, 836, 190, 24, 0.35)
    rod = curve((200, 820), (320, 560), (470, 300), (640, 150), (720, 130), width=(20, 16, 12, 8, 6))
    c.glow(rod.moved(10, 12), DUSK, blur=8, opacity=0.25)
    c.body(rod, rgb("6f4b33"), depth=6, shine=0.7)
    cork = line(((196, 828), (290, 622)), (54, 46))
    c.body(cork, rgb("d5a46d"), depth=20)
    dice = random.Random(3)
    with c.within(cork):
        for _ in range(46):
            x, y = dice.uniform(170, 310), dice.uniform(620, 840)
            c.fill(oval(x, y, dice.uniform(2, 5)), rgb("9a6d40"), opacity=0.7)
    c.body(line(((286, 630), (298, 604)), 40), p.accent, depth=12, shine=0.8)
    string = curve((720, 130), (800, 190), (770, 290), (690, 300), (700, 230), (780, 270), (770, 400), (730, 470), width=5)
    c.fill(string, p.second)
    c.fill(string.moved(1.5, 2), dark(p.second, 0.35), opacity=0.35)
    feather(c, 726, 488, 34, PALETTES["mustard"].main, 1.0)
    feather(c, 740, 488, -32, PALETTES["coral"].main, 1.0)
    feather(c, 732, 494, 2, p.main, 1.12)
    c.body(oval(732, 482, 24), rgb("e0b45c"), depth=10, shine=0.9)
    c.fill(line(((716, 490), (748, 490)), 4), INK)


def mouse(c: Canvas, p: Palette, _style: str) -> None:
    """A felt mouse."""
    c.shadow(500, 800, 300, 40, 0.46)
    c.body(
        curve((720, 740), (840, 780), (900, 700), (840, 620), (790, 660), width=(24, 20, 17, 14, 8)), rgb("b9806a"), depth=7
    )
    body = blob(
        (170, 724),
        (250, 620),
        (400, 520),
        (580, 490),
        (720, 560),
        (780, 700),
        (720, 796),
        (500, 808),
        (280, 800),
        (196, 770),
    )
    c.body(body, p.main, depth=80, shade=0.5, shine=0.45)
    dice = random.Random(8)
    with c.within(body):
        for _ in range(340):
            x, y = dice.uniform(170, 780), dice.uniform(490, 810)
            tone = light(p.main, 0.35) if dice.random() < 0.5 else dark(p.main, 0.35)
            c.fill(
                curve((x, y), (x + 8, y + dice.uniform(-6, 6)), (x + 17, y + dice.uniform(-4, 4)), width=2),
                tone,
                opacity=0.4,
            )
    for x, y, k in ((470, 500, 0.9), (366, 530, 1.0)):
        c.glow(oval(x + 8, y + 14, 80 * k, 86 * k, 10), DUSK, blur=12, opacity=0.35)
        c.body(oval(x, y, 80 * k, 88 * k, 10), p.main, depth=24)
        c.body(oval(x + 4, y + 6, 54 * k, 62 * k, 10), rgb("e6a79b"), depth=18, shade=0.35, shine=0.1)
    c.fill(oval(300, 660, 21), INK)
    c.fill(oval(292, 650, 7), CREAM)
    c.body(oval(172, 724, 27, 23), rgb("d98a80"), depth=10, shine=0.6)
    for i in range(3):
        c.fill(curve((226, 732 + i * 12), (160, 770 + i * 10), (110, 770 + i * 26), width=(4, 3, 1.5)), light(p.main, 0.7))
    c.fill(curve((520, 800), (560, 770), (640, 770), width=5), dark(p.main, 0.5), opacity=0.6)


def tunnel(c: Canvas, p: Palette, style: str) -> None:
    """A striped or woven tunnel with its mouth towards us."""
    tunnel_back(c, p, style)


def tunnel_back(c: Canvas, p: Palette, style: str) -> None:
    """The whole tunnel; a head may look out at (350, 610)."""
    c.shadow(540, 812, 380, 48, 0.46)
    body = blob((330, 392), (520, 372), (740, 396), (850, 470), (886, 600), (850, 740), (740, 796), (520, 820), (350, 812))
    c.body(body, p.main, depth=80, shade=0.55, shine=0.5)
    with c.within(body):
        if style == "cloth":
            for i in range(5):
                x = 486.0 + i * 112
                ring = Shape((Part((*arc(x, 604, 112, 236, -110, 110), *arc(x + 54, 604, 112, 236, 110, -110))),))
                c.fill(ring, p.second, opacity=0.92)
            c.glow(oval(620, 830, 380, 110), DUSK, blur=50, opacity=0.45)
            c.glow(oval(600, 400, 240, 40), CREAM, blur=34, opacity=0.4)
        else:
            for row in range(30):
                for column in range(12):
                    x, y = 360.0 + column * 46 + (row % 2) * 23, 372.0 + row * 16
                    tone = (light(p.main, 0.25), p.main, dark(p.main, 0.25))[(row * 5 + column * 3) % 3]
                    c.fill(line(((x - 20, y + 5), (x, y - 2), (x + 20, y + 5)), 12), tone)
            c.glow(oval(620, 840, 400, 120), DUSK, blur=60, opacity=0.5)
    rim = oval(350, 604, 176, 216)
    c.body(rim, p.second if style == "cloth" else light(p.main, 0.2), depth=20, shade=0.45)
    hole = oval(350, 606, 144, 184)
    c.body(hole, dark(p.main, 0.5), depth=60, shine=0, paint=fade(dark(p.main, 0.75), dark(p.main, 0.4)))
    if style == "willow":
        for i in range(46):
            a = math.radians(i * 360 / 46)
            x, y = 350 + 160 * math.cos(a), 604 + 200 * math.sin(a)
            c.fill(
                line(
                    (
                        (x - 12 * math.sin(a + 0.7), y + 14 * math.cos(a + 0.7)),
                        (x + 12 * math.sin(a + 0.7), y - 14 * math.cos(a + 0.7)),
                    ),
                    (5, 10, 5),
                ),
                dark(p.main, 0.3),
            )
    else:
        with c.within(hole):
            for i in range(1, 4):
                c.fill(line(arc(350 + i * 26, 600, 144 - i * 16, 184 - i * 22, 0, 360), 5), dark(p.main, 0.25), opacity=0.6)


def balls(c: Canvas, p: Palette, style: str) -> None:
    """Three felt balls with stars, or three balls of suet and seed."""
    spots = (
        ((330, 674, 150), (650, 684, 142), (486, 470, 140))
        if style == "suet"
        else ((300, 690, 138), (700, 704, 126), (506, 600, 156))
    )
    tones = (
        (rgb("e9dcc0"), rgb("e2d1ae"), rgb("eee3cb")) if style == "suet" else (PALETTES["mustard"].main, p.second, p.main)
    )
    c.shadow(500, 820, 350, 42, 0.46)
    dice = random.Random(13)
    for (x, y, r), tone in zip(spots, tones, strict=True):
        c.glow(oval(x + 10, y + 22, r), DUSK, blur=20, opacity=0.32)
        c.body(oval(x, y, r), tone, depth=r * 0.5, shade=0.5, shine=0.4)
        if style == "suet":
            with c.within(oval(x, y, r + 3)):
                for _ in range(130):
                    a, reach = dice.uniform(0, math.tau), math.sqrt(dice.random()) * r
                    sx, sy = x + reach * math.cos(a), y + reach * math.sin(a)
                    seed = dice.choice((rgb("4a3b36"), rgb("b98a4c"), rgb("d8b26d"), rgb("8b5e3c"), rgb("f4ead2")))
                    c.fill(oval(sx + 2, sy + 3, 11, 6, dice.uniform(0, 180)), dark(tone, 0.5), opacity=0.4)
                    c.fill(oval(sx, sy, 10, 5, dice.uniform(0, 180)), seed)
                c.glow(oval(x + r * 0.4, y + r * 0.6, r * 0.8, r * 0.5), DUSK, blur=30, opacity=0.3)
            continue
        with c.within(oval(x, y, r)):
            for dx, dy, size in (
                (-0.1, -0.1, 0.26),
                (0.52, 0.36, 0.18),
                (-0.62, 0.38, 0.18),
                (0.5, -0.56, 0.16),
                (-0.5, -0.66, 0.15),
                (-0.04, 0.72, 0.18),
            ):
                c.fill(poly_star(x + dx * r, y + dy * r, size * r), light(tone, 0.75) if tone != p.second else p.main)
            for _ in range(120):
                sx, sy = dice.uniform(x - r, x + r), dice.uniform(y - r, y + r)
                c.fill(
                    line(((sx, sy), (sx + dice.uniform(-9, 9), sy + dice.uniform(-9, 9))), 1.8),
                    dark(tone, 0.3),
                    opacity=0.35,
                )


def fish(c: Canvas, p: Palette, _style: str) -> None:
    """A stuffed cloth fish."""
    c.shadow(490, 800, 370, 36, 0.42)
    with c.at(500, 580, 1.06, angle=-10):
        tail = blob((250, 0), (330, -70), (410, -140), (396, -40), (372, 0), (396, 50), (410, 140), (330, 70))
        c.body(tail, dark(p.main, 0.12), depth=34)
        for i in range(5):
            c.fill(line(((300, -20 + i * 10), (388, -90 + i * 45)), 4), light(p.main, 0.4), opacity=0.7)
        c.body(blob((-60, -150), (40, -230), (170, -200), (140, -110)), dark(p.main, 0.15), depth=24)
        body = blob(
            (-380, 10),
            (-300, -110),
            (-120, -176),
            (80, -150),
            (230, -50),
            (290, 0),
            (230, 56),
            (80, 150),
            (-120, 172),
            (-300, 112),
        )
        c.glow(body.moved(8, 22), DUSK, blur=20, opacity=0.3)
        c.body(body, p.main, depth=80, shade=0.5, shine=0.45)
        with c.within(body):
            c.fill(blob((-420, 60), (-200, 96), (60, 80), (330, 20), (330, 260), (-420, 260)), p.second)
            for row in range(6):
                for column in range(8):
                    x, y = -130 + column * 52 + (row % 2) * 26, -130 + row * 40
                    if y < 84 - column * 8:
                        c.fill(line(arc(x, y, 26, 26, -75, 75), 4), light(p.main, 0.5), opacity=0.8)
            c.glow(oval(-60, 190, 300, 70), DUSK, blur=44, opacity=0.3)
        c.fill(line(arc(-240, 0, 70, 134, -62, 62), 6), dark(p.main, 0.35))
        c.body(blob((-60, 40), (30, 60), (70, 130), (0, 140), (-50, 100)), p.accent, depth=18)
        c.body(oval(-262, -36, 34), WOOL, depth=10)
        c.body(oval(-262, -36, 23), INK, depth=8, shine=0.4)
        for dx, dy in ((-7, -6), (7, -6), (-7, 7), (7, 7)):
            c.fill(oval(-262 + dx, -36 + dy, 3), CREAM)
        c.fill(curve((-352, 44), (-320, 66), (-282, 60), width=6), dark(p.main, 0.6))
