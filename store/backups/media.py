"""The pictures: each content encrypted once and kept as long as any backup on the shelf wants it.

What a backup lists are paths, sizes and hashes. A file that has the size and time it had in the backup before isn't read
again, so that a backup every few minutes costs little however many pictures there are.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage

from store.backups.bucket import BucketPath, Place, objects_below
from store.backups.keys import BackupKey
from store.backups.shelf import MEDIA, Backup, put_file, unfinished_file
from store.backups.streams import CHUNK, DamagedBackup, Part, open_stream, seal_stream

LIST = "media"  # the part of a backup
_ENDING = ".age"


@dataclass(frozen=True)
class MediaFile:
    """One file, and under which name its content is on the shelf."""

    path: str  # below MEDIA_ROOT
    size: int
    sha256: str
    changed: int  # modification time, ns
    name: str


def media_root() -> Path | None:
    """Return the folder of media; None if they are in an object storage, which has copies of its own."""
    return Path(settings.MEDIA_ROOT) if isinstance(default_storage, FileSystemStorage) else None


def media_files() -> list[Path]:
    """Return every file below MEDIA_ROOT."""
    root = media_root()
    if root is None:
        return []
    # A dot begins the name of what is being written just now.
    return sorted(p for p in root.rglob("*") if not p.name.startswith(".") and p.is_file() and not p.is_symlink())


def pool_of(backup: Place) -> Place:
    """Return where the pictures of a backup are kept: beside it, wherever it was moved."""
    return backup.parent / MEDIA


def keep_media(
    pool: Place, *, key: BackupKey, before: Iterable[MediaFile], on_file: Callable[[], object]
) -> list[MediaFile]:
    """Put the content of every file of MEDIA_ROOT into the pool unless it is there; return what there is.

    `before` lists what the last backup found. Raises `OSError`, as when the disk is full.
    """
    root = media_root() or Path()
    known = {file.path: file for file in before}
    files = media_files()
    there = _names_in(pool) if files else set()
    kept = []
    for path in files:
        relative = path.relative_to(root).as_posix()
        try:
            found = _look_at(path, relative, known.get(relative), key)
            if found.name not in there:
                _pack(path, place_of(pool, found.name), found, key)
                there.add(found.name)
            kept.append(found)
        except FileNotFoundError:  # deleted meanwhile
            if path.exists():
                raise
        on_file()
    return kept


def _look_at(path: Path, relative: str, before: MediaFile | None, key: BackupKey) -> MediaFile:
    state = path.stat()
    if before and (state.st_size, state.st_mtime_ns) == (before.size, before.changed):
        sha256 = before.sha256
    else:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return MediaFile(relative, state.st_size, sha256, state.st_mtime_ns, key.name_of(sha256))


def _pack(path: Path, place: Place, found: MediaFile, key: BackupKey) -> None:
    unfinished = unfinished_file(place)
    unfinished.unlink(missing_ok=True)
    try:
        with path.open("rb") as file:
            seal_stream(file, unfinished, key=key)
        open_stream(unfinished, _part(found), keys=[key])
        put_file(unfinished, place)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _names_in(pool: Place) -> set[str]:
    """Return the names of all contents that are in the pool."""
    if isinstance(pool, BucketPath):
        return {stored.key.rpartition("/")[2].removesuffix(_ENDING) for stored in objects_below(pool)}
    return {path.stem for path in pool.glob(f"*/*{_ENDING}")}


def place_of(pool: Place, name: str) -> Place:
    """Return where the content of this name is kept."""
    return pool / name[:2] / f"{name}{_ENDING}"


def lines_of(files: Iterable[MediaFile]) -> Iterator[bytes]:
    """Yield a backup's list of media, one JSON object a line."""
    return (json.dumps(asdict(file), ensure_ascii=False).encode() + b"\n" for file in files)


def read_list(backup: Backup, *, keys: Sequence[BackupKey]) -> list[MediaFile]:
    """Return a backup's list of media. Raises `DamagedBackup`."""
    text = bytearray()
    open_stream(backup.folder / f"{LIST}.age", backup.manifest.parts[LIST], keys=keys, give=text.extend)
    return [MediaFile(**json.loads(line)) for line in text.decode().splitlines()]


def check_media(
    pool: Place, files: Iterable[MediaFile], *, keys: Sequence[BackupKey], on_file: Callable[[], object]
) -> None:
    """Read the content of every file whole. Raises `DamagedBackup` naming the first that isn't what it was."""
    for file in files:
        open_media(pool, file, keys=keys)
        on_file()


def open_media(
    pool: Place, file: MediaFile, *, keys: Sequence[BackupKey], give: Callable[[bytes], object] = lambda _: None
) -> None:
    """Hand the content of one file to `give`, piece by piece. Raises `DamagedBackup` as `open_stream` does."""
    try:
        open_stream(place_of(pool, file.name), _part(file), keys=keys, give=give)
    except DamagedBackup as error:
        raise DamagedBackup(f"{file.path}: {error}") from None


def _part(file: MediaFile) -> Part:
    return Part(file.size, file.sha256)


def is_there(file: MediaFile) -> bool:
    """Say whether MEDIA_ROOT has this very file already."""
    path = _target(file)
    if not path.is_file() or path.stat().st_size != file.size:
        return False
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == file.sha256


def bring_back(pool: Place, files: Iterable[MediaFile], *, keys: Sequence[BackupKey], on_file: Callable[[], object]) -> int:
    """Write every file that MEDIA_ROOT lacks or has otherwise, each in one step; return how many that was.

    Files that the backup doesn't know stay. Raises `DamagedBackup` and `OSError`.
    """
    written = 0
    for file in files:
        if not is_there(file):
            path = _target(file)
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_name(f".{path.name}.new")
            try:
                with unfinished.open("wb", buffering=CHUNK) as content:
                    open_media(pool, file, keys=keys, give=content.write)
                    content.flush()
                    os.fsync(content.fileno())
                os.utime(unfinished, ns=(file.changed, file.changed))
                unfinished.replace(path)
            finally:
                unfinished.unlink(missing_ok=True)
            written += 1
        on_file()
    return written


def _target(file: MediaFile) -> Path:
    root = media_root() or Path(settings.MEDIA_ROOT)
    path = (root / file.path).resolve()
    if not path.is_relative_to(root.resolve()):
        raise DamagedBackup(f"{file.path} is not a path below the media folder")
    return path


def drop_unwanted(pool: Place, backups: Iterable[Backup], *, keys: Sequence[BackupKey]) -> int:
    """Delete content that none of these backups lists; return how many files that was.

    Raises `DamagedBackup` if a list can't be read: then nothing is deleted, as nobody knows what it wants.
    """
    # Most backups list the same pictures: one list for all of them.
    lists = {backup.manifest.parts[LIST].inner_sha256: backup for backup in backups}
    wanted = {file.name for backup in lists.values() for file in read_list(backup, keys=keys)}
    unwanted = _names_in(pool) - wanted
    for name in unwanted:
        place_of(pool, name).unlink()
    return len(unwanted)
