"""Writing down what was found, and asking for a call."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from checkout.models import Mail, Order
from checkout.services.mails import queue_mail
from fraud.facts import OrderFacts
from fraud.freezing import freeze
from fraud.models import Assessment, CallTask, Finding, OutgoingMessage, Policy
from fraud.outgoing.write import write_messages
from fraud.policy import Broken, Judged, Judgement
from fraud.rules import Clear, Hit
from store.inserting import insert_rows

# Customers are rung while they still remember the order.
RING_WITHIN = timedelta(hours=4)
# A case that waits already and gets worse goes before those that had as long to wait.
WORSE_WITHIN = timedelta(hours=1)
# Later than this before the authorisation lapses there is no time left for a second try.
SPARE = timedelta(hours=24)


def slot_of(moment: datetime) -> datetime:
    """The beginning of the quarter of an hour that a moment is in."""
    return moment - timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)


def keep_assessment(
    *, order: Order, policy: Policy, facts: OrderFacts, judgement: Judgement, pass_number: int, now: datetime
) -> Assessment:
    """Write an assessment with the facts it used and every rule's answer. Inside the caller's transaction."""
    assessment = Assessment(
        order=order,
        pass_number=pass_number,
        policy=policy,
        verdict=judgement.verdict,
        points=judgement.points,
        assessed_at=now,
        facts=freeze(facts),
        unremarkable=json.dumps(
            [
                (position, one.rule.code, _answer(one), one.outcome.reason)
                for position, one in enumerate(judgement.judged)
                if not _has_row(one)
            ],
            separators=(",", ":"),
            ensure_ascii=False,
        ),
    )
    insert_rows([assessment])
    insert_rows([_finding(assessment, position, one) for position, one in enumerate(judgement.judged) if _has_row(one)])
    return assessment


def open_call_task(assessment: Assessment, *, cause: CallTask.Cause, lapses_at: datetime | None, now: datetime) -> None:
    """Put the order in the call queue and tell the customer that we may ring. Inside the caller's transaction.

    Rung within hours of the order, or, when new facts came to light later, of those.
    """
    order = assessment.order
    due_at = (now if cause == CallTask.Cause.REASSESSED else order.placed_at) + RING_WITHIN
    if lapses_at is not None:
        due_at = min(due_at, lapses_at - SPARE)
    task = CallTask(
        order=order,
        assessment=assessment,
        cause=cause,
        points=assessment.points,
        value=order.total,
        created_at=now,
        # Among calls due in the same quarter of an hour the dearest goes first.
        due_at=slot_of(due_at),
    )
    insert_rows([task])
    queue_mail(order_id=order.pk, kind=Mail.Kind.CONFIRMING, now=now)
    write_messages(
        kind=OutgoingMessage.Kind.FLAGGED, order=order, now=now, case=str(task.pk), cause=str(cause), points=task.points
    )


def _has_row(judged: Judged) -> bool:
    return isinstance(judged.outcome, (Hit, Broken))


def _answer(judged: Judged) -> str:
    match judged.outcome:
        case Hit():
            return Finding.Answer.HIT
        case Broken():
            return Finding.Answer.ERROR
        case Clear():
            return Finding.Answer.CLEAR
        case _:
            return Finding.Answer.NO_DATA


def _finding(assessment: Assessment, position: int, judged: Judged) -> Finding:
    return Finding(
        assessment=assessment,
        position=position,
        code=judged.rule.code,
        grade=judged.outcome.grade if isinstance(judged.outcome, Hit) else "",
        answer=_answer(judged),
        points=judged.points,
        is_decisive=judged.is_decisive,
        is_observed=judged.is_observed,
        reason=judged.outcome.reason,
    )
