"""Erasing a person: the personal columns of every row about them, for good.

Rows stay, since the books need them; what names the person goes. Three things keep it gone:

- an erased row is remembered, and whatever saves it later (a late webhook, a task) leaves its personal columns blank;
- the erasure is written to a ledger file beside the database, which a restore doesn't overwrite, and every restore does
  again each erasure of which the restored database knows nothing; every backup carries the ledger as it was;
- keys of backups expire with them: what an old backup holds is beyond use once its key is destroyed.
"""

# ruff: noqa: SLF001, ARG001 - _meta is Django's public secret, and its receivers take what they are sent
from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import models, transaction

from store.blind_index import BlindIndexField, all_digests, blind_index
from store.fields import EncryptedTextField, Sealed
from store.models import ErasedRow, Erasure, User
from store.people import rows_about, rows_of
from store.registry import Personal, personal_fields, personal_models
from store.signals import customer_erased, erasure_requested


class UnableToEraseCustomer(Exception):
    """There are reasons to keep the data for now. `reasons` holds a sentence for each."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reasons))


@dataclass(frozen=True)
class Erased:
    """What an erasure did: model label -> rows."""

    rows: Mapping[str, int]

    @property
    def total(self) -> int:
        """All rows together."""
        return sum(self.rows.values())


@dataclass(frozen=True, order=True)
class Entry:
    """One line of the ledger: who, as a digest, and when."""

    at: datetime
    digest: str

    def as_json(self) -> dict[str, str]:
        """Return what the line holds."""
        return {"digest": self.digest, "at": self.at.isoformat()}


def ledger_path() -> Path:
    """Return the file that outlives the database (`settings.ERASURE_LEDGER`). Keep it out of what a restore overwrites."""
    return Path(settings.ERASURE_LEDGER)


def read_ledger(text: str) -> set[Entry]:
    """Return the entries of a ledger. A last line that was cut off in writing is skipped: its erasure never began."""
    entries = set()
    for line in text.splitlines():
        try:
            fields = json.loads(line)
            entries.add(Entry(datetime.fromisoformat(fields["at"]), fields["digest"]))
        except (ValueError, KeyError, TypeError):
            continue
    return entries


def ledger_entries() -> set[Entry]:
    """Return what the ledger file holds."""
    path = ledger_path()
    return read_ledger(path.read_text()) if path.exists() else set()


def database_entries() -> set[Entry]:
    """Return the erasures that the database knows of."""
    return {Entry(at, digest) for at, digest in Erasure.objects.values_list("at", "digest")}


def complete_ledger(known: Iterable[Entry]) -> list[Entry]:
    """Add to the ledger file what it lacks; return all entries, oldest first.

    So the file may be lost, with the machine it was on: the next backup or restore makes it whole again.
    """
    there, known = ledger_entries(), set(known)
    for entry in sorted(known - there):
        _append_to_ledger(entry.digest, entry.at)
    return sorted(there | known)


def reasons_against(digest: str) -> list[str]:
    """Return why a person can't be erased now: one sentence each, from every app."""
    reasons = []
    if User.objects.filter(email_index=digest, is_staff=True).exists():
        reasons.append("This is a staff account: take its staff right first.")
    for _, answer in erasure_requested.send(sender=None, digest=digest):
        reasons += answer or []
    return reasons


def count_rows(digest: str) -> Erased:
    """Return what an erasure would touch."""
    return Erased({model._meta.label: count for model, _, rows in rows_about(digest) if (count := rows.count())})


def erase_customer(*, email: str, now: datetime) -> Erased:
    """Erase the person with this e-mail address, however it is spelled.

    Raises `ValueError` for a blank address and `UnableToEraseCustomer` while an order is open or the account is staff.
    """
    digest = blind_index("email", email)
    if not digest:
        raise ValueError("No e-mail address was given.")
    if reasons := reasons_against(digest):
        raise UnableToEraseCustomer(reasons)
    # First of all, so that a crash from here on is made good by a replay. While the index key is being changed, by both
    # keys: a backup from before the change has rows of the old one.
    for one in all_digests(digest):
        _append_to_ledger(one, now)
    return _erase(digest, now)


def replay_erasures(entries: Iterable[Entry] | None = None, *, known_too: bool = False) -> Erased:
    """Do again, after a restore, every erasure in the ledger that this database knows nothing of. Twice changes nothing.

    What a database knows of is left alone, and so is what came to be after the erasure: who was erased and then came back as
    a customer stays one. With `known_too` those it knows of are done again as well: orders from before were rebuilt since.
    """
    totals: dict[str, int] = {}
    known = set() if known_too else set(Erasure.objects.values_list("digest", "at"))
    for entry in sorted(ledger_entries() if entries is None else entries):
        if (entry.digest, entry.at) not in known:
            for label, count in _erase(entry.digest, entry.at, made_until=entry.at).rows.items():
                totals[label] = totals.get(label, 0) + count
    return Erased(totals)


def erase_rows_of(pk: UUID) -> None:
    """Erase what is, or belongs to, the row with this id, as an order whose customer was erased before it was rebuilt."""
    with transaction.atomic():
        _blank_rows([(model, entry, list(rows.values_list("pk", flat=True))) for model, entry, rows in rows_of(pk)])


def was_erased(row: models.Model) -> bool:
    """Say whether the personal columns of this row were erased: nothing about the person may be attached to it any more."""
    return ErasedRow.objects.filter(table=row._meta.db_table, row=row.pk).exists()


def _append_to_ledger(digest: str, now: datetime) -> None:
    path = ledger_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        # A line that was cut off in writing must not swallow this one.
        end = os.fstat(descriptor).st_size
        start = b"\n" if end and os.pread(descriptor, 1, end - 1) != b"\n" else b""
        os.write(descriptor, start + json.dumps(Entry(now, digest).as_json()).encode() + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _erase(digest: str, now: datetime, *, made_until: datetime | None = None) -> Erased:
    with transaction.atomic():
        # All ids first: blanking an order's digest would hide what is found through it.
        about = rows_about(digest, made_until=made_until)
        found = [(model, entry, list(rows.values_list("pk", flat=True))) for model, entry, rows in about]
        _blank_rows(found)
        for one in all_digests(digest):
            Erasure.objects.get_or_create(digest=one, at=now)
        transaction.on_commit(lambda: customer_erased.send(sender=None, digest=digest, at=now))
    return Erased({model._meta.label: len(ids) for model, _, ids in found if ids})


def _blank_rows(found: Iterable[tuple[type[models.Model], Personal, list[UUID]]]) -> None:
    for model, entry, ids in found:
        if entry.delete_on_erasure:
            model._base_manager.filter(pk__in=ids).delete()
            continue
        for pk in ids:
            model._base_manager.filter(pk=pk).update(**_blank(model, entry, pk))
        ErasedRow.objects.bulk_create(
            [ErasedRow(table=model._meta.db_table, row=pk) for pk in ids], ignore_conflicts=True, batch_size=500
        )


def _blank(model: type[models.Model], entry: Personal, pk: UUID) -> dict[str, Any]:
    """Return the values that an erased row has. A nullable column becomes NULL, another one holds a sealed blank."""
    values: dict[str, Any] = {}
    for name in entry.fields:
        field = model._meta.get_field(name)
        if isinstance(field, EncryptedTextField) and not field.null:
            table, _, column = field.label.partition(".")
            values[name] = Sealed(table, column, field.cipher().seal(pk, ""))
        else:
            values[name] = None
    if model is User:  # logs every session out, too: they are tied to the password
        values |= {"password": make_password(None), "has_staff_password": False, "is_active": False}
    return values


def keep_erased(sender: type[models.Model], instance: models.Model, update_fields: Any = None, **kwargs: Any) -> None:
    """Blank the personal columns of an erased row again, whatever is being saved (receiver of `pre_save`)."""
    names = personal_fields(sender)
    if instance._state.adding or (update_fields is not None and not names.keys() & update_fields):
        return
    if not was_erased(instance):
        return
    for name in names:
        field = sender._meta.get_field(name)
        blank = None if getattr(field, "null", False) or isinstance(field, BlindIndexField) else ""
        setattr(instance, name, blank)


def watch_erased_rows() -> None:
    """Connect `keep_erased` to every registered model."""
    for model, entry in personal_models():
        if not entry.delete_on_erasure:
            models.signals.pre_save.connect(keep_erased, sender=model, dispatch_uid=f"store.keep_erased.{model._meta.label}")
