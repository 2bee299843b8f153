"""A new field key: every value moved to it, and the old ones forgotten, as whoever broke in may have them."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable

from django.conf import settings

from store.keycheck import remember_keys
from store.recovery.secrets import FIELD_KEYS, SecretFiles
from store.recovery.state import Recovery, UnableToRecover
from store.rotation import UnableToRetireKey, retire, rotate, rows_to_rotate


def kids_of(field_keys: str) -> list[str]:
    """Return the names of the keys, the writing one first."""
    return [entry.strip().partition(":")[0] for entry in field_keys.split(",")]


def replace_field_keys(recovery: Recovery, files: SecretFiles, *, on_progress: Callable[[int], object]) -> int:
    """Make a key, re-encrypt every value with it, and leave it as the only one; return how many rows were re-encrypted.

    Killed at any point, it goes on where it was. Raises `UnableToRecover`; then all keys are still there.
    """
    if kids_of(files.read(FIELD_KEYS))[0] != recovery.new_kid:
        key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        files.write(FIELD_KEYS, f"{recovery.new_kid}:{key},{files.read(FIELD_KEYS)}")
    settings.FIELD_KEYS = files.read(FIELD_KEYS)
    remember_keys()
    progress = rotate(on_progress=on_progress)
    if progress.unreadable:
        places = "; ".join(progress.unreadable_rows[:5])
        raise UnableToRecover(
            f"{len(progress.unreadable)} rows can't be opened with the keys there are ({places}). They and all keys were "
            "left as they are. Restore an earlier backup, or ask whoever knows these rows; then run this again."
        )
    if left := rows_to_rotate():
        raise UnableToRecover(
            f"{left} rows carry a former key: something writes although the shop is closed. All keys were left in force. "
            "Stop web server, worker and scheduler, and run this again."
        )
    try:
        for kid in recovery.former_kids:
            retire(kid, backups_too=False)
    except UnableToRetireKey as error:
        raise UnableToRecover(f"{error} All keys were left in force. Run this again.") from None
    # Last: a shop that expects a key it is not given doesn't start.
    files.write(FIELD_KEYS, files.read(FIELD_KEYS).partition(",")[0])
    settings.FIELD_KEYS = files.read(FIELD_KEYS)
    return progress.rotated
