"""Files of a case: taken by what they are, not by what they are called; kept small, encrypted, and given back as a file."""

from __future__ import annotations

import hashlib
import io
import uuid
import warnings
from base64 import b64decode, b64encode
from datetime import datetime
from pathlib import PurePath
from typing import Final

from django.db import transaction
from PIL import Image, ImageOps

from fraud.models import CallTask, CaseFile
from store.card_guard import MESSAGE, has_card_number
from store.models import User

# Bytes. What is sent may be larger than what is kept: a telephone's picture becomes a tenth of it. Uploads of this size stay
# in memory (FILE_UPLOAD_MAX_MEMORY_SIZE), so that nothing of a customer lies about unencrypted.
MOST_SENT: Final = 5 * 1024 * 1024
MOST_KEPT: Final = 1024 * 1024
MOST_FILES: Final = 10
# A picture larger than this in either direction is made smaller; one of more pixels than this is not opened at all.
LONGEST_SIDE: Final = 1800
MOST_PIXELS: Final = 50_000_000
_PICTURES: Final = ("JPEG", "PNG", "WEBP", "GIF")


class UnableToTakeFile(Exception):
    """Nothing was kept. `str(error)` says why and what to do."""


def add_case_file(*, task_id: uuid.UUID, by: User, name: str, body: bytes, now: datetime) -> CaseFile:
    """Keep a file with its case. Raises UnableToTakeFile, or CallTask.DoesNotExist.

    Pictures are drawn anew, which leaves behind where they were taken and whatever else was hidden in them. A PDF is kept as
    it is and only ever given back as a download.
    """
    kind, kept = _read(body)
    stem = " ".join("".join(sign if sign.isprintable() else " " for sign in PurePath(name).stem).split())[:100] or "file"
    if has_card_number(stem):
        raise UnableToTakeFile(f"{MESSAGE} It is in the name of the file. Nothing was kept.")
    with transaction.atomic():
        task = CallTask.objects.select_for_update().get(pk=task_id)
        if CaseFile.objects.filter(task=task).count() >= MOST_FILES:
            raise UnableToTakeFile(f"A case has {MOST_FILES} files at most. Nothing was kept.")
        file = CaseFile(
            task=task,
            name=f"{stem}.{'jpg' if kind == CaseFile.Kind.PICTURE else 'pdf'}",
            kind=kind,
            size=len(kept),
            sha256=hashlib.sha256(kept).hexdigest(),
            body=b64encode(kept).decode("ascii"),
            added_by=by,
            added_at=now,
        )
        file.save()
    return file


def body_of(file: CaseFile) -> bytes | None:
    """What is in it; None once it was taken away. Raises ValueError when it is not what was kept."""
    if file.body is None:
        return None
    body = b64decode(file.body)
    if hashlib.sha256(body).hexdigest() != file.sha256:
        raise ValueError(f"File {file.pk} is not what was kept.")
    return body


def remove_case_file(*, file_id: uuid.UUID) -> bool:
    """Take away what is in a file, for good; False when that was done before. Who added it, when, and its digest stay."""
    return CaseFile.objects.filter(pk=file_id, body__isnull=False).update(name=None, body=None) == 1


def _read(body: bytes) -> tuple[CaseFile.Kind, bytes]:
    if len(body) > MOST_SENT:
        raise UnableToTakeFile(f"That is more than {MOST_SENT // 1024**2} MB. Nothing was kept; send a smaller one.")
    # Viewers look for the first mark within the first kilobyte, and for the last one near the end (ISO 32000-1, 7.5).
    if body.lstrip()[:5] == b"%PDF-":
        if b"%%EOF" not in body[-1024:]:
            raise UnableToTakeFile("That PDF is cut off. Nothing was kept; ask for it again.")
        if len(body) > MOST_KEPT:
            raise UnableToTakeFile(f"A PDF has {MOST_KEPT // 1024**2} MB at most. Nothing was kept; send a smaller one.")
        return CaseFile.Kind.PDF, body
    return CaseFile.Kind.PICTURE, _drawn_anew(body)


def _refuse_giants(picture: Image.Image) -> None:
    if picture.width * picture.height > MOST_PIXELS:
        raise UnableToTakeFile("That picture has too many pixels. Nothing was kept; send a smaller one.")


def _drawn_anew(body: bytes) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(body), formats=_PICTURES) as picture:
                _refuse_giants(picture)
                picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
                upright = ImageOps.exif_transpose(picture)
                upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                # What is transparent is white, as on paper.
                flat = Image.new("RGB", upright.size, "white")
                seen = upright.convert("RGBA")
                flat.paste(seen, mask=seen.getchannel("A"))
    except UnableToTakeFile:
        raise
    except Exception as error:  # whatever a broken or a wicked file does to the decoder
        raise UnableToTakeFile("That is no picture (JPEG, PNG, WebP, GIF) and no PDF. Nothing was kept.") from error
    for quality in (85, 70, 50, 30):
        drawn = io.BytesIO()
        flat.save(drawn, "JPEG", quality=quality, optimize=True)
        if drawn.tell() <= MOST_KEPT:
            return drawn.getvalue()
    raise UnableToTakeFile("That picture stays too large. Nothing was kept; send a smaller one.")
