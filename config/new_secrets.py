"""Makes the files of keys that compose.yaml hands to the containers: `python -m config.new_secrets FOLDER [OWNER]`.

What is there is never touched, so this may run before every start. It knows no settings: those need the keys. OWNER is the
number of the user who may read them, the containers' own; only root can give files away.
"""

from __future__ import annotations

import base64
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from pyrage import x25519

TO_FILL_IN: Final = {
    "email_url": "the mail server, as in smtp+tls://user:password@host:587",
    "stripe_api_key": "Stripe's secret key",
    "stripe_webhook_secret": "the signing secret of Stripe's webhook endpoint",
    "paypal_client_secret": "PayPal's client secret, if PayPal is used",
    "backup_secret_key": "the secret key of the backups' bucket, if there is one",
}


# The user that the official PostgreSQL image runs its server as; nobody else needs this one.
POSTGRES: Final = 999


def new_key() -> str:
    """32 random bytes, written as FIELD_KEYS and INDEX_KEY want them."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def makers(folder: Path) -> dict[str, Callable[[], str]]:
    """Return for each file how its content comes about."""
    return {
        "secret_key": lambda: secrets.token_urlsafe(60),
        "field_keys": lambda: f"k1:{new_key()}",
        "index_key": new_key,
        "backup_key": lambda: str(x25519.Identity.generate()),
        "metrics_token": lambda: secrets.token_urlsafe(32),
        "database_password": lambda: secrets.token_urlsafe(32),
        # After the password: it holds it.
        "database_url": lambda: f"postgres://shop:{(folder / 'database_password').read_text()}@db:5432/shop",
        # Until it is filled in, mails wait in the outbox.
        "email_url": lambda: "smtp://127.0.0.1:25",
        **{name: lambda: "" for name in TO_FILL_IN if name != "email_url"},
    }


def make_missing(folder: Path, *, owner: int | None = None) -> list[str]:
    """Make what is missing, readable by its owner alone, and name it. Raises `OSError` where it can't."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, make in makers(folder).items():
        path = folder / name
        try:
            # Exclusive: neither a key that is there nor what a link points to is ever overwritten.
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        except FileExistsError:
            continue
        with os.fdopen(descriptor, "w") as file:
            file.write(make())
            file.flush()
            os.fsync(descriptor)
        if owner is not None:
            reader = POSTGRES if name == "database_password" else owner
            os.chown(path, reader, reader)
        made.append(name)
    return made


def main() -> int:
    """Make the files; say what was made and what to do about it."""
    if len(sys.argv) not in (2, 3):
        sys.stderr.write("Usage: python -m config.new_secrets FOLDER [OWNER]\n")
        return 2
    folder, owner = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else None
    if made := make_missing(folder, owner=owner):
        sys.stdout.write(f"Made: {', '.join(made)}.\n")
    if {"field_keys", "index_key", "backup_key"} & {*made}:
        sys.stdout.write(
            "COPY field_keys, index_key AND backup_key NOW to where neither this server nor its backups are. "
            "Without them no customer's detail and no backup can ever be read again.\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
