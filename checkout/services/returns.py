"""Returns: asked for by the shopper, answered, received and refunded by staff. The refund is the refund service's.

Units are promised once: those asked to come back, and not refused or closed, can't be asked for again, nor those refunded.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from checkout.models import Mail, Order, OrderLine, Refund, Return, ReturnEvent, ReturnLine, Shipment
from checkout.services.mails import queue_mail
from checkout.services.moves import UnableToMove, move_return
from checkout.services.refunds import (
    LineToRefund,
    RefundQuote,
    UnableToRefund,
    find_refundable_payment,
    left_of_delivery,
    quote_refund,
    request_refund,
    why_not_refundable,
)
from checkout.states import OPEN_RETURNS, ReturnStatus
from store.models import User

# Whoever has asked this often about one order is better rung than answered by a form.
MOST_PER_ORDER = 10


class UnableToReturn(Exception):
    """Nothing was changed. `str(error)` says what happened and what comes next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineToReturn:
    """So many units of an order line, and why."""

    line_id: int
    quantity: int
    reason: ReturnLine.Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Returnable:
    """What can still be returned of an order, until when, and why not if nothing can."""

    lines: tuple[tuple[OrderLine, int], ...] = ()
    until: datetime | None = None
    why_not: str = ""


def find_returnable(order: Order, *, now: datetime) -> Returnable:
    """Say what a shopper may ask to return: what has left, whether or not the rest has."""
    call_us = _("Please call us on {phone}: we will find a way.").format(phone=settings.SHOP_PHONE)
    sent_at = _sent_at(order)
    if sent_at is None:
        return Returnable(why_not=_("Things can be returned once they were sent."))
    until = sent_at + timedelta(days=settings.RETURN_DAYS)
    if now > until:
        why_not = _(
            "Things can be returned for {days} days after we sent them, and these days are over. If something"
            " is broken, please call us on {phone}: we will find a way."
        ).format(days=settings.RETURN_DAYS, phone=settings.SHOP_PHONE)
        return Returnable(until=until, why_not=why_not)
    asked = Return.objects.filter(order=order)
    if asked.filter(status=ReturnStatus.REQUESTED).exists():
        return Returnable(
            until=until, why_not=_("We have your return and answer it by mail. You can ask for more after that.")
        )
    if asked.count() >= MOST_PER_ORDER:
        return Returnable(until=until, why_not=_("We have had many returns of this order.") + f" {call_us}")
    lines = tuple((line, left) for line, left in units_left(order) if left > 0)
    return Returnable(lines=lines, until=until, why_not="" if lines else _("Everything of this order is on its way back."))


def _sent_at(order: Order) -> datetime | None:
    """When the last part left so far. Shipped is the last state of an order, so its moment is that of shipping."""
    if order.is_shipped:
        return order.status_at
    if not order.is_released:
        return None
    return Shipment.objects.filter(order=order).order_by("-shipped_at").values_list("shipped_at", flat=True).first()


def request_return(
    *, order_id: uuid.UUID, lines: Sequence[LineToReturn], note: str, attempt: uuid.UUID, now: datetime
) -> Return:
    """Write down what a shopper wants to return; the same `attempt` twice is one return. Raises UnableToReturn."""
    if found := Return.objects.filter(attempt=attempt, order_id=order_id).first():
        return found
    try:
        with transaction.atomic():
            order = Order.objects.select_for_update().get(pk=order_id)
            choice = find_returnable(order, now=now)
            if choice.why_not:
                raise UnableToReturn(f"{choice.why_not} " + _("Nothing was sent."))
            left = {line.pk: units for line, units in choice.lines}
            if not lines:
                raise UnableToReturn(_("Please say how many of what you want to return. Nothing was sent."))
            if any(not 1 <= wanted.quantity <= left.get(wanted.line_id, 0) for wanted in lines):
                raise UnableToReturn(_("Fewer are left to return than you asked for. Nothing was sent. Please look again."))
            found = Return.objects.create(order=order, status_at=now, requested_at=now, attempt=attempt, words=note or None)
            for wanted in lines:
                ReturnLine.objects.create(of=found, line_id=wanted.line_id, quantity=wanted.quantity, reason=wanted.reason)
            ReturnEvent.objects.create(of=found, now=ReturnStatus.REQUESTED, why="Asked for by the shopper.", at=now)
            queue_mail(order_id=order.pk, kind=Mail.Kind.RETURN_REQUESTED, cause=str(found.pk), now=now)
    except IntegrityError as error:  # the same page sent twice at once, or a line given twice
        if twin := Return.objects.filter(attempt=attempt, order_id=order_id).first():
            return twin
        raise UnableToReturn(_("Your return could not be taken just now. Nothing was sent. Please try again.")) from error
    return found


def answer_return(*, return_id: uuid.UUID, is_approved: bool, answer: str, by: User, now: datetime) -> Return:
    """Approve it or refuse it, with words for the shopper; who refuses must say why. Raises UnableToReturn."""
    if not is_approved and not answer:
        raise UnableToReturn("Please say why: the customer reads it. It was not refused.")
    if is_approved and not answer and not settings.RETURN_ADDRESS:
        raise UnableToReturn("Please say where the parcel goes: the customer reads it. It was not approved.")
    to = ReturnStatus.APPROVED if is_approved else ReturnStatus.REFUSED
    kind = Mail.Kind.RETURN_APPROVED if is_approved else Mail.Kind.RETURN_REFUSED
    with transaction.atomic():
        found = _move(return_id, to=to, by=by, why=answer or "Approved.", now=now)
        found.answer = answer or None
        found.save(update_fields=["answer"])
        queue_mail(order_id=found.order_id, kind=kind, cause=str(found.pk), now=now)
    return found


def receive_return(*, return_id: uuid.UUID, arrived: Mapping[int, int], condition: str, by: User, now: datetime) -> Return:
    """Write down what arrived (units by the id of the return's line) and how. Raises UnableToReturn."""
    with transaction.atomic():
        found = _move(return_id, to=ReturnStatus.RECEIVED, by=by, why=condition or "Received.", now=now)
        for row in found.lines.order_by("pk"):
            row.arrived = arrived.get(row.pk, 0)
            if not 0 <= row.arrived <= row.quantity:
                raise UnableToReturn("More arrived than was asked for. It was not marked as received; mend the numbers.")
            row.save(update_fields=["arrived"])
        found.condition = condition or None
        found.save(update_fields=["condition"])
    return found


def close_return(*, return_id: uuid.UUID, why: str, by: User, now: datetime) -> Return:
    """End it without a refund: it never came, or was settled another way. Raises UnableToReturn."""
    if not why:
        raise UnableToReturn("Please say why it is closed. It was not closed.")
    with transaction.atomic():
        # A refund that is being written down at this moment locks it, too: one of both waits, and finds what the other did.
        locked = Return.objects.select_for_update().get(pk=return_id)
        if (refund := refund_of(locked)) and not refund.has_failed:
            raise UnableToReturn(f"The refund of {refund.shown} for it is under way or done. It was not closed.")
        return _move(return_id, to=ReturnStatus.CLOSED, by=by, why=why, now=now)


def quote_return(*, found: Return, lines: Sequence[LineToRefund], with_delivery: bool) -> RefundQuote:
    """Work out what refunding these lines of a received return comes to. Raises UnableToRefund; changes nothing."""
    if not found.is_received:
        raise UnableToRefund(f"This return is {found.get_status_display().lower()}, not received. Nothing was refunded.")
    payment = find_refundable_payment(found.order_id)
    if payment is None:
        raise UnableToRefund(why_not_refundable(found.order_id))
    arrived = {row.line_id: row.arrived for row in found.lines.all()}
    if any(wanted.quantity > arrived.get(wanted.line_id, 0) for wanted in lines):
        raise UnableToRefund("Fewer units arrived than you want to refund. Nothing was refunded.")
    delivery = left_of_delivery(payment) if with_delivery else 0
    return quote_refund(payment=payment, lines=lines, delivery=delivery, other=0, is_return=True)


def refund_return(
    *,
    return_id: uuid.UUID,
    lines: Sequence[LineToRefund],
    with_delivery: bool,
    expected_total: int,
    token: uuid.UUID,
    by: User,
    now: datetime,
) -> Refund:
    """Refund a received return, once, by the refund service; the return is over when the money went.

    `token` is the return's own, as the page showed it: whoever presses twice finds the first refund. Uses the network: never
    call it inside a transaction. Raises UnableToRefund.
    """
    found = Return.objects.get(pk=return_id)
    if not Refund.objects.filter(token=token).exists():
        if token != found.refund_token:
            raise UnableToRefund("This page is out of date. Nothing was refunded; look again.")
        quote = quote_return(found=found, lines=lines, with_delivery=with_delivery)
        if quote.total != expected_total:
            raise UnableToRefund("What it comes to has changed since you looked. Nothing was refunded; look again.")
        delivery = quote.delivery
    else:
        delivery = 0  # not looked at: the refund is there
    try:
        return request_refund(
            order_id=found.order_id,
            lines=lines,
            delivery=delivery,
            other=0,
            expected_total=expected_total,
            reason=Refund.Reason.RETURNED,
            note="",
            by=by,
            token=token,
            now=now,
        )
    except UnableToRefund:
        refund = Refund.objects.filter(token=token).first()
        if refund is not None and refund.has_failed:  # for good: the next try is another refund
            Return.objects.filter(pk=return_id, refund_token=token).update(refund_token=uuid.uuid4())
        raise


def refund_of(found: Return) -> Refund | None:
    """The refund that was made for it."""
    return Refund.objects.select_related("payment").filter(token=found.refund_token).first()


def _move(return_id: uuid.UUID, *, to: ReturnStatus, by: User, why: str, now: datetime) -> Return:
    found = Return.objects.select_related("order").get(pk=return_id)
    try:
        move_return(found, to=to, by=by, why=why, now=now)
    except UnableToMove as error:
        state = Return.objects.get(pk=return_id).get_status_display().lower()
        raise UnableToReturn(f"This return is “{state}” meanwhile. Nothing was changed; look again.") from error
    return found


def units_left(order: Order) -> list[tuple[OrderLine, int]]:
    """Each line with the units that are neither refunded nor on their way back; of an order sent in part, of what left."""
    open_lines = ReturnLine.objects.filter(of__order=order, of__status__in=OPEN_RETURNS)
    promised = {row["line"]: row["units"] for row in open_lines.values("line").annotate(units=Sum("quantity"))}
    return [
        (line, (line.quantity_sent if order.is_released else line.quantity_left) - promised.get(line.pk, 0))
        for line in OrderLine.objects.filter(order=order).order_by("pk")
    ]
