"""Drawing the demo shop's pictures in a process of its own: no Django, no database."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from catalog import demo
from catalog.demo.pictures import draw
from catalog.demo.records import Picture
from catalog.encoding import WIDTHS, Encoded, encode_picture

type Drawing = tuple[Picture, int]


def draw_one(task: tuple[str, Drawing]) -> Encoded:
    """Draw one view of a picture and make its renditions, named after the given stem."""
    stem, (picture, view) = task
    encoded = encode_picture(draw(picture, view=view, size=WIDTHS[-1]))
    files = tuple((name.replace(encoded.stem, stem), content) for name, content in encoded.files)
    return replace(encoded, stem=stem, files=files)


def edition() -> str:
    """Name the state of the drawing code, so that a changed drawing gets a new file name (browsers keep the old)."""
    folder = Path(demo.__path__[0])
    code = b"".join(file.read_bytes() for file in [folder / "pictures.py", *sorted((folder / "drawing").glob("*.py"))])
    return hashlib.sha256(code).hexdigest()[:8]
