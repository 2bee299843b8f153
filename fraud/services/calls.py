"""What was said on the phone, written down for good, and what follows for the next try."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from checkout.models import Mail, OrderAddress, Payment
from checkout.services.mails import queue_mail
from fraud.models import Call, CallTask
from fraud.models.call_log import UNANSWERED
from fraud.numbers import source_of
from fraud.phones import read_phone
from fraud.script import BY_CODE
from fraud.services.desk_rules import current_desk_rules
from fraud.services.keep import slot_of
from fraud.services.queue import CLAIM_LEASE
from fraud.services.unreached import decide_by, next_try
from fraud.states import CallTaskStatus
from store.card_guard import MESSAGE, has_card_number
from store.models import User

# What can be ticked for a question; one that was not asked is not written down.
TICKS = ("pass", "fail")
# A customer who rings back has this long at least, even if the time is nearly over.
LEAST_GRACE = timedelta(hours=1)


class UnableToRecordCall(Exception):
    """The call was not written down. `str(error)` says why and what to do."""


def begin_call(*, task_id: uuid.UUID, by: User, now: datetime) -> None:
    """Note when the holder of the case begins to ring, and start the lease anew. Raises UnableToRecordCall."""
    mine = CallTask.objects.filter(pk=task_id, status=CallTaskStatus.WAITING, claimed_by=by, claimed_until__gt=now)
    if mine.update(ringing_since=now, claimed_until=now + CLAIM_LEASE) != 1:
        raise UnableToRecordCall("You do not have this call. Nothing was noted; claim it, then ring.")


def record_call(
    *,
    task_id: uuid.UUID,
    by: User,
    number: str,
    outcome: Call.Outcome,
    answer: Call.Answer | None,
    note: str,
    now: datetime,
    source: Call.Source | None = None,
    answers: Mapping[str, str] | None = None,
    callback_at: datetime | None = None,
    corrects: uuid.UUID | None = None,
) -> Call:
    """Write down one call, for good; start the lease anew, and plan the next try if nobody answered.

    `number` is what was dialled; blank means the order's own. `source` says where it comes from; without it, it is looked
    for among the customer's known numbers. `answers` are questions of the script, ticked "pass" or "fail". `callback_at` is
    when to ring again. `corrects` is an earlier entry that was wrong: it stays, and counts no longer.

    A call that was made is a fact, so it is written down even when the lease has lapsed or the order was decided meanwhile.
    Raises UnableToRecordCall when it does not add up or holds a card number.
    """
    if (outcome == Call.Outcome.REACHED) != bool(answer):
        raise UnableToRecordCall("Say what the customer said if you reached them, and only then. Nothing was saved.")
    if has_card_number(note):
        raise UnableToRecordCall(f"{MESSAGE} Nothing was saved.")
    ticked = {code: tick for code, tick in (answers or {}).items() if tick in TICKS and code in BY_CODE}
    task = CallTask.objects.select_related("order").get(pk=task_id)
    payment = Payment.objects.filter(order_id=task.order_id, authorized_at__isnull=False).order_by("-created_at").first()
    if callback_at is not None and task.is_waiting:
        _check_callback(callback_at, payment, now=now)
    typed, own = number.strip(), task.order.phone or ""
    if source is None:
        source = Call.Source.ORDER if typed in ("", own) else source_of(typed, order=task.order, now=now)
    is_timed = task.ringing_since is not None and task.claimed_by_id == by.pk and task.ringing_since <= now
    call = Call(
        task=task,
        by=by,
        at=now,
        started_at=task.ringing_since if is_timed else None,
        ended_at=now,
        number=typed or own,
        source=source,
        outcome=outcome,
        answer=answer or "",
        answers=ticked,
        callback_at=callback_at,
        note=note.strip(),
        corrects=_wrong_entry(task, corrects),
    )
    with transaction.atomic():
        call.save()
        _plan(task, call, payment, now=now)
        CallTask.objects.filter(pk=task_id, status=CallTaskStatus.WAITING).filter(
            Q(claimed_by=by) | Q(claimed_by=None) | Q(claimed_until__lte=now)
        ).update(claimed_by=by, claimed_until=now + CLAIM_LEASE, ringing_since=None)
    return call


def _check_callback(callback_at: datetime, payment: Payment | None, *, now: datetime) -> None:
    if callback_at <= now:
        raise UnableToRecordCall("The time to ring again is over already. Nothing was saved; choose a later one.")
    if payment is not None and payment.capture_before is not None and callback_at >= payment.capture_before:
        until = timezone.localtime(payment.capture_before)
        raise UnableToRecordCall(
            f"The authorisation lapses on {until:%d %B at %H:%M}, before that. Nothing was saved; choose an earlier time."
        )


def _wrong_entry(task: CallTask, pk: uuid.UUID | None) -> Call | None:
    if pk is None:
        return None
    wrong = Call.objects.standing().filter(pk=pk, task=task).first()
    if wrong is None:
        raise UnableToRecordCall("That entry is not there, or was corrected already. Nothing was saved.")
    return wrong


def _plan(task: CallTask, call: Call, payment: Payment | None, *, now: datetime) -> None:
    """Set when the case is to be rung again and decided. Inside the caller's transaction."""
    if not task.is_waiting:
        return
    rules = current_desk_rules(now=now)
    standing = list(Call.objects.standing().filter(task=task).order_by("at").values_list("at", "outcome"))
    tried_at = [at for at, outcome in standing if outcome in UNANSWERED]
    first_try = standing[0][0] if standing else now
    until = decide_by(payment=payment, rules=rules, first_try=first_try, now=now)
    values = {
        "tries": len(tried_at),
        "callback_at": slot_of(call.callback_at) if call.callback_at else None,
        "is_callback_agreed": call.callback_at is not None and not call.is_unanswered,
        "give_up_at": None,
        "due_at": until,
    }
    if call.is_unanswered and call.callback_at is None:
        bill_to = OrderAddress.objects.filter(order_id=task.order_id, kind=OrderAddress.Kind.BILL_TO).only("country").first()
        phone = read_phone(call.number or "", country=bill_to.country if bill_to else "")
        again = next_try(phone=phone, tried_at=tried_at, rules=rules, until=until, now=now)
        values["callback_at"] = again
        if again is None:
            values["give_up_at"] = max(now + LEAST_GRACE, min(now + timedelta(hours=rules.grace_hours), until))
    if call.is_unanswered:
        queue_mail(order_id=task.order_id, kind=Mail.Kind.MISSED, cause=str(call.pk), now=now)
    # After the mail: whoever looks at the order again locks the order, then its case.
    CallTask.objects.filter(pk=task.pk, status=CallTaskStatus.WAITING).update(**values)
