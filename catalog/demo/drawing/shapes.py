"""Shapes as plain geometry: what is covered, before any colour. Angles in degrees, y grows downwards."""

# ruff: noqa: PLR0917 - x, y, width and height read best as a plain row of numbers

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

type Point = tuple[float, float]


@dataclass(frozen=True)
class Part:
    """A filled polygon or, when it has widths (one per point), a round-ended stroke. A hole takes away."""

    points: tuple[Point, ...]
    widths: tuple[float, ...] = ()
    is_hole: bool = False


@dataclass(frozen=True)
class Shape:
    """Parts laid one over the other. `a + b` covers both, `a - b` cuts b out of a."""

    parts: tuple[Part, ...]

    def __add__(self, other: Shape) -> Shape:
        return Shape(self.parts + other.parts)

    def __sub__(self, other: Shape) -> Shape:
        return Shape(self.parts + tuple(replace(part, is_hole=not part.is_hole) for part in other.parts))

    def mapped(self, move: Callable[[Point], Point], growth: float = 1.0) -> Shape:
        """Move every point; `growth` scales stroke widths alike."""
        return Shape(
            tuple(
                replace(
                    part,
                    points=tuple(move(point) for point in part.points),
                    widths=tuple(width * growth for width in part.widths),
                )
                for part in self.parts
            )
        )

    def moved(self, dx: float, dy: float) -> Shape:
        """Shift."""
        return self.mapped(lambda p: (p[0] + dx, p[1] + dy))

    def mirrored(self, x: float = 0.0) -> Shape:
        """Swap left and right about an upright line."""
        return self.mapped(lambda p: (2 * x - p[0], p[1]))

    def turned(self, angle: float, about: Point = (0.0, 0.0)) -> Shape:
        """Turn clockwise as seen on the picture."""
        return self.mapped(lambda p: turn(p, angle, about))


def turn(point: Point, angle: float, about: Point = (0.0, 0.0)) -> Point:
    """Turn a point clockwise as seen on the picture."""
    s, c = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    x, y = point[0] - about[0], point[1] - about[1]
    return (about[0] + x * c - y * s, about[1] + x * s + y * c)


def poly(*points: Point) -> Shape:
    """A polygon with sharp corners."""
    return Shape((Part(points),))


def blob(*points: Point) -> Shape:
    """A smooth closed outline through the points."""
    return Shape((Part(tuple(spline(points, closed=True))),))


def oval(cx: float, cy: float, rx: float, ry: float | None = None, angle: float = 0.0) -> Shape:
    """An ellipse (a circle without `ry`)."""
    return Shape((Part(tuple(arc(cx, cy, rx, rx if ry is None else ry, 0, 360, angle))),))


def arc(cx: float, cy: float, rx: float, ry: float, start: float, end: float, angle: float = 0.0) -> list[Point]:
    """Points along an ellipse from `start` to `end` (0 is right, 90 is down)."""
    # Small arcs look round with few points.
    reach = max(rx, ry)
    steps = max(4, int(abs(end - start) / (5 if reach > 60 else 9 if reach > 20 else 18)))
    points = []
    for step in range(steps + 1):
        t = math.radians(start + (end - start) * step / steps)
        points.append((cx + rx * math.cos(t), cy + ry * math.sin(t)))
    return [turn(point, angle, (cx, cy)) for point in points] if angle else points


def box(x: float, y: float, w: float, h: float, r: float = 0.0) -> Shape:
    """A rectangle from its top left corner, with rounded corners."""
    r = min(r, w / 2, h / 2)
    if r <= 0:
        return poly((x, y), (x + w, y), (x + w, y + h), (x, y + h))
    corners = ((x + w - r, y + r, -90), (x + w - r, y + h - r, 0), (x + r, y + h - r, 90), (x + r, y + r, 180))
    return Shape((Part(tuple(p for cx, cy, a in corners for p in arc(cx, cy, r, r, a, a + 90))),))


def pillow(cx: float, cy: float, rx: float, ry: float, power: float = 3.0, angle: float = 0.0) -> Shape:
    """A superellipse: between an oval (power 2) and a rounded box (power 5)."""
    points: list[Point] = []
    for step in range(96):
        t = math.tau * step / 96
        c, s = math.cos(t), math.sin(t)
        point = (
            cx + rx * math.copysign(abs(c) ** (2 / power), c),
            cy + ry * math.copysign(abs(s) ** (2 / power), s),
        )
        points.append(turn(point, angle, (cx, cy)))
    return Shape((Part(tuple(points)),))


def line(points: Iterable[Point], width: float | Sequence[float]) -> Shape:
    """A round-ended stroke. Several widths are spread along the points, for tails and feathers."""
    pts = tuple(points)
    if isinstance(width, int | float):
        return Shape((Part(pts, (float(width),) * len(pts)),))
    knots = list(width)
    widths = []
    for i in range(len(pts)):
        place = i / (len(pts) - 1) * (len(knots) - 1)
        k = min(int(place), len(knots) - 2)
        widths.append(knots[k] + (knots[k + 1] - knots[k]) * (place - k))
    return Shape((Part(pts, tuple(widths)),))


def curve(*points: Point, width: float | Sequence[float]) -> Shape:
    """A smooth stroke through the points."""
    return line(spline(points), width)


def together(shapes: Iterable[Shape]) -> Shape:
    """Many shapes as one, so that hundreds of hairs of one colour are filled in one go."""
    return Shape(tuple(part for shape in shapes for part in shape.parts))


def sparkle(cx: float, cy: float, r: float) -> Shape:
    """A four-pointed gleam."""
    points: list[Point] = []
    for i in range(8):
        t = math.radians(i * 45 - 90)
        reach = r if i % 2 == 0 else r * 0.16
        points.append((cx + reach * math.cos(t), cy + reach * math.sin(t)))
    return Shape((Part(tuple(points)),))


def spline(points: Sequence[Point], *, closed: bool = False, steps: int = 10) -> list[Point]:
    """A smooth run (Catmull-Rom) through the points."""
    n = len(points)
    result: list[Point] = []
    for i in range(n if closed else n - 1):
        if closed:
            a, b, c, d = (points[(i + k) % n] for k in (-1, 0, 1, 2))
        else:
            a, b, c, d = points[max(i - 1, 0)], points[i], points[i + 1], points[min(i + 2, n - 1)]
        for step in range(steps):
            t = step / steps
            result.append((_between(a[0], b[0], c[0], d[0], t), _between(a[1], b[1], c[1], d[1], t)))
    if not closed:
        result.append(points[-1])
    return result


def _between(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)
