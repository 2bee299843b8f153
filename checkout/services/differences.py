"""Where the gateway's books and ours do not agree: telling it, and writing it down once."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from checkout.gateways.base import Movement, MovementKind
from checkout.models import Difference, Dispute, Order, Payment
from checkout.states import OrderStatus, PaymentStatus
from store.models import User

Kind = Difference.Kind

NEXT_STEP = {
    Kind.UNKNOWN_PAYMENT: "Look the payment up at the gateway. If it is for an order of this shop, the order was lost (an "
    "old backup?): void or refund it and tell the customer. If it is another system's on the same account, close this.",
    Kind.MISSING_THERE: "Do not ship. Look the payment up at the gateway: it was never taken there, or on another account. "
    "Then cancel the order, or ask the customer to pay again.",
    Kind.AMOUNTS: "Compare both at the gateway. Take what is missing or give back what is too much, then look again here.",
    Kind.UNKNOWN_REFUND: "Somebody gave money back at the gateway. Look again; if it stays, compare both and close this.",
    Kind.MISSING_REFUND: "The customer has not got the money, whatever the order says. Refund it at the gateway, or pay it "
    "back another way and close this with a note.",
    Kind.UNKNOWN_DISPUTE: "Answer the dispute at the gateway before its deadline, with what was said on the telephone and "
    "proof of delivery. Do not refund as well.",
    Kind.LEFT_OPEN: "The customer's money is still blocked. Void the authorisation.",
    Kind.PAID_ORDER_OVER: "The shop keeps money for goods it will not send. Refund it at the gateway, then look again here.",
    Kind.NOT_PAID: "Do not ship, or ask for the parcel back. Look the payment up at the gateway.",
}

# The states in which the shop has not heard what the gateway says. It is settled first.
UNHEARD = {
    MovementKind.AUTHORIZED: (PaymentStatus.STARTED, PaymentStatus.EXPIRED),
    MovementKind.CAPTURED: (
        PaymentStatus.STARTED,
        PaymentStatus.EXPIRED,
        PaymentStatus.AUTHORIZED,
        PaymentStatus.CAPTURING,
        PaymentStatus.VOIDING,
        PaymentStatus.VOIDED,
    ),
    MovementKind.REFUNDED: (),
    MovementKind.VOIDED: (
        PaymentStatus.STARTED,
        PaymentStatus.AUTHORIZED,
        PaymentStatus.CAPTURING,
        PaymentStatus.VOIDING,
    ),
    MovementKind.DISPUTED: (),
}
ORDER_OVER = (OrderStatus.CANCELLED, OrderStatus.EXPIRED)
PAYMENT_OVER = (PaymentStatus.VOIDED, PaymentStatus.REFUNDED, PaymentStatus.EXPIRED, PaymentStatus.MISMATCHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancy:
    """What a Difference row is made of. Amounts in minor units."""

    kind: Difference.Kind
    gateway: str
    object_id: str
    reference: str
    payment: Payment | None
    claimed_payment: uuid.UUID | None
    is_open_authorization: bool
    there: int | None
    here: int | None
    currency: str


def judge(move: Movement, payment: Payment | None, *, gateway: str, is_known_dispute: bool = False) -> Discrepancy | None:
    """Compare a line of the gateway's books with the payment it belongs to; None when they agree."""
    wrong = _without_payment(move) if payment is None else _with_payment(move, payment, is_known_dispute=is_known_dispute)
    if wrong is None:
        return None
    kind, there, here = wrong
    return Discrepancy(
        kind=kind,
        gateway=gateway,
        object_id=move.id if move.kind == MovementKind.DISPUTED else move.reference or move.id,
        reference=move.reference or "",
        payment=payment,
        claimed_payment=as_uuid(move.payment_id),
        is_open_authorization=move.kind == MovementKind.AUTHORIZED,
        there=there,
        here=here,
        currency=move.amount.currency,
    )


def _without_payment(move: Movement) -> tuple[Difference.Kind, int, int | None] | None:
    match move.kind:
        case MovementKind.AUTHORIZED | MovementKind.CAPTURED if left := move.amount.minor - move.refunded:
            return Kind.UNKNOWN_PAYMENT, left, None
        case MovementKind.REFUNDED:
            return Kind.UNKNOWN_REFUND, move.refunded, None
        case MovementKind.DISPUTED:
            return Kind.UNKNOWN_DISPUTE, move.amount.minor, None
        case _:
            return None  # voided, or given back whole: no money


def _with_payment(  # noqa: PLR0911  # a table
    move: Movement, payment: Payment, *, is_known_dispute: bool
) -> tuple[Difference.Kind, int, int | None] | None:
    there, taken = move.amount.minor, payment.captured_amount
    if move.kind == MovementKind.DISPUTED:
        return None if is_known_dispute else (Kind.UNKNOWN_DISPUTE, there, None)
    if move.kind == MovementKind.VOIDED:
        return (Kind.MISSING_THERE, 0, taken) if taken else None
    if move.amount.currency != payment.currency:
        return Kind.AMOUNTS, there, payment.amount
    if move.kind == MovementKind.AUTHORIZED:
        if taken:
            return Kind.MISSING_THERE, 0, taken
        if payment.status in PAYMENT_OVER or (payment.is_authorized and payment.order.status in ORDER_OVER):
            return Kind.LEFT_OPEN, there, 0
        return (Kind.AMOUNTS, there, payment.amount) if there != payment.amount else None
    if move.kind == MovementKind.CAPTURED and there != taken:
        return Kind.AMOUNTS, there, taken
    if move.refunded > payment.refunded_amount:
        return Kind.UNKNOWN_REFUND, move.refunded, payment.refunded_amount
    if move.refunded < payment.refunded_amount:
        return Kind.MISSING_REFUND, move.refunded, payment.refunded_amount
    return None


def has_heard(move: Movement, payment: Payment) -> bool:
    """Whether the payment stands where this line of the books would have brought it."""
    return payment.status not in UNHEARD[move.kind]


def belongs(move: Movement, payment: Payment) -> bool:
    """Whether the line is about this payment, and not only about one that carries its name."""
    return payment.reference in (None, move.reference)


def is_renewed(move: Movement, payment: Payment) -> bool:
    """Whether the line is about the authorisation in whose place the payment's own stands."""
    is_open = move.kind in (MovementKind.AUTHORIZED, MovementKind.VOIDED)
    return is_open and bool(payment.former_reference) and move.reference == payment.former_reference


def note(found: Discrepancy, *, now: datetime) -> bool:
    """Write it down once per object and kind; True when it is new, or back again.

    What a person has closed stays closed while the figures are the same.
    """
    row, is_new = Difference.objects.get_or_create(
        gateway=found.gateway,
        kind=found.kind,
        object_id=found.object_id,
        defaults={
            "reference": found.reference,
            "payment": found.payment,
            "claimed_payment": found.claimed_payment,
            "is_open_authorization": found.is_open_authorization,
            "there": found.there,
            "here": found.here,
            "currency": found.currency,
            "found_at": now,
            "seen_at": now,
        },
    )
    if is_new:
        return True
    is_same = (row.there, row.here) == (found.there, found.here)
    is_back = not row.is_open and not (row.resolved_by_id and is_same)
    row.seen_at, row.there, row.here = now, found.there, found.here
    row.payment, row.is_open_authorization = found.payment, found.is_open_authorization
    if is_back:
        row.found_at, row.resolved_at, row.resolved_by, row.note = now, None, None, None
    row.save()
    return is_back


def close(row: Difference, *, by: User | None, why: str, now: datetime) -> None:
    """Close a difference, in a person's name or, without one, because it has healed."""
    row.resolved_at, row.resolved_by, row.note = now, by, why
    row.save(update_fields=["resolved_at", "resolved_by", "note"])


def as_uuid(text: str) -> uuid.UUID | None:
    """Read an id of ours as the gateway gives it back."""
    with suppress(ValueError):
        return uuid.UUID(text)
    return None


def judge_order(order: Order) -> list[Discrepancy]:
    """Compare an order with its own payments; needs no gateway."""
    found = []
    payments = [payment for payment in order.payments.all() if payment.captured_amount]
    # What the bank has taken back is not kept.
    kept = sum(max(payment.kept + payment.refunding_amount - payment.taken_by_disputes(), 0) for payment in payments)
    gateway = payments[0].gateway if payments else ""
    may_keep = order.status in (OrderStatus.ON_HOLD, OrderStatus.RELEASED, OrderStatus.SHIPPED)
    if kept and not may_keep and not any(payment.status == PaymentStatus.REFUNDING for payment in payments):
        found.append((Kind.PAID_ORDER_OVER, None, kept))
    if order.total and not payments and order.status in (OrderStatus.RELEASED, OrderStatus.SHIPPED):
        found.append((Kind.NOT_PAID, None, 0))
    return [
        Discrepancy(
            kind=kind,
            gateway=gateway,
            object_id=str(order.pk),
            reference=(payments[0].reference or "") if payments else "",
            payment=payments[0] if payments else order.payments.order_by("created_at").last(),
            claimed_payment=None,
            is_open_authorization=False,
            there=there,
            here=here,
            currency=order.currency,
        )
        for kind, there, here in found
    ]


def known_disputes(gateway: str, ids: list[str]) -> set[str]:
    """Which of these disputes the shop has a record of."""
    return set(Dispute.objects.filter(gateway=gateway, reference__in=ids).values_list("reference", flat=True))


def as_it_was(row: Difference) -> Discrepancy:
    """What the row says already."""
    return Discrepancy(
        kind=Kind(row.kind),
        gateway=row.gateway,
        object_id=row.object_id,
        reference=row.reference,
        payment=row.payment,
        claimed_payment=row.claimed_payment,
        is_open_authorization=row.is_open_authorization,
        there=row.there,
        here=row.here,
        currency=row.currency,
    )
