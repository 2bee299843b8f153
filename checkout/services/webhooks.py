"""The webhook inbox: verify, write down once, answer; look at the object itself afterwards."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from checkout.gateways import get_gateway
from checkout.gateways.base import BadSignature, GatewayError, GatewayEvent, GatewayState
from checkout.models import Alert, GatewayEventRecord, Payment
from checkout.services.alerts import tell
from checkout.services.disputes import look_at_trouble
from checkout.services.jobs import claim, put_off
from checkout.services.settle import settle
from checkout.tasks import follow_up_event

# What an id of a gateway's looks like, and what none of its words has in it.
_ID = re.compile(r"[!-~]{1,120}")
_ODD = re.compile(r"[^ -~]")
# Gateways tell events again for 3 days, and list them for 30.
KEEP_EVENTS = timedelta(days=90)


class UnableToFollowUp(Exception):
    """The event waits for its next turn."""


def receive_event(*, gateway_name: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Keep a webhook for following up; False when it came before. Raises BadSignature, and keeps nothing then."""
    event = _parse(gateway_name, headers=headers, body=body)
    status = _status_of(event, gateway_name)
    try:
        with transaction.atomic():  # both or neither; of the same event twice at once, the database takes one
            record = GatewayEventRecord.objects.create(
                gateway=gateway_name,
                event_id=event.event_id,
                kind=event.kind,
                session_id=event.session_id or "",
                reference=event.reference or "",
                received_at=now,
                next_try_at=now,
                is_trouble=event.is_trouble,
                status=status,
            )
            if status == GatewayEventRecord.Status.NEW:
                follow_up_event.enqueue(record.pk)
            elif status == GatewayEventRecord.Status.WRONG_MODE:
                _tell_of_wrong_mode(record, now=now)
    except IntegrityError:
        if GatewayEventRecord.objects.filter(gateway=gateway_name, event_id=event.event_id).exists():
            return False
        raise
    return True


def _status_of(event: GatewayEvent, gateway_name: str) -> GatewayEventRecord.Status:
    """What is to be done with a new event."""
    if event.is_live is not None and event.is_live is not get_gateway(gateway_name).is_live:
        return GatewayEventRecord.Status.WRONG_MODE
    return GatewayEventRecord.Status.NEW if event.session_id or event.reference else GatewayEventRecord.Status.IGNORED


def _tell_of_wrong_mode(record: GatewayEventRecord, *, now: datetime) -> None:
    """Real money and play money must not meet: the event is kept and nothing is looked at."""
    is_live = get_gateway(record.gateway).is_live
    theirs, ours = ("test", "live") if is_live else ("live", "test")
    tell(
        cause=f"wrong-mode:{record.gateway}",
        message=f"{record.gateway} sent an event of its {theirs} mode ({record.event_id}), signed with a secret of this "
        f"shop, which is in {ours} mode. It was set aside and nothing was changed. At the gateway, take this shop's webhook "
        f"address and its secret out of {theirs} mode.",
        now=now,
    )


def _parse(gateway_name: str, *, headers: Mapping[str, str], body: bytes) -> GatewayEvent:
    """Read a webhook; raise BadSignature for what is not signed, or is signed and yet can't be an event."""
    try:
        event = get_gateway(gateway_name).parse_event(headers, body)
    except RecursionError as error:  # JSON a hundred thousand levels deep
        raise BadSignature from error
    if not all(id_ is None or _ID.fullmatch(id_) for id_ in (event.event_id, event.session_id, event.reference)):
        raise BadSignature("an id that is none")
    return replace(event, kind=_ODD.sub("?", event.kind)[:80])


def follow_up(*, record_id: int, now: datetime) -> None:
    """Settle the payment that the event names, unless that is done, being done or not due. Uses the network.

    Raises UnableToFollowUp; the sweep tries again later, and a person is told when it has tried long enough.
    """
    record = claim(GatewayEventRecord.objects.filter(status=GatewayEventRecord.Status.NEW), pk=record_id, now=now)
    if record is None:
        return
    try:
        _follow_up(record, now=now)
    except Exception as error:
        alert = Alert(
            cause=f"event:{record.pk}",
            message=f"The gateway's event {record.kind} for {record.reference or record.session_id} could not be followed "
            "up in {tries} tries ({error}). The payment itself is looked at all the same. Mend the cause, then try it again "
            "under Gateway events.",
            raised_at=now,
        )
        name = put_off(record, error=error, alert=alert, now=now)
        raise UnableToFollowUp(name) from error


def _follow_up(record: GatewayEventRecord, *, now: datetime) -> None:
    payment_id = _find_payment(record)
    if payment_id is None:
        _finish(record, GatewayEventRecord.Status.UNMATCHED)
        Alert.objects.get_or_create(
            cause=f"unmatched:{record.gateway}:{record.event_id}",
            defaults={
                "message": f"The gateway reports {record.kind} for {record.reference or record.session_id}, which is no "
                "payment of this shop. Nothing was changed. Look it up at the gateway.",
                "raised_at": now,
            },
        )
        return
    settle(payment_id=payment_id, now=now)
    if record.is_trouble:
        look_at_trouble(payment_id=payment_id, now=now)
    _finish(record, GatewayEventRecord.Status.DONE)


def prune_events(*, now: datetime) -> int:
    """Delete old events that are done. A copy that comes later is refused: its signature is too old by then."""
    done = (GatewayEventRecord.Status.DONE, GatewayEventRecord.Status.IGNORED, GatewayEventRecord.Status.WRONG_MODE)
    return GatewayEventRecord.objects.filter(status__in=done, received_at__lt=now - KEEP_EVENTS).delete()[0]


def _find_payment(record: GatewayEventRecord) -> uuid.UUID | None:
    """By the ids we know; else the gateway's object says which payment of ours it belongs to."""
    known = Payment.objects.filter(gateway=record.gateway)
    if record.session_id and (payment := known.filter(session_id=record.session_id).first()):
        return payment.pk
    if record.reference and (payment := known.filter(reference=record.reference).first()):
        return payment.pk
    return _ask_whose_it_is(record)


def _ask_whose_it_is(record: GatewayEventRecord) -> uuid.UUID | None:
    try:
        found = get_gateway(record.gateway).fetch(session_id=record.session_id or None, reference=record.reference or None)
    except GatewayError as error:
        if error.is_final:
            return None
        raise
    with suppress(ValueError):
        payment = Payment.objects.filter(gateway=record.gateway, pk=uuid.UUID(found.payment_id)).first()
        if payment is None:
            return None
        has_money = found.state in (GatewayState.AUTHORIZED, GatewayState.CAPTURED)
        if record.session_id and payment.session_id and has_money:
            return None  # paid on a page that carries our payment's name but is not the one we opened
        if record.session_id:  # the event was quicker than the answer to our own call
            Payment.objects.filter(pk=payment.pk, session_id=None).update(session_id=record.session_id)
        return payment.pk
    return None


def _finish(record: GatewayEventRecord, status: GatewayEventRecord.Status) -> None:
    GatewayEventRecord.objects.filter(pk=record.pk).update(status=status)
