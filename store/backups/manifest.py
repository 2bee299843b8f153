"""What a backup says about itself: enough to judge without opening it whether it fits, is due, or may go."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from store.backups.bucket import Place, UnableToReachBucket
from store.backups.keys import BackupKey
from store.backups.streams import DamagedBackup, Part

FORMAT: Final = 1
FILE: Final = "manifest.json"
# The parts of a backup; the pictures are a third (`store.backups.media`).
DATABASE: Final = "database"
ERASURES: Final = "erasures"


@dataclass(frozen=True, kw_only=True)
class Shop:
    """Whose it is. The name is what people know; `id` is the fingerprint of INDEX_KEY.

    To restore what is older than a change of that key, put the old one second.
    """

    id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """All that is known of a backup without its key."""

    format: int
    at: datetime  # of the snapshot
    seconds: float  # that making it took
    shop: Shop
    engine: str  # "postgresql" or "sqlite"
    server: str  # the engine's version
    code: str  # the shop's version
    schema: Mapping[str, str]  # app -> its newest migration
    rows: Mapping[str, int]  # table -> rows
    kids: Sequence[str]  # the field keys that values in it were written with
    keys: Mapping[str, str]  # the fingerprints of those and of the index key, named as in `store.keycheck`
    backup_key: str  # fingerprint
    erasures: int  # people erased until then
    media_files: int
    media_bytes: int
    parts: Mapping[str, Part]  # "database", "erasures", "media": the file is called so, with .age

    @property
    def total_rows(self) -> int:
        """All rows together."""
        return sum(self.rows.values())


def write_manifest(folder: Path, manifest: Manifest, *, key: BackupKey) -> None:
    """Write the manifest, sealed, onto the disk."""
    fields = asdict(manifest) | {"at": manifest.at.isoformat()}
    text = _render({**fields, "seal": key.seal(_canonical(fields))})
    with os.fdopen(os.open(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def read_manifest(folder: Place) -> Manifest:
    """Read the manifest of a backup, believing it.

    Raises `DamagedBackup` if there is none or it can't be read, and `UnableToReachBucket`.
    """
    return _parse(folder, _load(folder))


def check_seal(folder: Place, *, keys: Sequence[BackupKey]) -> None:
    """Raise `DamagedBackup` if the manifest isn't word for word what a holder of the key wrote."""
    fields = _load(folder)
    is_as_written = (folder / FILE).read_text() == _render(fields)
    seal = str(fields.pop("seal", ""))
    if not is_as_written or not any(hmac.compare_digest(seal, key.seal(_canonical(fields))) for key in keys):
        raise DamagedBackup(f"{FILE} was changed after it was written")


def _load(folder: Place) -> dict[str, Any]:
    try:
        fields = json.loads((folder / FILE).read_text())
    except UnableToReachBucket:
        raise
    except (OSError, ValueError) as error:
        raise DamagedBackup(f"{FILE} can't be read ({type(error).__name__})") from None
    if not isinstance(fields, dict):
        raise DamagedBackup(f"{FILE} holds no manifest")
    return fields


def _parse(folder: Place, fields: dict[str, Any]) -> Manifest:
    if fields.get("format") != FORMAT:
        raise DamagedBackup(
            f"{FILE} is of format {fields.get('format')!r}, and this version of the shop knows {FORMAT} only"
        )
    try:
        values = {name: value for name, value in fields.items() if name != "seal"}
        values["at"] = datetime.fromisoformat(values["at"])
        if values["at"].tzinfo is None:
            raise ValueError("no time zone")  # noqa: TRY301 - one way out for every reason
        values["shop"] = Shop(**values["shop"])
        values["parts"] = {name: Part(**part) for name, part in values["parts"].items()}
        return Manifest(**values)
    except (TypeError, KeyError, ValueError, AttributeError):
        raise DamagedBackup(f"{folder.name}/{FILE} lacks something or holds something strange") from None


def _render(fields: Mapping[str, Any]) -> str:
    return json.dumps(fields, indent=1, sort_keys=True) + "\n"


def _canonical(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
