"""The webhook inbox: verify, write down once, answer; look at the object itself afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from django.db import transaction

from checkout.gateways import get_gateway
from checkout.gateways.base import GatewayError, GatewayState
from checkout.models import Alert, GatewayEventRecord, Payment
from checkout.services.settle import settle
from checkout.tasks import follow_up_event


def receive_event(*, gateway_name: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Keep a webhook for following up; False when it came before. Raises BadSignature, and keeps nothing then."""
    event = get_gateway(gateway_name).parse_event(headers, body)
    is_of_interest = bool(event.session_id or event.reference)
    with transaction.atomic():
        record, is_new = GatewayEventRecord.objects.get_or_create(
            gateway=gateway_name,
            event_id=event.event_id,
            defaults={
                "kind": event.kind[:80],
                "session_id": event.session_id or "",
                "reference": event.reference or "",
                "received_at": now,
                "status": GatewayEventRecord.Status.NEW if is_of_interest else GatewayEventRecord.Status.IGNORED,
            },
        )
        if is_new and is_of_interest:
            follow_up_event.enqueue(record.pk)
    return is_new


def follow_up(*, record_id: int, now: datetime) -> None:
    """Settle the payment that the event names. Uses the network; raises GatewayError, and the sweep tries again later."""
    record = GatewayEventRecord.objects.get(pk=record_id)
    if record.status != GatewayEventRecord.Status.NEW:
        return
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
    _finish(record, GatewayEventRecord.Status.DONE)


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
