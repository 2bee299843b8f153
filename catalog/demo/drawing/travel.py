"""Carriers, the car, towels, blankets and caves."""

# ruff: noqa: PLR0917 - x, y, width and height read best as a plain row of numbers

from __future__ import annotations

import random

from catalog.demo.drawing.canvas import Canvas, Linear, Radial, fade
from catalog.demo.drawing.colours import (
    BRASS,
    CREAM,
    DUSK,
    LEATHER,
    PALETTES,
    STEEL,
    WOOL,
    Colour,
    Palette,
    dark,
    light,
    mix,
)  # fmt: skip
from catalog.demo.drawing.shapes import Shape, arc, blob, box, curve, line, oval, pillow, poly, spline, together
from catalog.demo.drawing.walks import draw_ring


def carrier(c: Canvas, p: Palette, _style: str) -> None:
    """A hard carrier with a barred door."""
    c.shadow(500, 828, 370, 42, 0.46)
    handle = curve((370, 330), (390, 250), (500, 232), (610, 250), (630, 330), width=36)
    c.body(handle, p.accent, depth=14, shine=0.6)
    lid = box(156, 322, 688, 300, 130)
    c.body(lid, light(p.main, 0.12), depth=60, shade=0.45)
    tub = box(156, 580, 688, 248, 70)
    c.body(tub, p.main, depth=60, shade=0.5, shine=0.35)
    for x in (196, 236):
        for y in (430, 480, 680, 730):
            c.fill(box(x, y, 16, 34, 8), dark(p.main, 0.6))
            c.fill(box(1000 - x - 16, y, 16, 34, 8), dark(p.main, 0.6))
    frame = pillow(500, 594, 214, 206, 4.0)
    c.glow(frame.moved(4, 8), DUSK, blur=9, opacity=0.3)
    c.body(frame, p.second, depth=22, shade=0.4)
    inside = pillow(500, 596, 178, 172, 4.0)
    c.fill(inside, Radial(((0, dark(p.main, 0.62)), (1, dark(p.main, 0.85))), (500, 700), 220))
    with c.within(inside):
        c.body(pillow(500, 752, 190, 46, 3), PALETTES["rose"].main, depth=20)
        for i in range(9):
            x = 340 + i * 40
            c.body(line(((x, 400), (x, 790)), 11), STEEL, depth=5, shade=0.55, shine=0.9)
        for y in (480, 700):
            c.body(line(((310, y), (690, y)), 12), STEEL, depth=5, shade=0.55, shine=0.9)
    c.body(box(128, 570, 744, 40, 16), p.accent, depth=12, shade=0.4)
    c.body(pillow(500, 594, 214, 206, 4.0) - pillow(500, 596, 178, 172, 4.0), p.second, depth=16, shade=0.45)
    c.body(box(672, 560, 56, 74, 16), p.accent, depth=14, shine=0.6)
    for x in (168, 776):
        c.body(box(x, 556, 56, 70, 12), dark(STEEL, 0.05), depth=12, shine=0.8)
    c.gleam(curve((196, 470), (250, 384), (380, 344), width=(8, 24, 8)), 0.6, 9)


def backpack(c: Canvas, p: Palette, _style: str) -> None:
    """A rucksack with a porthole."""
    backpack_back(c, p)
    backpack_front(c, p)


def backpack_back(c: Canvas, p: Palette) -> None:
    """The pack itself and the dark of its inside, centred on (500, 470)."""
    c.shadow(500, 842, 280, 42, 0.46)
    c.body(curve((440, 190), (450, 116), (500, 100), (550, 116), (560, 190), width=28), LEATHER, depth=11)
    for side in (-1, 1):
        c.body(
            curve(
                (500 + side * 240, 330), (500 + side * 330, 460), (500 + side * 310, 640), (500 + side * 250, 760), width=44
            ),
            dark(p.main, 0.3),
            depth=16,
        )
    body = blob(
        (240, 520),
        (262, 300),
        (360, 196),
        (500, 174),
        (640, 196),
        (738, 300),
        (760, 520),
        (752, 760),
        (690, 838),
        (310, 838),
        (248, 760),
    )
    c.body(body, p.main, depth=70, shade=0.5, shine=0.4)
    with c.within(body):
        for x in (300, 700):
            c.fill(curve((x, 180), (x + (500 - x) * -0.1, 500), (x, 850), width=4), dark(p.main, 0.4), opacity=0.6)
    c.fill(oval(500, 462, 172), Radial(((0, dark(p.main, 0.5)), (1, dark(p.main, 0.85))), (500, 420), 190))


def backpack_front(c: Canvas, p: Palette) -> None:
    """The dome, the pocket and the straps."""
    dome = oval(500, 462, 172)
    with c.within(dome):
        c.glow(oval(430, 384, 110, 70, -35), (255, 255, 255), blur=26, opacity=0.42)
        c.glow(line(arc(500, 462, 150, 150, 20, 100), 16), (255, 255, 255), blur=9, opacity=0.3)
    c.body(line(arc(500, 462, 182, 182, 0, 360), 32), BRASS, depth=13, shade=0.6, shine=0.9)
    for i in range(8):
        x, y = arc(500, 462, 182, 182, i * 45 + 22, i * 45 + 22.1)[0]
        c.body(oval(x, y, 8), dark(BRASS, 0.25), depth=4, shine=0.8)
    c.gleam(curve((400, 400), (430, 360), (476, 336), width=(5, 14, 5)), 0.95, 3)
    pocket = blob((316, 690), (684, 690), (680, 806), (640, 826), (360, 826), (320, 806))
    c.glow(pocket.moved(0, -4), DUSK, blur=10, opacity=0.35)
    c.body(pocket, light(p.main, 0.06), depth=28)
    flap = blob((306, 680), (694, 680), (690, 726), (560, 758), (440, 758), (310, 726))
    c.glow(flap.moved(0, 10), DUSK, blur=8, opacity=0.4)
    c.body(flap, light(p.main, 0.12), depth=20)
    for x in (398, 602):
        c.body(box(x - 20, 660, 40, 112, 10), LEATHER, depth=9)
        c.body(box(x - 27, 736, 54, 34, 8) - box(x - 15, 744, 30, 18, 3), BRASS, depth=6, shine=0.9)


def crate(c: Canvas, p: Palette, _style: str) -> None:
    """A wire crate with its door open."""
    c.shadow(480, 836, 360, 40, 0.42)
    wire, thin = dark(p.main, 0.1), 7
    back, front = (220, 330, 760, 760), (130, 400, 700, 830)
    for i in range(11):
        x = back[0] + (back[2] - back[0]) * i / 10
        c.fill(line(((x, back[1]), (x, back[3])), thin * 0.7), mix(wire, p.wall, 0.35))
    for i in range(5):
        y = back[1] + (back[3] - back[1]) * i / 4
        c.fill(line(((back[0], y), (back[2], y)), thin * 0.7), mix(wire, p.wall, 0.35))
    c.body(poly((130, 812), (700, 812), (760, 742), (220, 742)), dark(p.main, 0.2), depth=10)
    c.body(pillow(445, 766, 270, 46, 3.2), p.second, depth=30, shade=0.4)
    for i in range(9):
        t = i / 8
        x, y0 = front[0] + (back[0] - front[0]) * t, front[1] + (back[1] - front[1]) * t
        c.fill(line(((front[2] + 60 * t, 400 - 70 * t), (front[2] + 60 * t, 830 - 70 * t)), thin), mix(wire, p.wall, 0.12))
        c.fill(line(((x, y0), (x + 570 - 30 * t, y0)), thin * 0.8), mix(wire, p.wall, 0.15))
    for i in range(9):
        x = 130 + 570 * i / 8
        c.fill(line(((x, 400), (x + 90 - i * 3.7, 330)), thin * 0.8), mix(wire, p.wall, 0.15))
    for i in range(5):
        y = 400 + 430 * i / 4
        c.fill(line(((700, y), (760, y - 70)), thin), wire)
    for x in (130, 200, 270, 560, 630, 700):
        c.body(line(((x, 400), (x, 830)), thin), wire, depth=3, shine=0.8)
    for y in (400, 508):
        c.body(line(((130, y), (700, y)), thin), wire, depth=3, shine=0.8)
    for y in (615, 722):
        c.body(line(((130, y), (270, y)), thin), wire, depth=3, shine=0.8)
        c.body(line(((560, y), (700, y)), thin), wire, depth=3, shine=0.8)
    for a, b in (((130, 400), (700, 400)), ((130, 830), (700, 830)), ((130, 400), (130, 830)), ((700, 400), (700, 830)),
                 ((130, 400), (220, 330)), ((700, 400), (760, 330)), ((220, 330), (760, 330)), ((700, 830), (760, 760)), ((760, 330), (760, 760))):  # fmt: skip
        c.body(line((a, b), 13), wire, depth=5, shine=0.8)
    door = [(560, 508), (830, 548), (830, 872), (560, 830)]
    for i in range(7):
        t = i / 6
        c.body(line(((560 + 270 * t, 508 + 40 * t), (560 + 270 * t, 830 + 42 * t)), 9), wire, depth=4, shine=0.8)
    for i in range(4):
        t = i / 3
        c.body(line(((560, 508 + 322 * t), (830, 548 + 324 * t)), 9), wire, depth=4, shine=0.8)
    c.body(line((*door, door[0]), 14), wire, depth=5, shine=0.8)
    c.body(box(806, 680, 44, 30, 10), STEEL, depth=8, shine=0.9)
    c.body(curve((400, 368), (410, 312), (480, 300), (550, 312), (560, 368), width=24), p.accent, depth=9)


def booster(c: Canvas, p: Palette, _style: str) -> None:
    """A quilted booster seat."""
    c.shadow(500, 832, 320, 42, 0.46)
    for x in (380, 620):
        c.body(line(((x, 60), (x, 420)), 34), dark(p.main, 0.55), depth=10)
        c.body(box(x - 30, 250, 60, 44, 8), STEEL, depth=10, shine=0.8)
    back = blob((232, 480), (250, 350), (330, 300), (500, 290), (670, 300), (750, 350), (768, 480), (768, 640), (232, 640))
    c.body(back, p.main, depth=50)
    c.body(
        blob((276, 480), (300, 370), (500, 340), (700, 370), (724, 480), (700, 640), (300, 640)), WOOL, depth=50, shade=0.35
    )
    c.body(pillow(500, 632, 240, 66, 3), light(WOOL, 0.3), depth=36, shade=0.4)
    c.body(curve((560, 470), (600, 540), (566, 600), width=22), p.accent, depth=8)
    draw_ring(c, 560, 622, 16, 18, 8, STEEL)
    front = blob((196, 560), (250, 520), (300, 612), (400, 650), (600, 650), (700, 612), (750, 520), (804, 560), (812, 740), (780, 824),
                 (500, 838), (220, 824), (188, 740))  # fmt: skip
    c.glow(front.moved(0, -8), DUSK, blur=12, opacity=0.35)
    c.body(front, p.main, depth=56, shade=0.5, shine=0.45)
    with c.within(front):
        seams = together(line(((i * 76, 500), (i * 76 + lean * 380, 860)), 4) for i in range(-8, 14) for lean in (-1, 1))
        c.fill(seams, dark(p.main, 0.4), opacity=0.6)
        c.fill(seams.moved(3, 3), light(p.main, 0.35), opacity=0.4)
    c.body(
        line(spline([(196, 560), (250, 520), (300, 612), (400, 650), (600, 650), (700, 612), (750, 520), (804, 560)]), 22),
        WOOL,
        depth=8,
    )
    c.body(box(440, 710, 120, 70, 12), LEATHER, depth=12)
    c.body(oval(500, 745, 14), BRASS, depth=6, shine=0.9)


def flask(c: Canvas, p: Palette, _style: str) -> None:
    """A steel flask with a cupped lid."""
    c.shadow(500, 836, 180, 36, 0.48)
    cord = curve((624, 300), (730, 330), (760, 450), (690, 520), (630, 430), width=14)
    c.glow(cord.moved(6, 10), DUSK, blur=7, opacity=0.3)
    c.body(cord, p.accent, depth=6)
    body = box(368, 330, 264, 502, 46)
    paint = Linear(
        (
            (0, dark(p.main, 0.2)),
            (0.22, light(p.main, 0.42)),
            (0.34, light(p.main, 0.1)),
            (0.7, p.main),
            (1, dark(p.main, 0.34)),
        ),
        0,
    )
    c.body(body, p.main, depth=30, paint=paint, shade=0.35, shine=0.2)
    with c.within(body):
        steel = Linear(((0, dark(STEEL, 0.2)), (0.25, light(STEEL, 0.7)), (0.7, STEEL), (1, dark(STEEL, 0.4))), 0)
        c.fill(box(360, 782, 280, 60), steel)
        c.fill(box(360, 326, 280, 42), steel)
    with c.at(500, 590, 1.0):
        c.fill(line(((-70, 60), (-20, -26), (14, 26), (44, -14), (92, 60)), 9), p.second)
        c.fill(oval(54, -56, 17), p.second)
    c.body(box(384, 284, 232, 56, 18), dark(p.main, 0.35), depth=16)
    cup = blob((300, 150), (330, 240), (400, 290), (500, 300), (600, 290), (660, 240), (760, 118), (600, 150), (450, 168))
    c.body(cup, p.main, depth=40, shade=0.5, shine=0.5)
    c.body(blob((300, 150), (420, 126), (600, 112), (760, 118), (640, 158), (460, 178)), light(p.main, 0.3), depth=12)
    c.fill(
        blob((352, 152), (470, 132), (610, 122), (710, 126), (620, 150), (460, 166)),
        fade(dark(p.main, 0.5), dark(p.main, 0.2)),
    )
    c.gleam(line(((410, 420), (408, 740)), 12), 0.7, 5)


def _fold(c: Canvas, x: float, y: float, w: float, h: float, colour: Colour, *, terry: bool, seed: int) -> None:
    shape = box(x, y, w, h, h * 0.46)
    c.glow(shape.moved(0, 12), DUSK, blur=12, opacity=0.35)
    c.body(shape, colour, depth=h * 0.34, shade=0.5, shine=0.45)
    with c.within(shape):
        c.glow(line(((x + 50, y + h * 0.5), (x + w + 20, y + h * 0.5)), 7), dark(colour, 0.8), blur=4, opacity=0.6)
        c.glow(line(((x + 50, y + h * 0.42), (x + w + 20, y + h * 0.42)), 8), CREAM, blur=4, opacity=0.4)
        if terry:
            dice = random.Random(seed)
            for tone, count in ((light(colour, 0.5), 300), (dark(colour, 0.25), 200)):
                loops = (arc(dice.uniform(x, x + w), dice.uniform(y, y + h), 6, 5, 180, 360) for _ in range(count))
                c.fill(together(line(loop, 2.6) for loop in loops), tone, opacity=0.5)


def towel(c: Canvas, p: Palette, _style: str) -> None:
    """Three folded towels."""
    c.shadow(500, 836, 340, 40, 0.46)
    _fold(c, 200, 690, 600, 142, PALETTES["mustard"].main, terry=True, seed=1)
    _fold(c, 214, 552, 576, 142, p.second, terry=True, seed=2)
    _fold(c, 206, 410, 588, 146, p.main, terry=True, seed=3)
    for y, tone in ((752, p.second), (614, p.main), (474, p.second)):
        for x in (280, 306):
            c.fill(line(((x, y - 54), (x, y + 62)), 11), tone, opacity=0.85)
    c.body(curve((700, 404), (724, 380), (756, 388), (750, 424), width=13), p.accent, depth=5)


def blanket(c: Canvas, p: Palette, _style: str) -> None:
    """A folded, checked, fringed blanket."""
    c.shadow(500, 836, 390, 42, 0.46)
    top = blob((190, 560), (230, 520), (500, 508), (770, 520), (810, 560), (880, 640), (860, 690), (140, 690), (120, 640))
    for layer, y in enumerate((760.0, 690.0)):
        fold = box(112 - layer * 4, y, 776 + layer * 8, 78, 38)
        c.glow(fold.moved(0, 10), DUSK, blur=10, opacity=0.35)
        c.body(fold, dark(p.main, 0.1), depth=30)
        with c.within(fold):
            for i in range(8):
                c.fill(box(130 + i * 104, y - 10, 34, 110), dark(p.main, 0.5), opacity=0.5)
                c.fill(box(188 + i * 104, y - 10, 8, 110), p.second, opacity=0.7)
    front = box(108, 610, 784, 96, 46)
    c.body(top + front, p.main, depth=50, shade=0.4)
    with c.within(top + front):
        for i in range(8):
            for x, w, tone, share in ((130.0, 40, dark(p.main, 0.5), 0.5), (190.0, 9, p.second, 0.75)):
                near, far = x + i * 104, 500 + (x + i * 104 - 500) * 0.74
                c.fill(line(((far, 490), (near, 640), (near, 720)), w), tone, opacity=share)
        for y, w, tone in (
            (548, 22, dark(p.main, 0.5)),
            (576, 6, p.second),
            (626, 28, dark(p.main, 0.5)),
            (662, 8, p.second),
        ):
            c.fill(curve((90, y + 8), (500, y), (910, y + 8), width=w), tone, opacity=0.5)
    dice = random.Random(3)
    for i in range(62):
        x = 124 + i * 12.2
        c.body(
            curve((x, 696), (x + dice.uniform(-5, 5), 722), (x + dice.uniform(-10, 10), 756), width=(9, 8, 4)),
            p.second,
            depth=4,
        )


def cave(c: Canvas, p: Palette, _style: str) -> None:
    """A domed cave with a round door."""
    cave_back(c, p)


def cave_back(c: Canvas, p: Palette) -> None:
    """The cave; a face may look out at (500, 640)."""
    c.shadow(500, 832, 360, 48, 0.46)
    body = blob((140, 690), (160, 540), (250, 400), (390, 310), (500, 292), (610, 310), (750, 400), (840, 540), (860, 690), (800, 806),
                (500, 838), (200, 806))  # fmt: skip
    c.body(body, p.main, depth=90, shade=0.55, shine=0.45)
    with c.within(body):
        for x in (180.0, 330.0, 670.0, 820.0):
            c.fill(curve((500, 280), (500 + (x - 500) * 0.9, 460), (x, 840), width=4), dark(p.main, 0.4), opacity=0.5)
        dice = random.Random(4)
        threads: dict[bool, list[Shape]] = {False: [], True: []}
        for i in range(260):
            x, y = dice.uniform(140, 860), dice.uniform(290, 840)
            threads[i % 2 == 0].append(line(((x, y), (x + dice.uniform(-9, 9), y + dice.uniform(-9, 9))), 2))
        c.fill(together(threads[True]), light(p.main, 0.4), opacity=0.35)
        c.fill(together(threads[False]), dark(p.main, 0.3), opacity=0.35)
    c.body(oval(500, 640, 226, 182), WOOL, depth=24, shade=0.45)
    hole = oval(500, 648, 184, 146)
    c.fill(hole, Radial(((0, dark(p.main, 0.5)), (1, dark(p.main, 0.86))), (500, 740), 240))
    with c.within(hole):
        c.body(pillow(500, 790, 220, 70, 2.4), WOOL, depth=34, shade=0.4)
    dice = random.Random(6)
    for i in range(90):
        x, y = arc(500, 642, 206, 164, i * 4, i * 4 + 0.1)[0]
        c.fill(
            line(arc(x + dice.uniform(-9, 9), y + dice.uniform(-9, 9), 10, 9, dice.uniform(0, 180), 300), 3.5),
            dice.choice((light(WOOL, 0.7), dark(WOOL, 0.16))),
            opacity=0.8,
        )
    c.body(oval(500, 292, 26), p.second, depth=12)
