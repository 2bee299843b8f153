"""The litter corner."""

from __future__ import annotations

import math
import random

from catalog.demo.drawing.canvas import Canvas, fade
from catalog.demo.drawing.colours import (
    CREAM,
    DUSK,
    OAK,
    STEEL,
    Palette,
    dark,
    light,
    rgb,
)
from catalog.demo.drawing.shapes import Part, Shape, blob, box, curve, line, oval, pillow, poly, spline


def scoop(c: Canvas, p: Palette, _style: str) -> None:
    """A slotted metal scoop with a wooden handle."""
    c.shadow(470, 834, 300, 32, 0.42)
    with c.at(470, 560, 1.1, angle=38):
        c.body(line(((0, -100), (0, -210)), (44, 34)), STEEL, depth=14, shine=0.8)
        handle = line(((0, -200), (0, -400)), (56, 72, 60))
        c.glow(handle.moved(14, 8), DUSK, blur=10, opacity=0.3)
        c.body(handle, OAK, depth=24, shine=0.55)
        c.fill(oval(0, -398, 11), dark(OAK, 0.6))
        c.body(box(-34, -216, 68, 24, 8), p.main, depth=9)
        pan = blob(
            (-70, -110),
            (0, -128),
            (70, -110),
            (140, -60),
            (156, 60),
            (150, 214),
            (0, 232),
            (-150, 214),
            (-156, 60),
            (-140, -60),
        )
        c.glow(pan.moved(18, 22), DUSK, blur=18, opacity=0.38)
        c.body(pan, STEEL, depth=34, shade=0.55, shine=0.8, paint=fade(light(STEEL, 0.55), dark(STEEL, 0.16), 60))
        inner = blob(
            (-56, -72),
            (0, -84),
            (56, -72),
            (108, -30),
            (122, 60),
            (118, 206),
            (0, 220),
            (-118, 206),
            (-122, 60),
            (-108, -30),
        )
        c.body(inner, dark(STEEL, 0.08), depth=24, shade=0.15, shine=0.0, paint=fade(dark(STEEL, 0.3), light(STEEL, 0.35)))
        for i in range(6):
            x = -85 + i * 34
            slot = line(((x * 0.82, -10 + abs(x) * 0.16), (x, 176)), 15)
            c.fill(slot, dark(STEEL, 0.62))
            c.fill(slot.moved(2.5, 2), p.wall, opacity=0.75)
        c.gleam(line(((-130, 40), (-128, 180)), 6), 0.9, 3)


def tray(c: Canvas, p: Palette, _style: str) -> None:
    """An open tray, high at the back and low in front."""
    c.shadow(500, 830, 400, 42, 0.46)
    c.body(
        blob((214, 470), (500, 456), (786, 470), (830, 600), (790, 700), (210, 700), (170, 600)), dark(p.main, 0.2), depth=34
    )
    litter = blob((196, 640), (500, 614), (804, 640), (812, 724), (500, 760), (188, 724))
    c.body(litter, rgb("e4d7bf"), depth=30, shade=0.3)
    dice = random.Random(5)
    with c.within(litter):
        for _ in range(420):
            x, y = dice.uniform(186, 814), dice.uniform(612, 762)
            c.fill(
                oval(x, y, dice.uniform(4, 8), dice.uniform(3, 5)),
                dice.choice((rgb("f6eedd"), rgb("cdbb9b"), rgb("b9a684"), rgb("ede2cb"))),
            )
        c.glow(oval(500, 616, 320, 26), DUSK, blur=18, opacity=0.35)
    for side in (-1, 1):
        x = 500 + side * 306
        wall = blob(
            (x - side * 24, 470), (x + side * 34, 470), (x + side * 96, 640), (x + side * 92, 706), (x + side * 10, 716)
        )
        c.body(wall, p.main, depth=24, shade=0.45)
    front = Shape((Part((*spline([(104, 640), (190, 650), (290, 710), (400, 732), (600, 732), (710, 710), (810, 650), (896, 640)]),
                         (878, 790), (840, 826), (160, 826), (122, 790))),))  # fmt: skip
    c.glow(front.moved(0, -8), DUSK, blur=10, opacity=0.25)
    c.body(front, p.main, depth=40, shade=0.5)
    rim = spline([(100, 634), (190, 646), (290, 706), (400, 728), (600, 728), (710, 706), (810, 646), (900, 634)])
    c.body(line(rim, 24), light(p.main, 0.18), depth=9)
    c.body(
        line(spline([(100, 634), (150, 540), (214, 462), (500, 448), (786, 462), (850, 540), (900, 634)]), 22),
        light(p.main, 0.18),
        depth=9,
    )
    c.fill(curve((200, 786), (500, 796), (800, 786), width=5), dark(p.main, 0.25))


def hood(c: Canvas, p: Palette, _style: str) -> None:
    """A hooded tray with a swing door."""
    c.shadow(500, 832, 340, 42, 0.44)
    handle = curve((400, 300), (420, 236), (500, 220), (580, 236), (600, 300), width=28)
    c.body(handle, p.second, depth=11)
    lid = blob((190, 700), (200, 500), (280, 350), (420, 288), (580, 288), (720, 350), (800, 500), (810, 700))
    c.body(lid + box(188, 660, 624, 60, 10), p.main, depth=70, shade=0.45)
    c.body(box(170, 690, 660, 140, 46), p.accent, depth=34, shade=0.5)
    c.body(box(160, 682, 680, 40, 18), light(p.accent, 0.25), depth=14)
    frame = pillow(500, 560, 176, 166, 3.4)
    c.body(frame, p.second, depth=20)
    door = pillow(500, 564, 146, 140, 3.4)
    c.body(door, rgb("7d99a3"), depth=24, shade=0.35, shine=0.5, paint=fade(rgb("a9c2c8"), rgb("5e7a86")))
    with c.within(door):
        c.glow(poly((380, 400), (450, 400), (400, 730), (330, 730)), CREAM, blur=10, opacity=0.55)
        c.glow(poly((480, 400), (504, 400), (454, 730), (430, 730)), CREAM, blur=6, opacity=0.4)
    c.body(line(((372, 424), (628, 424)), 14), dark(p.second, 0.2), depth=6)
    for side in (-1, 1):
        c.body(box(500 + side * 250 - 24, 660, 48, 66, 12), p.second, depth=12)
    c.gleam(curve((240, 560), (280, 430), (370, 346), width=(8, 24, 8)), 0.7, 10)


def mat(c: Canvas, p: Palette, _style: str) -> None:
    """A honeycomb mat with one corner lifted."""
    c.shadow(500, 826, 400, 34, 0.42)
    c.body(poly((216, 560), (776, 560), (900, 800), (100, 800)), dark(p.main, 0.3), depth=12)
    top = Shape(
        (
            Part(((216, 540), (776, 540), (900, 786), (100, 786))),
            Part(((216, 540), (776, 540), (900, 786), (100, 786), (216, 540)), (24,) * 5),
        )
    )
    c.body(top, p.main, depth=24, shade=0.4)
    with c.within(top):
        for row in range(10):
            t = row / 9
            y, grow = 556 + 218 * t**1.15, 0.7 + 0.3 * t
            for column in range(-1, 18):
                x = 500 + (column - 8 + (row % 2) * 0.5) * 47 * grow
                cell = poly(
                    *[
                        (x + 19 * grow * math.cos(math.radians(a)), y + 11.5 * grow * math.sin(math.radians(a)))
                        for a in range(30, 390, 60)
                    ]
                )
                c.fill(cell, dark(p.main, 0.5))
                c.fill(cell.moved(1.5, 3), dark(p.main, 0.3))
    flap = blob((640, 800), (730, 720), (880, 664), (930, 720), (908, 800), (800, 812))
    c.glow(flap.moved(-14, 14), DUSK, blur=12, opacity=0.4)
    c.body(flap, p.second, depth=30, shade=0.4)
    c.fill(curve((640, 800), (730, 720), (880, 664), width=10), light(p.main, 0.25))
    for i, (x, y) in enumerate(((300, 800), (340, 812), (240, 806), (420, 806))):
        c.fill(oval(x + i * 3, y + 14, 6, 4), rgb("efe3cb"))
