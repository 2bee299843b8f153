"""The rules of the desk: read and changed, never edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from fraud.models import DeskRules
from store.card_guard import MESSAGE, has_card_number
from store.models import User


class UnableToChangeDeskRules(Exception):
    """The rules stay as they are. `str(error)` says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRules:
    """What a new version says; amounts are minor units of the shop's currency."""

    tries: int
    days: int
    grace_hours: int
    when_unreached: str
    release_limit: int
    second_above: int | None
    note: str


def current_desk_rules(*, now: datetime) -> DeskRules:
    """The newest version; the defaults, unsaved, where nobody has written one."""
    rules = DeskRules.objects.newest_first().first()
    return rules or DeskRules(created_at=now, currency=settings.SHOP_CURRENCY)


def change_desk_rules(*, new: NewRules, by: User, now: datetime) -> DeskRules:
    """Write a new version, which is in force at once. Raises UnableToChangeDeskRules."""
    if new.tries < 1 or new.days < 1:
        raise UnableToChangeDeskRules("A customer is tried at least once, for at least a day. Nothing was changed.")
    if has_card_number(new.note):
        raise UnableToChangeDeskRules(f"{MESSAGE} Nothing was changed.")
    rules = DeskRules(
        created_at=now,
        created_by=by,
        tries=new.tries,
        days=new.days,
        grace_hours=new.grace_hours,
        when_unreached=new.when_unreached,
        release_limit=new.release_limit,
        second_above=new.second_above,
        currency=settings.SHOP_CURRENCY,
        note=new.note.strip(),
    )
    rules.save()
    return rules
