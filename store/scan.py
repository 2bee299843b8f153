"""Looking for card numbers where none should be: the database, decrypted; media; logs; the newest backup."""

# ruff: noqa: SLF001 - _meta is Django's public secret
from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, models

from store.backups.bucket import UnableToReachBucket
from store.backups.drill import restored_to_scratch
from store.backups.engines import UnableToUseDatabase
from store.backups.media import media_root, open_media, pool_of, read_list
from store.backups.shelf import MEDIA, AnotherRunIsOn, Backup, desk, is_backup_name, newest
from store.backups.streams import DamagedBackup
from store.backups.verify import UnfitBackup, keys_for
from store.blind_index import BlindIndexField
from store.card_guard import UNGUARDED
from store.card_numbers import find_card_numbers, has_card_number
from store.fields import EncryptedTextField
from store.keyring import UnableToDecrypt
from store.models import CardScan
from store.registry import telling_columns

_ROWS: Final = 500
_CHUNK: Final = 1 << 20  # bytes
_OVERLAP: Final = 256  # bytes, longer than a card number in its widest dress
# Columns of digests, hashes and keys of our own making: long numbers are in them by chance and nobody typed them.
_MADE_BY_US: Final = {
    "store.User.password",
    "store.User.session_salt",
    "store.OldPassword.password",
    "store.RecoveryCode.digest",
    "store.Authenticator.secret",
    "store.Passkey.credential",
    "store.Passkey.public_key",
    "store.AuditRow.digest",
    "store.AuditRow.seal",
    "store.AuditHead.chain_key",
    "store.AuditHead.last",
    "store.AuditHead.seal",
    "sessions.Session.session_key",
}


@dataclass(frozen=True)
class Hit:
    """Where a card number is. Holds nothing of it."""

    place: str  # "store_user.name" or a path
    row: str  # the id of the row, or the byte where the chunk begins


@dataclass(frozen=True)
class Source:
    """One thing to look through, and how many steps that takes."""

    name: str
    steps: int
    hits: Iterator[Hit | None]  # None after a step without a hit


def record_scan(*, hits: int, steps: int, now: datetime) -> None:
    """Write down when a scan ended and what it found, for `doctor`."""
    CardScan.objects.create(at=now, hits=hits, steps=steps)


def last_scan() -> CardScan | None:
    """Return the last scan; None if there was none."""
    return CardScan.objects.order_by("-at", "-pk").first()


def columns_of(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Return the columns of a model that text can get into, but for those with honest numbers like card numbers."""
    return [
        field
        for field in telling_columns(model)
        if not isinstance(field, BlindIndexField)
        and field.name not in UNGUARDED
        and f"{model._meta.label}.{field.name}" not in _MADE_BY_US
    ]


def database_sources() -> Iterator[Source]:
    """Yield every table that text can get into."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed:
            continue
        if columns := columns_of(model):
            yield Source(model._meta.db_table, model._base_manager.count(), _hits_in_table(model, columns))


def _hits_in_table(model: type[models.Model], columns: list[models.Field[Any, Any]]) -> Iterator[Hit | None]:
    names = [field.attname for field in columns]
    rows: Any = model._base_manager.order_by("pk").values_list("pk", *names)
    for pk, *values in rows.iterator(chunk_size=_ROWS):
        for field, value in zip(columns, values, strict=True):
            place = f"{model._meta.db_table}.{field.column}"
            try:
                text = _text(model, field, pk, value)
            except UnableToDecrypt:
                yield Hit(f"{place} (can't be opened)", str(pk))
                continue
            if text and has_card_number(text):
                yield Hit(place, str(pk))
        yield None


def _text(model: type[models.Model], field: models.Field[Any, Any], pk: Any, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(field, EncryptedTextField):
        return str(value.open(pk))
    if model is Session and field.name == "session_data":
        return json.dumps(Session(session_data=value).get_decoded(), ensure_ascii=False, default=str)
    if isinstance(field, models.JSONField):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("latin-1")
    return str(value)


def file_sources() -> Iterator[Source]:
    """Yield the folders of media, logs and mails, and what lies beside the backups without being one."""
    if media_root() is None:
        names = list(_names_in_storage(""))
        yield Source("media", len(names), _hits_in_storage(names))
    folders = {
        "media": media_root(),
        "logs": Path(getattr(settings, "LOG_DIR", settings.VAR_DIR / "logs")),
        "mails": Path(getattr(settings, "MAIL_DIR", settings.VAR_DIR / "mails")),
    }
    for name, folder in folders.items():
        if folder is None:
            continue
        files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
        yield Source(name, len(files), _hits_in_files(files))
    strays = list(_files_beside_backups(desk()))
    yield Source("beside the backups", len(strays), _hits_in_files(strays))


def _names_in_storage(folder: str) -> Iterator[str]:
    """Yield the name of every file in the object storage of media."""
    folders, files = default_storage.listdir(folder)
    for name in sorted(files):
        yield f"{folder}/{name}".lstrip("/")
    for name in sorted(folders):
        yield from _names_in_storage(f"{folder}/{name}".lstrip("/"))


def _hits_in_storage(names: list[str]) -> Iterator[Hit | None]:
    for name in names:
        if has_card_number(name):
            yield Hit("name of a file in the media's storage", hashlib.sha256(name.encode()).hexdigest()[:16])
        with default_storage.open(name, "rb") as file:
            yield from _hits_in_chunks(_chunks_of(file), name)
        yield None


def _files_beside_backups(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.is_file() and not path.name.startswith("."):
            yield path
        elif path.is_dir() and path.name != MEDIA and not is_backup_name(path.name):
            yield from (file for file in sorted(path.rglob("*")) if file.is_file())


def backup_sources() -> Iterator[Source]:
    """Yield the newest backup: restored to a scratch database and looked through like the live one, and its pictures."""
    try:
        backup = newest()
    except UnableToReachBucket as error:
        yield Source("newest backup", 1, iter([Hit(f"newest backup (can't be looked for: {error})", "")]))
        return
    if backup is None:
        return
    yield Source(f"backup {backup.name}", backup.manifest.total_rows, _hits_in_backup(backup))
    yield Source(f"pictures of backup {backup.name}", backup.manifest.media_files, _hits_in_pictures(backup))


def _hits_in_backup(backup: Backup) -> Iterator[Hit | None]:
    try:
        # While this is being read, the thread's queries go to the scratch database: it must be read to its end.
        with restored_to_scratch(backup):
            for source in database_sources():
                for hit in source.hits:
                    yield hit and Hit(f"backup {backup.name}: {hit.place}", hit.row)
    except (UnfitBackup, DamagedBackup, UnableToUseDatabase, AnotherRunIsOn, DatabaseError, OSError) as error:
        yield Hit(f"backup {backup.name} (can't be opened): {error}", backup.name)


def _hits_in_pictures(backup: Backup) -> Iterator[Hit | None]:
    try:
        keys = keys_for(backup.manifest)
        for file in read_list(backup, keys=keys):
            chunks: list[bytes] = []
            open_media(pool_of(backup.folder), file, keys=keys, give=chunks.append)
            if has_card_number(file.path):
                yield Hit(f"backup {backup.name}: name of a picture", file.name[:16])
            yield from _hits_in_chunks(chunks, f"backup {backup.name}: {file.path}")
            yield None
    except (UnfitBackup, DamagedBackup, UnableToReachBucket) as error:
        yield Hit(f"backup {backup.name} (can't be opened): {error}", backup.name)


def _hits_in_files(files: list[Path]) -> Iterator[Hit | None]:
    for path in files:
        if has_card_number(path.name):
            yield Hit(f"name of {path.parent}/…", str(path.stat().st_ino))
        opener: Any = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rb") as file:
            yield from _hits_in_chunks(_chunks_of(file), str(path))
        yield None


def _chunks_of(file: BinaryIO | File[Any]) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _hits_in_chunks(chunks: Iterable[bytes], place: str) -> Iterator[Hit]:
    position, kept = 0, b""
    for chunk in chunks:
        if find_card_numbers((kept + chunk).decode("utf-8", "replace")):
            yield Hit(place, f"byte {position}")
        position, kept = position + len(chunk), chunk[-_OVERLAP:]
