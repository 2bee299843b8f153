"""Dog toys."""

from __future__ import annotations

import math

from catalog.demo.drawing.canvas import Canvas, Radial, fade
from catalog.demo.drawing.colours import BISCUIT, CREAM, DUSK, INK, OAK, PALETTES, Colour, Palette, dark, light, mix
from catalog.demo.drawing.shapes import Part, Shape, arc, blob, box, curve, line, oval, pillow, poly


def sphere(c: Canvas, x: float, y: float, r: float, colour: Colour) -> None:
    """A glossy ball."""
    c.body(oval(x, y, r), colour, depth=r * 0.3, shade=0.5, shine=0.1,
           paint=Radial(((0, light(colour, 0.5)), (0.35, light(colour, 0.08)), (0.8, dark(colour, 0.16)), (1, dark(colour, 0.34))),
                        (x - r * 0.35, y - r * 0.4), r * 1.6))  # fmt: skip


def gloss(c: Canvas, x: float, y: float, r: float) -> None:
    """The window's reflection on a ball, and the floor's light underneath."""
    c.gleam(oval(x - r * 0.4, y - r * 0.46, r * 0.24, r * 0.14, -38), 0.9, r * 0.04)
    c.gleam(oval(x - r * 0.66, y - r * 0.12, r * 0.05, r * 0.09, 10), 0.6, r * 0.02)
    c.glow(line(arc(x, y, r * 0.88, r * 0.88, 30, 100), r * 0.08), CREAM, blur=r * 0.06, opacity=0.28)


def ball(c: Canvas, p: Palette, _style: str) -> None:
    """A rubber ball with a band."""
    c.shadow(510, 828, 230, 40, 0.5)
    x, y, r = 500.0, 570.0, 262.0
    sphere(c, x, y, r, p.main)
    with c.within(oval(x, y, r)):
        band = line(arc(x - 20, y - 30, 330, 150, 0, 180, -16), 74)
        c.fill(band, fade(light(p.second, 0.3), dark(p.second, 0.28), 20))
        for offset in (-44, 44):
            c.fill(line(arc(x - 20, y - 30 + offset, 330, 150, 0, 180, -16), 7), p.accent)
        c.glow(oval(x + 90, y + 220, 240, 110, -24), DUSK, blur=50, opacity=0.4)
    gloss(c, x, y, r)


def rope(c: Canvas, p: Palette, _style: str) -> None:
    """A twisted rope with two knots and two tassels."""
    c.shadow(500, 792, 410, 44, 0.46)
    with c.at(500, 668, 1.0, angle=-11):
        for side in (-1, 1):
            for i in range(13):
                spread = (i - 6) * 13
                tone = (p.main, p.second, dark(p.main, 0.2), light(p.main, 0.2))[i % 4]
                strand = curve(
                    (side * 300, spread * 0.25),
                    (side * 370, spread * 0.9),
                    (side * 452, spread * 1.5 + 10),
                    width=(16, 15, 8),
                )
                c.body(strand, tone, depth=7)
        c.glow(line(((-250, 34), (250, 34)), 90), DUSK, blur=22, opacity=0.35)
        c.body(line(((-250, 0), (250, 0)), 92), dark(p.main, 0.2), depth=30)
        for i in range(-6, 7):
            x = i * 42.0
            tone = p.second if i % 2 else p.main
            c.body(
                curve((x - 34, 44), (x - 12, 16), (x + 12, -16), (x + 34, -44), width=(24, 39, 39, 24)),
                tone,
                depth=17,
                shade=0.5,
            )
        for side in (-1, 1):
            x = side * 278
            c.glow(oval(x + 6, 22, 80, 84), DUSK, blur=16, opacity=0.35)
            c.body(oval(x, 0, 80, 88), p.main, depth=32)
            for dx, tone in ((-38, p.second), (2, p.main), (42, p.second)):
                c.body(curve((x + dx - 26, 66), (x + dx, 4), (x + dx + 20, -68), width=(22, 38, 24)), tone, depth=16)


def duck(c: Canvas, p: Palette, _style: str) -> None:
    """A rubber duck in an admiral's hat."""
    c.shadow(500, 826, 290, 42, 0.46)
    body = blob((196, 600), (230, 720), (340, 806), (520, 822), (700, 796), (800, 690), (826, 560), (770, 560), (690, 610),
                (600, 590), (420, 560), (300, 540))  # fmt: skip
    c.body(body, p.main, depth=80, shade=0.5)
    c.body(oval(400, 418, 172, 166), p.main, depth=60, shade=0.45)
    c.glow(oval(420, 570, 130, 24, 6), dark(p.main, 0.6), blur=22, opacity=0.5)
    wing = blob((470, 640), (560, 616), (700, 620), (764, 590), (740, 690), (640, 744), (520, 730))
    c.glow(wing.moved(0, 12), dark(p.main, 0.7), blur=14, opacity=0.45)
    c.body(wing, light(p.main, 0.06), depth=34, shade=0.45)
    orange = (233, 124, 52)
    c.body(blob((250, 432), (190, 440), (118, 468), (150, 496), (230, 500), (280, 484)), dark(orange, 0.1), depth=16)
    c.body(blob((262, 404), (190, 420), (116, 462), (190, 470), (262, 468), (296, 440)), orange, depth=18, shine=0.6)
    c.fill(oval(330, 378, 27, 31), INK)
    c.fill(oval(320, 366, 9), CREAM)
    c.gleam(oval(330, 300, 44, 16, -30), 0.0, 6)
    navy = p.accent
    hat = blob(
        (222, 318),
        (250, 250),
        (330, 196),
        (420, 178),
        (520, 206),
        (584, 262),
        (604, 330),
        (500, 296),
        (400, 290),
        (300, 300),
    )
    c.glow(hat.moved(0, 14), DUSK, blur=12, opacity=0.35)
    c.body(hat, navy, depth=30)
    c.fill(curve((222, 318), (300, 300), (400, 290), (500, 296), (604, 330), width=12), (226, 182, 84))
    c.body(oval(412, 244, 26), (226, 182, 84), depth=10)
    c.gleam(curve((256, 640), (290, 724), (370, 776), width=(14, 24, 8)), 0.5, 12)
    c.gleam(oval(300, 470, 26, 40, 40), 0.25, 12)


def disc(c: Canvas, p: Palette, _style: str) -> None:
    """A flying disc leaning on its edge."""
    c.shadow(520, 828, 260, 36, 0.46)
    with c.at(500, 545, 1.0, angle=-14):
        c.body(oval(16, 12, 264, 290), dark(p.main, 0.35), depth=30)
        c.body(oval(0, 0, 262, 288), p.main, depth=46, shade=0.5, shine=0.6)
        for r, tone in (
            (0.86, dark(p.main, 0.18)),
            (0.74, light(p.main, 0.2)),
            (0.62, dark(p.main, 0.14)),
            (0.5, light(p.main, 0.25)),
        ):
            c.fill(line(arc(0, 0, 262 * r, 288 * r, 0, 360), 7), tone)
        c.body(oval(0, 0, 106, 116), p.second, depth=26, shade=0.35)
        c.body(poly_star(0, 0, 58), p.accent, depth=12)
        with c.within(oval(0, 0, 262, 288)):
            c.glow(poly((-120, -320), (-20, -320), (-170, 320), (-270, 320)), CREAM, blur=22, opacity=0.4)


def poly_star(x: float, y: float, r: float) -> Shape:
    """A five-pointed star with soft tips."""
    points = []
    for i in range(10):
        a = math.radians(i * 36 - 90)
        reach = r if i % 2 == 0 else r * 0.52
        points.append((x + reach * math.cos(a), y + reach * math.sin(a)))
    return Shape((Part(tuple(points)), Part((*points, points[0]), (r * 0.16,) * 11)))


def puzzle(c: Canvas, p: Palette, _style: str) -> None:
    """A square board with nine lids, seen from above at a slant."""
    c.shadow(500, 838, 400, 40, 0.46)
    c.body(poly((148, 760), (852, 760), (846, 826), (154, 826)) + box(148, 748, 704, 82, 20), dark(p.main, 0.16), depth=18)
    top = Shape(
        (
            Part(((262, 420), (738, 420), (856, 772), (144, 772))),
            Part(((262, 420), (738, 420), (856, 772), (144, 772), (262, 420)), (22,) * 5),
        )
    )
    c.body(top, p.main, depth=26, shade=0.3)
    with c.within(top):
        for i in range(14):
            c.fill(
                curve((120, 440 + i * 27), (400, 434 + i * 27 + (i % 3) * 6), (880, 442 + i * 27), width=3),
                dark(p.main, 0.25),
                opacity=0.35,
            )
    lids = [PALETTES[n].main for n in ("teal", "coral", "mustard", "sky", "plum", "moss", "brick", "teal", "butter")]
    for row in range(3):
        for column in range(3):
            depth = (0.74, 0.87, 1.0)[row]
            x, y = 500 + (column - 1) * 214 * depth, (476, 582, 702)[row]
            rx, ry = 74 * depth, 40 * depth
            index = row * 3 + column
            c.body(oval(x, y, rx, ry), dark(p.main, 0.45), depth=12, shade=0.1, shine=0.0)
            opened = index in (1, 6)
            if opened:
                c.body(oval(x - 18, y + 8, 22, 14), BISCUIT, depth=8)
                c.body(oval(x + 18, y + 4, 20, 13), light(BISCUIT, 0.1), depth=8)
            lx, ly = (x + rx * 1.05, y - ry * 1.0) if opened else (x, y - 7)
            c.glow(oval(lx + 4, ly + 12, rx * 0.95, ry), DUSK, blur=8, opacity=0.4)
            c.body(oval(lx, ly + 6, rx * 0.95, ry * 0.95), dark(lids[index], 0.25), depth=8)
            c.body(oval(lx, ly - 6, rx * 0.95, ry * 0.95), lids[index], depth=14)
            c.body(oval(lx, ly - 16, 18, 13), light(OAK, 0.3), depth=8)


def chew(c: Canvas, p: Palette, _style: str) -> None:
    """Three stacked bulbs of rubber."""
    c.shadow(500, 828, 210, 38, 0.5)
    for x, y, rx, ry in ((500, 690, 196, 144), (500, 480, 156, 120), (500, 310, 116, 92)):
        c.body(pillow(x, y, rx, ry, 2.3), p.main, depth=64, shade=0.55, shine=0.3,
               paint=fade(light(p.main, 0.14), dark(p.main, 0.16), 60))  # fmt: skip
        c.gleam(oval(x - rx * 0.48, y - ry * 0.34, rx * 0.11, ry * 0.3, 26), 0.7, 7)
    for y, rx in ((588, 140), (392, 106)):
        c.glow(oval(500, y, rx, 14), dark(p.main, 0.8), blur=9, opacity=0.55)
    c.body(oval(500, 240, 56, 20), dark(p.main, 0.55), depth=8, shine=0)
    c.body(oval(500, 232, 40, 16), (224, 190, 134), depth=8)


def tug(c: Canvas, p: Palette, _style: str) -> None:
    """A plaited ring leaning upright."""
    c.shadow(500, 830, 240, 38, 0.46)
    x, y, rx, ry = 500.0, 540.0, 220.0, 226.0
    c.body(line(arc(x, y, rx, ry, 0, 360), 116), dark(p.main, 0.35), depth=36)
    count = 26
    for i in range(count):
        a = math.radians(i * 360 / count + 100)
        s, co = math.sin(a), math.cos(a)
        tone = (p.main, p.second, mix(p.main, p.accent, 0.5))[i % 3] if i < count - 1 else p.main
        inner = (x + (rx - 50) * co, y + (ry - 50) * s)
        middle = (x + rx * math.cos(a + 0.16), y + ry * math.sin(a + 0.16))
        outer = (x + (rx + 52) * math.cos(a + 0.4), y + (ry + 52) * math.sin(a + 0.4))
        c.body(curve(inner, middle, outer, width=(26, 58, 30)), tone, depth=20, shade=0.5, shine=0.5)
