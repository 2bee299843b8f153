"""The files that the deployment reads its secrets from, written anew in one step each."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

from store.recovery.state import UnableToRecover

SECRET_KEY: Final = "SECRET_KEY"  # noqa: S105 - its name
FIELD_KEYS: Final = "FIELD_KEYS"


@dataclass(frozen=True)
class SecretFiles:
    """Where each secret is: in `folder`, called as in compose.yaml, or where `X_FILE` says."""

    folder: Path | None = None

    def path(self, name: str) -> Path:
        """Return the file of a secret. Raises `UnableToRecover` if it is in none, or can't be changed."""
        given = os.environ.get(f"{name}_FILE", "")
        path = self.folder / name.lower() if self.folder else Path(given) if given else None
        if path is None:
            raise UnableToRecover(
                f"{name} is not in a file, so it can't be changed for you. Nothing was changed. Name the folder of the "
                f"secrets with --secrets, or set {name}_FILE."
            )
        if not path.is_file() or not os.access(path.parent, os.W_OK):
            raise UnableToRecover(
                f"{path} is missing, or {path.parent} can't be written to. {name} was not changed. Run this as its owner, "
                "or name with --secrets the folder as it is mounted for writing."
            )
        return path

    def read(self, name: str) -> str:
        """Return a secret. Raises `UnableToRecover`."""
        path = self.path(name)
        try:
            return path.read_text().strip()
        except OSError as error:
            raise UnableToRecover(f"{path} can't be read: {error.strerror}. {name} was not changed.") from None

    def write(self, name: str, value: str) -> None:
        """Put a secret in the place of the one there, on the disk and in one step, for the same reader alone.

        Raises `UnableToRecover`; then the old one is there.
        """
        path = self.path(name)
        new = path.with_name(f".{path.name}.new")
        try:
            reader = path.stat()
            new.unlink(missing_ok=True)
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w") as file:
                file.write(value)
                file.flush()
                os.fsync(file.fileno())
            if (reader.st_uid, reader.st_gid) != (os.geteuid(), os.getegid()):
                os.chown(new, reader.st_uid, reader.st_gid)
            new.replace(path)
        except OSError as error:
            new.unlink(missing_ok=True)
            raise UnableToRecover(f"{path} can't be written: {error.strerror}. {name} was not changed.") from None


def check_files(files: SecretFiles) -> None:
    """Raise `UnableToRecover` unless these are the files that this shop reads."""
    for name in (SECRET_KEY, FIELD_KEYS):
        if files.read(name) != str(getattr(settings, name)).strip():
            raise UnableToRecover(
                f"{files.path(name)} holds another {name} than the shop reads. Nothing was changed. Name the folder that "
                "the deployment reads its secrets from."
            )


def take_up(files: SecretFiles) -> None:
    """Let this process go on with the keys in the files: it was started with those from before."""
    settings.SECRET_KEY = files.read(SECRET_KEY)
    settings.SECRET_KEY_FALLBACKS = []
    settings.FIELD_KEYS = files.read(FIELD_KEYS)


def renew_secret_key(files: SecretFiles) -> None:
    """Write a new SECRET_KEY: every cookie and every link that was signed with the old one is worthless."""
    if settings.SECRET_KEY_FALLBACKS:
        raise UnableToRecover(
            "SECRET_KEY_FALLBACKS is set: with it, stolen cookies would go on being valid. SECRET_KEY was not changed. Take "
            "it out of the environment and run this again."
        )
    files.write(SECRET_KEY, secrets.token_urlsafe(60))
    settings.SECRET_KEY = files.read(SECRET_KEY)
