"""What backups ask of a database, whichever it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from django.db import connection

from store.backups.manifest import Manifest
from store.backups.streams import Readable

Settings = dict[str, Any]  # as in DATABASES
Feed = Callable[[Callable[[bytes], object]], None]  # hands a dump to what it is given, piece by piece


class UnableToUseDatabase(Exception):
    """The database or its tools don't do what is asked of them. Says why, and what to do about it."""


class Engine(Protocol):
    """One kind of database and its own tools."""

    vendor: str
    # Whether `load` fills a database that is there and empty, in one transaction.
    can_fill_in_place: bool

    def version(self) -> str:
        """Return the version of the shop's own database."""
        ...

    def snapshot(self, folder: Path) -> AbstractContextManager[Readable]:
        """Give the dump of one moment. Within, this thread's queries see that moment, too. `folder` is for throw-away files.

        Raises `UnableToUseDatabase`, at the end as well: only then is it known that the dump is whole.
        """
        ...

    def check_fit(self, manifest: Manifest, target: Settings) -> None:
        """Raise `UnableToUseDatabase` if a dump can't be loaded here: too new, no tools, no space."""
        ...

    def exists(self, target: Settings) -> bool:
        """Say whether there is such a database."""
        ...

    def scratch(self, beside: Settings) -> AbstractContextManager[Settings]:
        """Give an empty database on the same server or disk, gone afterwards unless it was put in place."""
        ...

    def load(self, target: Settings, feed: Feed) -> None:
        """Fill an empty database from a dump. Raises `UnableToUseDatabase`, and whatever `feed` raises."""
        ...

    def check_free(self, target: Settings) -> None:
        """Raise `UnableToUseDatabase` if other processes use a database in a way that `put_in_place` would be refused."""
        ...

    def put_in_place(self, scratch: Settings, target: Settings, *, stamp: str) -> str | None:
        """Let a scratch database take the place of another in one step; return where that is kept now, if there was one.

        Raises `UnableToUseDatabase`; then the other is what it was.
        """
        ...

    def kept(self, target: Settings, *, stamp: str) -> Settings | None:
        """Return the database that `put_in_place` with this stamp kept, if it is there."""
        ...

    def end_others(self, target: Settings) -> int:
        """End what other processes have open of a database, if they could be in the way; return how many that was."""
        ...

    def drop_leftovers(self, beside: Settings) -> None:
        """Delete scratch databases of runs that were killed. Only while nobody else restores."""
        ...


def engine_of(settings: Settings) -> Engine:
    """Return the engine of a database. Raises `UnableToUseDatabase` for one that isn't supported."""
    from store.backups.postgres import Postgres  # noqa: PLC0415 - they import this file
    from store.backups.sqlite import Sqlite  # noqa: PLC0415 - same

    engines: dict[str, type[Postgres | Sqlite]] = {
        "django.db.backends.postgresql": Postgres,
        "django.db.backends.sqlite3": Sqlite,
    }
    try:
        return engines[settings["ENGINE"]]()
    except KeyError:
        raise UnableToUseDatabase(f"There are no backups for {settings['ENGINE']}.") from None


def own_engine() -> Engine:
    """Return the engine of the shop's own database."""
    return engine_of(connection.settings_dict)
