"""Backups that exist only as manifests: enough for what never opens them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from store.backups.keys import backup_keys
from store.backups.manifest import FORMAT, Manifest, Shop, write_manifest
from store.backups.streams import Part

# A key for tests only; it guards nothing.
OTHER_BACKUP_KEY = "AGE-SECRET-KEY-1P872TQK9MJUD9JW49W2HGCCGNLP3F9AGULS2UZYRREUNJ7SYTMYQXQCVGA"


def make_manifest(folder: Path, **values: Any) -> Manifest:
    """Write a manifest into a new folder named as a backup is, of the moment that the name says."""
    key = backup_keys()[0]
    defaults: dict[str, Any] = {
        "format": FORMAT,
        "at": datetime.strptime(folder.name[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC),
        "seconds": 1.0,
        "shop": Shop(id="0" * 16, name="Ringback"),
        "engine": "sqlite",
        "server": "3.40.1",
        "code": "0.1.0",
        "schema": {},
        "rows": {"checkout_order": 100, "store_user": 10},
        "kids": ["test1"],
        "keys": {},
        "backup_key": key.print,
        "erasures": 0,
        "media_files": 0,
        "media_bytes": 0,
        "parts": {"database": Part(1, "", 1, "")},
    }
    manifest = Manifest(**(defaults | values))
    folder.mkdir(parents=True)
    write_manifest(folder, manifest, key=key)
    return manifest
