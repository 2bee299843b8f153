"""Settings with which a shop must not be open to the world (`manage.py check --deploy`, asked at every start).

The demo is left alone: it is unsafe by design, and takes no real payment company (`checkout.E007`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.http.request import validate_host

from store.keyring import index_keys

# Of keys that stand in the source, for the tests and the image's build: all the world has them.
PUBLISHED: Final = frozenset(
    {
        "b94e7cacba777769",
        "df09d64f141e6826",
        "f7f921211838ea6e",
        "d7ad23a29cc016b0",
        "44575cf5b28512d7",
        "51643eac9777b63a",
    }
)
# A random key has more different characters than this; one that somebody made up, or repeated, has fewer.
_FEWEST_CHARACTERS: Final = 16
_WEAK_PASSWORDS: Final = frozenset({"", "postgres", "password", "shop", "secret", "changeme", "demo", "admin", "root"})
_LOOPBACK: Final = frozenset({"", "127.0.0.1", "::1", "localhost"})
# More processes than this without a cache of their own show one another's old categories for a minute.
_FEW_PROCESSES: Final = 2
_MOST_PROXIES: Final = 3
_SHORTEST_TOKEN: Final = 20


def published(key: str) -> str:
    """Return the digest by which a key that stands in the source is known, and by which it isn't found again."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


@checks.register(checks.Tags.security, deploy=True)
def check_keys(**_: Any) -> Sequence[checks.CheckMessage]:
    """Refuse keys that others have, or could guess."""
    if settings.DEMO:
        return []
    return [*_known_keys(), *_plain_keys()]


def _keys() -> Iterator[tuple[str, str]]:
    yield "SECRET_KEY", settings.SECRET_KEY
    for entry in settings.FIELD_KEYS.split(","):
        yield "FIELD_KEYS", entry.rpartition(":")[2].strip()
    for key in index_keys():
        yield "INDEX_KEY", key
    for key in settings.BACKUP_KEY.split(","):
        yield "BACKUP_KEY", key.strip()


def _known_keys() -> Iterator[checks.CheckMessage]:
    for name, key in _keys():
        if published(key) in PUBLISHED:
            yield checks.Error(
                f"{name} is a key that stands in the shop's source: everybody has it.",
                hint="Make your own: `manage.py new_key`, --backup for BACKUP_KEY, 50 random characters for SECRET_KEY.",
                id="store.E020",
            )


def _plain_keys() -> Iterator[checks.CheckMessage]:
    for name, key in _keys():
        if key and len(set(key)) < _FEWEST_CHARACTERS:
            yield checks.Error(
                f"{name} has only {len(set(key))} different characters: it was not made at random.",
                hint="Make one with `manage.py new_key`. A key that has written already is changed by `rotate_keys`.",
                id="store.E021",
            )


@checks.register(checks.Tags.security, deploy=True)
def check_hosts(**_: Any) -> Sequence[checks.CheckMessage]:
    """Refuse a shop that turns away the very host its mails lead to."""
    host = urlsplit(settings.SHOP_ORIGIN).hostname
    if settings.DEMO or not host or validate_host(host, settings.ALLOWED_HOSTS):
        return []
    return [
        checks.Error(
            f"SHOP_ORIGIN leads to {host}, which ALLOWED_HOSTS turns away: no link in a mail would work.",
            hint=f"Add {host} to ALLOWED_HOSTS.",
            id="store.E022",
        )
    ]


@checks.register(checks.Tags.security, deploy=True)
def check_database(**_: Any) -> Sequence[checks.CheckMessage]:
    """Refuse a database that the shop isn't made for, or that everybody can log into."""
    database = settings.DATABASES["default"]
    engine = database["ENGINE"].rpartition(".")[2]
    found: list[checks.CheckMessage] = []
    if engine not in {"postgresql", "sqlite3"}:
        found.append(
            checks.Error(
                f"The database engine is '{engine}'. The shop knows PostgreSQL and SQLite; its locks hold on no other.",
                hint="Set DATABASE_URL=postgres://user:password@host:5432/name.",
                id="store.E023",
            )
        )
    if engine == "sqlite3" and not settings.DEMO and not settings.SQLITE_WILL_DO:
        found.append(
            checks.Warning(
                "The database is an SQLite file: one machine, one writer at a time.",
                hint="Set DATABASE_URL=postgres://…, or SQLITE_WILL_DO=1 if the shop is small and has this machine alone.",
                id="store.W024",
            )
        )
    is_elsewhere = database.get("HOST") not in _LOOPBACK and not str(database.get("HOST")).startswith("/")
    if engine == "postgresql" and is_elsewhere and not settings.DEMO and database.get("PASSWORD") in _WEAK_PASSWORDS:
        found.append(
            checks.Error(
                "The database's password in DATABASE_URL is missing, or one that everybody tries first.",
                hint="Give the database's user a random password, and put it into DATABASE_URL.",
                id="store.E025",
            )
        )
    return found


@checks.register(checks.Tags.security, deploy=True)
def check_cache(**_: Any) -> Sequence[checks.CheckMessage]:
    """Warn of many processes that each have a cache of their own."""
    is_shared = not settings.CACHES["default"]["BACKEND"].endswith(("LocMemCache", "DummyCache"))
    if is_shared or settings.WEB_CONCURRENCY <= _FEW_PROCESSES:
        return []
    return [
        checks.Warning(
            f"WEB_CONCURRENCY is {settings.WEB_CONCURRENCY}, and there is no shared cache: each process shows changed "
            "categories when it likes.",
            hint="Set CACHE_URL=redis://host:6379/0.",
            id="store.W026",
        )
    ]


@checks.register(checks.Tags.security, deploy=True)
def check_proxies(**_: Any) -> Sequence[checks.CheckMessage]:
    """Refuse to believe headers that nobody writes, and not to believe the proxy's."""
    if settings.TRUSTED_PROXIES < 0 or settings.TRUSTED_PROXIES > _MOST_PROXIES:
        return [
            checks.Error(
                f"TRUSTED_PROXIES is {settings.TRUSTED_PROXIES}: callers could write any address into X-Forwarded-For.",
                hint="Set the number of proxies of yours that a request passes; 1 for one.",
                id="store.E027",
            )
        ]
    if settings.HTTPS and not settings.TRUSTED_PROXIES and not settings.DEMO:
        return [
            checks.Warning(
                "TRUSTED_PROXIES is 0: no proxy is believed when it says that a request came by HTTPS, so every page would "
                "lead to itself for ever, and all visitors would share the limits of one.",
                hint="Set TRUSTED_PROXIES=1 behind one proxy that writes X-Forwarded-For and X-Forwarded-Proto anew.",
                id="store.W028",
            )
        ]
    return []


@checks.register(checks.Tags.security, deploy=True)
def check_watching(**_: Any) -> Sequence[checks.CheckMessage]:
    """Refuse a token for /metrics that can be guessed."""
    token = settings.METRICS_TOKEN
    if not token or len(token) >= _SHORTEST_TOKEN:
        return []
    return [
        checks.Error(
            f"METRICS_TOKEN has {len(token)} characters: it could be guessed.",
            hint="Use 32 random characters, or none: then METRICS_NETWORKS alone says who may ask.",
            id="store.E029",
        )
    ]
