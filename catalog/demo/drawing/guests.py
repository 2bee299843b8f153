"""The smaller cast: rabbits and birds."""

from __future__ import annotations

from catalog.demo.drawing.animals import PINK
from catalog.demo.drawing.canvas import Canvas
from catalog.demo.drawing.colours import CREAM, DUSK, INK, Colour, dark, light, mix, rgb
from catalog.demo.drawing.shapes import blob, curve, line, oval

RABBITS: dict[str, Colour] = {"brown": rgb("a9805c"), "white": rgb("f3ede2")}
BIRDS: dict[str, tuple[Colour, Colour]] = {
    "blue": (rgb("5f97bf"), rgb("f3d27a")),
    "yellow": (rgb("d9b545"), rgb("fbf0c8")),
}


def draw_rabbit(c: Canvas, colour: Colour) -> None:
    """A rabbit sitting in three-quarter view, about 420 tall with its ears, standing on (0, 0)."""
    pale = light(colour, 0.6)
    c.shadow(0, -4, 170, 24, 0.42)
    c.body(oval(128, -60, 46, 44), pale, depth=18)
    c.body(blob((-120, -20), (-110, -150), (-20, -230), (90, -200), (150, -110), (140, -14), (0, 0)), colour, depth=54)
    c.body(oval(84, -74, 76, 70, -8), colour, depth=30, shade=0.4, shine=0.25)
    c.body(oval(70, -16, 72, 20), pale, depth=12)
    for x in (-86, -34):
        c.body(line(((x + 10, -110), (x, -24)), (44, 36)), colour, depth=14)
        c.body(oval(x - 6, -15, 32, 17), pale, depth=10)
    for x, lean in ((-34, 12), (-96, -10)):
        ear = blob((x - 20, -300), (x - 30 + lean, -390), (x + lean * 2, -466), (x + 30 + lean, -390), (x + 22, -300))
        c.body(ear, colour, depth=16)
        inner = blob((x - 9, -312), (x - 13 + lean, -390), (x + lean * 1.8, -440), (x + 14 + lean, -390), (x + 11, -312))
        c.fill(inner, mix(PINK, pale, 0.35))
    c.glow(oval(-60, -178, 70, 20), DUSK, blur=12, opacity=0.25)
    c.body(
        blob((-160, -220), (-136, -300), (-66, -330), (4, -300), (28, -230), (-10, -176), (-70, -160), (-130, -176)),
        colour,
        depth=34,
    )
    for side in (-1, 1):
        c.body(oval(-70 + side * 24, -204, 34, 26), pale, depth=12, shade=0.2)
        c.fill(oval(-70 + side * 52, -250, 14, 17), INK)
        c.fill(oval(-74 + side * 52, -257, 5), CREAM)
        for i in range(2):
            c.fill(
                line(((-70 + side * 40, -206 + i * 8), (-70 + side * 124, -216 + i * 22)), (2.5, 1)),
                light(colour, 0.7),
                opacity=0.8,
            )
    c.fill(blob((-84, -228), (-56, -228), (-70, -213)), PINK)
    c.fill(curve((-70, -214), (-70, -200), (-84, -192), width=3.5), dark(colour, 0.6))
    c.fill(curve((-70, -200), (-56, -192), width=3.5), dark(colour, 0.6))


def draw_bird(c: Canvas, colours: tuple[Colour, Colour]) -> None:
    """A small round bird facing left, about 180 tall, feet on (0, 0)."""
    back, belly = colours
    for x in (-14, 16):
        c.fill(line(((x, -34), (x - 2, 0)), 6), rgb("8a5a3a"))
        c.fill(line(((x - 18, 2), (x + 12, 2)), 6), rgb("8a5a3a"))
    c.body(blob((50, -70), (120, -84), (172, -112), (160, -76), (96, -44)), dark(back, 0.2), depth=14)
    c.body(blob((-84, -100), (-62, -160), (0, -182), (60, -150), (88, -84), (56, -34), (0, -22), (-58, -38)), back, depth=34)
    c.body(blob((-80, -96), (-44, -104), (0, -92), (40, -60), (40, -34), (0, -24), (-56, -40)), belly, depth=22, shade=0.3)
    wing = blob((-6, -112), (50, -112), (98, -74), (60, -58), (16, -66))
    c.glow(wing.moved(0, 6), DUSK, blur=5, opacity=0.35)
    c.body(wing, dark(back, 0.18), depth=14)
    c.body(oval(-42, -116, 30, 24), light(belly, 0.6), depth=9, shade=0.15)
    c.fill(oval(-48, -128, 11, 12), INK)
    c.fill(oval(-52, -132, 4), CREAM)
    c.body(blob((-78, -120), (-122, -108), (-76, -98)), rgb("e39a3c"), depth=7)
