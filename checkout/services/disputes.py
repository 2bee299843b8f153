"""Disputes, early fraud warnings and the gateway's own reviews: rows that follow the gateway, and a stop for the parcel.

An event about any of them only says where to look. What is found stops an order that has not been shipped, tells the staff
what to do, and tells whoever listens; the freeze is lifted by a person, never by the shop.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction

from checkout.gateways import get_gateway
from checkout.gateways.base import GatewayDispute, GatewayError, GatewayNotice, GatewayTrouble
from checkout.models import Dispute, Order, Payment
from checkout.models import GatewayNotice as Notice
from checkout.services.alerts import raise_alert, raise_alert_again, resolve_alerts
from checkout.services.lockouts import note_lockout
from checkout.services.moves import move_payment, note_order, note_payment
from checkout.signals import announce, dispute_decided, fraud_warned, payment_disputed, review_opened
from checkout.states import DisputeStatus, OrderStatus, PaymentStatus
from store.models import User
from store.money import format_money

log = structlog.get_logger(__name__)

# Parcels of these have not left the house; an expired order comes back when its payment does.
STOPPABLE = (OrderStatus.AWAITING_PAYMENT, OrderStatus.EXPIRED, OrderStatus.ON_HOLD, OrderStatus.RELEASED)
# A lost webhook is made good within one round; the rounds overlap, and gateways take their time.
LOOK_BACK = timedelta(hours=6)
# What is open is asked about this often: nobody tells us of a decision that we miss.
LOOK_AGAIN = timedelta(hours=6)
BATCH = 100

# How the gateways' words for a reason read; others are shown as they are.
REASONS = {
    "fraudulent": "the cardholder says they did not order it",
    "product_not_received": "the goods did not arrive",
    "product_unacceptable": "the goods were not as described",
    "duplicate": "it was charged twice",
    "credit_not_processed": "a promised refund did not come",
    "subscription_canceled": "it was cancelled before",
    "unrecognized": "the cardholder does not recognise it",
    "made_with_stolen_card": "made with a stolen card",
    "made_with_lost_card": "made with a lost card",
    "made_with_stolen_card_number": "made with a stolen card number",
    "unauthorized_use_of_card": "the card was used without its owner's leave",
}


class UnableToLiftFreeze(Exception):
    """The order stays as it is. `str(error)` says why."""


def look_at_trouble(*, payment_id: uuid.UUID, now: datetime) -> None:
    """Ask the gateway what is said against a payment and write it down. Uses the network; raises GatewayError."""
    payment = Payment.objects.select_related("order").get(pk=payment_id)
    if not payment.reference:
        return
    known = dict(payment.disputes.values_list("reference", "status"))
    reviews = set(payment.notices.filter(kind=Notice.Kind.REVIEW, is_open=True).values_list("reference", flat=True))
    found = get_gateway(payment.gateway).list_trouble(reference=payment.reference)
    _note_all(payment, found, known=known, now=now)
    # A review that the payment does not name any more has been decided.
    for reference in reviews - {notice.reference for notice in found.notices}:
        notice = payment.notices.get(reference=reference)
        _close_notice(payment, notice, reason=notice.reason, now=now)
    payment.disputes.update(looked_at=now)
    payment.notices.update(looked_at=now)


def look_for_trouble(*, now: datetime) -> int:
    """Find what no webhook told: all that was opened lately, and news of what is open. Says how many could not be asked.

    Uses the network.
    """
    troubles = 0
    payments: set[uuid.UUID] = set()
    for name in settings.PAYMENT_GATEWAYS:
        try:
            found = get_gateway(name).list_trouble(since=now - LOOK_BACK)
        except GatewayError as error:
            troubles += 1
            log.warning("trouble_not_listed", gateway=name, error=type(error).__name__)
            note_lockout(error, gateway=name, now=now)
            continue
        payments |= _unnoted(name, found)
    late = now - LOOK_AGAIN
    open_disputes = Dispute.objects.exclude(status__in=[DisputeStatus.WON, DisputeStatus.LOST])
    for rows in (open_disputes, Notice.objects.filter(is_open=True)):
        payments |= set(rows.filter(looked_at__lte=late).order_by("looked_at").values_list("payment_id", flat=True)[:BATCH])
    for payment_id in payments:
        try:
            look_at_trouble(payment_id=payment_id, now=now)
        except GatewayError as error:
            troubles += 1
            log.warning("trouble_not_looked_at", payment=str(payment_id), error=type(error).__name__)
    return troubles


def lift_freeze(*, order_id: uuid.UUID, by: User, why: str, now: datetime) -> Order:
    """Let an order ship that a dispute, a warning or a review has stopped. Raises UnableToLiftFreeze."""
    if not why.strip():
        raise UnableToLiftFreeze("Say why the order may ship all the same. It is still stopped.")
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if order.frozen_at is None:
            raise UnableToLiftFreeze("This order is not stopped. Nothing was changed.")
        order.frozen_at = None
        order.save(update_fields=["frozen_at"])
        note_order(order, by=by, why=f"May ship all the same. {why.strip()}", now=now)
    return order


def _unnoted(gateway: str, found: GatewayTrouble) -> set[uuid.UUID]:
    """The payments of ours with trouble that is not written down, or not as it stands."""
    disputes = {
        row.reference: (row.status, row.amount, row.evidence_due)
        for row in Dispute.objects.filter(gateway=gateway, reference__in=[d.reference for d in found.disputes])
    }
    notices = dict(
        Notice.objects.filter(gateway=gateway, reference__in=[n.reference for n in found.notices]).values_list(
            "reference", "is_open"
        )
    )
    references = {
        d.payment_reference
        for d in found.disputes
        if disputes.get(d.reference) != (d.status, d.amount.minor, d.evidence_due)
    }
    references |= {n.payment_reference for n in found.notices if notices.get(n.reference) is not n.is_open}
    return set(Payment.objects.filter(gateway=gateway, reference__in=references).values_list("pk", flat=True))


def _note_all(payment: Payment, found: GatewayTrouble, *, known: dict[str, str], now: datetime) -> None:
    for dispute in found.disputes:
        _note_dispute(payment, dispute, known=known.get(dispute.reference), now=now)
    for notice in found.notices:
        _note_notice(payment, notice, now=now)


def _note_dispute(payment: Payment, found: GatewayDispute, *, known: str | None, now: datetime) -> None:
    """Write a dispute down, or move it to where the gateway says it is. `known` was read before the gateway was asked."""
    with transaction.atomic():
        payment = Payment.objects.select_for_update().select_related("order").get(pk=payment.pk)
        dispute, is_new = Dispute.objects.get_or_create(
            gateway=payment.gateway,
            reference=found.reference,
            defaults={
                "payment": payment,
                "amount": found.amount.minor,
                "reason": found.reason[:60],
                "status": found.status,
                "status_at": now,
                "takes_money": found.takes_money,
                "evidence_due": found.evidence_due,
                "noted_at": now,
                "looked_at": now,
            },
        )
        dispute.payment = payment
        if is_new:
            note_payment(payment, why=f"Disputed: {dispute.shown}.", now=now)
            freeze(payment.order, why="The payment is disputed.", now=now)
            announce(payment_disputed, order_id=payment.order_id, now=now)
        elif dispute.status != known:
            return  # another caller had younger news
        elif (dispute.status, dispute.takes_money) == (found.status, found.takes_money):
            _follow_terms(payment, dispute, found, now=now)
            return
        elif found.takes_money and not dispute.takes_money and found.status.value != DisputeStatus.WON:
            # Whoever let it ship knew of an inquiry only.
            freeze(payment.order, why="The bank has taken the money.", now=now)
        dispute.status, dispute.takes_money = found.status, found.takes_money
        dispute.amount, dispute.evidence_due, dispute.status_at = found.amount.minor, found.evidence_due, now
        dispute.save(update_fields=["status", "takes_money", "amount", "evidence_due", "status_at"])
        _tell(payment, dispute, now=now)


def _follow_terms(payment: Payment, dispute: Dispute, found: GatewayDispute, *, now: datetime) -> None:
    """Another amount, or another day for the answer, of a dispute that stands as it stood. Inside the transaction."""
    if (dispute.amount, dispute.evidence_due) == (found.amount.minor, found.evidence_due):
        return
    was = dispute.shown
    dispute.amount, dispute.evidence_due = found.amount.minor, found.evidence_due
    dispute.save(update_fields=["amount", "evidence_due"])
    due = f", to be answered by {dispute.evidence_due:%d %B, %H:%M} UTC" if dispute.evidence_due else ""
    note_payment(payment, why=f"The dispute of {was} is of {dispute.shown} now{due}.", now=now)
    if dispute.needs_response:
        words = _words_of_dispute(payment, dispute)
        raise_alert_again(payment, cause="dispute", about=dispute.pk, message=words, now=now)
    elif dispute.is_lost:
        _book_lost(payment, dispute, now=now)


def _tell(payment: Payment, dispute: Dispute, *, now: datetime) -> None:
    """Say what to do about a dispute as it stands now, and close what was said before. Inside the transaction."""
    match dispute.status:
        case DisputeStatus.NEEDS_RESPONSE:
            # Answered once, it may need another answer: the bank asks again, or an inquiry becomes a dispute.
            words = _words_of_dispute(payment, dispute)
            raise_alert_again(payment, cause="dispute", about=dispute.pk, message=words, now=now)
        case DisputeStatus.UNDER_REVIEW:
            resolve_alerts("dispute", about=dispute.pk, now=now)
        case DisputeStatus.WON:
            resolve_alerts("dispute", "dispute-lost", about=dispute.pk, now=now)
            note_payment(payment, why=f"Dispute of {dispute.shown} won.", now=now)
            _book_won(payment, dispute, now=now)
            announce(dispute_decided, order_id=payment.order_id, now=now)
        case DisputeStatus.LOST:
            resolve_alerts("dispute", about=dispute.pk, now=now)
            note_payment(payment, why=f"Dispute of {dispute.shown} lost.", now=now)
            _book_lost(payment, dispute, now=now)
            announce(dispute_decided, order_id=payment.order_id, now=now)


def _words_of_dispute(payment: Payment, dispute: Dispute) -> str:
    what = f"{dispute.shown} is disputed ({words_of(dispute.reason)})."
    money = "The bank has taken the money for now." if dispute.takes_money else "It is an inquiry: no money was taken yet."
    due = f" before {dispute.evidence_due:%d %B, %H:%M} UTC" if dispute.evidence_due else ""
    if payment.order.is_shipped:
        step = f"Answer it at the gateway{due}, with the call's notes and the proof of delivery. Don't refund it as well."
    else:
        step = f"The parcel has not left and is stopped: cancel the order. Or answer at the gateway{due} and lift the stop."
    return f"{what} {money} {step}"


def _book_won(payment: Payment, dispute: Dispute, *, now: datetime) -> None:
    order = payment.order
    # Of two disputes the other one may still have all of it.
    is_back = payment.status == PaymentStatus.CHARGED_BACK and payment.kept > payment.taken_by_disputes()
    if is_back and order.status in (OrderStatus.CANCELLED, OrderStatus.EXPIRED):
        move_payment(payment, to=PaymentStatus.OWED, why="Dispute won, but the order is cancelled.", now=now)
        message = (
            f"the dispute of {dispute.shown} is won and the money is with the shop, but the order is cancelled: it is the "
            "customer's. Refund it on the order's page."
        )
        raise_alert(payment, cause="dispute-won", about=dispute.pk, message=message, now=now)
        return
    if is_back:
        move_payment(payment, to=PaymentStatus.CAPTURED, why="Dispute won after all.", now=now)
    if order.status in STOPPABLE and order.frozen_at:
        message = f"the dispute of {dispute.shown} is won. The parcel is still stopped: lift that on the order's page."
        raise_alert(payment, cause="dispute-won", about=dispute.pk, message=message, now=now)


def _book_lost(payment: Payment, dispute: Dispute, *, now: datetime) -> None:
    if payment.status in (PaymentStatus.CAPTURED, PaymentStatus.OWED) and payment.kept <= lost_by(payment):
        move_payment(payment, to=PaymentStatus.CHARGED_BACK, why="Dispute lost.", now=now)
    step = (
        "The parcel is gone, too; nothing is left to do but to close this."
        if payment.order.is_shipped
        else "The parcel has not left: cancel the order, which puts the goods back on sale."
    )
    if payment.order.status in (OrderStatus.CANCELLED, OrderStatus.EXPIRED):
        step = "The order was cancelled before; nothing is left to do but to close this."
    elif payment.order.shipments.exists():
        step = "A part of the order has left: cancel the order, which puts what has not on sale again."
    message = f"the dispute of {dispute.shown} is lost: the money is gone. {step}"
    raise_alert(payment, cause="dispute-lost", about=dispute.pk, message=message, now=now)


def lost_by(payment: Payment) -> int:
    """Minor units that disputes have taken for good."""
    return sum(payment.disputes.taken().filter(status=DisputeStatus.LOST).values_list("amount", flat=True))


def _note_notice(payment: Payment, found: GatewayNotice, *, now: datetime) -> None:
    with transaction.atomic():
        payment = Payment.objects.select_for_update().select_related("order").get(pk=payment.pk)
        notice, is_new = Notice.objects.get_or_create(
            gateway=payment.gateway,
            reference=found.reference,
            defaults={
                "payment": payment,
                "kind": found.kind,
                "reason": found.reason[:60],
                "is_open": found.is_open,
                "noted_at": now,
                "looked_at": now,
            },
        )
        if not is_new and notice.is_open and not found.is_open:
            _close_notice(payment, notice, reason=found.reason, now=now)
            return
        if not is_new or not found.is_open:
            return
        is_warning = notice.kind == Notice.Kind.EARLY_WARNING
        note_payment(payment, why=f"{notice.get_kind_display()}: {notice.reason}.", now=now)
        freeze(payment.order, why="The card's bank suspects fraud." if is_warning else "The gateway reviews it.", now=now)
        announce(fraud_warned if is_warning else review_opened, order_id=payment.order_id, now=now)
        words = _words_of_warning(payment, notice) if is_warning else _words_of_review(payment, notice)
        raise_alert(payment, cause=notice.kind.replace("_", "-"), about=notice.pk, message=words, now=now)


def _words_of_warning(payment: Payment, notice: Notice) -> str:
    order, left = payment.order, format_money(payment.kept, payment.currency)
    what = f"the card's bank warns of fraud ({words_of(notice.reason)}). Left alone, four in five become disputes."
    if order.is_shipped:
        return f"{what} Refund the {left} now, on the order's page, if the call leaves any doubt: that averts the dispute."
    return f"{what} The parcel is stopped. Cancel the order, which gives the {left} back, or ring the customer first."


def _words_of_review(payment: Payment, notice: Notice) -> str:
    what = f"the gateway's own rules want a person to look at the payment ({notice.reason or 'no reason given'})."
    stop = "" if payment.order.is_shipped else " The parcel is stopped."
    return f"{what}{stop} Decide on it at the gateway; approving takes no money. Then lift the stop, or cancel the order."


def _close_notice(payment: Payment, notice: Notice, *, reason: str, now: datetime) -> None:
    with transaction.atomic():
        closed = Notice.objects.filter(pk=notice.pk, is_open=True).update(is_open=False, reason=reason[:60], looked_at=now)
        if not closed:
            return
        resolve_alerts("early-warning", "review", about=notice.pk, now=now)
        note_payment(payment, why=f"{notice.get_kind_display()} closed: {reason or 'no reason given'}.", now=now)
        if payment.order.frozen_at and payment.order.status in STOPPABLE and notice.kind == Notice.Kind.REVIEW:
            message = (
                f"the gateway's review is closed ({reason or 'no reason given'}). The parcel is still stopped: lift that on "
                "the order's page, or cancel the order."
            )
            raise_alert(payment, cause="review-closed", about=notice.pk, message=message, now=now)


def freeze(order: Order, *, why: str, now: datetime) -> None:
    """Stop a parcel that has not left. Inside the transaction of what gives cause for it."""
    stopped = Order.objects.filter(pk=order.pk, status__in=STOPPABLE, frozen_at=None).update(frozen_at=now)
    if stopped:
        order.frozen_at = now
        note_order(order, why=f"Stopped: it can't ship until a person says so. {why}", now=now)


def words_of(reason: str) -> str:
    """A gateway's word for a reason, for people."""
    return REASONS.get(reason, reason.replace("_", " ") or "no reason given")
