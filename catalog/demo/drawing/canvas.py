"""The canvas: fills shapes with colour, light and shadow.

A picture is 1000 units wide, however many pixels it has. Each shape becomes a mask drawn three times too large and
shrunk (smooth edges); only the rectangle it covers is touched (speed); blurs are made at a quarter of the size, since
nobody can see detail in a blur.
"""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from catalog.demo.drawing.colours import CREAM, DUSK, Colour, dark, light
from catalog.demo.drawing.shapes import Point, Shape, oval

FINER = 3
COARSER = 4
# Strokes thinner than this, in pixels of the finer drawing, show no round ends.
HAIR = 10

type Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Linear:
    """Colours along a line across the shape; angle 90 runs from top to bottom, 0 from left to right."""

    stops: tuple[tuple[float, Colour], ...]
    angle: float = 90.0


@dataclass(frozen=True)
class Radial:
    """Colours outwards from a point. Places in units of the picture, not of the shape."""

    stops: tuple[tuple[float, Colour], ...]
    centre: Point
    radius: float


type Paint = Colour | Linear | Radial


def fade(a: Colour, b: Colour, angle: float = 90.0) -> Linear:
    """From one colour to another."""
    return Linear(((0.0, a), (1.0, b)), angle)


class Canvas:
    """A picture in the making."""

    def __init__(self, width: int, height: int, *, units: float = 1000.0) -> None:
        self.image = Image.new("RGB", (width, height))
        self.scale = width / units
        # x' = a x + b y + c, y' = d x + e y + f
        self._matrix = (self.scale, 0.0, 0.0, 0.0, self.scale, 0.0)
        self._clip: Image.Image | None = None

    @property
    def zoom(self) -> float:
        """Pixels per unit where we now draw."""
        a, b, _, d, e, _ = self._matrix
        return math.sqrt(abs(a * e - b * d))

    @contextmanager
    def at(self, x: float, y: float, k: float = 1.0, *, angle: float = 0.0, flip: bool = False) -> Iterator[None]:
        """Draw with the origin at (x, y), `k` times as large, turned clockwise, perhaps mirrored."""
        before = self._matrix
        a, b, c, d, e, f = before
        s, co = math.sin(math.radians(angle)), math.cos(math.radians(angle))
        kx = -k if flip else k
        self._matrix = (
            a * co * kx + b * s * kx, -a * s * k + b * co * k, a * x + b * y + c,
            d * co * kx + e * s * kx, -d * s * k + e * co * k, d * x + e * y + f,
        )  # fmt: skip
        try:
            yield
        finally:
            self._matrix = before

    @contextmanager
    def within(self, shape: Shape) -> Iterator[None]:
        """Draw only inside a shape: patterns, reflections, water in a bowl."""
        before = self._clip
        clip = Image.new("L", self.image.size)
        if found := self._mask(shape):
            bounds, mask = found
            clip.paste(mask, bounds)
        self._clip = clip
        try:
            yield
        finally:
            self._clip = before

    def fill(self, shape: Shape, paint: Paint, *, opacity: float = 1.0) -> None:
        """Cover a shape evenly."""
        if found := self._mask(shape):
            bounds, mask = found
            self._lay(paint, bounds, mask, opacity)

    def glow(self, shape: Shape, paint: Paint, *, blur: float, opacity: float = 1.0) -> None:
        """Cover a shape softly: shadows, light, steam. `blur` is in units."""
        reach = blur * self.zoom
        # The softer, the coarser it may be drawn.
        coarser = COARSER if reach > 8 else 2 if reach > 4 else 0.5
        found = self._mask(shape, finer=1 / coarser, margin=reach * 2.5)
        if not found:
            return
        bounds, small = found
        small = small.filter(ImageFilter.GaussianBlur(reach / coarser))
        mask = small.resize((bounds[2] - bounds[0], bounds[3] - bounds[1]), Image.Resampling.BILINEAR)
        self._lay(paint, bounds, self._clipped(mask, bounds), opacity)

    def body(
        self, shape: Shape, colour: Colour, *, paint: Paint | None = None, depth: float = 30.0, shade: float = 0.5,
        shine: float = 0.45,
    ) -> None:  # fmt: skip
        """Cover a shape as something round: lit from the upper left, dark towards the lower right.

        `depth` is how far, in units, the edge's light and shadow reach inwards; `shade` and `shine` how strong they are.
        """
        found = self._mask(shape)
        if not found:
            return
        bounds, mask = found
        self._lay(paint or fade(light(colour, 0.14), dark(colour, 0.1), 70.0), bounds, mask)
        self._round(bounds, mask, colour, depth=depth * self.zoom, shade=shade, shine=shine)

    def shadow(self, cx: float, cy: float, rx: float, ry: float, strength: float = 0.4) -> None:
        """The soft shadow of something that stands on the floor: a wide faint one and a dark one close by."""
        self.glow(oval(cx + rx * 0.08, cy, rx * 1.12, ry * 1.3), DUSK, blur=ry * 0.9 + 8, opacity=strength * 0.6)
        self.glow(oval(cx, cy, rx * 0.9, ry * 0.6), DUSK, blur=ry * 0.35 + 4, opacity=strength)

    def gleam(self, shape: Shape, strength: float = 0.6, blur: float = 4.0) -> None:
        """A highlight."""
        self.glow(shape, CREAM, blur=blur, opacity=strength)

    def _round(self, bounds: Box, mask: Image.Image, colour: Colour, *, depth: float, shade: float, shine: float) -> None:
        # The inverse of the shape, blurred and pushed against the light, is dark just inside the far edge.
        small_depth = max(depth / COARSER, 0.6)
        pad = int(small_depth * 2) + 2
        width, height = bounds[2] - bounds[0], bounds[3] - bounds[1]
        small_size = (max(1, round(width / COARSER)), max(1, round(height / COARSER)))
        outside = Image.new("L", (small_size[0] + 2 * pad, small_size[1] + 2 * pad), 255)
        outside.paste(ImageChops.invert(mask.resize(small_size, Image.Resampling.BOX)), (pad, pad))
        outside = outside.filter(ImageFilter.GaussianBlur(small_depth * 0.75))
        shift = round(small_depth * 0.62)
        for sign, tone, strength in ((-1, dark(colour, 0.78), shade), (1, light(colour, 0.75), shine)):
            if strength <= 0:
                continue
            edge = outside.crop(
                (
                    pad - shift * sign, pad - shift * sign,
                    pad - shift * sign + small_size[0], pad - shift * sign + small_size[1],
                )
            )  # fmt: skip
            edge = edge.resize((width, height), Image.Resampling.BILINEAR)
            self._lay(tone, bounds, ImageChops.multiply(edge, mask), strength)

    def _mask(self, shape: Shape, *, finer: float = FINER, margin: float = 0.0) -> tuple[Box, Image.Image] | None:
        """The shape's coverage and where it goes, or None when it lies outside the picture."""
        a, b, c, d, e, f = self._matrix
        placed = shape.mapped(lambda p: (a * p[0] + b * p[1] + c, d * p[0] + e * p[1] + f), self.zoom)
        bounds = self._bounds(placed, margin)
        if bounds is None:
            return None
        left, top, right, bottom = bounds
        width, height = right - left, bottom - top
        mask = Image.new("L", (max(1, math.ceil(width * finer)), max(1, math.ceil(height * finer))))
        draw = ImageDraw.Draw(mask)
        for part in placed.parts:
            points = [((x - left) * finer, (y - top) * finer) for x, y in part.points]
            value = 0 if part.is_hole else 255
            if part.widths:
                _stroke(draw, points, [width * finer for width in part.widths], value)
            else:
                draw.polygon(points, fill=value)
        if finer == FINER:
            return bounds, self._clipped(mask.reduce(FINER), bounds)
        return bounds, mask

    def _bounds(self, placed: Shape, margin: float) -> Box | None:
        xs: list[float] = []
        ys: list[float] = []
        for part in placed.parts:
            if part.is_hole:
                continue
            half = max(part.widths, default=0.0) / 2
            xs += (min(p[0] for p in part.points) - half, max(p[0] for p in part.points) + half)
            ys += (min(p[1] for p in part.points) - half, max(p[1] for p in part.points) + half)
        width, height = self.image.size
        left, top = max(0, math.floor(min(xs) - margin) - 1), max(0, math.floor(min(ys) - margin) - 1)
        right, bottom = min(width, math.ceil(max(xs) + margin) + 1), min(height, math.ceil(max(ys) + margin) + 1)
        return (left, top, right, bottom) if left < right and top < bottom else None

    def _clipped(self, mask: Image.Image, bounds: Box) -> Image.Image:
        return ImageChops.multiply(mask, self._clip.crop(bounds)) if self._clip else mask

    def _lay(self, paint: Paint, bounds: Box, mask: Image.Image, opacity: float = 1.0) -> None:
        if opacity < 1:
            mask = mask.point([round(v * opacity) for v in range(256)])
        if isinstance(paint, Linear):
            self.image.paste(_linear(paint, bounds), bounds, mask)
        elif isinstance(paint, Radial):
            a, b, c, d, e, f = self._matrix
            x, y = paint.centre
            centre = (a * x + b * y + c, d * x + e * y + f)
            self.image.paste(_radial(paint, bounds, centre, paint.radius * self.zoom), bounds, mask)
        else:
            self.image.paste(paint, bounds, mask)


def _stroke(draw: ImageDraw.ImageDraw, points: Sequence[Point], widths: Sequence[float], value: int) -> None:
    """Discs joined by quadrilaterals: round ends, round joints, any width along the way."""
    if widths[0] < HAIR and min(widths) == max(widths):
        draw.line(points, fill=value, width=max(1, round(widths[0])))
        return
    for (x, y), width in zip(points, widths, strict=True):
        r = width / 2
        draw.ellipse((x - r, y - r, x + r, y + r), fill=value)
    for i in range(len(points) - 1):
        (x0, y0), (x1, y1) = points[i], points[i + 1]
        length = math.hypot(x1 - x0, y1 - y0)
        if not length:
            continue
        nx, ny = (y0 - y1) / length / 2, (x1 - x0) / length / 2
        r0, r1 = widths[i], widths[i + 1]
        draw.polygon(
            [
                (x0 + nx * r0, y0 + ny * r0), (x1 + nx * r1, y1 + ny * r1),
                (x1 - nx * r1, y1 - ny * r1), (x0 - nx * r0, y0 - ny * r0),
            ],
            fill=value,
        )  # fmt: skip


@functools.lru_cache(maxsize=256)
def _ramp(stops: tuple[tuple[float, Colour], ...]) -> tuple[Colour, ...]:
    colours = []
    for i in range(256):
        place = i / 255
        before = max((s for s in stops if s[0] <= place), default=stops[0], key=lambda s: s[0])
        after = min((s for s in stops if s[0] > place), default=stops[-1], key=lambda s: s[0])
        span = after[0] - before[0]
        share = (place - before[0]) / span if span else 0.0
        (r0, g0, b0), (r1, g1, b1) = before[1], after[1]
        colours.append((round(r0 + (r1 - r0) * share), round(g0 + (g1 - g0) * share), round(b0 + (b1 - b0) * share)))
    return tuple(colours)


def _linear(paint: Linear, bounds: Box) -> Image.Image:
    strip = Image.new("RGB", (256, 3))
    strip.putdata(list(_ramp(paint.stops)) * 3)
    width, height = bounds[2] - bounds[0], bounds[3] - bounds[1]
    dx, dy = math.cos(math.radians(paint.angle)), math.sin(math.radians(paint.angle))
    corners = [x * dx + y * dy for x in (0, width) for y in (0, height)]
    low, span = min(corners), max(corners) - min(corners)
    # Keep half a pixel clear of the strip's ends, where interpolation would bleed into black.
    per = 252 / span
    small = _small(width), _small(height)
    across, down = width / small[0], height / small[1]
    gradient = strip.transform(
        small,
        Image.Transform.AFFINE,
        (dx * per * across, dy * per * down, 2 - low * per, 0, 0, 1.5),
        resample=Image.Resampling.BILINEAR,
    )
    return gradient.resize((width, height), Image.Resampling.BILINEAR)


def _radial(paint: Radial, bounds: Box, centre: Point, radius: float) -> Image.Image:
    disc = Image.radial_gradient("L")
    per = 127 / radius
    left, top, right, bottom = bounds
    small = _small(right - left), _small(bottom - top)
    across, down = (right - left) / small[0], (bottom - top) / small[1]
    distance = disc.transform(
        small,
        Image.Transform.AFFINE,
        (per * across, 0, 128 + (left - centre[0]) * per, 0, per * down, 128 + (top - centre[1]) * per),
        resample=Image.Resampling.BILINEAR,
        fillcolor=255,
    )
    ramp = _ramp(paint.stops)
    bands = [distance.point([colour[band] for colour in ramp]) for band in range(3)]
    return Image.merge("RGB", bands).resize((right - left, bottom - top), Image.Resampling.BILINEAR)


def _small(length: int) -> int:
    """A gradient has no detail: compute a third of it and stretch."""
    return max(1, round(length / 3))


@functools.lru_cache(maxsize=1)
def _grain() -> Image.Image:
    dice = random.Random(20)
    return Image.frombytes("L", (256, 256), bytes(dice.choice((126, 127, 128, 129, 130)) for _ in range(65536)))


def add_grain(image: Image.Image) -> Image.Image:
    """A breath of paper grain, which also keeps smooth walls from showing bands."""
    tile = _grain()
    sheet = Image.new("L", image.size)
    for x in range(0, image.width, tile.width):
        for y in range(0, image.height, tile.height):
            sheet.paste(tile, (x, y))
    return ImageChops.add(image, Image.merge("RGB", (sheet, sheet, sheet)), scale=1, offset=-128)
