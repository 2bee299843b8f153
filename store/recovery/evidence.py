"""Evidence: the shop as it was found, sealed with BACKUP_KEY. Nothing of ours ever deletes it.

    20261122T204501Z/evidence.json    what was found, sealed, so that a change is noticed
                     database.age     pg_dump's custom format, or an SQLite file
                     erasures.age     who was erased until then, as digests
                     keys.age         FIELD_KEYS and INDEX_KEY of then: this and older backups can't be read without
                     log-1.age …      the logs that were named

All of it is gzip inside age, as in a backup: `age -d -i key database.age | gunzip`.
"""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from store.audit.verify import verify_audit
from store.backups.databases import connect, count_rows, default_settings, standing_in
from store.backups.engines import UnableToUseDatabase, engine_of
from store.backups.keys import BackupKey, backup_keys
from store.backups.shelf import sync
from store.backups.streams import OnProgress, Part, seal_stream
from store.erasure import ledger_path
from store.recovery.state import Recovery, UnableToRecover, folder

FILE: Final = "evidence.json"


def place_of(recovery: Recovery) -> Path:
    """Return the folder of a recovery's evidence."""
    return folder() / recovery.stamp


def take_evidence(
    recovery: Recovery, *, logs: Sequence[Path], now: datetime, on_progress: OnProgress = lambda *_: None
) -> list[str]:
    """Keep a sealed copy of database, ledger, keys and logs, and what the audit log's chain says; return what could not be.

    A database that is spoilt stops nothing: it is why one recovers. Raises `UnableToRecover` where nothing can be written.
    """
    place = place_of(recovery)
    if place.exists():
        return []  # whole, since it has its name
    unfinished = place.with_name(f".unfinished-{place.name}")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        unfinished.mkdir(mode=0o700)
        troubles = _fill(unfinished, recovery, logs, now, on_progress)
        sync(unfinished)
        unfinished.rename(place)
        sync(place.parent)
    except OSError as error:
        raise UnableToRecover(
            f"The evidence can't be written to {place.parent}: {error.strerror or error}. Nothing was changed but that the "
            "shop is closed. See to space and rights there, or set EVIDENCE_DIR, and run this again."
        ) from None
    except ImproperlyConfigured as error:
        raise UnableToRecover(f"{error} Nothing was changed but that the shop is closed.") from None
    return troubles


def _fill(place: Path, recovery: Recovery, logs: Sequence[Path], now: datetime, on_progress: OnProgress) -> list[str]:
    key = backup_keys()[0]
    parts: dict[str, Part] = {}
    found: dict[str, Any] = {"recovery": recovery.id, "at": now.isoformat(), "code": settings.CODE_VERSION}
    troubles = _copy_database(place, key, parts, found, on_progress)
    keys = json.dumps({"FIELD_KEYS": settings.FIELD_KEYS, "INDEX_KEY": settings.INDEX_KEY}).encode()
    parts["keys"] = seal_stream(io.BytesIO(keys), place / "keys.age", key=key)
    found["logs"] = {}
    named = {"erasures": ledger_path()} | {f"log-{n}": path for n, path in enumerate(_files(logs), start=1)}
    for name, path in named.items():
        on_progress(f"sealing {path.name}", 0, None)
        try:
            with path.open("rb") as file:
                parts[name] = seal_stream(file, place / f"{name}.age", key=key)
            found["logs"][name] = str(path)
        except FileNotFoundError:
            if name != "erasures":  # nobody was ever erased
                troubles.append(f"The log {path} is not there.")
    found |= {"parts": {name: asdict(part) for name, part in parts.items()}, "not copied": troubles}
    _write(place / FILE, {**found, "seal": key.seal(json.dumps(found, sort_keys=True).encode())})
    return troubles


def _copy_database(
    place: Path, key: BackupKey, parts: dict[str, Part], found: dict[str, Any], on_progress: OnProgress
) -> list[str]:
    """Copy what can be copied. Whoever broke in may have left a database that nothing can be asked."""
    troubles: list[str] = []
    target, done = default_settings(), 0

    def note(size: int) -> None:
        nonlocal done
        done += size
        on_progress("copying the database as it is", done, None)

    try:
        # A connection that doesn't compare keys: they may have been altered, too.
        with standing_in(connect(target)), engine_of(target).snapshot(place) as dump:
            parts["database"] = seal_stream(dump, place / "database.age", key=key, on_bytes=note)
            found["rows"] = count_rows(connection)
    except (UnableToUseDatabase, DatabaseError) as error:
        (place / "database.age").unlink(missing_ok=True)
        parts.pop("database", None)
        troubles.append(f"The database could not be copied: {str(error).strip()}")
    on_progress("walking the audit log", 0, None)
    try:
        with standing_in(connect(target)):
            verdict = verify_audit()
        found["audit"] = {"entries": verdict.n, "end": verdict.last, "faults": verdict.faults}
        if verdict.faults:
            troubles.append(f"The audit log has {len(verdict.faults)} faults: they are in {FILE}.")
    except Exception as error:  # noqa: BLE001 - whatever was done to these rows, it stops nothing
        found["audit"] = {"faults": [f"It can't be read: {type(error).__name__}"]}
        troubles.append("The audit log can't be read.")
    return troubles


def _files(logs: Sequence[Path]) -> list[Path]:
    """The files named, and those in the folders named."""
    return [
        file for path in logs for file in (sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path])
    ]


def _write(path: Path, found: dict[str, Any]) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w") as file:
        json.dump(found, file, indent=1, sort_keys=True)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
