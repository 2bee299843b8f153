"""Keys for personal data, and the ciphers made from them.

`settings.FIELD_KEYS` is `kid:key,kid2:key2`: the first key writes, every key reads. A key is the urlsafe base64 of 32
bytes. A value at rest is `v1.<kid>.<token>`; the token is Fernet, under a subkey of its own for each table and column, and
the id of the record is inside. So a token that is altered, or moved to another column or row, is refused, not believed.
"""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache
from typing import Final
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VERSION: Final = "v1"
# Plaintext grows to a multiple of this many bytes, so that the length of a token says little about a short value.
BUCKET: Final = 64
RECORD_BYTES: Final = 16
_KID = re.compile(r"[A-Za-z0-9_-]{1,16}")
_BASE64: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# What every Fernet token begins with when its time is hidden: version 0x80 and zeroes.
_FERNET_START: Final = "gAAAAAAAAAAA"
# A key with fewer different bytes than this was typed or padded, not drawn: 32 random bytes have about 30.
_FEWEST_DIFFERENT_BYTES: Final = 16


class UnableToDecrypt(Exception):
    """A stored value can't be opened. Says where and why; holds neither plaintext nor ciphertext."""

    def __init__(self, *, table: str, column: str, kid: str | None, why: str) -> None:
        self.table, self.column, self.kid, self.why = table, column, kid, why
        key = f" (key {kid!r})" if kid else ""
        super().__init__(f"Unable to decrypt {table}.{column}{key}: {why}.")

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by keyword, so that the error survives a process boundary."""
        return _rebuild_error, (self.table, self.column, self.kid, self.why)


def _rebuild_error(table: str, column: str, kid: str | None, why: str) -> UnableToDecrypt:
    return UnableToDecrypt(table=table, column=column, kid=kid, why=why)


def index_keys() -> list[str]:
    """Return the keys of `settings.INDEX_KEY`; the first one writes."""
    return [key.strip() for key in settings.INDEX_KEY.split(",")]


def read_key(text: str, *, name: str) -> bytes:
    """Return the 32 bytes of a key, or raise `ImproperlyConfigured` naming `name` but never the key."""
    try:
        key = base64.b64decode(text.strip().encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise ImproperlyConfigured(f"{name} is not urlsafe base64. `manage.py new_key` makes a good one.") from None
    if len(key) != 32:
        raise ImproperlyConfigured(f"{name} holds {len(key)} bytes, not 32. `manage.py new_key` makes a good one.")
    if len(set(key)) < _FEWEST_DIFFERENT_BYTES:
        raise ImproperlyConfigured(f"{name} doesn't look random. `manage.py new_key` makes a good one.")
    return key


def derive(key: bytes, *purpose: str) -> bytes:
    """Return a 32-byte subkey of `key` that is good for one purpose only (HKDF-SHA256)."""
    info = b"\0".join(part.encode() for part in ("ringback", VERSION, *purpose))
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(key)


def fingerprint(key: bytes) -> str:
    """Name a key without giving it away: 16 hex digits, safe to print, log and store."""
    return derive(key, "fingerprint")[:8].hex()


def _is_one_true_spelling(token: bytes) -> bool:
    """Say whether base64 would spell these bytes this way: decoding skips strange characters and drops loose bits."""
    end = token[-4:]
    return (
        not token.rstrip(b"=").translate(None, _BASE64)
        and not len(token) % 4
        and base64.urlsafe_b64encode(base64.urlsafe_b64decode(end)) == end
    )


class ColumnCipher:
    """Seals and opens the values of one column. Built once and kept: a new Fernet per call costs a third of the speed."""

    def __init__(self, keyring: Keyring, table: str, column: str) -> None:
        self._keyring, self._table, self._column = keyring, table, column
        self._fernets = {
            kid: Fernet(base64.urlsafe_b64encode(derive(key, "field", table, column))) for kid, key in keyring.keys.items()
        }
        self._prefix = f"{VERSION}.{keyring.writer}."
        self._encrypt_at_time = self._fernets[keyring.writer].encrypt_at_time

    def seal(self, record: UUID, value: str) -> str:
        """Return `value` encrypted for this column of the record. Raises `ValueError` on what UTF-8 can't hold."""
        try:
            data = record.bytes + value.encode() + b"\x80"
        except UnicodeEncodeError:
            # The original error carries the value.
            raise ValueError(f"{self._table}.{self._column} can't hold half a character (a lone surrogate).") from None
        return self._prefix + self._encrypt_at_time(data + bytes(-len(data) % BUCKET), 0).decode("ascii")

    def open(self, record: UUID, stored: str) -> str:
        """Return the plaintext of a stored value, or raise `UnableToDecrypt`."""
        data = self._decrypt(record, stored)
        # The last 0x80 is the mark: only zeroes follow it.
        return data[RECORD_BYTES : data.rindex(b"\x80")].decode()

    def reseal(self, record: UUID, stored: str) -> str:
        """Return a stored value encrypted anew with the writing key, or raise `UnableToDecrypt`."""
        return self._prefix + self._encrypt_at_time(self._decrypt(record, stored), 0).decode("ascii")

    def _decrypt(self, record: UUID, stored: str) -> bytes:
        """Return what a token holds, record and padding included, once all about it is proved."""
        try:
            version, kid, token = stored.split(".", 2)
            fernet = self._fernets[kid]
            raw = token.encode("ascii")
            data = fernet.decrypt(raw)
            if version != VERSION or not _is_one_true_spelling(raw):
                raise InvalidToken  # noqa: TRY301 - one way out for every reason
        except (ValueError, KeyError, InvalidToken, AttributeError):
            raise self._refusal(stored) from None
        if not data.startswith(record.bytes):
            raise self._error(kid, "it belongs to another row")
        return data

    def opens(self, kid: str, raw: bytes) -> bool:
        """Say whether the token was made for this column, whatever the row. For error messages only."""
        try:
            self._fernets[kid].decrypt(raw)
        except InvalidToken:
            return False
        return True

    def _error(self, kid: str | None, why: str) -> UnableToDecrypt:
        return UnableToDecrypt(table=self._table, column=self._column, kid=kid, why=why)

    def _refusal(self, stored: object) -> UnableToDecrypt:
        """Find out why a value did not open. The kid is named only beside a token, lest it be a piece of plaintext."""
        kid = kid_of(stored)
        if kid is None:
            return self._error(None, "the stored value is not ciphertext")
        if kid not in self._fernets:
            return self._error(kid, "FIELD_KEYS has no key of that name")
        raw = str(stored).split(".", 2)[2].encode()
        if any(cipher is not self and cipher.opens(kid, raw) for cipher in self._keyring.ciphers()):
            return self._error(kid, "it belongs to another column")
        return self._error(kid, "the stored value was altered, or was written with another key")


class Keyring:
    """The keys of one `FIELD_KEYS` setting."""

    def __init__(self, text: str) -> None:
        self.keys: dict[str, bytes] = {}
        for position, entry in enumerate(text.split(","), start=1):
            kid, colon, key = entry.strip().partition(":")
            if not colon or not _KID.fullmatch(kid):
                raise ImproperlyConfigured(
                    f"FIELD_KEYS, entry {position}: expected `kid:key` with a kid of 1 to 16 letters, digits, - or _."
                )
            if kid in self.keys:
                raise ImproperlyConfigured(f"FIELD_KEYS names the key {kid!r} twice.")
            self.keys[kid] = read_key(key, name=f"FIELD_KEYS, key {kid!r}")
        if len(set(self.keys.values())) != len(self.keys):
            raise ImproperlyConfigured("FIELD_KEYS holds the same key under two names: a rotation would prove nothing.")
        self.writer = next(iter(self.keys))
        self._ciphers: dict[tuple[str, str], ColumnCipher] = {}

    def cipher(self, table: str, column: str) -> ColumnCipher:
        """Return the cipher of one column; the same object every time."""
        try:
            return self._ciphers[table, column]
        except KeyError:
            # Two threads may both build one: they are equal, and the first stays.
            return self._ciphers.setdefault((table, column), ColumnCipher(self, table, column))

    def ciphers(self) -> list[ColumnCipher]:
        """Return every cipher built so far."""
        return list(self._ciphers.values())

    def fingerprints(self) -> dict[str, str]:
        """Return kid -> fingerprint, the writing key first."""
        return {kid: fingerprint(key) for kid, key in self.keys.items()}


@lru_cache(maxsize=8)
def _keyring(text: str) -> Keyring:
    return Keyring(text)


def get_keyring() -> Keyring:
    """Return the keyring of the settings in force. Raises `ImproperlyConfigured` on a missing, short or odd key."""
    return _keyring(settings.FIELD_KEYS)


def kid_of(stored: object) -> str | None:
    """Return the name of the key that a stored value was written with, or None if it is not one of ours."""
    if not isinstance(stored, str):
        return None
    version, _, rest = stored.partition(".")
    kid, _, token = rest.partition(".")
    if version != VERSION or not _KID.fullmatch(kid) or not token.startswith(_FERNET_START):
        return None
    return kid
