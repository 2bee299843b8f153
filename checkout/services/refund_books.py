"""The books of refunds: what is set aside, what went back, what came back. No network here.

Everything happens under the lock of the payment, so that the sum never exceeds what was captured, whoever is quicker; the
CHECKs of the tables say the same. The goods of a refund move once, when the money goes.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F

from catalog.stock import release_stock, return_stock, take_stock
from checkout.gateways.base import GatewayRefund
from checkout.models import Mail, Order, OrderLine, Payment, Refund, RefundLine, Shipment
from checkout.services.alerts import raise_alert, resolve_alerts
from checkout.services.mails import queue_mail
from checkout.services.moves import UnableToMove, lock_payment, move_order, move_payment, move_refund, note_payment
from checkout.services.orders import quantities_left
from checkout.services.return_books import complete_return
from checkout.states import OrderStatus, PaymentStatus, RefundStatus
from store.money import format_money

# Goods of these orders are held; those of a shipped one come back through the door.
HOLDING = (OrderStatus.ON_HOLD, OrderStatus.RELEASED)


class MoreThanIsLeft(Exception):
    """So much is not left of the payment. Nothing was changed."""


def set_aside(payment: Payment, refund: Refund, *, now: datetime) -> None:
    """Write a refund down and reserve its amount. Inside a transaction; raises MoreThanIsLeft.

    `refund.payment` is `payment`. The goods of its lines are the caller's to reserve.
    """
    enough = Payment.objects.filter(
        pk=payment.pk,
        status=payment.status,
        captured_amount__gte=F("refunded_amount") + F("refunding_amount") + refund.amount,
    )
    if enough.update(refunding_amount=F("refunding_amount") + refund.amount) != 1:
        raise MoreThanIsLeft
    payment.refunding_amount += refund.amount
    refund.status_at = refund.requested_at = now
    refund.key = fresh_key(refund)
    refund.save(force_insert=True)
    note_payment(payment, by=refund.by, why=f"Refund of {refund.shown} requested.", now=now)


def set_aside_the_rest(payment: Payment, *, now: datetime) -> Refund | None:
    """The refund of all that a payment being given back still keeps: the one under way, or a new one, or None.

    Inside a transaction. Raises UnableToMove when the payment has moved on.
    """
    locked = lock_payment(payment)
    payment.refunded_amount, payment.refunding_amount = locked.refunded_amount, locked.refunding_amount
    under_way = Refund.objects.filter(payment=payment, status=RefundStatus.REQUESTED, origin=Refund.Origin.GIVE_BACK).first()
    left = payment.kept - payment.taken_by_disputes()  # what the bank has taken can't be given back, too
    if under_way or left <= 0:
        return under_way
    refund = Refund(payment=payment, origin=Refund.Origin.GIVE_BACK, amount=left, other=left)
    set_aside(payment, refund, now=now)
    return refund


def fresh_key(refund: Refund) -> str:
    """An idempotency key for one try; it is stored before it is used."""
    return f"refund:{refund.pk}:{secrets.token_hex(4)}"


def change_key(refund: Refund) -> None:
    """Take another key for the next try, unless somebody else has done so or it has moved on."""
    key = fresh_key(refund)
    if Refund.objects.filter(pk=refund.pk, status=refund.status, key=refund.key).update(key=key):
        refund.key = key


def known_refunds(payment_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """How our refunds stand; to be read before the gateway is asked, so that its answer is the younger one."""
    return dict(Refund.objects.filter(payment_id=payment_id).values_list("pk", "status"))


def follow_refunds(
    payment: Payment, found: Sequence[GatewayRefund], *, known: Mapping[uuid.UUID, str], now: datetime
) -> list[Refund]:
    """Bring our refunds of `payment` to where the gateway says they are; give those that were made just now.

    Refunds by hand at the gateway become rows, refunds that failed later are taken back. Inside a transaction; raises
    UnableToMove when `known` is out of date, as another caller may have had younger news.
    """
    if not _is_news(payment, found):
        return []
    locked = lock_payment(payment)
    payment.refunded_amount, payment.refunding_amount = locked.refunded_amount, locked.refunding_amount
    rows = list(Refund.objects.filter(payment=payment).order_by("requested_at", "pk"))
    for row in rows:
        row.payment = payment
    made = []
    for theirs, ours in _pairs(found, rows):
        to = RefundStatus.FAILED if theirs.has_failed else RefundStatus.DONE
        if ours is None:
            if not theirs.has_failed and (outside := _book_outside(payment, theirs, found=found, now=now)):
                made.append(outside)
            continue
        if ours.status == to:
            _keep_reference(ours, theirs)
            continue
        if ours.status != known.get(ours.pk, ours.status):
            raise UnableToMove(ours, to)
        if to == RefundStatus.DONE:
            if _book_done(ours, theirs, found=found, now=now):
                made.append(ours)
        else:
            book_failed(ours, problem="", reference=theirs.reference, now=now)
    return made


def book_failed(refund: Refund, *, problem: str, reference: str | None = None, now: datetime) -> None:
    """It was refused, or has come back from the bank: put the figures right and call a person. Inside a transaction."""
    payment, was = refund.payment, refund.status
    values: dict[str, Any] = {"problem": problem[:200], "reference": refund.reference or reference}
    if was == RefundStatus.REQUESTED:
        move_refund(refund, to=RefundStatus.FAILED, why=f"Refund of {refund.shown} refused.", now=now, **values)
        _change_figures(payment, refunding=-refund.amount)
        for line in refund.lines.all():
            less = {"returned_quantity": F("returned_quantity") - line.quantity} if line.was_sent else {}
            OrderLine.objects.filter(pk=line.line_id).update(
                refunded_quantity=F("refunded_quantity") - line.quantity, **less
            )
        if refund.origin == Refund.Origin.GIVE_BACK:
            return  # what is still to be given back is asked for anew
        raise_alert(
            payment,
            cause="refund-refused",
            about=refund.pk,
            message=f"{problem} {refund.shown} was not refunded, and no goods were moved. Make the refund again, or make it "
            "at the gateway: the shop will notice.".strip(),
            now=now,
        )
        return
    move_refund(refund, to=RefundStatus.FAILED, why=f"Refund of {refund.shown} came back.", now=now, **values)
    _change_figures(payment, refunded=-refund.amount)
    if payment.status == PaymentStatus.REFUNDED:
        move_payment(payment, to=PaymentStatus.OWED, why="A refund came back from the bank.", now=now)
    queue_mail(order_id=payment.order_id, kind=Mail.Kind.REFUND_FAILED, cause=str(refund.pk), now=now)
    raise_alert(
        payment,
        cause="refund-failed",
        about=refund.pk,
        message=f"the refund of {refund.shown} came back from the customer's bank: the money is with the shop again. The "
        "customer was told that we will be in touch. Ring them; then refund it again on the order's page, or pay it another "
        "way.",
        now=now,
    )


def _is_news(payment: Payment, found: Sequence[GatewayRefund]) -> bool:
    """A look without a lock: most of the time there is none."""
    rows = list(Refund.objects.filter(payment_id=payment.pk).order_by("requested_at", "pk"))
    for theirs, ours in _pairs(found, rows):
        if ours is None:
            if not theirs.has_failed:
                return True
        elif ours.has_failed != theirs.has_failed or ours.is_requested or ours.reference != theirs.reference:
            return True
    return False


def _pairs(found: Iterable[GatewayRefund], rows: Sequence[Refund]) -> list[tuple[GatewayRefund, Refund | None]]:
    """Theirs and ours: by the gateway's id, by our own, else one of ours that lost its id."""
    by_reference = {row.reference: row for row in rows if row.reference}
    by_id = {str(row.pk): row for row in rows}
    lost = [row for row in rows if row.is_done and not row.reference]
    pairs = []
    for theirs in found:
        ours = by_reference.get(theirs.reference) or by_id.get(theirs.refund_id)
        if ours is None:
            ours = next((row for row in lost if row.amount == theirs.amount.minor), None)
        if ours in lost:
            lost.remove(ours)
        pairs.append((theirs, ours))
    return pairs


def _keep_reference(refund: Refund, theirs: GatewayRefund) -> None:
    if not refund.reference:
        Refund.objects.filter(pk=refund.pk, reference=None).update(reference=theirs.reference)


def _book_done(refund: Refund, theirs: GatewayRefund, *, found: Sequence[GatewayRefund], now: datetime) -> bool:
    """Write down that it was made; False for one taken for failed that would make more of them than was captured."""
    payment, was = refund.payment, refund.status
    moves_goods = refund.done_at is None and was == RefundStatus.REQUESTED
    is_late = refund.done_at is None and was == RefundStatus.FAILED and refund.origin == Refund.Origin.STAFF
    if was == RefundStatus.FAILED and not make_room(payment, refund.amount, found=found, now=now):
        _set_apart(refund, theirs, now=now)
        return False
    values: dict[str, Any] = {"reference": theirs.reference, "problem": "", "done_at": refund.done_at or now}
    move_refund(refund, to=RefundStatus.DONE, by=refund.by, why=f"Refunded {refund.shown}.", now=now, **values)
    _change_figures(payment, refunded=refund.amount, refunding=-refund.amount if was == RefundStatus.REQUESTED else 0)
    if moves_goods:
        _move_goods(refund, now=now)
        complete_return(refund, now=now)
    elif is_late:
        resolve_alerts("refund-refused", about=refund.pk, now=now)
        raise_alert(
            payment,
            cause="refund-after-all",
            about=refund.pk,
            message=f"the refund of {refund.shown} that was refused was made after all: don't make it again. No goods were "
            "moved for it. Check the order's lines and the stock before anything is shipped.",
            now=now,
        )
    return True


def _set_apart(refund: Refund, theirs: GatewayRefund, *, now: datetime) -> None:
    """It was taken for failed and made again, and now the gateway has made both: more than the ledger can hold."""
    problem = "Made at the gateway after all, though nothing was left. Not in the books."
    if refund.problem != problem:
        refund.problem, refund.reference = problem, refund.reference or theirs.reference
        refund.save(update_fields=["problem", "reference"])
        note_payment(refund.payment, why=f"Refund of {refund.shown}: {problem}", now=now)
    _tell_too_large(refund.payment, theirs, now=now)


def _tell_too_large(payment: Payment, theirs: GatewayRefund, *, now: datetime) -> None:
    shown = format_money(theirs.amount.minor, payment.currency)
    raise_alert(
        payment,
        cause="refund-too-large",
        about=theirs.reference,
        message=f"the gateway shows a refund of {shown}, more than was left of what it captured. It is not in the "
        "books. Compare both at the gateway.",
        now=now,
    )


def _book_outside(
    payment: Payment, theirs: GatewayRefund, *, found: Sequence[GatewayRefund], now: datetime
) -> Refund | None:
    """Somebody made it in the gateway's dashboard."""
    shown = format_money(theirs.amount.minor, payment.currency)
    if not make_room(payment, theirs.amount.minor, found=found, now=now):
        _tell_too_large(payment, theirs, now=now)
        return None
    refund = Refund(
        payment=payment,
        origin=Refund.Origin.OUTSIDE,
        status=RefundStatus.DONE,
        status_at=now,
        requested_at=now,
        done_at=now,
        amount=theirs.amount.minor,
        other=theirs.amount.minor,
        reference=theirs.reference,
    )
    refund.key = f"outside:{theirs.reference}"[:80]
    refund.save(force_insert=True)
    _change_figures(payment, refunded=refund.amount)
    note_payment(payment, why=f"Refunded {shown} at the gateway, not by the shop.", now=now)
    raise_alert(
        payment,
        cause="refunded-outside",
        about=refund.pk,
        message=f"{shown} was refunded at the gateway, not by the shop. If that was all, an order not yet shipped is "
        "cancelled; otherwise no goods were put back on sale. Check the stock.",
        now=now,
    )
    return refund


def make_room(payment: Payment, amount: int, *, found: Sequence[GatewayRefund], now: datetime) -> bool:
    """Give up refunds under way that the gateway has never heard of and that can't be made any more; say whether it fits."""
    at_gateway = {theirs.refund_id for theirs in found}
    waiting = Refund.objects.filter(payment=payment, status=RefundStatus.REQUESTED).order_by("requested_at")
    for refund in waiting if payment.kept < amount else ():
        if payment.kept < amount and str(refund.pk) not in at_gateway:
            refund.payment = payment
            book_failed(refund, problem="Overtaken by a refund at the gateway.", now=now)
    return payment.kept >= amount


def _change_figures(payment: Payment, *, refunded: int = 0, refunding: int = 0) -> None:
    Payment.objects.filter(pk=payment.pk).update(
        refunded_amount=F("refunded_amount") + refunded, refunding_amount=F("refunding_amount") + refunding
    )
    payment.refunded_amount += refunded
    payment.refunding_amount += refunding


def _move_goods(refund: Refund, *, now: datetime) -> None:
    """Put on sale again what is to be; of an order not yet shipped, the rest leaves the shop for good. Once per refund."""
    every = list(refund.lines.select_related("line"))
    # Of an order sent in part, what came back is in the shop already, and held for nobody.
    here = {line.line.variant_id: line.quantity for line in every if line.was_sent and line.is_restocked}
    lines = [line for line in every if not line.was_sent]
    restocked = {line.line.variant_id: line.quantity for line in lines if line.is_restocked}
    gone = {line.line.variant_id: line.quantity for line in lines if not line.is_restocked}
    status = Order.objects.select_for_update().values_list("status", flat=True).get(pk=refund.payment.order_id)
    cause = f"refund:{refund.pk}"
    if here:
        return_stock(quantities=here, cause=cause, now=now)
    if status in HOLDING:
        if restocked:
            release_stock(quantities=restocked, cause=cause, now=now)
        if gone:
            take_stock(quantities=gone, cause=cause, now=now)
        _close_sent(refund, now=now)
    elif status == OrderStatus.SHIPPED and restocked:
        return_stock(quantities=restocked, cause=cause, now=now)


def _close_sent(refund: Refund, *, now: datetime) -> None:
    """A part of the order was sent and all else is refunded now: nothing follows, so it is shipped.

    Not if all the money went: then the caller cancels it. Nor while another refund of units that are still here is under
    way: they are held until it is made, and to be sent should it be refused.
    """
    waiting = RefundLine.objects.filter(
        refund__payment=refund.payment, refund__status=RefundStatus.REQUESTED, was_sent=False
    )
    if waiting.exists():
        return
    order = Order.objects.get(pk=refund.payment.order_id)
    payment = refund.payment
    if order.status != OrderStatus.RELEASED or payment.refunded_amount >= payment.captured_amount:
        return
    if Shipment.objects.filter(order=order).exists() and not quantities_left(order):
        move_order(order, to=OrderStatus.SHIPPED, by=refund.by, why="What had not left was refunded.", now=now)
        queue_mail(order_id=order.pk, kind=Mail.Kind.SHIPPED, now=now)
