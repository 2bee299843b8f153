"""Changing the index key while the shop is open: every blind index is made anew from the value beside it.

1. Put the new key second, `INDEX_KEY=old,new`, and restart every process: now all find by both.
2. Put it first, `INDEX_KEY=new,old`, and restart: now all write it.
3. `manage.py rotate_keys --index`: makes the digests that are left. A row is changed only if it still has the digest that
   was read, so an edit in between is never lost. Killed half way, run it again: what is done is only looked at.
4. `manage.py rotate_keys --retire-index`: refused while a row or a kept backup needs the old key. Then take it out.

Until step 3 is through, an order is linked with older ones by the same customer only where their digests are of one key, so
do it soon after step 2. Counters of tries (`store.throttle`) begin anew. What is left of a person who was erased is their
digest on a fraud list, where it stays on purpose. Nobody can make that anew: keep the old key for as long as it matters, and
then retire it with `--forget-erased`.

The same command follows a release that spells a kind of value in another way (`store.blind_index.KINDS`): a digest that is
no longer what its value gives is made anew under the same key, and `sample_stale` tells the doctor that there are such.
"""

# ruff: noqa: SLF001 - _meta is Django's public secret
from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from store.backups.bucket import UnableToReachBucket
from store.backups.shelf import look_up_all, shelf
from store.blind_index import BlindIndexField
from store.keycheck import INDEX, OTHER_INDEX, given_fingerprints, index_prints
from store.keyring import UnableToDecrypt
from store.models import KeyCheck

BATCH: Final = 1000  # rows
# As in a rotation of field keys: rows edited meanwhile this often mean a process that still writes with the old key.
_ROUNDS: Final = 5

type Digests = list[str | None]


class UnableToRetireIndexKey(Exception):
    """The old index key is still needed. `places` says where: (what, how many)."""

    def __init__(self, places: Sequence[tuple[str, int]]) -> None:
        self.places = places
        listing = "; ".join(f"{place}: {count}" for place, count in places)
        super().__init__(f"An index key besides the one that writes is still needed. {listing}.")


@dataclass
class Reindexed:
    """What was done, or in a dry run what there is to do; per `table.column` what is left."""

    done: int = 0  # rows
    met_again: int = 0  # rows that were edited in between
    stale: Counter[str] = field(default_factory=Counter)  # digests of another key
    orphaned: Counter[str] = field(default_factory=Counter)  # digests whose value was erased: nobody can make them anew
    unreadable: list[str] = field(default_factory=list)


def indexed_models() -> list[tuple[type[models.Model], list[BlindIndexField]]]:
    """Return every model with blind indexes, and those."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        indexes = [column for column in model._meta.local_concrete_fields if isinstance(column, BlindIndexField)]
        if indexes and model._meta.managed and not model._meta.proxy:
            found.append((model, indexes))
    return found


def count_rows() -> int:
    """Return how many rows a run looks at."""
    return sum(model._base_manager.count() for model, _ in indexed_models())


def find_stale(*, on_progress: Callable[[int], object] = lambda _: None) -> Reindexed:
    """Look at every digest and count those of another key than the one that writes. Changes nothing."""
    result = Reindexed()
    for model, indexes in indexed_models():
        for rows in _batches(model, BATCH):
            _compare(rows, indexes, result)
            on_progress(len(rows))
    return result


def sample_stale(*, most: int = 200) -> Reindexed:
    """Look at the first `most` rows of every table; for the doctor, who has no time for all."""
    result = Reindexed()
    for model, indexes in indexed_models():
        _compare(list(model._base_manager.order_by("pk")[:most]), indexes, result)
    return result


def reindex(*, batch: int = BATCH, on_progress: Callable[[int], object] = lambda _: None) -> Reindexed:
    """Make every digest anew under the key that writes; `on_progress` hears how many rows were looked at."""
    result = Reindexed()
    for model, indexes in indexed_models():
        for turn in range(_ROUNDS):
            met_again = 0
            for rows in _batches(model, batch):
                changed = _compare(rows, indexes, Reindexed() if turn else result)
                done = _swap(model, indexes, changed, result)
                result.done += done
                met_again += len(changed) - done
                on_progress(0 if turn else len(rows))
            result.met_again += met_again
            if not met_again:
                break
    return result


def retire_index_keys(*, forget_erased: bool = False) -> None:
    """Forget all index keys but the one that writes. Raises `UnableToRetireIndexKey` naming what still needs another.

    With `forget_erased`, what is listed of people who were erased is no reason to keep it: it may match nobody any more.
    """
    found = find_stale()
    writer = given_fingerprints()[INDEX]
    places = [*found.stale.items()]
    if not forget_erased:
        places += [(f"{place} of people who were erased", count) for place, count in found.orphaned.items()]
    places += [(f"unreadable: {place}", 1) for place in found.unreadable]
    try:
        backups, broken = look_up_all()
    except UnableToReachBucket as error:
        raise UnableToRetireIndexKey([*places, (f"{shelf()} (nobody can say: {error})", 1)]) from None
    places += [(f"backup {backup.name}", 1) for backup in backups if {*index_prints(dict(backup.manifest.keys))} - {writer}]
    places += [(f"backup {left.folder.name} (unreadable)", 1) for left in broken]
    if places:
        raise UnableToRetireIndexKey(places)
    with transaction.atomic():
        KeyCheck.objects.filter(name__startswith=OTHER_INDEX).delete()
        KeyCheck.objects.update_or_create(name=INDEX, defaults={"fingerprint": writer})


def _batches(model: type[models.Model], size: int) -> Iterator[list[models.Model]]:
    rows, last = model._base_manager.order_by("pk"), None
    while batch := list((rows if last is None else rows.filter(pk__gt=last))[:size]):
        yield batch
        last = batch[-1].pk


def _compare(
    rows: list[models.Model], indexes: list[BlindIndexField], result: Reindexed
) -> list[tuple[models.Model, Digests, Digests]]:
    """Return the rows that have a digest of another key, with the old and the new ones; count them in `result`."""
    changed = []
    for row in rows:
        try:
            old: Digests = [getattr(row, index.attname) for index in indexes]
            new: Digests = []
            for index, digest in zip(indexes, old, strict=True):
                made = index.make_digest(row) if digest else None
                place = f"{row._meta.db_table}.{index.column}"
                if digest and made is None:
                    result.orphaned[place] += 1
                elif made != digest:
                    result.stale[place] += 1
                new.append(made or digest)
        except UnableToDecrypt:
            result.unreadable.append(f"{row._meta.db_table} {row.pk}")
            continue
        if new != old:
            changed.append((row, old, new))
    return changed


def _swap(
    model: type[models.Model],
    indexes: list[BlindIndexField],
    changed: list[tuple[models.Model, Digests, Digests]],
    result: Reindexed,
) -> int:
    """Write the new digests where the old ones still stand; return how many rows that was."""
    if not changed:
        return 0
    quote = connection.ops.quote_name
    same = "IS NOT DISTINCT FROM" if connection.vendor == "postgresql" else "IS"
    columns = [quote(str(index.column)) for index in indexes]
    key = model._meta.pk
    sql = (
        f"UPDATE {quote(model._meta.db_table)} SET {', '.join(f'{name} = %s' for name in columns)} "  # noqa: S608 - ours
        f"WHERE {quote(str(key.column))} = %s AND {' AND '.join(f'{name} {same} %s' for name in columns)}"
    )
    values: list[list[Any]] = [[*new, key.get_db_prep_value(row.pk, connection), *old] for row, old, new in changed]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(sql, values)
            return int(cursor.rowcount)
    except IntegrityError:
        return sum(_swap_one(sql, one, row, result) for one, (row, _, _) in zip(values, changed, strict=True))


def _swap_one(sql: str, values: list[Any], row: models.Model, result: Reindexed) -> int:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
            return int(cursor.rowcount)
    except IntegrityError:  # two rows for one value, where there may be one only
        place = f"{row._meta.db_table} {row.pk} (another row has the same value)"
        if place not in result.unreadable:
            result.unreadable.append(place)
        return 0
