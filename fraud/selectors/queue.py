"""The reviewer's home: lists of cases, each cut to a page that goes on where the last one ended, however many there are."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

from fraud.models import CallTask, Finding
from fraud.models.calls import CallTaskQuerySet
from fraud.phones import LocalTime, local_times, read_phone
from fraud.selectors.clocks import Clock, clock
from store.models import User

ROWS = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST = 2**63 - 1  # what the column holds
# A row names so many reasons; the page of the case has them all.
SHOWN_REASONS = 3


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One case in a list."""

    task: CallTask
    due: Clock
    reasons: list[Finding]
    clocks: tuple[LocalTime, ...]
    region: str
    state: str
    holder: str  # "" when nobody has it
    can_claim: bool

    @property
    def is_bad_hour(self) -> bool:
        return any(not one.is_decent for one in self.clocks)

    @property
    def time_there(self) -> str:
        """The customer's clock, or the span of it. Text, as templates print times in our zone."""
        ends = sorted({self.clocks[0].at.strftime("%H:%M"), self.clocks[-1].at.strftime("%H:%M")}) if self.clocks else []
        return " to ".join(ends)


@dataclass(frozen=True, slots=True)
class QueueList:
    """One of the lists, and how many cases are on it; None where counting them would mean reading years of them."""

    key: str
    label: str
    count: int | None
    is_shown: bool

    @property
    def href(self) -> str:
        return f"?show={self.key}" if self.key else "?"


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Everything that the reviewer's home prints."""

    lists: list[QueueList]
    shown: str
    rows: list[QueueRow]
    waiting: int
    free: int
    overdue: int
    next_after: str  # "" on the last page
    is_first: bool

    @property
    def more_href(self) -> str:
        """Where the list goes on."""
        show = f"show={self.shown}&" if self.shown else ""
        return f"?{show}after={self.next_after}"


def _is_later(now: datetime) -> Q:
    return Q(callback_at__gt=now) | Q(give_up_at__isnull=False)


type _Narrow = Callable[[CallTaskQuerySet, User, datetime], CallTaskQuerySet]

# What the address says -> what the link says and what the list holds. Waiting cases, most urgent first, are the home itself.
LISTS: tuple[tuple[str, str, _Narrow], ...] = (
    ("", "Waiting", lambda tasks, _user, _now: tasks.waiting()),
    ("free", "To ring now", lambda tasks, _user, now: tasks.free(now).due_now(now)),
    ("callbacks", "Call-backs due", lambda tasks, _user, now: tasks.waiting().filter(callback_at__lte=now)),
    (
        "later",
        "Ringing later",
        lambda tasks, _user, now: tasks.waiting().filter(_is_later(now)),
    ),
    ("second", "Second look", lambda tasks, _user, _now: tasks.waiting().filter(proposal__isnull=False)),
    ("escalated", "Escalated", lambda tasks, _user, _now: tasks.waiting().filter(escalated_at__isnull=False)),
    ("mine", "Mine", lambda tasks, user, now: tasks.waiting().filter(claimed_by=user, claimed_until__gt=now)),
    ("done", "Done", lambda tasks, _user, _now: tasks.filter(status="done")),
)


def queue_page(*, user: User, show: str, after: str, now: datetime) -> QueuePage:
    """Read one list from the case after `after` on: four queries, however long it is. An unknown list is the first one."""
    keys = {key for key, _, _ in LISTS}
    shown = show if show in keys else ""
    narrow = next(each for key, _, each in LISTS if key == shown)
    counted = _count(user, now)
    tasks = narrow(CallTask.objects.for_queue(), user, now)
    place = _read_place(after)
    if shown == "done":
        tasks = tasks.order_by("-closed_at", "pk")
        if place:
            tasks = tasks.filter(Q(closed_at__lt=place[0]) | Q(closed_at=place[0], pk__gt=place[2]))
    else:
        tasks = tasks.most_urgent_first()
        if place:
            due, value, pk = place
            tasks = tasks.filter(Q(due_at__gt=due) | Q(due_at=due, value__lt=value) | Q(due_at=due, value=value, pk__gt=pk))
    found = list(tasks[: ROWS + 1])
    rows, has_more = found[:ROWS], len(found) > ROWS
    return QueuePage(
        lists=[QueueList(key, label, counted.get(key or "waiting"), key == shown) for key, label, _ in LISTS],
        shown=shown,
        rows=[_row(task, user, now) for task in rows],
        waiting=counted["waiting"],
        free=counted["free"],
        overdue=counted["overdue"],
        next_after=_place_of(rows[-1]) if has_more else "",
        is_first=place is None,
    )


def _count(user: User, now: datetime) -> dict[str, int]:
    """How many cases are on each list of waiting ones, in one query."""
    nobody = Q(claimed_until=None) | Q(claimed_until__lte=now)
    is_due = Q(callback_at=None, give_up_at=None) | Q(callback_at__lte=now, give_up_at=None)
    return CallTask.objects.waiting().aggregate(
        waiting=Count("pk"),
        free=Count("pk", filter=nobody & is_due),
        callbacks=Count("pk", filter=Q(callback_at__lte=now)),
        later=Count("pk", filter=_is_later(now)),
        second=Count("pk", filter=Q(proposal__isnull=False)),
        escalated=Count("pk", filter=Q(escalated_at__isnull=False)),
        mine=Count("pk", filter=Q(claimed_by=user, claimed_until__gt=now)),
        overdue=Count("pk", filter=Q(due_at__lte=now)),
    )


def _place_of(task: CallTask) -> str:
    """Where a page ends: the moment it is sorted by, the value and the key. Nothing personal stands in an address."""
    moment = task.due_at if task.closed_at is None else task.closed_at
    return f"{(moment - _EPOCH) // timedelta(microseconds=1)}.{task.value}.{task.pk.hex}"


def _read_place(after: str) -> tuple[datetime, int, uuid.UUID] | None:
    """Read it back; None for anything that is no such place."""
    try:
        moment, value, key = after.split(".")
        at = _EPOCH + timedelta(microseconds=int(moment))
        return at, min(int(value), _MOST), uuid.UUID(key)
    except (ValueError, OverflowError):
        return None


def _row(task: CallTask, user: User, now: datetime) -> QueueRow:
    number = read_phone(task.order.phone or "", country=settings.SHOP_COUNTRY)
    holder = task.claimed_by.get_full_name() if task.is_claimed(now) and task.claimed_by else ""
    found: list[Finding] = task.assessment.reasons  # type: ignore[attr-defined]  # prefetched by for_queue()
    return QueueRow(
        task=task,
        due=clock(task.due_at, now=now),
        reasons=[one for one in found if not one.is_trust][:SHOWN_REASONS],
        clocks=local_times(number, now=now),
        region=number.region,
        state=_state(task, now),
        holder="you" if holder and task.claimed_by_id == user.pk else holder,
        can_claim=task.is_waiting and not holder,
    )


def _state(task: CallTask, now: datetime) -> str:
    """What a case waits for, in a few words; "" when it is simply to be rung."""
    parts = []
    if task.is_waiting and task.assessment.pass_number > 1:
        parts.append(f"worse since {timezone.localtime(task.assessment.assessed_at):%H:%M}")
    if task.proposal_id:
        parts.append("second look")
    if task.escalated_at:
        parts.append("escalated")
    if task.is_waiting and task.callback_at:
        when = clock(task.callback_at, now=now)
        word = "promised" if task.is_callback_agreed else "next try"
        parts.append(f"{word} {when.left if when.is_over else f'in {when.left}'}")
    if task.is_waiting and task.give_up_at:
        parts.append("may ring back")
    if task.tries:
        parts.append(f"{task.tries} unanswered")
    return ", ".join(parts)
