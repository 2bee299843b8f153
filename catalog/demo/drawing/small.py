"""Rabbits, guinea pigs and garden birds."""

# ruff: noqa: PLR0917 - x, y, width and height read best as a plain row of numbers

from __future__ import annotations

import math
import random

from catalog.demo.drawing.canvas import Canvas, Linear, fade
from catalog.demo.drawing.colours import DUSK, INK, OAK, STEEL, WATER, Colour, Palette, dark, light, mix, rgb
from catalog.demo.drawing.shapes import Part, Shape, arc, blob, box, curve, line, oval, poly


def _planks(
    c: Canvas, shape: Shape, colour: Colour, left: float, top: float, right: float, bottom: float, step: float
) -> None:
    c.body(shape, colour, depth=24, shade=0.4)
    with c.within(shape):
        y, row = top, 0
        while y < bottom:
            tone = (light(colour, 0.1), colour, dark(colour, 0.07))[row % 3]
            c.fill(box(left, y, right - left, step), tone, opacity=0.6)
            c.fill(line(((left, y), (right, y)), 3.5), dark(colour, 0.45), opacity=0.7)
            c.fill(
                curve((left, y + step * 0.4), ((left + right) / 2, y + step * 0.5), (right, y + step * 0.36), width=2),
                dark(colour, 0.25),
                opacity=0.35,
            )
            y, row = y + step, row + 1


def _mesh(c: Canvas, x: float, y: float, w: float, h: float, step: float = 26.0) -> None:
    pane = box(x, y, w, h)
    with c.within(pane):
        for i in range(int(w / step) + 2):
            c.fill(line(((x + i * step, y), (x + i * step, y + h)), 2.6), light(STEEL, 0.2), opacity=0.75)
        for i in range(int(h / step) + 2):
            c.fill(line(((x, y + i * step), (x + w, y + i * step)), 2.6), light(STEEL, 0.2), opacity=0.75)


def _hay(c: Canvas, x: float, y: float, rx: float, ry: float, count: int, seed: int, *, upward: bool = True) -> None:
    dice = random.Random(seed)
    for _ in range(count):
        px, py = x + dice.uniform(-rx, rx), y + dice.uniform(-ry, ry)
        a = math.radians(dice.uniform(-165, -15) if upward else dice.uniform(-180, 180))
        length = dice.uniform(40, 86)
        end = (px + length * math.cos(a), py + length * math.sin(a))
        tone = dice.choice((rgb("d9b65e"), rgb("e9cf86"), rgb("c39a45"), rgb("b5a455"), rgb("f3dfa2")))
        bend = ((px + end[0]) / 2 + dice.uniform(-12, 12), (py + end[1]) / 2 + dice.uniform(-9, 9))
        c.fill(curve((px, py), bend, end, width=(6, 5, 2.5)), tone)


def hutch(c: Canvas, p: Palette, _style: str) -> None:
    """A two-storey hutch with a ramp."""
    c.shadow(500, 848, 390, 36, 0.46)
    _planks(c, box(180, 330, 640, 500, 6), p.main, 180, 330, 820, 830, 46)
    for x in (176, 786):
        c.body(box(x, 320, 38, 530, 6), dark(p.main, 0.12), depth=12)
    upper = box(420, 382, 360, 160, 8)
    c.fill(upper, fade(dark(p.main, 0.8), dark(p.main, 0.6)))
    with c.within(upper):
        _hay(c, 600, 540, 190, 14, 70, 5)
    _mesh(c, 420, 382, 360, 160)
    lower = box(222, 604, 556, 204, 8)
    c.fill(lower, fade(dark(p.main, 0.78), dark(p.main, 0.5)))
    with c.within(lower):
        c.fill(box(222, 776, 556, 40), rgb("7f9a58"))
        _hay(c, 500, 800, 270, 14, 60, 8)
        ramp = poly((430, 604), (500, 604), (380, 808), (290, 808))
        c.body(ramp, OAK, depth=14)
        for i in range(7):
            t = i / 7
            c.fill(line(((430 - 140 * t + 6, 616 + 204 * t), (500 - 120 * t - 4, 616 + 204 * t)), 8), dark(OAK, 0.4))
    _mesh(c, 222, 604, 556, 204)
    for x, y, w, h in ((412, 374, 376, 176), (214, 596, 572, 220)):
        c.body(box(x, y, w, h, 8) - box(x + 14, y + 14, w - 28, h - 28, 4), light(p.main, 0.2), depth=8, shade=0.5)
    door = box(226, 376, 172, 172, 10)
    c.glow(door.moved(3, 6), DUSK, blur=6, opacity=0.35)
    _planks(c, door, light(p.main, 0.16), 226, 376, 398, 548, 43)
    c.fill(line(((240, 536), (384, 390)), 15), dark(p.main, 0.16))
    c.body(oval(374, 470, 12), dark(STEEL, 0.4), depth=5, shine=0.8)
    roof = poly((120, 338), (220, 214), (800, 214), (884, 338))
    c.glow(box(180, 338, 640, 26), DUSK, blur=10, opacity=0.45)
    c.body(roof, p.accent, depth=26, shade=0.45)
    with c.within(roof):
        for i in range(4):
            y = 236 + i * 30
            for j in range(24):
                c.fill(line(arc(110 + j * 36 + (i % 2) * 18, y, 18, 15, 0, 180), 3), dark(p.accent, 0.4), opacity=0.7)
    c.body(box(112, 326, 780, 24, 8), light(p.main, 0.15), depth=8)


def hayrack(c: Canvas, p: Palette, _style: str) -> None:
    """A slatted rack full of hay."""
    c.shadow(500, 832, 320, 40, 0.46)
    c.body(box(214, 470, 572, 280, 10), dark(p.main, 0.32), depth=20)
    _hay(c, 500, 560, 250, 110, 330, 4)
    _hay(c, 500, 470, 230, 30, 170, 6)
    for x in (206, 746):
        c.body(box(x, 440, 50, 396, 12), p.main, depth=18)
    for i in range(6):
        x = 300 + i * 80
        slat = box(x - 17, 520, 34, 240, 10)
        c.glow(slat.moved(5, 6), DUSK, blur=7, opacity=0.4)
        c.body(slat, light(p.main, 0.14), depth=13)
    for y in (508, 738):
        rail = box(196, y, 612, 46, 14)
        c.glow(rail.moved(0, 9), DUSK, blur=8, opacity=0.35)
        c.body(rail, light(p.main, 0.08), depth=16)
        for x in (230, 770):
            c.body(oval(x, y + 23, 10), dark(p.main, 0.45), depth=5)
    _hay(c, 430, 828, 200, 9, 26, 9, upward=False)


def drip(c: Canvas, p: Palette, _style: str) -> None:
    """A glass bottle on a mesh panel."""
    c.body(box(160, 110, 680, 740, 18) - box(206, 156, 588, 648, 6), OAK, depth=20, shade=0.5)
    c.fill(box(206, 156, 588, 648), dark(p.wall, 0.12))
    _mesh(c, 206, 156, 588, 648, 49)
    glass = blob(
        (384, 230),
        (430, 190),
        (570, 190),
        (616, 230),
        (622, 520),
        (570, 590),
        (540, 626),
        (460, 626),
        (430, 590),
        (378, 520),
    )
    c.glow(glass.moved(22, 22), DUSK, blur=22, opacity=0.4)
    c.fill(glass, light(p.wall, 0.55), opacity=0.82)
    with c.within(glass):
        c.fill(box(360, 380, 280, 260), Linear(((0, light(WATER, 0.25)), (1, dark(WATER, 0.2))), 90), opacity=0.9)
        c.fill(oval(500, 380, 124, 17), light(WATER, 0.6))
        c.glow(box(580, 190, 60, 440), DUSK, blur=22, opacity=0.25)
        for x, y, r in ((450, 470, 9), (530, 430, 6), (470, 540, 6), (550, 520, 9)):
            c.fill(line(arc(x, y, r, r, 0, 360), 2.5), (255, 255, 255), opacity=0.8)
    c.glow(line(((420, 250), (416, 500)), 17), (255, 255, 255), blur=5, opacity=0.75)
    for y in (276, 496):
        c.body(box(366, y, 268, 22, 10), STEEL, depth=8, shade=0.55, shine=0.9)
    cap = box(436, 608, 128, 76, 18)
    c.body(cap, p.main, depth=22)
    for i in range(7):
        c.fill(line(((452 + i * 16, 620), (452 + i * 16, 674)), 3.5), dark(p.main, 0.4), opacity=0.6)
    spout = curve((500, 684), (500, 740), (470, 790), (430, 832), width=(34, 32, 30, 28))
    c.glow(spout.moved(12, 10), DUSK, blur=9, opacity=0.35)
    c.body(spout, STEEL, depth=14, shade=0.6, shine=0.9)
    c.body(oval(426, 836, 13), light(STEEL, 0.4), depth=6, shine=0.9)
    drop = blob((414, 868), (424, 886), (420, 904), (408, 904), (404, 886))
    c.fill(drop, WATER)


def feeder(c: Canvas, p: Palette, _style: str) -> None:
    """A hanging glass feeder."""
    c.shadow(500, 880, 190, 22, 0.24)
    c.fill(curve((500, -10), (506, 60), (500, 130), width=7), dark(STEEL, 0.5))
    c.body(line(arc(500, 150, 26, 30, 0, 360), 9), dark(STEEL, 0.2), depth=4, shine=0.8)
    tube = box(384, 290, 232, 410, 20)
    c.fill(tube, light(p.wall, 0.5), opacity=0.8)
    dice = random.Random(17)
    with c.within(box(396, 380, 208, 320, 8)):
        c.fill(box(390, 386, 220, 320), rgb("7a5a3c"))
        for _ in range(420):
            x, y = dice.uniform(390, 610), dice.uniform(384, 704)
            tone = dice.choice((rgb("3d322f"), rgb("c99b55"), rgb("e6c98c"), rgb("8a633f"), rgb("f1e4c4"), rgb("5a463a")))
            c.fill(oval(x, y, 11, 6, dice.uniform(0, 180)), tone)
    with c.within(tube):
        c.glow(box(580, 290, 60, 420), DUSK, blur=22, opacity=0.4)
    c.glow(line(((414, 320), (412, 660)), 18), (255, 255, 255), blur=6, opacity=0.6)
    for y in (470, 590):
        for side in (-1, 1):
            x = 500 + side * 116
            c.body(line(((x - side * 10, y + 34), (x + side * 70, y + 34)), 12), OAK, depth=5)
            c.body(oval(x - side * 22, y, 24, 28), dark(STEEL, 0.15), depth=9, shine=0.8)
            c.fill(oval(x - side * 22, y, 13, 17), INK)
    c.body(oval(500, 716, 236, 50), dark(p.main, 0.2), depth=16)
    c.body(oval(500, 700, 236, 50), p.main, depth=14, shade=0.4)
    c.body(oval(500, 702, 206, 38), dark(p.main, 0.25), depth=14, shine=0)
    for _ in range(70):
        a, reach = dice.uniform(0, math.tau), math.sqrt(dice.random())
        c.fill(
            oval(500 + 190 * reach * math.cos(a), 702 + 32 * reach * math.sin(a), 10, 5, dice.uniform(0, 180)),
            dice.choice((rgb("e6c98c"), rgb("3d322f"), rgb("c99b55"))),
        )
    c.body(box(380, 660, 240, 46, 10), p.main, depth=14)
    roof = blob((270, 330), (300, 296), (400, 222), (470, 180), (530, 180), (600, 222), (700, 296), (730, 330), (500, 352))
    c.glow(roof.moved(0, 18), DUSK, blur=14, opacity=0.4)
    c.body(roof, p.main, depth=40, shade=0.55, shine=0.55)
    with c.within(roof):
        for x in (360, 430, 500, 570, 640):
            c.fill(line(((500 + (x - 500) * 0.3, 170), (500 + (x - 500) * 1.5, 360)), 3.5), dark(p.main, 0.4), opacity=0.6)
    c.body(oval(500, 182, 26, 20), rgb("d9aa52"), depth=10, shine=0.9)


def nestbox(c: Canvas, p: Palette, _style: str) -> None:
    """A nest box on a trunk."""
    trunk = rgb("8d6a4e")
    c.shadow(500, 900, 220, 26, 0.3)
    c.body(
        blob((400, -60), (420, 300), (392, 700), (360, 930), (640, 930), (606, 700), (586, 300), (610, -60)),
        trunk,
        depth=60,
        shade=0.55,
        shine=0.25,
    )
    for i in range(16):
        x = 402 + (i * 47) % 190
        y = 20 + i * 56
        c.fill(curve((x, y), (x + 8, y + 40), (x - 4, y + 90), width=(2, 6, 2)), dark(trunk, 0.4), opacity=0.55)
    for x, y, a in ((640, 150, -30), (700, 110, 20), (360, 120, 200), (310, 170, 160)):
        leaf = blob((0, 0), (40, -28), (96, 0), (40, 28)).turned(a).moved(x, y)
        c.body(leaf, rgb("86a463"), depth=14)
    body = box(300, 330, 400, 450, 10)
    c.glow(body.moved(14, 20), DUSK, blur=24, opacity=0.4)
    c.body(body, p.main, depth=30, shade=0.45)
    with c.within(body):
        for i in range(1, 6):
            x = 300 + i * 67
            c.fill(line(((x, 330), (x, 790)), 4), dark(p.main, 0.4), opacity=0.7)
            c.fill(line(((x + 4, 330), (x + 4, 790)), 2.5), light(p.main, 0.5), opacity=0.6)
        c.glow(box(280, 320, 440, 60), DUSK, blur=18, opacity=0.4)
    copper = rgb("c77a4a")
    c.body(oval(500, 520, 92), copper, depth=16, shade=0.55, shine=0.9)
    c.fill(oval(500, 522, 66), fade(dark(p.main, 0.88), dark(p.main, 0.6)))
    for a in (45, 135, 225, 315):
        nail = arc(500, 520, 79, 79, a, a + 0.1)[0]
        c.body(oval(*nail, 6), dark(copper, 0.4), depth=3)
    c.glow(line(((504, 650), (512, 690)), 20), DUSK, blur=8, opacity=0.4)
    c.body(line(((500, 640), (500, 664)), 30), OAK, depth=12)
    c.body(oval(500, 666, 17), light(OAK, 0.3), depth=7)
    roof = Shape((Part(((232, 366), (490, 196), (510, 196), (768, 366), (740, 404), (500, 250), (260, 404))),))
    c.body(poly((300, 338), (500, 216), (700, 338)), p.main, depth=10)
    c.glow(roof.moved(0, 16), DUSK, blur=12, opacity=0.4)
    c.body(roof, p.accent, depth=18, shade=0.5)
    for i in range(9):
        t = i / 9
        for side in (-1, 1):
            c.fill(
                line(((500 + side * 258 * t, 206 + 164 * t), (500 + side * (242 * t + 2), 250 + 148 * t)), 3),
                dark(p.accent, 0.4),
                opacity=0.6,
            )


def birdbath(c: Canvas, p: Palette, _style: str) -> None:
    """A stone basin on a turned pillar."""
    stone = mix(p.main, rgb("d9cbb5"), 0.5)
    c.shadow(500, 872, 240, 36, 0.46)
    for shape in (
        blob((330, 880), (340, 820), (420, 800), (580, 800), (660, 820), (670, 880), (500, 892)),
        blob((430, 810), (450, 740), (420, 660), (462, 560), (538, 560), (580, 660), (550, 740), (570, 810), (500, 822)),
        box(434, 700, 132, 30, 14),
    ):
        c.body(shape, stone, depth=44, shade=0.5)
    basin = blob((152, 440), (210, 520), (340, 580), (500, 596), (660, 580), (790, 520), (848, 440), (500, 410))
    c.body(basin, stone, depth=60, shade=0.5)
    dice = random.Random(31)
    with c.within(basin):
        for _ in range(240):
            c.fill(
                oval(dice.uniform(150, 850), dice.uniform(420, 600), dice.uniform(1.5, 4)),
                dice.choice((dark(stone, 0.3), light(stone, 0.5))),
                opacity=0.5,
            )
    c.body(oval(500, 440, 352, 78), light(stone, 0.2), depth=16, shade=0.4)
    c.body(oval(500, 446, 304, 58), dark(stone, 0.2), depth=18, shine=0)
    c.body(oval(500, 452, 288, 50), WATER, depth=20, shade=0.35, paint=fade(dark(WATER, 0.2), light(WATER, 0.5)))
    for i in range(3):
        c.fill(line(arc(590, 454, 46 + i * 34, 9 + i * 6.5, 0, 360), 3), light(WATER, 0.75), opacity=0.8 - i * 0.2)
    c.gleam(curve((270, 450), (340, 478), (430, 486), width=(3, 9, 3)), 0.8, 3)
    for x, y, a in ((366, 446, 20), (700, 458, -30)):
        c.body(blob((0, 0), (16, -10), (38, 0), (16, 10)).turned(a).moved(x, y), rgb("9db36a"), depth=5)
    c.gleam(curve((210, 490), (260, 530), (340, 562), width=(5, 14, 5)), 0.4, 8)
