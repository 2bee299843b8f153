"""The cast: dogs and cats. Each is drawn about its own spot on the floor (0, 0), roughly 640 units tall when sitting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from catalog.demo.drawing.canvas import Canvas, fade
from catalog.demo.drawing.colours import CREAM, DUSK, INK, Colour, dark, light, mix, rgb
from catalog.demo.drawing.shapes import Shape, arc, blob, curve, line, oval, sparkle

PINK = rgb("e39a93")


@dataclass(frozen=True)
class Coat:
    """An animal's colours: back, muzzle and chest, ears."""

    main: Colour
    pale: Colour
    ears: Colour
    eye: Colour = INK


DOGS: dict[str, Coat] = {
    "brown": Coat(rgb("8f5a37"), rgb("e3bf93"), rgb("5f3823")),
    "chestnut": Coat(rgb("a9572f"), rgb("f3d9b6"), rgb("74381f")),
    "golden": Coat(rgb("dba358"), rgb("f8e3b9"), rgb("b97c38")),
    "tan": Coat(rgb("c58a57"), rgb("f4ddba"), rgb("8d5a34")),
    "black": Coat(rgb("3d3a42"), rgb("c48b58"), rgb("26242b")),
    "grey": Coat(rgb("858a94"), rgb("f0ece4"), rgb("5b606b")),
    "cream": Coat(rgb("f1e2c6"), rgb("fffaf0"), rgb("d2b184")),
}
CATS: dict[str, Coat] = {
    "ginger": Coat(rgb("e0914a"), rgb("fbe6c8"), rgb("b7662b"), rgb("7f9b4f")),
    "grey": Coat(rgb("8d939d"), rgb("f2efe9"), rgb("666b76"), rgb("d9a63c")),
    "black": Coat(rgb("3a3840"), rgb("57545f"), rgb("25232a"), rgb("e2b844")),
}


def draw_dog(
    c: Canvas, coat: Coat, *, pricked: bool = False, look: float = 0.0, gleaming: bool = False,
    wear: Callable[[], None] | None = None,
) -> None:  # fmt: skip
    """A dog sitting, seen from the front. `look` (-1 to 1) turns the face; `wear` draws what goes on below the head."""
    m, p = coat.main, coat.pale
    c.shadow(0, -4, 215, 30, 0.4)
    c.body(curve((110, -50), (190, -70), (236, -140), (228, -205), width=(52, 44, 34, 16)), dark(m, 0.08), depth=16)
    c.body(
        blob((0, -455), (92, -415), (128, -290), (172, -140), (166, -20), (0, -4), (-166, -20), (-172, -140),
             (-128, -290), (-92, -415)),
        m, depth=60,
    )  # fmt: skip
    for side in (-1, 1):
        c.body(oval(side * 138, -92, 70, 88, side * 8), m, depth=34, shade=0.42, shine=0.3)
        c.body(oval(side * 146, -20, 66, 25), light(m, 0.1), depth=14, shade=0.4)
    c.body(blob((0, -420), (62, -370), (72, -290), (40, -215), (0, -190), (-40, -215), (-72, -290), (-62, -370)), p,
           depth=26, shade=0.2, shine=0.2)  # fmt: skip
    for side in (-1, 1):
        c.body(line(((side * 44, -235), (side * 52, -130), (side * 54, -36)), (62, 60, 56)), m, depth=24, shade=0.5)
        c.body(oval(side * 57, -20, 48, 27), p, depth=14, shade=0.35)
        for toe in (-1, 1):
            c.fill(line(((side * 57 + toe * 14, -22), (side * 57 + toe * 15, -4)), 3.5), dark(p, 0.35))
    if gleaming:
        c.gleam(curve((-104, -380), (-132, -250), (-158, -130), width=(6, 22, 8)), 0.85, 4)
        c.gleam(curve((40, -210), (36, -140), (40, -80), width=(4, 10, 4)), 0.6, 3)
        c.gleam(oval(118, -110, 20, 34, 14), 0.55, 7)
    if wear:
        wear()
    c.glow(oval(0, -412, 84, 22), DUSK, blur=14, opacity=0.25)
    dog_head(c, coat, pricked=pricked, look=look, gleaming=gleaming)


def dog_head(c: Canvas, coat: Coat, *, pricked: bool, look: float, gleaming: bool = False) -> None:
    """A dog's face about (0, -520)."""
    m, p = coat.main, coat.pale
    turn = look * 20
    if pricked:
        for side in (-1, 1):
            ear = blob((side * 50, -610), (side * 84, -690), (side * 118, -742), (side * 134, -690), (side * 130, -560))
            c.body(ear, coat.ears, depth=18)
            inner = blob((side * 78, -620), (side * 100, -680), (side * 114, -706), (side * 121, -650), (side * 116, -586))
            c.fill(inner, mix(PINK, p, 0.45))
    c.body(
        blob((0, -648), (82, -630), (128, -560), (122, -488), (70, -424), (0, -404), (-70, -424), (-122, -488),
             (-128, -560), (-82, -630)),
        m, depth=42,
    )  # fmt: skip
    blaze = blob((turn, -642), (16 + turn, -590), (24 + turn, -520), (turn, -490), (-24 + turn, -520), (-16 + turn, -590))
    c.fill(blaze, fade(mix(m, p, 0.55), p))
    c.body(blob((turn, -534), (52 + turn * 1.4, -504), (80 + turn * 1.4, -462), (58 + turn, -416), (turn, -402),
                (-58 + turn, -416), (-80 + turn * 1.4, -462), (-52 + turn * 1.4, -504)),
           p, depth=24, shade=0.3, shine=0.3)  # fmt: skip
    _dog_mouth(c, turn * 1.5)
    for side in (-1, 1):
        _eye(c, side * 56 + turn, -546, 15, INK)
        c.fill(oval(side * 58 + turn, -584, 13, 8, side * 12), mix(m, p, 0.75))
    if not pricked:
        for side in (-1, 1):
            ear = blob((side * 62, -638), (side * 118, -640), (side * 156, -584), (side * 168, -500), (side * 146, -444),
                       (side * 116, -470), (side * 104, -540))  # fmt: skip
            c.glow(ear.moved(-4, 10), DUSK, blur=8, opacity=0.22)
            c.body(ear, coat.ears, depth=24, shine=0.35)
    if gleaming:
        c.gleam(curve((-70, -612), (-30, -630), (14, -634), width=(6, 16, 5)), 0.9, 3)
        c.gleam(curve((-146, -560), (-152, -520), (-148, -482), width=(4, 11, 4)), 0.6, 3)


def _dog_mouth(c: Canvas, turn: float) -> None:
    tongue = blob((turn - 16, -436), (turn + 16, -436), (turn + 17, -406), (turn, -388), (turn - 17, -406))
    c.body(tongue, PINK, depth=10, shade=0.35)
    c.fill(line(((turn, -430), (turn, -402)), 2.5), dark(PINK, 0.3))
    mouth = dark(INK, 0.1)
    for side in (-1, 1):
        c.fill(curve((turn, -458), (turn + side * 16, -438), (turn + side * 40, -446), width=5), mouth)
    c.fill(line(((turn, -480), (turn, -456)), 5), mouth)
    nose = blob((turn, -516), (turn + 30, -512), (turn + 32, -496), (turn, -474), (turn - 32, -496), (turn - 30, -512))
    c.body(nose, INK, depth=10, shine=0.25)
    c.gleam(oval(turn - 9, -506, 10, 4.5), 0.75, 2)


def _eye(c: Canvas, x: float, y: float, r: float, colour: Colour) -> None:
    c.fill(oval(x, y, r, r * 1.08), colour)
    c.fill(oval(x - r * 0.32, y - r * 0.36, r * 0.34), CREAM)
    c.fill(oval(x + r * 0.3, y + r * 0.4, r * 0.15), light(colour, 0.6))


def draw_collar_on(c: Canvas, colour: Colour, tag: Colour, *, width: float = 34.0) -> None:
    """A collar round a sitting dog's neck, to be drawn before its head."""
    w = width
    band = curve((-92, -420), (-66, -386), (0, -368), (66, -386), (92, -420), width=(w * 0.5, w * 0.9, w, w * 0.9, w * 0.5))
    c.glow(band.moved(0, 10), DUSK, blur=7, opacity=0.35)
    c.body(band, colour, depth=12)
    c.fill(line(arc(0, -338, 11, 13, 0, 360), 5), dark(tag, 0.2))
    c.glow(oval(3, -300, 28), DUSK, blur=6, opacity=0.35)
    c.body(oval(0, -306, 28), tag, depth=12)
    c.gleam(oval(-9, -315, 8, 5, -30), 0.8, 2)


def draw_sleeping_dog(c: Canvas, coat: Coat, *, pricked: bool = False) -> None:
    """A dog curled up, about 460 wide, lying on (0, 0)."""
    m, p = coat.main, coat.pale
    c.body(blob((-190, -70), (-150, -150), (-30, -188), (110, -170), (205, -100), (212, -40), (140, -4), (-60, 6),
                (-170, -14)), m, depth=54)  # fmt: skip
    c.body(oval(120, -84, 96, 80, -12), m, depth=34, shade=0.35, shine=0.28)
    c.body(curve((196, -36), (130, 6), (30, 10), (-40, -6), width=(50, 46, 38, 18)), dark(m, 0.06), depth=14)
    c.body(line(((40, -24), (-30, -12)), (46, 42)), p, depth=14, shade=0.35)
    with c.at(-112, -58, 1.0, angle=-6):
        if pricked:
            c.body(blob((-6, -62), (18, -128), (48, -70)), coat.ears, depth=12)
        c.body(blob((-96, 6), (-60, -66), (20, -86), (78, -40), (72, 26), (10, 54), (-66, 46)), m, depth=30)
        c.body(blob((-112, 14), (-84, -16), (-40, -10), (-22, 26), (-50, 52), (-98, 46)), p, depth=16, shade=0.3)
        c.body(oval(-104, 8, 17, 13), INK, depth=6, shine=0.3)
        c.fill(curve((-52, -24), (-36, -14), (-18, -22), width=6), INK)
        c.fill(curve((-86, 34), (-66, 38), (-48, 30), width=4), dark(p, 0.6))
        if not pricked:
            c.body(blob((8, -80), (64, -74), (92, -20), (70, 44), (40, 30), (26, -28)), coat.ears, depth=18)
    for i, size in enumerate((20, 27, 35)):
        _letter_z(c, -228 - i * 26 + i * 34, -150 - i * 46, size, coat)


def _letter_z(c: Canvas, x: float, y: float, size: float, coat: Coat) -> None:
    tone = mix(dark(coat.ears, 0.2), CREAM, 0.25)
    c.fill(line(((x, y), (x + size, y), (x, y + size), (x + size, y + size)), size * 0.18), tone, opacity=0.75)


def draw_walking_dog(c: Canvas, coat: Coat, *, pricked: bool = False, wear: Callable[[], None] | None = None) -> None:
    """A dog standing in profile, facing right, about 640 wide. `wear` draws what covers the back."""
    m, p = coat.main, coat.pale
    c.shadow(0, -4, 270, 26, 0.4)
    far = dark(m, 0.28)
    for x in (-168, 118):
        c.body(line(((x, -210), (x + 4, -24)), (56, 42)), far, depth=16, shine=0.1)
        c.fill(oval(x + 14, -16, 34, 18), far)
    c.body(curve((-226, -330), (-290, -372), (-318, -440), (-300, -480), width=(44, 38, 28, 14)), m, depth=14)
    c.body(TORSO, m, depth=56)
    for x, wide in ((-210, 66), (158, 58)):
        c.body(line(((x + 12, -230), (x, -120), (x + 2, -26)), (wide + 30, wide, 44)), m, depth=20)
        c.body(oval(x + 14, -18, 38, 20), p, depth=10, shade=0.35)
    if wear:
        wear()
    with c.at(206, -470):
        _profile_head(c, coat, pricked=pricked)


TORSO: Shape = blob(
    (-250, -330), (-190, -402), (0, -404), (120, -424), (196, -480), (252, -430), (226, -300), (160, -204), (20, -176),
    (-130, -206), (-236, -220),
)  # fmt: skip


def _profile_head(c: Canvas, coat: Coat, *, pricked: bool) -> None:
    m, p = coat.main, coat.pale
    if pricked:
        c.body(blob((-52, -50), (-46, -150), (-6, -196), (26, -110), (30, -60)), dark(coat.ears, 0.05), depth=16)
    c.body(blob((-86, 40), (-78, -60), (-10, -112), (74, -84), (104, -24), (60, 60), (-20, 84)), m, depth=36)
    c.body(blob((46, -40), (112, -44), (172, -30), (186, 8), (150, 42), (80, 56), (40, 26)), p, depth=20, shade=0.3)
    c.body(blob((150, -44), (184, -40), (196, -18), (180, 0), (158, -14)), INK, depth=8, shine=0.3)
    c.fill(curve((176, 10), (140, 24), (96, 18), width=5), dark(INK, 0.1))
    _eye(c, 58, -46, 14, INK)
    if not pricked:
        ear = blob((-56, -88), (4, -96), (20, -30), (2, 56), (-44, 66), (-70, 4))
        c.glow(ear.moved(4, 10), DUSK, blur=8, opacity=0.25)
        c.body(ear, coat.ears, depth=22)


def draw_cat(c: Canvas, coat: Coat, *, look: float = 0.0, gaze_up: bool = False) -> None:
    """A cat sitting, seen from the front, tail round its feet."""
    m, p = coat.main, coat.pale
    c.shadow(0, -4, 180, 26, 0.4)
    c.body(
        blob((0, -402), (64, -376), (88, -280), (136, -150), (140, -24), (0, -2), (-140, -24), (-136, -150), (-88, -280),
             (-64, -376)),
        m, depth=52,
    )  # fmt: skip
    _stripes(c, coat, ((96, -230, 30), (116, -180, 30), (126, -130, 26)))
    for side in (-1, 1):
        c.body(oval(side * 104, -78, 56, 76, side * 6), m, depth=28, shade=0.4, shine=0.25)
    c.body(blob((0, -360), (44, -320), (50, -250), (0, -180), (-50, -250), (-44, -320)), p, depth=22, shade=0.2)
    for side in (-1, 1):
        c.body(line(((side * 30, -210), (side * 36, -110), (side * 38, -30)), (48, 46, 42)), m, depth=18)
        c.body(oval(side * 40, -17, 38, 21), p, depth=12, shade=0.35)
    c.body(curve((140, -60), (176, -30), (120, -4), (10, 0), (-74, -8), width=(38, 40, 38, 34, 22)), coat.ears, depth=14)
    c.glow(oval(0, -372, 64, 18), DUSK, blur=12, opacity=0.25)
    with c.at(0, -448):
        cat_head(c, coat, look=look, gaze_up=gaze_up)


def _stripes(c: Canvas, coat: Coat, rows: tuple[tuple[float, float, float], ...]) -> None:
    for x, y, length in rows:
        for side in (-1, 1):
            c.fill(curve((side * x, y), (side * (x - length), y + 8), width=(11, 4)), coat.ears, opacity=0.6)


def cat_head(c: Canvas, coat: Coat, *, look: float = 0.0, gaze_up: bool = False, asleep: bool = False) -> None:
    """A cat's face about (0, 0), 250 wide."""
    m, p = coat.main, coat.pale
    turn = look * 16
    for side in (-1, 1):
        ear = blob((side * 34, -84), (side * 72, -134), (side * 108, -170), (side * 120, -110), (side * 118, -36))
        c.body(ear, m, depth=16)
        inner = blob((side * 60, -88), (side * 84, -118), (side * 102, -138), (side * 108, -96), (side * 102, -60))
        c.fill(inner, mix(PINK, coat.ears, 0.25))
    c.body(blob((0, -106), (84, -88), (128, -20), (116, 44), (64, 84), (0, 96), (-64, 84), (-116, 44), (-128, -20),
                (-84, -88)), m, depth=36)  # fmt: skip
    for x, y0, y1 in ((0.0, -98, -56), (-28.0, -94, -62), (28.0, -94, -62)):
        c.fill(line(((x + turn * 0.5, y0), (x * 0.8 + turn * 0.5, y1)), (12, 5)), coat.ears, opacity=0.7)
    for side in (-1, 1):
        c.body(oval(side * 27 + turn, 46, 40, 32), p, depth=14, shade=0.2, shine=0.25)
    c.fill(oval(turn, 68, 26, 18), mix(p, m, 0.15))
    c.fill(blob((turn - 15, 22), (turn + 15, 22), (turn, 40)), PINK)
    for side in (-1, 1):
        c.fill(curve((turn, 38), (turn + side * 12, 54), (turn + side * 30, 50), width=4.5), INK)
        for i in range(3):
            far = (turn + side * 150, 30 + i * 24)
            c.fill(line(((turn + side * 50, 44 + i * 9), far), (3, 1)), light(p, 0.3), opacity=0.85)
        x = side * 54 + turn
        if asleep:
            c.fill(curve((x - 22, -10), (x, 2), (x + 22, -10), width=6), INK)
            continue
        c.fill(oval(x, -12, 27, 25), dark(m, 0.6))
        c.fill(oval(x, -12, 24, 22), fade(light(coat.eye, 0.2), coat.eye))
        pupil = (x + look * 8, -18 if gaze_up else -12)
        c.fill(oval(*pupil, 9, 18), INK)
        c.fill(oval(pupil[0] - 6, pupil[1] - 8, 5), CREAM)


def draw_lying_cat(c: Canvas, coat: Coat, *, asleep: bool = True) -> None:
    """A cat stretched along something, about 420 wide, belly on (0, 0), head at the left."""
    m, p = coat.main, coat.pale
    c.body(curve((150, -40), (210, -20), (236, 40), (214, 84), width=(36, 34, 28, 18)), coat.ears, depth=12)
    c.body(blob((-160, -40), (-110, -110), (20, -128), (140, -112), (196, -50), (170, 0), (0, 8), (-140, 4)), m, depth=44)
    for x in (0, 46, 92):
        c.fill(curve((x, -122), (x + 8, -92), (x + 4, -66), width=(13, 5)), coat.ears, opacity=0.6)
    c.body(line(((-70, -16), (-150, 2)), (40, 36)), p, depth=12, shade=0.3)
    c.body(oval(122, -44, 66, 52, -8), m, depth=24, shade=0.32, shine=0.22)
    with c.at(-128, -84, 0.72, angle=-5):
        cat_head(c, coat, asleep=asleep)


def sparkles(c: Canvas, *places: tuple[float, float, float]) -> None:
    """Gleams of a polished animal: x, y and size."""
    for x, y, r in places:
        c.glow(oval(x, y, r * 0.5), CREAM, blur=r * 0.4, opacity=0.55)
        c.fill(sparkle(x, y, r), (255, 252, 240))
