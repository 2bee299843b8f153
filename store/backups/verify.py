"""Is a backup whole and ours, and does it fit here? Answered before anything is touched."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from store.backups import media
from store.backups.databases import unknown_migrations
from store.backups.engines import Settings, UnableToUseDatabase, engine_of
from store.backups.keys import BackupKey, backup_keys
from store.backups.manifest import Manifest, check_seal
from store.backups.shelf import Backup
from store.backups.streams import OnProgress, open_stream
from store.keycheck import compare, given_fingerprints, index_prints


class UnfitBackup(Exception):
    """A backup can't be restored here. Says why, and what to do."""


def keys_for(manifest: Manifest) -> list[BackupKey]:
    """Return the keys that open a backup. Raises `UnfitBackup` naming fingerprints if none does."""
    try:
        keys = backup_keys()
    except ImproperlyConfigured as error:
        raise UnfitBackup(str(error)) from None
    if manifest.backup_key not in {key.print for key in keys}:
        raise UnfitBackup(
            f"It was made with the backup key {manifest.backup_key}, and BACKUP_KEY holds"
            f" {', '.join(key.print for key in keys)}."
            " Set BACKUP_KEY to the key it was made with, from your copy of it."
        )
    return keys


def verify_backup(backup: Backup, *, on_progress: OnProgress = lambda *_: None) -> None:
    """Read every byte of a backup: manifest, database, erasures, pictures. Changes nothing.

    Raises `UnfitBackup` without the right key, and `DamagedBackup` naming what isn't as it was written.
    """
    keys = keys_for(backup.manifest)
    check_seal(backup.folder, keys=keys)
    for name, part in backup.manifest.parts.items():
        done = 0

        def note(chunk: bytes, name: str = name, total: int = part.inner_size) -> None:
            nonlocal done
            done += len(chunk)
            on_progress(f"verifying {name}", done, total)

        open_stream(backup.folder / f"{name}.age", part, keys=keys, give=note)
    _verify_media(backup, keys, on_progress)


def _verify_media(backup: Backup, keys: Sequence[BackupKey], on_progress: OnProgress) -> None:
    files, done = media.read_list(backup, keys=keys), 0

    def note() -> None:
        nonlocal done
        done += 1
        on_progress("verifying media", done, len(files))

    media.check_media(media.pool_of(backup.folder), files, keys=keys, on_file=note)


def check_fit(manifest: Manifest, target: Settings, *, other_name: str = "") -> None:
    """Say whether a backup belongs into this database, under this code and these keys. Needs no backup key.

    `other_name` is the name of the shop in the backup, if it is known to be another than this one's. Raises `UnfitBackup`.
    """
    _check_shop(manifest, other_name)
    try:
        engine = engine_of(target)
    except UnableToUseDatabase as error:
        raise UnfitBackup(str(error)) from None
    if manifest.engine != engine.vendor:
        raise UnfitBackup(
            f"It is of {manifest.engine}, and the database to restore to is {engine.vendor}."
            f" Set DATABASE_URL, or give --into, to a {manifest.engine} database."
        )
    if newer := unknown_migrations(dict(manifest.schema)):
        raise UnfitBackup(
            f"It is of a newer version of the shop ({manifest.code}): this one, {settings.CODE_VERSION}, doesn't know"
            f" {', '.join(newer)}. Install that version, then restore."
        )
    try:
        problems = compare(dict(manifest.keys), given_fingerprints())
    except ImproperlyConfigured as error:
        raise UnfitBackup(str(error)) from None
    if problems:
        raise UnfitBackup(
            f"Customer data in it could not be read: {' '.join(problems)} Put these keys back, from your copy of them."
        )
    try:
        engine.check_fit(manifest, target)
    except UnableToUseDatabase as error:
        raise UnfitBackup(str(error)) from None


def _check_shop(manifest: Manifest, other_name: str) -> None:
    given = index_prints(given_fingerprints())
    if manifest.shop.id not in given:
        raise UnfitBackup(
            f"It is another shop's, {manifest.shop.name!r}: that one's INDEX_KEY has the fingerprint {manifest.shop.id},"
            f" this one's {', '.join(given)}. If it is yours all the same, set its keys and name."
        )
    if manifest.shop.name not in {settings.SHOP_NAME, other_name}:
        raise UnfitBackup(
            f"It is of a shop called {manifest.shop.name!r}, and this one is {settings.SHOP_NAME!r}. If the shop was"
            f' renamed, add --shop "{manifest.shop.name}".'
        )
