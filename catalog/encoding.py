"""Reading pictures safely and making their fixed renditions. Pillow only: drawing processes import it without Django."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, replace
from typing import IO

from PIL import Image, ImageOps, UnidentifiedImageError

WIDTHS = (320, 640, 1200)
# Formats people's cameras and drawing programs write; SVG and the like can carry scripts.
READABLE = ("JPEG", "PNG", "WEBP", "AVIF")
# A little picture file can unpack to gigabytes; 50 megapixels is more than any camera of a shop.
MAX_PIXELS = 50_000_000
MAX_BYTES = 20 * 1024 * 1024
AVIF_QUALITY = 62
WEBP_QUALITY = 80
# The others are made from it.
LARGEST_QUALITY = 88
# 0 is slow and small, 10 fast and big.
AVIF_SPEED = 8


class UnreadablePicture(Exception):
    """The file is no picture we take; the message says why, in words for the person who sent it."""


@dataclass(frozen=True)
class Encoded:
    """Renditions as bytes: what is left to do is to store them. `widths` are those there are of in both formats."""

    stem: str
    widths: tuple[int, ...]
    width: int
    height: int
    files: tuple[tuple[str, bytes], ...]


def encode_picture(image: Image.Image) -> Encoded:
    """Make all renditions of `image`. Metadata (where it was taken, with what) is left behind."""
    image, first = _largest(image)
    rest = encode_rest(image, stem=first.stem)
    return replace(rest, files=(*first.files, *rest.files))


def encode_first(image: Image.Image) -> Encoded:
    """Make the one rendition that pages show until the others are there: the widest, in WebP. Metadata are left behind."""
    return _largest(image)[1]


def encode_rest(image: Image.Image, *, stem: str) -> Encoded:
    """Make the other renditions from the widest one."""
    widths = _widths(image)
    files = []
    for width in widths:
        small = image if width == image.width else image.resize(_size(image, width), Image.Resampling.LANCZOS)
        files.append((f"{stem}-{width}.avif", _write(small, "AVIF", quality=AVIF_QUALITY, speed=AVIF_SPEED)))
        if width < image.width:
            files.append((f"{stem}-{width}.webp", _write(small, "WEBP", quality=WEBP_QUALITY, method=4)))
    return Encoded(stem=stem, widths=widths, width=image.width, height=image.height, files=tuple(files))


def _largest(image: Image.Image) -> tuple[Image.Image, Encoded]:
    image = ImageOps.exif_transpose(image).convert("RGB")
    # A name of the content, whatever is made of it.
    stem = f"catalog/{hashlib.sha256(repr(image.size).encode() + image.tobytes()).hexdigest()[:20]}"
    width = _widths(image)[-1]
    if width < image.width:
        image = image.resize(_size(image, width), Image.Resampling.LANCZOS, reducing_gap=3.0)
    files = ((f"{stem}-{width}.webp", _write(image, "WEBP", quality=LARGEST_QUALITY, method=4)),)
    return image, Encoded(stem=stem, widths=(), width=width, height=image.height, files=files)


def _widths(image: Image.Image) -> tuple[int, ...]:
    return tuple(width for width in WIDTHS if width <= image.width) or (image.width,)


def _size(image: Image.Image, width: int) -> tuple[int, int]:
    return width, max(1, round(image.height * width / image.width))


def _write(image: Image.Image, kind: str, **options: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def open_picture(source: IO[bytes]) -> Image.Image:
    """Decode an uploaded picture. Raise UnreadablePicture for what is too big or not a picture."""
    content = source.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise UnreadablePicture(f"This file is larger than {MAX_BYTES // 1024 // 1024} MB.")
    try:
        image = Image.open(io.BytesIO(content), formats=READABLE)
        if image.width * image.height > MAX_PIXELS:
            raise UnreadablePicture(f"This picture has more than {MAX_PIXELS // 1_000_000} megapixels.")
        image.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadablePicture("This is not a JPEG, PNG, WebP or AVIF picture that we can read.") from error
    return image
