"""Brushes, combs, bottles, tins and a mitt."""

from __future__ import annotations

import random

from catalog.demo.drawing.canvas import Canvas, Linear, fade
from catalog.demo.drawing.colours import CREAM, DUSK, INK, STEEL, WOOL, Palette, dark, light, mix, rgb
from catalog.demo.drawing.shapes import Part, Shape, arc, blob, box, curve, line, oval, pillow, poly
from catalog.demo.drawing.walks import draw_paw


def brush(c: Canvas, p: Palette, style: str) -> None:
    """A paddle brush, bristles towards us."""
    c.shadow(500, 832, 240, 34, 0.42)
    with c.at(500, 520, 1.08, angle=24):
        handle = blob((-34, 60), (-30, 150), (-46, 240), (-30, 316), (0, 330), (30, 316), (46, 240), (30, 150), (34, 60))
        head = pillow(0, -120, 150, 214, 2.5)
        c.glow((handle + head).moved(18, 22), DUSK, blur=22, opacity=0.38)
        c.body(handle, p.main, depth=24, shine=0.6)
        c.body(head, p.main, depth=34, shine=0.55)
        for i in range(5):
            c.fill(
                curve((-120 + i * 60, -300), (-110 + i * 56, -120), (-90 + i * 44, 70), width=3),
                dark(p.main, 0.3),
                opacity=0.25,
            )
        c.fill(oval(0, 296, 10), dark(p.main, 0.6))
        pad = pillow(0, -124, 116, 178, 2.5)
        c.body(pad, p.second if style == "pin" else dark(p.main, 0.35), depth=22, shade=0.35, shine=0.2)
        with c.within(pad + pad.moved(-10, -14)):
            if style == "pin":
                for row in range(13):
                    for column in range(9):
                        x, y = -116.0 + column * 29 + (row % 2) * 14, -292.0 + row * 28
                        c.fill(line(((x, y), (x - 7, y - 13)), 4), dark(STEEL, 0.35))
                        c.body(oval(x - 8, y - 15, 6.5), light(STEEL, 0.2), depth=4)
            else:
                dice = random.Random(5)
                for i in range(520):
                    x, y = -120 + (i % 24) * 10 + dice.uniform(-4, 4), -300 + i // 24 * 16 + dice.uniform(-4, 4)
                    tone = dice.choice((WOOL, light(WOOL, 0.5), dark(WOOL, 0.16), rgb("e3cda3")))
                    c.fill(line(((x, y), (x + dice.uniform(-6, 2), y - 17)), (5, 2.5)), tone)
        c.gleam(curve((-138, -210), (-142, -110), (-124, 0), width=(4, 9, 4)), 0.5, 4)


def comb(c: Canvas, p: Palette, _style: str) -> None:
    """A steel comb with a wooden back."""
    c.shadow(500, 806, 380, 32, 0.42)
    with c.at(500, 560, 1.1, angle=-12):
        x = -310.0
        while x < 310:
            wide = 16 if x < 0 else 7
            tooth = line(((x, -30), (x, 160)), (wide, wide, wide * 0.5))
            c.glow(tooth.moved(8, 10), DUSK, blur=5, opacity=0.25)
            c.body(tooth, STEEL, depth=wide * 0.4, shade=0.5, shine=0.7)
            x += 33 if x < 0 else 15.5
        for side in (-1, 1):
            c.body(line(((side * 326, -30), (side * 326, 164)), 24), STEEL, depth=9, shade=0.5, shine=0.7)
        c.body(box(-346, -44, 692, 36, 8), STEEL, depth=10, shine=0.7)
        back = blob((-352, -30), (-350, -96), (-200, -132), (0, -142), (200, -132), (350, -96), (352, -30), (0, -24))
        c.glow(back.moved(0, 12), DUSK, blur=9, opacity=0.35)
        c.body(back, p.main, depth=28, shine=0.55)
        with c.within(back):
            for i in range(6):
                c.fill(
                    curve((-360, -100 + i * 16), (0, -132 + i * 19), (360, -96 + i * 15), width=3),
                    dark(p.main, 0.4),
                    opacity=0.3,
                )
        for px in (-240, 0, 240):
            c.body(oval(px, -70, 13), p.accent, depth=6, shine=0.8)
        c.gleam(curve((-300, -102), (-120, -124), (60, -128), width=(3, 8, 3)), 0.55, 4)


def bottle(c: Canvas, p: Palette, style: str) -> None:
    """A pump or spray bottle with a paw on its label."""
    c.shadow(500, 828, 190, 36, 0.48)
    body = box(340, 360, 320, 466, 64) if style == "pump" else blob(
        (440, 330), (400, 420), (340, 520), (336, 780), (380, 826), (620, 826), (664, 780), (660, 520), (600, 420), (560, 330))  # fmt: skip
    if style == "pump":
        c.body(box(440, 300, 120, 80, 18), dark(p.main, 0.2), depth=18)
        c.body(line(((500, 300), (500, 226)), 30), light(p.main, 0.3), depth=12)
        c.body(
            blob((420, 196), (560, 190), (584, 216), (560, 244), (440, 244), (352, 262), (340, 236)),
            light(p.main, 0.35),
            depth=18,
        )
    else:
        white = rgb("f5f1ea")
        c.body(box(446, 270, 108, 86, 16), white, depth=18)
        c.body(blob((400, 170), (560, 160), (640, 190), (636, 250), (560, 284), (440, 284), (404, 236)), white, depth=24)
        c.body(box(352, 176, 64, 52, 12), p.main, depth=12)
        c.body(curve((424, 270), (392, 320), (386, 384), width=(34, 28, 20)), light(p.main, 0.1), depth=12)
    c.body(body, p.main, depth=60, shade=0.55, shine=0.4,
           paint=Linear(((0, dark(p.main, 0.12)), (0.25, light(p.main, 0.3)), (0.6, p.main), (1, dark(p.main, 0.25))), 0))  # fmt: skip
    with c.within(body):
        label = box(330, 500, 340, 230, 0)
        c.fill(label, Linear(((0, dark(p.second, 0.14)), (0.28, light(p.second, 0.4)), (1, dark(p.second, 0.2))), 0))
        for y in (512, 714):
            c.fill(line(((330, y), (670, y)), 4), p.accent)
        draw_paw(c, 500, 610, 1.15, dark(p.main, 0.3))
    c.gleam(curve((376, 440), (372, 560), (376, 740), width=(6, 20, 6)), 0.5, 6)


def tin(c: Canvas, p: Palette, style: str) -> None:
    """A round tin of balm with its lid, or a sardine tin rolled half open."""
    if style == "sardine":
        _sardines(c, p)
        return
    c.shadow(470, 826, 300, 40, 0.46)
    with c.at(690, 600, 1.0, angle=24):
        c.body(oval(0, 0, 196, 214), dark(p.main, 0.3), depth=20)
        c.body(oval(-14, -6, 192, 210), p.main, depth=30, shine=0.6)
        c.fill(line(arc(-14, -6, 160, 176, 0, 360), 7), p.second)
        draw_paw(c, -14, 4, 1.7, p.second)
        with c.within(oval(-14, -6, 192, 210)):
            c.glow(poly((-110, -240), (-40, -240), (-120, 240), (-190, 240)), CREAM, blur=16, opacity=0.4)
    side = Shape((Part((*arc(410, 652, 262, 84, 180, 0), *arc(410, 760, 262, 84, 0, 180))),))
    c.body(
        side,
        p.main,
        depth=34,
        paint=Linear(((0, dark(p.main, 0.2)), (0.3, light(p.main, 0.35)), (1, dark(p.main, 0.28))), 0),
    )
    c.fill(line(arc(410, 742, 262, 84, 3, 177), 6), p.second)
    c.body(oval(410, 660, 262, 84), light(STEEL, 0.3), depth=10, shade=0.5, shine=0.8)
    balm = rgb("eec473")
    c.body(oval(410, 664, 236, 70), balm, depth=30, shade=0.35, shine=0.5, paint=fade(dark(balm, 0.16), light(balm, 0.35)))
    c.glow(curve((320, 640), (400, 690), (500, 660), width=(10, 44, 16)), dark(balm, 0.6), blur=10, opacity=0.35)
    c.gleam(curve((310, 650), (380, 700), (470, 690), width=(4, 12, 4)), 0.6, 5)


def _sardines(c: Canvas, p: Palette) -> None:
    c.shadow(500, 812, 380, 40, 0.46)
    c.body(pillow(500, 716, 362, 108, 2.8), dark(STEEL, 0.12), depth=30, shade=0.6, shine=0.5)
    with c.within(pillow(500, 716, 362, 108, 2.8)):
        c.fill(box(120, 716, 760, 120), p.main)
        c.fill(box(120, 716, 760, 8), p.accent)
        c.glow(box(120, 800, 760, 40), DUSK, blur=20, opacity=0.4)
        draw_paw(c, 500, 772, 0.55, p.second)
    c.body(pillow(500, 650, 366, 118, 2.8), light(STEEL, 0.35), depth=12, shade=0.6, shine=0.8)
    inner = pillow(500, 654, 332, 94, 2.8)
    c.body(inner, rgb("b98b3e"), depth=24, paint=fade(rgb("8a672f"), rgb("d9b25e")), shine=0.1)
    with c.within(inner):
        for i, y in enumerate((606, 656, 708)):
            c.glow(oval(470, y + 16, 290, 22), DUSK, blur=8, opacity=0.4)
            body = blob((150, y), (230, y - 26), (480, y - 32), (700, y - 10), (740, y - 30), (750, y), (736, y + 26), (700, y + 8),
                        (480, y + 30), (230, y + 24))  # fmt: skip
            c.body(body, rgb("aebcc6"), depth=18, shade=0.5, shine=0.7, paint=fade(rgb("5f7788"), rgb("eef3f4")))
            c.fill(oval(206, y - 4, 9), INK)
            c.fill(line(arc(238, y, 20, 24, -80, 80), 3.5), dark(STEEL, 0.4))
            if i == 1:
                c.gleam(curve((280, y - 14), (440, y - 18), (600, y - 12), width=(2, 7, 2)), 0.8, 3)
    lid = blob((560, 560), (700, 548), (846, 600), (872, 648), (820, 700), (700, 752), (590, 756), (540, 720), (600, 660))
    c.glow(lid.moved(-18, 14), DUSK, blur=16, opacity=0.4)
    c.body(lid, p.main, depth=30)
    with c.within(lid):
        draw_paw(c, 730, 652, 0.9, p.second)
    c.body(curve((566, 548), (540, 650), (572, 764), width=78), light(STEEL, 0.25), depth=30, shade=0.6, shine=0.8)
    c.gleam(curve((556, 560), (530, 650), (556, 740), width=(3, 9, 3)), 0.9, 4)
    c.body(line(arc(534, 652, 34, 48, 0, 360), 13), STEEL, depth=6, shine=0.9)


def mitt(c: Canvas, p: Palette, _style: str) -> None:
    """A drying mitt of plump noodles."""
    c.shadow(500, 836, 230, 34, 0.42)
    palm = blob((330, 720), (300, 560), (300, 380), (380, 240), (520, 210), (640, 290), (680, 440), (672, 600), (650, 720))
    thumb = blob((330, 600), (230, 560), (190, 470), (220, 400), (290, 430), (350, 520))
    for part in (thumb, palm):
        c.body(part, dark(p.main, 0.2), depth=50)
    dice = random.Random(11)
    with c.within(palm + thumb):
        for i in range(300):
            row, column = divmod(i, 15)
            x, y = 180 + column * 36 + (row % 2) * 18 + dice.uniform(-6, 6), 212 + row * 27 + dice.uniform(-5, 5)
            lean = dice.uniform(-7, 7)
            tone = mix(p.main, (light(p.main, 0.4), dark(p.main, 0.15))[i % 2], dice.random() * 0.7)
            c.fill(line(((x + 3, y + 5), (x + lean + 3, y + 31)), 27), dark(p.main, 0.5), opacity=0.4)
            c.fill(line(((x, y), (x + lean, y + 24)), 24), fade(light(tone, 0.25), dark(tone, 0.16), 60))
            c.fill(line(((x - 5, y - 2), (x + lean - 5, y + 14)), 6), light(tone, 0.5), opacity=0.5)
    cuff = box(316, 706, 348, 116, 30)
    c.glow(cuff.moved(0, -8), DUSK, blur=9, opacity=0.3)
    c.body(cuff, p.second, depth=26, shade=0.4)
    with c.within(cuff):
        for i in range(18):
            c.glow(line(((326 + i * 20, 700), (326 + i * 20, 830)), 5), dark(p.second, 0.6), blur=2, opacity=0.4)
    c.body(line(arc(640, 846, 26, 34, -30, 210), 12), p.accent, depth=5)
