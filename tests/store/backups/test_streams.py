"""What is written is read back to the byte, or not at all; and never held in memory whole."""

from __future__ import annotations

import random
import tracemalloc
from io import BytesIO
from pathlib import Path

import pytest

from store.backups.keys import read_backup_key
from store.backups.streams import DamagedBackup, Part, open_stream, seal_stream
from tests.store.backups.manifests import OTHER_BACKUP_KEY

KEY = read_backup_key(OTHER_BACKUP_KEY)


class Dump:
    """So many MB that don't pack well."""

    def __init__(self, megabytes: int) -> None:
        self.left = megabytes
        self.piece = bytes(range(256)) * 4096

    def read(self, size: int = -1) -> bytes:
        if not self.left:
            return b""
        self.left -= 1
        self.piece = self.piece[1:] + bytes([self.left % 256])
        return self.piece


def sealed(folder: Path, content: bytes) -> tuple[Path, Part]:
    path = folder / "part.age"
    return path, seal_stream(BytesIO(content), path, key=KEY)


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 1_000_000])
def test_what_went_in_comes_out(tmp_path: Path, size: int) -> None:
    content = bytes(n * 7 % 251 for n in range(size))
    path, part = sealed(tmp_path, content)
    out = bytearray()

    open_stream(path, part, keys=[KEY], give=out.extend)

    assert (bytes(out), part.inner_size, part.size) == (content, size, path.stat().st_size)
    assert path.stat().st_mode & 0o777 == 0o600


def test_memory_stays_flat(tmp_path: Path) -> None:
    tracemalloc.start()
    part = seal_stream(Dump(48), tmp_path / "part.age", key=KEY)
    open_stream(tmp_path / "part.age", part, keys=[KEY])
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert part.inner_size == 48 << 20
    assert most < 8 << 20


def test_every_cut_and_every_flip_is_noticed(tmp_path: Path) -> None:
    content = random.Random(1).randbytes(200_000)  # which doesn't pack: it takes four of age's pieces
    path, part = sealed(tmp_path, content)
    whole = path.read_bytes()
    step = len(whole) // 97
    damaged = [whole[:cut] for cut in range(0, len(whole), step)] + [whole[:-1], whole + b"x", whole + whole]
    damaged += [
        whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :] for at in range(0, len(whole), step) for bit in (1, 128)
    ]
    damaged += [
        whole[: 1 << 16] + whole[1 << 17 :],
        whole[-(1 << 16) :] + whole[: -(1 << 16)],
    ]  # pieces lost, pieces swapped

    for bad in damaged:
        path.write_bytes(bad)
        with pytest.raises(DamagedBackup, match=r"part\.age"):
            open_stream(path, part, keys=[KEY])
        if not bad.startswith(whole):
            # Also without a note of what the file should be, as for pictures. What follows age's end mark isn't read.
            with pytest.raises(DamagedBackup):
                open_stream(path, Part(part.inner_size, part.inner_sha256), keys=[KEY])


def test_an_error_of_the_source_or_the_disk_comes_through_as_it_is(tmp_path: Path) -> None:
    class Torn:
        def read(self, size: int = -1) -> bytes:
            raise ConnectionResetError("the server went away")

    with pytest.raises(ConnectionResetError, match="the server went away"):
        seal_stream(Torn(), tmp_path / "a.age", key=KEY)

    path, part = sealed(tmp_path, b"x" * 100_000)

    def full(_: bytes) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        open_stream(path, part, keys=[KEY], give=full)
