"""Putting people and things on the merchant's lists, and taking them off. An entry is never changed: it is a record."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from checkout.models import Order
from fraud.models.lists import ListEntry, digest_of
from store.card_guard import MESSAGE, has_card_number
from store.models import User


class UnableToList(Exception):
    """Nothing was put on a list or taken off. `str(error)` says why and what to do."""


def add_list_entry(
    *,
    kind: ListEntry.Kind,
    effect: ListEntry.Effect,
    value: str,
    reason: str,
    order: Order | None,
    expires_at: datetime | None,
    by: User,
    now: datetime,
) -> ListEntry:
    """Put `value` on a list; it counts for every order that is assessed from now on. Raises UnableToList.

    An address has its street, second line, city, postcode and country on five lines.
    """
    for text in (value if kind != ListEntry.Kind.PHONE else "", reason):
        if has_card_number(text):
            raise UnableToList(f"{MESSAGE} Nothing was saved.")
    if not reason.strip():
        raise UnableToList("Say why: whoever meets this entry in a year must understand it. Nothing was saved.")
    if (kind in ListEntry.PEOPLE) == (effect == ListEntry.Effect.WATCH):
        raise UnableToList("That does not go together: people are allowed, reviewed or blocked, things are watched.")
    if expires_at is not None and expires_at <= now:
        raise UnableToList("It would be over before it began. Nothing was saved; choose a later end.")
    if not digest_of(kind, value):
        raise UnableToList(f"That is no {kind.label.lower()} that could be found again. Nothing was saved.")
    entry = ListEntry(
        kind=kind,
        effect=effect,
        value=value.strip(),
        reason=reason.strip(),
        order=order,
        expires_at=expires_at,
        added_by=by,
        added_at=now,
    )
    same = ListEntry.objects.filter(kind=kind, effect=effect, digest=digest_of(kind, value), removed_at=None)
    try:
        with transaction.atomic():
            # What has lapsed makes room: its time is over, its row stays.
            same.filter(expires_at__lte=now).update(removed_at=now, removed_by=by)
            entry.save(force_insert=True)
    except IntegrityError as error:
        raise UnableToList("It is on that list already. Nothing was saved.") from error
    return entry


def remove_list_entry(*, entry_id: uuid.UUID, by: User, now: datetime) -> ListEntry:
    """Take an entry off; the row stays, with who did it and when. Raises UnableToList."""
    if ListEntry.objects.filter(pk=entry_id, removed_at=None).update(removed_at=now, removed_by=by) != 1:
        raise UnableToList("It is off the list already. Nothing was changed.")
    return ListEntry.objects.get(pk=entry_id)
