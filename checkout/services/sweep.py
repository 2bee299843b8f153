"""The sweep: ask the gateway about everything open and finish what a crash or a lost webhook left behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from checkout.models import GatewayEventRecord, Mail, Order, Payment, Refund, Withdrawal
from checkout.services.alerts import mail_alerts
from checkout.services.cancel import UnableToCancelOrder, finish_cancel
from checkout.services.deadlines import watch_deadlines
from checkout.services.jobs import IN_HAND, left_behind
from checkout.services.lockouts import end_lockouts, gateways_to_spare, note_lockout
from checkout.services.mails import send_queued_mail
from checkout.services.payments import close_unpaid_order
from checkout.services.purge import purge
from checkout.services.refunds import UnableToRefund, finish_refund
from checkout.services.release import UnableToReleaseOrder, finish_release
from checkout.services.reminding import remind_of_payments
from checkout.services.settle import settle
from checkout.services.webhooks import follow_up
from checkout.services.withdrawing import follow_up_withdrawal
from checkout.signals import payments_swept
from checkout.states import PaymentStatus, RefundStatus
from store.jobs.schedules import record_run

log = structlog.get_logger(__name__)

# Authorisations are looked at this often: one may lapse or be captured at the gateway itself.
LOOK_AGAIN = timedelta(hours=1)
# At most so many of each kind in one run; the next run goes on.
BATCH = 500


@dataclass(slots=True)
class SweepResult:
    """How many of each kind were looked at, and how many could not be."""

    events: int = 0
    payments: int = 0
    refunds: int = 0
    orders: int = 0
    mails: int = 0
    troubles: int = 0
    refused: set[str] = field(default_factory=set)  # gateways that did not accept the shop's key

    def __str__(self) -> str:
        return (
            f"Looked at {self.events} events, {self.payments} payments, {self.refunds} refunds, "
            f"{self.orders} unpaid orders, {self.mails} mails; "
            f"{self.troubles} could not be settled and will be tried again."
        )


def sweep_payments(*, now: datetime) -> SweepResult:
    """Do all that is due; one failing object stops none of the others. Uses the network."""
    result = SweepResult()
    silent, spared = gateways_to_spare(now=now)
    events = GatewayEventRecord.objects.filter(status=GatewayEventRecord.Status.NEW).exclude(gateway__in=silent)
    for record in left_behind(events, now=now)[:BATCH]:
        follow = partial(follow_up, record_id=record.pk, now=now)
        result.events += _try(result, "event", record.pk, follow, gateway=record.gateway, now=now)
    payments = Payment.objects.open(now, settled_before=LOOK_AGAIN).exclude(gateway__in=silent).order_by("settled_at")
    for payment in payments[:BATCH]:
        look = partial(_sweep_payment, payment, result, is_spared=payment.gateway in spared, now=now)
        result.payments += _try(result, "payment", payment.pk, look, gateway=payment.gateway, now=now)
    refunds = Refund.objects.filter(
        status=RefundStatus.REQUESTED, origin=Refund.Origin.STAFF, status_at__lte=now - IN_HAND
    ).exclude(payment__gateway__in=silent | spared)
    for refund in refunds.select_related("payment").order_by("requested_at")[:BATCH]:
        finish, gateway = partial(_sweep_refund, refund, result, now=now), refund.payment.gateway
        result.refunds += _try(result, "refund", refund.pk, finish, gateway=gateway, now=now)
    unpaid = Order.objects.unpaid_past(now)
    if silent:
        unpaid = unpaid.exclude(payments__in=Payment.objects.filter(status=PaymentStatus.STARTED, gateway__in=silent))
    for order in unpaid.prefetch_related("lines").order_by("expires_at")[:BATCH]:
        result.orders += _try(
            result, "order", order.pk, partial(close_unpaid_order, order=order, why="Not paid in time.", now=now), now=now
        )
    _try(result, "lockouts", "", partial(end_lockouts, refused=result.refused | silent | spared, now=now), now=now)
    for kind, watch in (("reminders", remind_of_payments), ("deadlines", watch_deadlines), ("alerts", mail_alerts)):
        _try(result, kind, kind, partial(watch, now=now), now=now)
    for declared in left_behind(Withdrawal.objects.filter(done_at=None), now=now)[:BATCH]:
        _try(result, "withdrawal", declared.pk, partial(follow_up_withdrawal, withdrawal_id=declared.pk, now=now), now=now)
    for mail in left_behind(Mail.objects.filter(sent_at=None), now=now)[:BATCH]:
        result.mails += _try(result, "mail", mail.pk, partial(send_queued_mail, mail_id=mail.pk, now=now), now=now)
    _try(result, "guard", "", partial(watch, now=now), now=now)
    _try(result, "purge", "", partial(purge, now=now), now=now)
    payments_swept.send_robust(sender=None, now=now)
    record_run("sweep", report=str(result), now=now)
    return result


def _sweep_payment(payment: Payment, result: SweepResult, *, is_spared: bool, now: datetime) -> None:
    # Also of one that will fail: it goes to the end of the line, where it keeps nobody from being looked at.
    Payment.objects.filter(pk=payment.pk).update(settled_at=now)
    payment = settle(payment_id=payment.pk, now=now)
    if payment.status_at > now - IN_HAND or is_spared:
        return
    try:
        if payment.status == PaymentStatus.CAPTURING:
            finish_release(payment, now=now)
        elif payment.status in (PaymentStatus.VOIDING, PaymentStatus.REFUNDING):
            finish_cancel(payment, now=now)
    except (UnableToReleaseOrder, UnableToCancelOrder) as error:
        # Said and kept where it happened; the next sweep looks again.
        log.info("payment_not_finished", payment=str(payment.pk), status=payment.status)
        _note_lockout(result, error, gateway=payment.gateway, now=now)


def _sweep_refund(refund: Refund, result: SweepResult, *, now: datetime) -> None:
    # Perhaps the gateway has made it: it may have forgotten the key since.
    settle(payment_id=refund.payment_id, now=now)
    try:
        finish_refund(refund_id=refund.pk, now=now)
    except UnableToRefund as error:
        log.info("refund_not_finished", refund=str(refund.pk))
        _note_lockout(result, error, gateway=refund.payment.gateway, now=now)


def _note_lockout(result: SweepResult, error: Exception, *, gateway: str, now: datetime) -> None:
    if note_lockout(error, gateway=gateway, now=now):
        result.refused.add(gateway)


def _try(result: SweepResult, kind: str, pk: object, do: Callable[[], object], *, gateway: str = "", now: datetime) -> int:
    try:
        do()
    except Exception as error:  # noqa: BLE001  # one bad object must not stop the others
        result.troubles += 1
        log.warning("sweep_trouble", kind=kind, id=str(pk), error=type(error).__name__)
        if gateway:
            _note_lockout(result, error, gateway=gateway, now=now)
        return 0
    return 1
