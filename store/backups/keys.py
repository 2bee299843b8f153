"""The keys of backups: not in the database, not in a backup, and not the shop's data keys.

`settings.BACKUP_KEY` holds one age identity (`AGE-SECRET-KEY-1…`), or several, separated by commas: the first encrypts, all
decrypt. So a key is changed by putting a new one first, and forgotten when the last backup made with the old one is gone.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from pyrage import IdentityError, x25519

from store.keyring import derive

_HOW_TO = "`manage.py new_key --backup` makes one; keep a copy where neither the shop nor its backups are."


@dataclass(frozen=True)
class BackupKey:
    """One key. `print` names it without giving it away."""

    identity: x25519.Identity
    print: str
    _secret: bytes

    def seal(self, text: bytes) -> str:
        """Return a keyed digest: only who has the key could have written the text."""
        return hmac.new(derive(self._secret, "backup", "manifest"), text, hashlib.sha256).hexdigest()

    def name_of(self, sha256: str) -> str:
        """Return the name under which content with this hash is kept: it tells nothing of the content."""
        return hmac.new(derive(self._secret, "backup", "media"), sha256.encode(), hashlib.sha256).hexdigest()


def new_backup_key() -> str:
    """Return a new key as BACKUP_KEY takes it."""
    return str(x25519.Identity.generate())


def read_backup_key(text: str) -> BackupKey:
    """Read one key. Raises `ImproperlyConfigured`, which never holds the key."""
    try:
        identity = x25519.Identity.from_str(text)
    except IdentityError:
        raise ImproperlyConfigured(f"BACKUP_KEY is no age identity (AGE-SECRET-KEY-1…). {_HOW_TO}") from None
    secret = hashlib.sha256(str(identity).encode()).digest()
    return BackupKey(identity, derive(secret, "backup", "fingerprint")[:8].hex(), secret)


def backup_keys() -> list[BackupKey]:
    """Return the keys of the settings, the writing one first. Raises `ImproperlyConfigured` for none or a bad one."""
    texts = [text.strip() for text in settings.BACKUP_KEY.split(",") if text.strip()]
    if not texts:
        raise ImproperlyConfigured(f"BACKUP_KEY is not set: backups can be neither made nor opened. {_HOW_TO}")
    return [read_backup_key(text) for text in texts]
