"""Collars, leads, harnesses, coats: what a dog wears."""

# ruff: noqa: PLR0917 - x, y, width and height read best as a plain row of numbers

from __future__ import annotations

import math
from itertools import pairwise

from catalog.demo.drawing.canvas import Canvas, fade
from catalog.demo.drawing.colours import (
    BRASS,
    CREAM,
    DUSK,
    LEATHER,
    OAK,
    STEEL,
    Colour,
    Palette,
    dark,
    light,
)  # fmt: skip
from catalog.demo.drawing.shapes import (
    Part,
    Point,
    Shape,
    arc,
    blob,
    box,
    curve,
    line,
    oval,
    pillow,
    poly,
    spline,
    together,
)  # fmt: skip


def draw_ring(c: Canvas, x: float, y: float, rx: float, ry: float, width: float, metal: Colour) -> None:
    """A metal ring seen a little from the side."""
    ring = line(arc(x, y, rx, ry, 0, 360), width)
    c.glow(ring.moved(4, 8), DUSK, blur=6, opacity=0.3)
    c.body(ring, metal, depth=width * 0.45, shade=0.6, shine=0.8)
    c.gleam(line(arc(x, y, rx, ry, 200, 250), width * 0.25), 0.9, 2)


def draw_clip(c: Canvas, x: float, y: float, angle: float, metal: Colour, k: float = 1.0) -> None:
    """A trigger clip hanging from (x, y)."""
    with c.at(x, y, k, angle=angle):
        hook = curve((0, 52), (0, 96), (30, 128), (56, 96), (48, 62), width=(20, 20, 18, 16, 12))
        c.glow(hook.moved(6, 12), DUSK, blur=8, opacity=0.3)
        c.body(hook, metal, depth=9, shade=0.6, shine=0.7)
        c.body(box(-15, 6, 30, 58, 12), metal, depth=12, shade=0.6, shine=0.7)
        c.body(box(-22, 26, 14, 24, 5), dark(metal, 0.15), depth=6)
        c.body(oval(0, 0, 24, 17) - oval(0, -1, 12, 8), metal, depth=8, shade=0.6, shine=0.7)
        c.gleam(line(((-7, 14), (-7, 48)), 4), 0.9, 2)


def stitch(c: Canvas, points: list[Point], colour: Colour, *, width: float = 4.5, length: float = 15.0) -> None:
    """A row of stitches along the points."""
    run: list[Point] = []
    travelled = 0.0
    for a, b in pairwise(points):
        step = math.hypot(b[0] - a[0], b[1] - a[1])
        run.append(a)
        travelled += step
        if travelled > length:
            mid = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
            c.fill(line((run[max(0, len(run) - 2)], mid), width), colour)
            run, travelled = [], 0.0


def collar(c: Canvas, p: Palette, style: str) -> None:
    """A buckled collar standing on its edge, seen from above: far band, near band, buckle, tag."""
    c.shadow(500, 806, 300, 44, 0.45)
    cx, cy, rx, ry, tall = 500.0, 590.0, 292.0, 112.0, 104.0
    inside = Shape((Part((*arc(cx, cy, rx, ry, 180, 360), *arc(cx, cy + tall, rx, ry, 360, 180))),))
    c.body(inside, dark(p.main, 0.3), depth=40, paint=fade(dark(p.main, 0.45), dark(p.main, 0.18)), shine=0.1)
    outside = Shape((Part((*arc(cx, cy, rx, ry, 0, 180), *arc(cx, cy + tall, rx, ry, 180, 0))),))
    c.body(outside, p.main, depth=34, shade=0.5, paint=fade(light(p.main, 0.16), dark(p.main, 0.12), 10))
    with c.within(outside):
        if style == "tartan":
            for i in range(19):
                a = math.radians(180 - i * 10)
                x, y = cx + rx * math.cos(a), cy + ry * math.sin(a)
                wide = 9 + 14 * math.sin(a)
                c.fill(line(((x, y - 10), (x, y + tall + 10)), wide * (0.8 if i % 2 else 0.3)),
                       dark(p.main, 0.55) if i % 2 else p.second, opacity=0.55)  # fmt: skip
            for dy, w, tone in ((24.0, 16, dark(p.main, 0.55)), (52, 5, p.second), (80, 16, dark(p.main, 0.55))):
                c.fill(line(arc(cx, cy + dy, rx, ry, -5, 185), w), tone, opacity=0.55)
        elif style == "reflective":
            c.fill(line(arc(cx, cy + tall / 2, rx, ry, -5, 185), 38), fade(light(STEEL, 0.75), light(STEEL, 0.4), 20))
            for i in range(40):
                a = math.radians(182 - i * 4.7)
                x, y = cx + rx * math.cos(a), cy + tall / 2 + ry * math.sin(a)
                c.fill(line(((x - 5, y + 14), (x + 5, y - 14)), 2.5), dark(STEEL, 0.1), opacity=0.5)
            c.glow(oval(360, 742, 70, 30, 10), CREAM, blur=18, opacity=0.9)
        else:
            for dy in (13.0, tall - 13):
                stitch(c, arc_fine(cx, cy + dy, rx, ry, 2, 178), light(p.second, 0.2))
    c.fill(line(arc(cx, cy, rx, ry, 0, 360), 7), light(p.main, 0.22))
    c.gleam(line(arc(cx, cy + 34, rx - 2, ry, 118, 152), 13), 0.4, 9)
    metal = BRASS if style == "stitched" else STEEL
    _buckle(c, 590, 750, metal, p)
    draw_ring(c, 432, 828, 26, 28, 9, metal)
    c.glow(oval(436, 896, 48), DUSK, blur=12, opacity=0.35)
    c.body(oval(430, 886, 46), metal, depth=20, shade=0.55, shine=0.75)
    draw_paw(c, 430, 890, 0.42, dark(metal, 0.45))
    c.gleam(oval(412, 864, 14, 7, -35), 0.8, 3)


def arc_fine(cx: float, cy: float, rx: float, ry: float, start: float, end: float) -> list[Point]:
    """Closely spaced points along an ellipse, for stitches."""
    return [
        (cx + rx * math.cos(math.radians(start + (end - start) * i / 160)),
         cy + ry * math.sin(math.radians(start + (end - start) * i / 160)))
        for i in range(161)
    ]  # fmt: skip


def _buckle(c: Canvas, x: float, y: float, metal: Colour, p: Palette) -> None:
    with c.at(x, y, 1, angle=-8):
        frame = box(-66, -68, 132, 136, 30) - box(-42, -46, 84, 92, 16)
        c.glow(frame.moved(6, 12), DUSK, blur=9, opacity=0.4)
        c.body(frame, metal, depth=13, shade=0.6, shine=0.8)
        c.body(line(((-56, 0), (54, -2)), (18, 12)), metal, depth=8, shade=0.6, shine=0.8)
        c.gleam(line(((-50, -58), (10, -58)), 6), 0.9, 2)
    keeper = box(x + 84, y - 88, 34, 122, 12)
    c.body(keeper, dark(p.main, 0.08), depth=12)


def draw_paw(c: Canvas, x: float, y: float, k: float, colour: Colour) -> None:
    """A paw print."""
    with c.at(x, y, k):
        c.fill(blob((0, -14), (30, 6), (38, 36), (14, 46), (0, 42), (-14, 46), (-38, 36), (-30, 6)), colour)
        for tx, ty in ((-44, -14), (-18, -46), (18, -46), (44, -14)):
            c.fill(oval(tx, ty, 15, 21, tx * 0.5), colour)


def lead(c: Canvas, p: Palette, style: str) -> None:
    """A coiled lead with its handle up and its clip at the end."""
    c.shadow(500, 816, 320, 46, 0.45)
    is_rope = style == "rope"
    thick, turns = {"rope": (44, 4), "leather": (36, 3), "long": (30, 7)}[style]
    metal = STEEL if style == "long" else BRASS
    handle = curve((560, 640), (640, 480), (640, 300), (520, 230), (400, 300), (400, 480), (450, 650), width=thick)
    _cord(c, handle, p.main, thick, is_rope)
    if is_rope:
        _twist(c, spline([(560, 640), (640, 480), (640, 300), (520, 230), (400, 300), (400, 480), (450, 650)]), thick, p)
    for i in range(turns):
        y = 770 - i * thick * (0.62 if style == "long" else 0.8)
        loop = arc(500 + (i % 2) * 10, y, 270 - i * 9, 74 - i * 3, 0, 360)
        _cord(c, line(loop, thick), p.main, thick, is_rope)
        if is_rope:
            _twist(c, loop, thick, p)
        elif style == "leather":
            stitch(c, arc_fine(500 + (i % 2) * 10, y - 6, 270 - i * 9, 74 - i * 3, 10, 170), light(p.second, 0.2), width=3.6)
    tail = [(300, 730), (250, 800), (310, 862), (430, 872)]
    _cord(c, curve(*tail, width=thick), p.main, thick, is_rope)
    if is_rope:
        _twist(c, spline(tail), thick, p)
    c.body(line(((392, 871), (452, 872)), thick + 10), LEATHER, depth=14)
    for x in (404, 420, 436):
        c.fill(line(((x, 850), (x, 893)), 3), light(LEATHER, 0.5))
    draw_clip(c, 492, 872, -84, metal, 1.05)
    c.body(line(((498, 664), (506, 722)), thick + 22), LEATHER, depth=16)


def _cord(c: Canvas, shape: Shape, colour: Colour, thick: float, is_rope: bool) -> None:
    c.glow(shape.moved(6, 16), DUSK, blur=12, opacity=0.32)
    c.body(shape, colour, depth=thick * (0.5 if is_rope else 0.34), shade=0.6, shine=0.5)


def _twist(c: Canvas, points: list[Point], thick: float, p: Palette) -> None:
    """The lay of a rope: slanting strokes across it, every third in the second colour."""
    travelled, count = 0.0, 0
    for a, b in pairwise(points):
        length = math.hypot(b[0] - a[0], b[1] - a[1])
        travelled += length
        if travelled < 17 or not length:
            continue
        travelled, count = 0.0, count + 1
        ux, uy = (b[0] - a[0]) / length, (b[1] - a[1]) / length
        h = thick * 0.4
        start = (a[0] - uy * h - ux * 9, a[1] + ux * h - uy * 9)
        end = (a[0] + uy * h + ux * 9, a[1] - ux * h + uy * 9)
        tone = p.second if count % 3 == 0 else dark(p.main, 0.35)
        c.fill(line((start, end), 5 if count % 3 else 7), tone, opacity=0.6)


def bow(c: Canvas, p: Palette, _style: str) -> None:
    """A spotted bow tie, floating a little above its shadow."""
    c.shadow(500, 800, 270, 34, 0.34)
    with c.at(500, 540, 1.2, angle=-6):
        draw_bow(c, p)


def draw_bow(c: Canvas, p: Palette) -> None:
    """A bow tie about (0, 0), 600 wide."""
    for side in (-1, 1):
        wing = blob((side * 20, -34), (side * 130, -120), (side * 262, -150), (side * 296, -60), (side * 286, 40),
                    (side * 262, 146), (side * 130, 112), (side * 20, 34))  # fmt: skip
        c.glow(wing.moved(8, 26), DUSK, blur=18, opacity=0.3)
        c.body(wing, p.main, depth=56, shade=0.6, shine=0.4)
        with c.within(wing):
            for i in range(40):
                x, y = side * (40 + i % 7 * 44), -150 + i // 7 * 58 + (i % 2) * 28
                c.fill(oval(x, y, 13), p.second)
            for dy in (-36, 0, 36):
                fold = curve((side * 30, dy * 0.3), (side * 110, dy * 1.1), (side * 190, dy * 1.5), width=(20, 12, 2))
                c.glow(fold, DUSK, blur=9, opacity=0.42)
            c.glow(oval(side * 300, 60, 60, 130), DUSK, blur=40, opacity=0.22)
    knot = pillow(0, 0, 52, 62, 3.2)
    c.glow(knot.moved(6, 12), DUSK, blur=12, opacity=0.4)
    c.body(knot, light(p.main, 0.06), depth=28, shade=0.6)
    with c.within(knot):
        for x, y in ((-22, -30), (22, -8), (-16, 26), (24, 44)):
            c.fill(oval(x, y, 12), p.second)


def tag(c: Canvas, p: Palette, _style: str) -> None:
    """A big brass disc on a split ring, hanging from above."""
    c.shadow(500, 856, 200, 30, 0.35)
    c.body(curve((500, -20), (500, 120), (500, 214), width=40), p.accent, depth=16)
    draw_ring(c, 500, 268, 66, 74, 17, BRASS)
    draw_ring(c, 500, 282, 60, 68, 9, light(BRASS, 0.2))
    disc = oval(500, 570, 232) - oval(500, 374, 20)
    c.glow(oval(520, 610, 232), DUSK, blur=40, opacity=0.4)
    c.body(disc + oval(500, 366, 44) - oval(500, 360, 22), BRASS, depth=40, shade=0.55, shine=0.85,
           paint=fade(light(BRASS, 0.45), dark(BRASS, 0.12), 55))  # fmt: skip
    c.fill(line(arc(500, 570, 206, 206, 0, 360), 5), dark(BRASS, 0.28))
    c.fill(line(arc(501, 573, 206, 206, 0, 360), 2.5), light(BRASS, 0.6))
    draw_paw(c, 500, 592, 2.0, dark(BRASS, 0.42))
    with c.within(oval(500, 570, 226)):
        c.glow(poly((330, 330), (410, 330), (290, 800), (210, 800)), CREAM, blur=16, opacity=0.5)
        c.glow(poly((450, 330), (476, 330), (356, 800), (330, 800)), CREAM, blur=8, opacity=0.45)


def harness(c: Canvas, p: Palette, _style: str) -> None:
    """A padded harness from the front, as if a chest were in it."""
    c.shadow(500, 826, 230, 34, 0.36)
    with c.at(500, 520, 1.18):
        back = line(arc(0, -10, 196, 230, 0, 360), 40)
        c.body(back, dark(p.accent if sum(p.accent) < 300 else STEEL, 0.3), depth=14, shade=0.5)
        _harness_front(c, p)


def _harness_front(c: Canvas, p: Palette) -> None:
    vest = blob((-124, -200), (-84, -124), (0, -88), (84, -124), (124, -200), (176, -182), (180, -60), (206, 60), (190, 140),
                (110, 186), (0, 232), (-110, 186), (-190, 140), (-206, 60), (-180, -60), (-176, -182))  # fmt: skip
    c.glow(vest.moved(8, 24), DUSK, blur=20, opacity=0.36)
    c.body(vest, p.main, depth=48, shade=0.5, shine=0.45)
    with c.within(vest):
        for row in range(12):
            for column in range(13):
                x, y = -230 + column * 38 + (row % 2) * 19, -190 + row * 38
                c.fill(oval(x, y, 4.5), dark(p.main, 0.4), opacity=0.55)
    c.fill(_outline(vest, 9), p.second)
    for side in (-1, 1):
        strap = curve((side * 160, -180), (side * 110, -60), (side * 40, 30), (0, 66), width=30)
        c.glow(strap.moved(2, 8), DUSK, blur=7, opacity=0.35)
        c.body(strap, dark(STEEL, 0.45), depth=10)
        c.body(box(side * 118 - 26, -112, 52, 42, 10).turned(side * 28, (side * 118, -90)), dark(STEEL, 0.15), depth=8)
        c.body(curve((side * 206, 120), (side * 120, 112), (0, 70), width=30), dark(STEEL, 0.45), depth=10)
    c.body(oval(0, 70, 50), dark(p.main, 0.15), depth=18)
    draw_ring(c, 0, 96, 34, 36, 11, STEEL)


def _outline(shape: Shape, width: float) -> Shape:
    points = shape.parts[0].points
    return line((*points, points[0]), width)


def wear_harness(c: Canvas, p: Palette) -> None:
    """The harness on a sitting dog."""
    with c.at(0, -290, 0.62):
        _harness_front(c, p)


def coat(c: Canvas, p: Palette, style: str) -> None:
    """A coat on a wooden stand, in profile."""
    c.shadow(500, 826, 250, 34, 0.4)
    with c.at(500, 820, 1.12):
        for x in (-130, 130):
            c.body(line(((x, -240), (x, -30)), 22), OAK, depth=9)
        c.body(box(-220, -34, 440, 34, 14), OAK, depth=14)
        neck = line(((196, -420), (236, -540)), 24)
        c.body(neck, OAK, depth=9)
        c.body(oval(240, -560, 34), OAK, depth=18)
        draw_coat(c, p, style)


GARMENT: Shape = blob(
    (-264, -318), (-196, -412), (0, -416), (110, -434), (170, -508), (250, -470), (270, -400), (212, -300), (150, -216),
    (40, -186), (-90, -186), (-236, -180),
)  # fmt: skip


def draw_coat(c: Canvas, p: Palette, style: str) -> None:
    """A coat in the place of a walking dog's torso."""
    trim = {"rain": dark(p.accent, 0.1), "quilt": dark(p.accent, 0.35), "knit": p.second, "robe": p.second}[style]
    strap = box(-70, -236, 96, 96, 20)
    c.body(strap, dark(p.main, 0.22), depth=16)
    c.glow(GARMENT.moved(4, 14), DUSK, blur=14, opacity=0.3)
    c.body(GARMENT, p.main, depth=62, shade=0.55, shine=0.45)
    with c.within(GARMENT):
        if style == "quilt":
            seams = together(
                line(((i * 52, -560), (i * 52 + lean * 420, -120)), 4) for i in range(-10, 12) for lean in (-1, 1)
            )
            c.fill(seams, dark(p.main, 0.4), opacity=0.6)
            c.fill(seams.moved(3, 3), light(p.main, 0.3), opacity=0.4)
        elif style == "knit":
            for i in range(26):
                rib = curve((-290 + i * 23, -140), (-286 + i * 22, -300), (-300 + i * 23.5, -540), width=9)
                c.glow(rib, dark(p.main, 0.7), blur=3, opacity=0.5)
            band = curve((-120, -560), (-100, -330), (-106, -140), width=74)
            c.body(band, p.second, depth=14, shade=0.2)
            for i in range(14):
                x, y = -108, -420 + i * 22
                c.fill(poly((x - 24, y), (x, y + 12), (x + 24, y), (x, y + 22)), p.main)
        elif style == "robe":
            spots = [(-270 + (i * 53) % 560, -520 + (i * 97) % 360) for i in range(360)]
            for half, tone in enumerate((light(p.main, 0.4), dark(p.main, 0.25))):
                loops = (curve((x - 6, y), (x, y - 6), (x + 6, y), width=3.5) for x, y in spots[half::2])
                c.fill(together(loops), tone, opacity=0.55)
        else:
            flap = blob((-280, -380), (-190, -430), (110, -450), (190, -470), (150, -350), (-60, -318), (-280, -300))
            c.glow(flap.moved(0, 12), DUSK, blur=9, opacity=0.35)
            c.body(flap, light(p.main, 0.08), depth=26, shine=0.5)
            for x, y in ((-150, -344), (-20, -352), (104, -388)):
                c.body(oval(x, y, 11), trim, depth=6)
            c.body(box(-204, -286, 120, 74, 12), light(p.main, 0.05), depth=12)
            c.fill(line(((-196, -266), (-92, -266)), 4), dark(p.main, 0.4))
        c.glow(curve((-200, -396), (-40, -402), (100, -420), width=16), CREAM, blur=12, opacity=0.42)
    neck = {
        "rain": blob((120, -470), (150, -560), (226, -548), (296, -436), (268, -370), (236, -372)),
        "quilt": blob((132, -474), (160, -546), (226, -532), (288, -430), (262, -374), (228, -378)),
        "knit": blob((120, -470), (140, -560), (216, -572), (306, -440), (292, -370), (226, -362)),
        "robe": blob((90, -440), (140, -558), (226, -562), (316, -420), (280, -320), (190, -250), (206, -370)),
    }[style]
    c.glow(neck.moved(-4, 10), DUSK, blur=9, opacity=0.35)
    c.body(neck, trim if style != "rain" else light(p.main, 0.1), depth=24, shade=0.5)
    if style == "robe":
        belt = curve((-96, -420), (-70, -300), (-80, -180), width=30)
        c.glow(belt.moved(0, 8), DUSK, blur=7, opacity=0.35)
        c.body(belt, p.second, depth=10)
        for end in ((-150, -196), (-26, -186)):
            c.body(curve((-78, -268), ((-78 + end[0]) / 2, -250), end, width=(16, 22, 26)), p.second, depth=9)
        c.body(oval(-78, -270, 24), p.second, depth=10)
    elif style == "rain":
        c.body(box(-44, -214, 44, 26, 8), trim, depth=8)


def boots(c: Canvas, p: Palette, _style: str) -> None:
    """Four small boots in a row, the far two set back."""
    for x, y, k in ((350, 742, 0.86), (600, 742, 0.86), (250, 830, 1.08), (530, 830, 1.08)):
        c.shadow(x + 76 * k, y - 4, 128 * k, 22 * k, 0.45)
        with c.at(x, y, k):
            _boot(c, p)


def _boot(c: Canvas, p: Palette) -> None:
    shape = blob((-4, -236), (60, -250), (128, -236), (132, -140), (180, -104), (206, -56), (196, -18), (90, -12), (0, -18),
                 (-8, -120))  # fmt: skip
    c.body(oval(62, -240, 66, 18), dark(p.main, 0.55), depth=8)
    c.body(shape - oval(62, -246, 58, 13), p.main, depth=34, shade=0.55, shine=0.6)
    c.body(box(-8, -32, 214, 34, 14), dark(p.accent, 0.1), depth=10)
    for i in range(7):
        c.fill(box(6 + i * 29, -4, 14, 8, 3), dark(p.accent, 0.4))
    c.body(curve((-4, -186), (60, -174), (130, -186), width=26), p.second, depth=8, shade=0.3)
    c.gleam(curve((24, -150), (24, -100), (30, -60), width=(8, 14, 6)), 0.65, 5)
    c.gleam(oval(164, -76, 18, 9, 40), 0.6, 5)
