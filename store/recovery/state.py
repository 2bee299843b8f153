"""How far a recovery is. A file in `settings.EVIDENCE_DIR`, since the database is what goes; it holds no secret."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings

_FILE: Final = "recovery.json"


class UnableToRecover(Exception):
    """A step could not be done. Says what happened, what was not done, and what to do next."""


@dataclass(kw_only=True)
class Recovery:
    """One recovery, from its first step to its last."""

    id: str = field(default_factory=lambda: secrets.token_hex(16))
    started_at: datetime
    before: datetime | None  # the backup must be from then or earlier
    backup: str = ""  # the folder of the one that was chosen
    backup_at: datetime | None = None
    done: dict[str, float] = field(default_factory=dict)  # step -> seconds
    told: list[str] = field(default_factory=list)  # what a person must know at the end
    former_secrets: dict[str, list[str]] = field(default_factory=dict)  # name -> keyed digests: they are not taken again
    renewed: list[str] = field(default_factory=list)  # names of secrets
    former_kids: list[str] = field(default_factory=list)
    finished_at: datetime | None = None

    @property
    def stamp(self) -> str:
        """The moment it began, as names of databases and folders carry it."""
        return self.started_at.strftime("%Y%m%dT%H%M%SZ")

    @property
    def new_kid(self) -> str:
        """The name of the field key that this recovery makes."""
        return f"r{self.started_at:%y%m%d%H%M%S}"

    def digest(self, secret: str) -> str:
        """Return what a secret is known by here; it can't be turned back."""
        return hmac.new(bytes.fromhex(self.id), secret.encode(), hashlib.sha256).hexdigest()

    def tell(self, what: str) -> None:
        """Have it said at the end, once."""
        if what not in self.told:
            self.told.append(what)


def folder() -> Path:
    """Return the folder (`settings.EVIDENCE_DIR`), made if need be. Raises `OSError`."""
    path = Path(settings.EVIDENCE_DIR)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


@contextmanager
def only_recovery() -> Iterator[None]:
    """Hold the right to recover. Raises `UnableToRecover` if somebody has it. It ends with the process, if not before."""
    with os.fdopen(os.open(folder() / ".lock", os.O_RDWR | os.O_CREAT, 0o600)) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UnableToRecover("Another run of this command is at work. Nothing was done. Wait for it to end.") from None
        yield


def load() -> Recovery | None:
    """Return the recovery that was begun last, if any. Raises `UnableToRecover` for a file that can't be read."""
    path = folder() / _FILE
    if not path.exists():
        return None
    try:
        values = json.loads(path.read_text())
        for name in ("started_at", "before", "backup_at", "finished_at"):
            values[name] = datetime.fromisoformat(values[name]) if values[name] else None
        return Recovery(**values)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UnableToRecover(
            f"{path} can't be read ({type(error).__name__}), and with it how far the recovery is. Nothing was done. "
            "Move the file away to begin a new one."
        ) from None


def save(recovery: Recovery) -> None:
    """Write it onto the disk in one step, readable by its owner alone. Raises `OSError`."""
    path = folder() / _FILE
    values = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(recovery).items()}
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(values, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def put_away(recovery: Recovery) -> None:
    """Make room for another recovery; what the finished one did stays readable. Raises `OSError`."""
    (folder() / _FILE).replace(folder() / f"recovery-{recovery.stamp}.json")
