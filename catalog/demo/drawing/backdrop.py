"""Where a product stands: a calm wall, a floor, and one quiet prop behind."""

from __future__ import annotations

from catalog.demo.drawing.canvas import Canvas, Linear, Radial, fade
from catalog.demo.drawing.colours import CREAM, DUSK, Colour, Palette, dark, light, mix, rgb
from catalog.demo.drawing.shapes import Part, Shape, arc, box, oval, poly

# Where the wall meets the floor, and where products stand.
HORIZON = 690.0
SAND = rgb("dfb98c")
FLOOR = 820.0


def draw_backdrop(c: Canvas, palette: Palette, seed: int, *, width: float = 1000.0, height: float = 1000.0) -> None:
    """Paint wall and floor over the whole picture. The seed picks the prop: an arch, a disc, a window's light."""
    wall = palette.wall
    is_night = sum(wall) < 380
    bright, dim = light(wall, 0.12 if is_night else 0.34), dark(wall, 0.3 if is_night else 0.1)
    c.fill(
        box(0, 0, width, height),
        Radial(((0.0, bright), (0.55, wall), (1.0, dim)), (width * 0.36, height * 0.3), width * 0.95),
    )
    horizon = height * HORIZON / 1000
    prop = seed % 4
    if prop == 0:
        _arch(c, wall, width, horizon)
    elif prop == 1:
        _disc(c, wall, width, horizon)
    elif prop == 2:
        _window_light(c, wall, width, horizon)
    else:
        _niche(c, wall, width, horizon)
    ground = dark(wall, 0.3) if is_night else mix(dark(wall, 0.05), SAND, 0.42)
    c.fill(
        box(0, horizon, width, height - horizon + 2),
        Linear(((0.0, dark(ground, 0.04)), (0.25, ground), (1.0, light(ground, 0.16))), 90),
    )
    # The wall's own soft shadow on the floor takes the hardness from the edge.
    c.glow(box(-50, horizon - 2, width + 100, 8), DUSK, blur=9, opacity=0.16)
    c.glow(oval(width * 0.3, height * 0.9, width * 0.36, height * 0.09), CREAM, blur=60, opacity=0.16)


def _arch(c: Canvas, wall: Colour, width: float, horizon: float) -> None:
    cx, half, top = width / 2, 285.0, 400.0
    shape = Shape((Part((*arc(cx, top, half, half, 180, 360), (cx + half, horizon), (cx - half, horizon))),))
    c.fill(shape, fade(light(wall, 0.55), light(wall, 0.28)))
    with c.within(shape):
        c.glow(box(cx - half - 40, 60, 60, horizon), DUSK, blur=26, opacity=0.12)


def _disc(c: Canvas, wall: Colour, width: float, horizon: float) -> None:
    c.fill(oval(width * 0.52, horizon - 260, 320), fade(light(wall, 0.62), light(wall, 0.2)))


def _window_light(c: Canvas, _wall: Colour, width: float, _horizon: float) -> None:
    slant = 90.0
    for column in range(2):
        for row in range(2):
            x, y = width * 0.24 + column * 250 + row * slant * 0.86, 90 + row * 270
            pane = poly((x, y), (x + 225, y), (x + 225 + slant * 0.8, y + 245), (x + slant * 0.8, y + 245))
            c.glow(pane, CREAM, blur=7, opacity=0.5)


def _niche(c: Canvas, wall: Colour, width: float, horizon: float) -> None:
    # Panelling: two thin mouldings, as in a hall where leads hang.
    c.fill(box(0, horizon - 200, width, 200), fade(light(wall, 0.2), light(wall, 0.34)))
    c.fill(box(0, horizon - 212, width, 12), fade(light(wall, 0.6), dark(wall, 0.1)))
    c.fill(box(0, horizon - 26, width, 26), fade(light(wall, 0.55), light(wall, 0.1)))
    for x in range(-60, int(width), 280):
        c.fill(box(x, horizon - 172, 220, 118, 4), dark(wall, 0.09))
        c.fill(box(x + 4, horizon - 167, 216, 113, 4), fade(light(wall, 0.2), light(wall, 0.36)))
