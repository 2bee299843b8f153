"""Reading pictures safely and making their fixed renditions. Pillow only: drawing processes import it without Django."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
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
# 0 is slow and small, 10 fast and big.
AVIF_SPEED = 8


class UnreadablePicture(Exception):
    """The file is no picture we take; the message says why, in words for the person who sent it."""


@dataclass(frozen=True)
class Encoded:
    """A picture's renditions as bytes: what is left to do is to store them."""

    stem: str
    widths: tuple[int, ...]
    width: int
    height: int
    files: tuple[tuple[str, bytes], ...]


def encode_picture(image: Image.Image) -> Encoded:
    """Make the renditions of `image`. Metadata (where it was taken, with what) is left behind."""
    image = ImageOps.exif_transpose(image).convert("RGB")
    widths = tuple(width for width in WIDTHS if width <= image.width) or (image.width,)
    stem = f"catalog/{hashlib.sha256(repr(image.size).encode() + image.tobytes()).hexdigest()[:20]}"
    files = []
    height = image.height
    for width in widths:
        height = max(1, round(image.height * width / image.width))
        small = image if width == image.width else image.resize((width, height), Image.Resampling.LANCZOS)
        for extension, options in (
            ("avif", {"quality": AVIF_QUALITY, "speed": AVIF_SPEED}),
            ("webp", {"quality": WEBP_QUALITY, "method": 4}),
        ):
            buffer = io.BytesIO()
            small.save(buffer, extension.upper(), **options)
            files.append((f"{stem}-{width}.{extension}", buffer.getvalue()))
    return Encoded(stem=stem, widths=widths, width=widths[-1], height=height, files=tuple(files))


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
