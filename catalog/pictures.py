"""Pictures of products: storing their files, hanging them in the gallery."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Max

from catalog.encoding import Encoded, encode_first, encode_rest, open_picture
from catalog.models import Category, Picture, Product
from catalog.tasks import make_renditions


class UnableToStorePicture(Exception):
    """The disk or bucket of pictures didn't take it. Says why, what was not done and what to do next."""


def store_files(encoded: Encoded) -> None:
    """Write the renditions that are not there yet, whole. Raise UnableToStorePicture; no part of one is left behind."""
    for name, content in encoded.files:
        try:
            if default_storage.exists(name):
                if default_storage.size(name) == len(content):
                    continue
                default_storage.delete(name)  # a process that was killed left a part of it
            default_storage.save(name, ContentFile(content))
        except Exception as error:  # each storage has its own
            with suppress(Exception):
                default_storage.delete(name)
            why = (isinstance(error, OSError) and error.strerror) or type(error).__name__
            raise UnableToStorePicture(
                f"The picture could not be stored ({why}), so nothing was saved. Have somebody see to the place where "
                "pictures are kept, then send it again."
            ) from error


def take_picture(source: IO[bytes]) -> Encoded:
    """Check an upload and store its widest rendition, which pages show at once; the worker makes the others.

    What is stored for a form that is refused lies ready for its next try. Raise UnreadablePicture, UnableToStorePicture.
    """
    encoded = encode_first(open_picture(source))
    store_files(encoded)
    make_renditions.enqueue(encoded.stem, encoded.width)
    return encoded


def finish_picture(*, stem: str, width: int) -> None:
    """Make the renditions that are not there yet, then have pages offer them. Whoever comes second changes nothing."""
    waiting = [model.objects.filter(stem=stem, widths=[]) for model in (Picture, Category)]
    if not any(rows.exists() for rows in waiting):
        return
    with default_storage.open(f"{stem}-{width}.webp") as file:
        encoded = encode_rest(open_picture(file).convert("RGB"), stem=stem)
    store_files(encoded)
    for rows in waiting:
        rows.update(widths=list(encoded.widths))


def add_picture(*, product: Product, source: IO[bytes], alt: str) -> Picture:
    """Put a picture at the end of a product's gallery. Raise UnreadablePicture, UnableToStorePicture."""
    encoded = take_picture(source)
    last = product.pictures.aggregate(last=Max("position"))["last"]
    return Picture.objects.create(
        product=product,
        position=0 if last is None else last + 1,
        alt=alt,
        stem=encoded.stem,
        widths=list(encoded.widths),
        width=encoded.width,
        height=encoded.height,
    )


def arrange_pictures(*, product: Product, places: Mapping[int, int | None]) -> None:
    """Number the product's pictures 0, 1, 2 … by the wanted place of each (by id); those without one come last."""
    pictures = list(product.pictures.order_by("position"))
    last = len(pictures)
    wanted = sorted(pictures, key=lambda picture: (places.get(picture.pk) or last + 1, picture.position))
    if [picture.position for picture in wanted] == list(range(last)):
        return
    with transaction.atomic():
        # Out of the way first: no two pictures may share a place, not even for a moment.
        product.pictures.update(position=F("position") + 1000)
        for position, picture in enumerate(wanted):
            product.pictures.filter(pk=picture.pk).update(position=position)
