"""Progress bars of commands that go through stages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm

from store.backups.streams import OnProgress


@contextmanager
def stages() -> Iterator[OnProgress]:
    """Give what shows each stage as a bar with rate and time left; nothing where nobody looks (no terminal)."""
    bar: tqdm[Any] | None = None
    name = ""

    def show(stage: str, done: int, total: int | None) -> None:
        nonlocal bar, name
        if stage != name or bar is None:
            if bar is not None:
                bar.close()
            # Files are counted one by one, all else in bytes.
            in_bytes = "media" not in stage and "pictures" not in stage
            bar = tqdm(desc=stage, total=total, disable=None, unit="B" if in_bytes else "", unit_scale=in_bytes, leave=True)
            name = stage
        bar.update(done - bar.n)

    try:
        yield show
    finally:
        if bar is not None:
            bar.close()
