"""Moving every encrypted value to the key that writes now, while the shop is open.

1. Put the new key second in FIELD_KEYS and restart every process: now all can read it.
2. Put it first and restart: now all write it.
3. `manage.py rotate_keys`: re-encrypts what is left, in batches. A row is changed only if it is still what was read, so an
   edit in between is never lost; what was edited carries the new key already or is met again in the next round. Killed half
   way, it goes on where it was: only values of other keys are looked at.
4. `manage.py rotate_keys --retire OLD`: refused while a row or a kept backup needs the key. Then take it out of FIELD_KEYS.
"""

# ruff: noqa: SLF001 - _meta is Django's public secret
from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db import connection, models, transaction

from store.backups.bucket import UnableToReachBucket
from store.backups.shelf import look_up_all, shelf
from store.fields import EncryptedTextField
from store.keyring import VERSION, UnableToDecrypt, get_keyring, kid_of
from store.registry import encrypted_fields

BATCH: Final = 2000  # rows; some 2 MB
_MOST_TEXT: Final = 32_000_000  # characters of a batch, were every column full
# A rotation that has met edited rows this many times stops and says so: some process still writes with an old key.
_ROUNDS: Final = 5
# The end of a token is part of its seal: enough to tell whether the value is still the one that was read.
_TAIL: Final = 32


class UnableToRetireKey(Exception):
    """The key is still needed. `places` says where: (what, how many)."""

    def __init__(self, kid: str, places: Sequence[tuple[str, int]]) -> None:
        self.kid, self.places = kid, places
        listing = "; ".join(f"{place}: {count}" for place, count in places)
        super().__init__(f"Key {kid!r} is still in use and stays. {listing}.")


@dataclass(frozen=True)
class Table:
    """The encrypted columns of one table."""

    name: str
    key: str
    fields: tuple[EncryptedTextField, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(str(column.column) for column in self.fields)


@dataclass
class Progress:
    """What a rotation did."""

    rotated: int = 0  # rows
    met_again: int = 0  # rows that were edited in between
    unreadable: list[UnableToDecrypt] = field(default_factory=list)
    unreadable_rows: list[str] = field(default_factory=list)  # "table row-id"


def tables() -> list[Table]:
    """Return every table with encrypted columns."""
    columns: dict[type[models.Model], list[EncryptedTextField]] = defaultdict(list)
    for model, column in encrypted_fields():
        columns[model].append(column)
    return [
        Table(model._meta.db_table, str(model._meta.pk.column), tuple(fields))
        for model, fields in columns.items()
        if model._meta.managed
    ]


def rows_per_kid() -> dict[str, Counter[str]]:
    """Return, for every `table.column`, how many values each key wrote. "?" counts what isn't ciphertext at all.

    A table that a migration has still to make holds nothing: new code backs up an older database before it migrates it.
    """
    quote = connection.ops.quote_name
    found: dict[str, Counter[str]] = {}
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for table in tables():
            if table.name not in there:
                continue
            for column in table.columns:
                name = quote(column)
                if connection.vendor == "postgresql":
                    kid = f"CASE WHEN {name} LIKE '{VERSION}.%%.%%' THEN split_part({name}, '.', 2) ELSE '?' END"
                else:
                    kid = (
                        f"CASE WHEN {name} LIKE '{VERSION}.%%.%%' "
                        f"THEN substr({name}, 4, instr(substr({name}, 4), '.') - 1) ELSE '?' END"
                    )
                cursor.execute(  # names come from our models
                    f"SELECT {kid}, count(*) FROM {quote(table.name)} WHERE {name} IS NOT NULL GROUP BY 1",  # noqa: S608
                    [],
                )
                found[f"{table.name}.{column}"] = Counter(dict(cursor.fetchall()))
    return found


def rows_to_rotate() -> int:
    """Return how many rows hold a value that another key than the writing one wrote."""
    quote = connection.ops.quote_name
    total = 0
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f"SELECT count(*) FROM {quote(table.name)} WHERE {_stale(table)}", _fresh(table))  # noqa: S608
            total += cursor.fetchone()[0]
    return total


def rotate(*, batch: int = BATCH, on_progress: Callable[[int], object] = lambda _: None) -> Progress:
    """Re-encrypt every value with the writing key. `on_progress` hears how many rows were done.

    Values that can't be opened are left alone and counted in the result.
    """
    progress = Progress()
    for table in tables():
        for _ in range(_ROUNDS):
            met_again = _rotate_table(table, batch, on_progress, progress)
            progress.met_again += met_again
            if not met_again:
                break
    return progress


def _rotate_table(table: Table, batch: int, on_progress: Callable[[int], object], progress: Progress) -> int:
    """Go through one table once; return how many rows were edited in between."""
    reseal = _resealer(table)
    met_again = 0
    waiting: deque[Future[_Resealed]] = deque()

    def write() -> None:
        nonlocal met_again
        resealed = waiting.popleft().result()
        for place, error in resealed.unreadable:
            if place not in progress.unreadable_rows:
                progress.unreadable.append(error)
                progress.unreadable_rows.append(place)
        done = _swap(table, resealed.changed)
        progress.rotated += done
        met_again += len(resealed.changed) - done
        on_progress(done)

    # While one batch is re-encrypted, this thread, which alone talks to the database, writes the one before and reads on.
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="reseal") as cipher_thread:
        for rows in _batches(table, batch):
            waiting.append(cipher_thread.submit(reseal, rows))
            if len(waiting) > 1:
                write()
        while waiting:
            write()
    return met_again


@dataclass
class _Resealed:
    """A batch, encrypted anew: (row, ends of the old values, new values), and what could not be opened."""

    changed: list[tuple[UUID, list[str | None], list[str | None]]] = field(default_factory=list)
    unreadable: list[tuple[str, UnableToDecrypt]] = field(default_factory=list)


def _resealer(table: Table) -> Callable[[list[tuple[Any, ...]]], _Resealed]:
    """Return the function that re-encrypts a batch of a table with the key that writes now. It needs no database."""
    ciphers = [column.cipher() for column in table.fields]
    prefix = f"{VERSION}.{get_keyring().writer}."

    def reseal(rows: list[tuple[Any, ...]]) -> _Resealed:
        batch = _Resealed()
        for key, *values in rows:
            record = key if type(key) is UUID else UUID(key)
            new: list[str | None] = []
            try:
                for value, cipher in zip(values, ciphers, strict=True):
                    if value is not None and not value.startswith(prefix):
                        new.append(cipher.reseal(record, value))
                    else:
                        # Not ours, whatever it begins with: `_swap` joins values by commas.
                        if value is not None and "," in value:
                            cipher.open(record, value)
                        new.append(value)
            except UnableToDecrypt as error:
                batch.unreadable.append((f"{table.name} {record}", error))
                continue
            batch.changed.append((record, [value and value[-_TAIL:] for value in values], new))
        return batch

    return reseal


def _batches(table: Table, size: int) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the rows that hold a value of another key, in the order of their ids."""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(column) for column in (table.key, *table.columns))
    # Of rows that hold whole files fewer are held in memory at once.
    size = max(1, min(size, _MOST_TEXT // max(1, sum(field.max_length or 0 for field in table.fields))))
    last: Any = None
    while True:
        after = f"{quote(table.key)} > %s AND " if last is not None else ""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {columns} FROM {quote(table.name)} WHERE {after}({_stale(table)}) "  # noqa: S608 - our models' names
                f"ORDER BY {quote(table.key)} LIMIT {size:d}",
                [*([last] if last is not None else []), *_fresh(table)],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def _stale(table: Table) -> str:
    """The condition for a row that holds a value of another key; its parameters are `_fresh(table)`."""
    quote = connection.ops.quote_name
    length = len(VERSION) + len(get_keyring().writer) + 2
    return " OR ".join(f"substr({quote(column)}, 1, {length:d}) <> %s" for column in table.columns)


def _fresh(table: Table) -> list[str]:
    return [f"{VERSION}.{get_keyring().writer}."] * len(table.columns)


def _swap(table: Table, changed: Sequence[tuple[UUID, list[str | None], list[str | None]]]) -> int:
    """Write the new values where the old ones still stand; return how many rows that was."""
    if not changed:
        return 0
    quote = connection.ops.quote_name
    name, key, width = quote(table.name), quote(table.key), len(table.columns)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Joined text: hex, base64 and dots hold no comma, and it is read several times faster than an array of strings.
            arrays = ", ".join(["string_to_array(%s, ',')::uuid[]", *["string_to_array(%s, ',', '')"] * (2 * width)])
            names = ", ".join(["k", *(f"o{n}" for n in range(width)), *(f"n{n}" for n in range(width))])
            sets = ", ".join(f"{quote(column)} = d.n{n}" for n, column in enumerate(table.columns))
            same = " AND ".join(
                f"right(t.{quote(column)}, {_TAIL}) IS NOT DISTINCT FROM d.o{n}" for n, column in enumerate(table.columns)
            )
            cursor.execute(
                f"UPDATE {name} t SET {sets} FROM unnest({arrays}) AS d({names}) WHERE t.{key} = d.k AND {same}",  # noqa: S608
                [
                    ",".join([record.hex for record, _, _ in changed]),
                    *(",".join([old[n] or "" for _, old, _ in changed]) for n in range(width)),
                    *(",".join([new[n] or "" for _, _, new in changed]) for n in range(width)),
                ],
            )
            return int(cursor.rowcount)
        sets = ", ".join(f"{quote(column)} = %s" for column in table.columns)
        same = " AND ".join(f"substr({quote(column)}, -{_TAIL}) IS %s" for column in table.columns)
        cursor.executemany(
            f"UPDATE {name} SET {sets} WHERE {key} = %s AND {same}",  # noqa: S608 - our models' names
            [(*new, record.hex, *old) for record, old, new in changed],
        )
        return int(cursor.rowcount)


def retire(kid: str, *, backups_too: bool = True) -> None:
    """Forget a key, so that the shop starts without it. Raises `UnableToRetireKey` naming what still needs it.

    Without `backups_too` backups that hold values of it don't count: after a break-in the key is known to others.
    """
    from store.keycheck import FIELD_PREFIX  # noqa: PLC0415 - keycheck is loaded with the app, before models
    from store.models import KeyCheck  # noqa: PLC0415 - same

    places = [(place, counts[kid]) for place, counts in rows_per_kid().items() if counts[kid]]
    if kid == get_keyring().writer:
        places.append(("FIELD_KEYS has it first, so it writes", 1))
    if backups_too:
        places += [(f"backup {name}", 1) for name in backups_with(kid)]
    if places:
        raise UnableToRetireKey(kid, places)
    KeyCheck.objects.filter(name=f"{FIELD_PREFIX}{kid}").delete()


def backups_with(kid: str) -> list[str]:
    """Return the kept backups that hold values of a key, and those of which nobody can say it."""
    try:
        backups, broken = look_up_all()
    except UnableToReachBucket as error:
        return [f"{shelf()} (nobody can say: {error})"]
    needing = [backup.name for backup in backups if kid in backup.manifest.kids]
    return needing + [f"{left.folder.name} (unreadable)" for left in broken]


__all__ = ["Progress", "UnableToRetireKey", "kid_of", "retire", "rotate", "rows_per_kid", "rows_to_rotate", "tables"]
