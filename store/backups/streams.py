"""Streams of a backup: packed and encrypted on the way out, checked to the last byte on the way back. Memory stays flat."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import BinaryIO, Final, Protocol, cast

import pyrage

from store.backups.bucket import Place, UnableToReachBucket
from store.backups.keys import BackupKey

CHUNK: Final = 1 << 18  # bytes
# Hears what goes on, how far it is, and how far it will go (None: nobody knows).
OnProgress = Callable[[str, int, int | None], object]
# Ciphertext, the bulk of a dump, packs little better at the higher levels and takes several times as long.
_LEVEL: Final = 1
_GZIP: Final = 31  # zlib's name for "with a gzip header"


class DamagedBackup(Exception):
    """A backup isn't what was written. Says which part, and how it shows."""


class Readable(Protocol):
    """What a stream is made from."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Part:
    """One encrypted file: size and hash (SHA-256) of what is inside, and its own unless it may be written anew."""

    inner_size: int
    inner_sha256: str
    size: int | None = None
    sha256: str | None = None


class _Packing:
    """Reads a source and gives it out packed, noting what went in."""

    def __init__(self, source: Readable, on_bytes: Callable[[int], object]) -> None:
        self._source, self._on_bytes = source, on_bytes
        self._packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
        self._ready = bytearray()
        self._is_over = False
        self.size, self.hash = 0, hashlib.sha256()
        self.error: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            while not self._is_over and len(self._ready) < size:
                chunk = self._source.read(CHUNK)
                self.size += len(chunk)
                self.hash.update(chunk)
                self._on_bytes(len(chunk))
                self._is_over = not chunk
                self._ready += self._packer.compress(chunk) if chunk else self._packer.flush()
        except BaseException as error:
            self.error = error  # the library hands on its text only
            raise
        given = bytes(self._ready[:size])
        del self._ready[:size]
        return given


class _Writing:
    """Writes to a file, noting what came out."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size, self.hash = 0, hashlib.sha256()
        self.error: BaseException | None = None

    def write(self, data: bytes) -> int:
        try:
            self._file.write(data)
        except BaseException as error:
            self.error = error
            raise
        self.size += len(data)
        self.hash.update(data)
        return len(data)

    def flush(self) -> None:
        self._file.flush()


def seal_stream(source: Readable, path: Path, *, key: BackupKey, on_bytes: Callable[[int], object] = lambda _: None) -> Part:
    """Write what `source` gives into a new file, packed and encrypted, and onto the disk. `on_bytes` hears what was read.

    Raises `OSError`, as when the disk is full, and whatever the source raises.
    """
    reader = _Packing(source, on_bytes)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=CHUNK) as file:
        writer = _Writing(file)
        try:
            pyrage.encrypt_io(cast("BufferedIOBase", reader), cast("BufferedIOBase", writer), [key.identity.to_public()])
        except (pyrage.EncryptError, OSError) as error:
            raise (reader.error or writer.error or error) from None
        file.flush()
        os.fsync(file.fileno())
    return Part(reader.size, reader.hash.hexdigest(), writer.size, writer.hash.hexdigest())


class _Reading:
    """Reads a file, noting what was there."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size, self.hash = 0, hashlib.sha256()
        self.error: UnableToReachBucket | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._file.read(size)
        except UnableToReachBucket as error:
            self.error = error  # the library hands on its text only
            raise
        self.size += len(data)
        self.hash.update(data)
        return data


class _Unpacking:
    """Takes packed bytes and hands on what was in them."""

    def __init__(self, give: Callable[[bytes], object]) -> None:
        self._give = give
        self._unpacker = zlib.decompressobj(_GZIP)
        self.size, self.hash = 0, hashlib.sha256()
        self.error: BaseException | None = None

    @property
    def is_whole(self) -> bool:
        return self._unpacker.eof and not self._unpacker.unused_data

    def write(self, data: bytes) -> int:
        try:
            packed = data
            while packed and not self._unpacker.eof:
                plain = self._unpacker.decompress(packed, CHUNK)
                packed = self._unpacker.unconsumed_tail
                self.size += len(plain)
                self.hash.update(plain)
                self._give(plain)
        except BaseException as error:
            self.error = error
            raise
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""


def open_stream(
    path: Place, part: Part, *, keys: Sequence[BackupKey], give: Callable[[bytes], object] = lambda _: None
) -> None:
    """Decrypt and unpack a file, handing its content to `give` piece by piece.

    Raises `DamagedBackup` if it is not, to the last byte, what was written, `UnableToReachBucket`, and what `give` raises.
    What was given before that must be thrown away.
    """
    try:
        with path.open("rb", buffering=CHUNK) as file:
            reader, unpacking = _Reading(file), _Unpacking(give)
            try:
                pyrage.decrypt_io(
                    cast("BufferedIOBase", reader),
                    cast("BufferedIOBase", unpacking),
                    [key.identity for key in keys],
                )
            except (pyrage.DecryptError, OSError) as error:
                if reader.error is not None:
                    raise reader.error from None
                if unpacking.error is not None and not isinstance(unpacking.error, zlib.error):
                    raise unpacking.error from None
                raise DamagedBackup(f"{path.name} can't be decrypted to its end ({error})") from None
            while reader.read(CHUNK):  # so that its hash is of the whole file
                pass
    except FileNotFoundError:
        raise DamagedBackup(f"{path.name} is missing") from None
    if part.sha256 is not None and (reader.size, reader.hash.hexdigest()) != (part.size, part.sha256):
        raise DamagedBackup(f"{path.name} is not the file that was written ({reader.size} bytes, {part.size} expected)")
    if not unpacking.is_whole or (unpacking.size, unpacking.hash.hexdigest()) != (part.inner_size, part.inner_sha256):
        raise DamagedBackup(f"the content of {path.name} is not what was written")
