"""Colours: mixing them, and the named palettes that products are drawn in."""

from __future__ import annotations

from dataclasses import dataclass

type Colour = tuple[int, int, int]

# Shadows lean to plum and lights to cream: pure black and white look dead on a warm wall.
DUSK: Colour = (58, 34, 48)
CREAM: Colour = (255, 247, 230)


def rgb(code: str) -> Colour:
    """Read a colour written as six hexadecimal digits."""
    value = int(code, 16)
    return (value >> 16, value >> 8 & 255, value & 255)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """Go from `a` (share 0) to `b` (share 1)."""
    return (
        round(a[0] + (b[0] - a[0]) * share),
        round(a[1] + (b[1] - a[1]) * share),
        round(a[2] + (b[2] - a[2]) * share),
    )


def light(colour: Colour, share: float) -> Colour:
    """Move a colour towards warm light."""
    return mix(colour, CREAM, share)


def dark(colour: Colour, share: float) -> Colour:
    """Move a colour towards warm shadow."""
    return mix(colour, DUSK, share)


INK = rgb("2f2730")
BRASS = rgb("cf9f45")
STEEL = rgb("bcc3c8")
OAK = rgb("c9965d")
WALNUT = rgb("7a5236")
LEATHER = rgb("9a5c33")
WOOL = rgb("f6ecdb")
ROPE = rgb("d9bd8c")
WATER = rgb("8fc4d4")
BISCUIT = rgb("c98d4b")


@dataclass(frozen=True)
class Palette:
    """What a product is drawn in: its own colour, a second, an accent, and the wall behind it."""

    main: Colour
    second: Colour
    accent: Colour
    wall: Colour


def _palette(codes: str) -> Palette:
    main, second, accent, wall = (rgb(code) for code in codes.split())
    return Palette(main, second, accent, wall)


PALETTES: dict[str, Palette] = {
    "tan": _palette("b9733b f2dfbd c9993d c2d3c2"),
    "chestnut": _palette("84452a ecd2a9 c9993d c3dbd0"),
    "navy": _palette("2f4b70 efe4cd c9993d f3dba6"),
    "teal": _palette("2c7d79 f4e6cb d9a441 f4cfb0"),
    "brick": _palette("b94a3b f6e7cf d8a24a bfd6cf"),
    "coral": _palette("e66f52 fdebd3 2f6f73 b4d6d3"),
    "plum": _palette("7b4163 f6e6d6 d7a24b efcabc"),
    "butter": _palette("eab93f fdf2d6 33507a b7d5e2"),
    "mustard": _palette("d99d2b faecd3 3d4f5c b9d3d6"),
    "rose": _palette("d98686 fcebdf 8a4a52 cbdac2"),
    "moss": _palette("6d8047 f2e7cc b5713c efc9ba"),
    "sage": _palette("93aa88 f7eedb c98b4a e2cfdb"),
    "mint": _palette("86c2a5 fcf2e1 c58b3c f5ccb4"),
    "sky": _palette("74a5c5 f8eedc e0a03f f6dfa6"),
    "lilac": _palette("a188bb f8ecdc e3b341 f1dfb4"),
    "oat": _palette("e5d2b0 faf1e2 b5713c a9c6c0"),
    "pine": _palette("cc975d f5e3c4 5f7d6a c0d8cf"),
    "walnut": _palette("825939 ead3b0 c9993d cbdcc3"),
    "slate": _palette("66737f ede7dc d9a441 f3dfae"),
    "snow": _palette("f4f0e8 dde3e4 6aa0b8 a3c6ca"),
    "steel": _palette("c3c9cd f0f2f2 3c4146 e6c3a2"),
    "charcoal": _palette("484c53 ede4d4 c9993d b7d0d6"),
    "ruby": _palette("a8263d f7e3c9 dcab47 2b5557"),
}
