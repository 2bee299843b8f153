"""Refunds made by staff: some lines, the delivery, or any amount, as often as money is left.

Written down and set aside first, with the key; then the gateway is called; then the books and the goods move, once. A crash
anywhere in between leaves a refund that is REQUESTED, and the sweep finishes it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F, Sum

from checkout.gateways import get_gateway
from checkout.gateways.base import GatewayError
from checkout.models import Order, OrderLine, Payment, Refund, RefundLine, Return
from checkout.services import closing, refund_books
from checkout.services.moves import UnableToMove
from checkout.services.refund_books import MoreThanIsLeft
from checkout.services.refund_taxes import COUNTED, tax_of_amount, tax_of_refund, write_parts
from checkout.services.settle import settle
from checkout.states import REFUNDABLE_PAYMENTS, OrderStatus, PaymentStatus
from checkout.sums import RatePart, add_up_rates
from store.models import User
from store.money import format_money, round_share

# What came of the goods is known only of these; of other orders just an amount can be refunded.
WITH_GOODS = (OrderStatus.RELEASED, OrderStatus.SHIPPED)


class UnableToRefund(Exception):
    """The money was not refunded by this call. `str(error)` says what happened and what comes next."""

    def __init__(self, message: str, *, is_final: bool = True) -> None:
        super().__init__(message)
        self.is_final = is_final  # False: it is written down, and the shop goes on trying by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class LineToRefund:
    """So many units of an order line."""

    line_id: int
    quantity: int
    is_restocked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundQuote:
    """What a refund comes to; all amounts in minor units."""

    goods: int
    delivery: int
    tax: int
    other: int
    left: int  # that could be refunded at all
    amounts: Mapping[int, int] = field(default_factory=dict)  # line id -> what goes back for it
    taxes: tuple[RatePart, ...] = ()  # what is taxed at which rate, where the order has several

    @property
    def total(self) -> int:
        """What goes back."""
        return self.goods + self.delivery + self.tax + self.other


def find_refundable_payment(order_id: uuid.UUID) -> Payment | None:
    """The payment of an order of which money may be left to refund."""
    return (
        Payment.objects.select_related("order")
        .filter(order_id=order_id, status__in=REFUNDABLE_PAYMENTS)
        .exclude(order__status=OrderStatus.ON_HOLD)  # released or cancelled in the call queue
        .order_by("status")
        .first()
    )


def quote_refund(
    *, payment: Payment, lines: Sequence[LineToRefund], delivery: int, other: int, is_return: bool = False
) -> RefundQuote:
    """Work out what these lines, this much of the delivery and any `other` amount come to with their tax.

    The tax of all refunds together is rounded once, as the order's was, so that refunds of everything add up to the order's
    total. `is_return`: the units had left and are here again. Raises UnableToRefund; changes nothing.
    """
    order = payment.order
    if lines and order.status not in WITH_GOODS:
        raise UnableToRefund("The goods of this order are on sale again already. Refund an amount. Nothing was refunded.")
    if delivery < 0 or other < 0 or any(line.quantity < 1 for line in lines):
        raise UnableToRefund("A refund can't be less than nothing. Nothing was refunded.")
    bought = {line.pk: line for line in OrderLine.objects.filter(order=order).select_related("order")}
    already = _paid_back(payment, [wanted.line_id for wanted in lines])
    amounts: dict[int, int] = {}
    for wanted in lines:
        line = bought.get(wanted.line_id)
        if line is None or wanted.quantity > _most(line, is_return=is_return):
            raise UnableToRefund("Fewer units are left to refund than you asked for. Nothing was refunded; look again.")
        # All units refunded so far together, less what went back for them: parts add up to what was paid, to the last unit.
        units = line.refunded_quantity + wanted.quantity
        amounts[line.pk] = max(line.paid_for(units) - already.get(line.pk, 0), 0)
    goods = sum(amounts.values())
    if len({wanted.line_id for wanted in lines}) != len(lines):
        raise UnableToRefund("A line was given twice. Nothing was refunded.")
    before = _so_far(payment)
    if delivery > order.delivery_total - before.delivery:
        rest = format_money(order.delivery_total - before.delivery, payment.currency)
        raise UnableToRefund(f"Only {rest} of the delivery is left to refund. Nothing was refunded.")
    taxes: tuple[RatePart, ...] = ()
    if order.tax_rate is None:
        goods_back = {line.pk: amounts.get(line.pk, 0) for line in bought.values()}
        taxes = tax_of_refund(
            payment, goods=goods_back, delivery=delivery, delivery_before=before.delivery, tax_before=before.tax
        )
        tax = 0 if order.prices_include_tax else sum(part.tax for part in taxes)
        taxes = add_up_rates([*taxes, *tax_of_amount(order, other)])
    else:
        # Where prices include the tax, so does what goes back.
        rate = Decimal(0) if order.prices_include_tax else order.tax_rate
        tax = round_share(before.goods + before.delivery + goods + delivery, rate) - before.tax
    left = max(payment.kept - payment.taken_by_disputes(), 0)  # what the bank has taken can't be given back, too
    quote = RefundQuote(
        goods=goods, delivery=delivery, tax=max(tax, 0), other=other, left=left, amounts=amounts, taxes=taxes
    )
    if not quote.total:
        raise UnableToRefund("Nothing was chosen, so nothing was refunded.")
    if quote.total > quote.left:
        shown, rest = format_money(quote.total, payment.currency), format_money(quote.left, payment.currency)
        raise UnableToRefund(f"That comes to {shown}, and only {rest} is left to refund. Nothing was refunded.")
    return quote


def _most(line: OrderLine, *, is_return: bool) -> int:
    return line.quantity_sent if is_return and line.order.is_released else line.quantity_refundable


def left_of_delivery(payment: Payment) -> int:
    """What is left to refund of the delivery, in minor units before tax; needs `payment.order`."""
    return payment.order.delivery_total - _so_far(payment).delivery


def request_refund(
    *,
    order_id: uuid.UUID,
    lines: Sequence[LineToRefund],
    delivery: int,
    other: int,
    expected_total: int,
    reason: Refund.Reason,
    note: str,
    by: User | None,
    token: uuid.UUID,
    now: datetime,
) -> Refund:
    """Refund; the same `token` twice is one refund. Amounts are minor units before tax; `expected_total` is what was shown.

    Uses the network: never call it inside a transaction. Raises UnableToRefund.
    """
    if refund := Refund.objects.filter(token=token).select_related("payment").first():
        if refund.payment.order_id != order_id:
            raise UnableToRefund("This page belongs to another order. Nothing was refunded; look again.")
        return _finish_twin(refund, now=now)
    payment = find_refundable_payment(order_id)
    if payment is None:
        raise UnableToRefund(why_not_refundable(order_id))
    try:
        with transaction.atomic():
            payment = Payment.objects.select_for_update().get(pk=payment.pk)
            payment.order = Order.objects.select_for_update().get(pk=order_id)
            is_return = Return.objects.filter(refund_token=token).exists()
            quote = quote_refund(payment=payment, lines=lines, delivery=delivery, other=other, is_return=is_return)
            if quote.total != expected_total:
                raise UnableToRefund(
                    "What is left to refund has changed since you looked. Nothing was refunded; look again."
                )
            refund = Refund(
                payment=payment,
                origin=Refund.Origin.STAFF,
                reason=reason,
                note=note,
                by=by,
                token=token,
                amount=quote.total,
                goods=quote.goods,
                delivery=quote.delivery,
                tax=quote.tax,
                other=quote.other,
                tax_parts=write_parts(quote.taxes) if quote.taxes else None,
            )
            if payment.status not in REFUNDABLE_PAYMENTS:
                raise UnableToRefund(why_not_refundable(order_id))
            refund_books.set_aside(payment, refund, now=now)
            was_sent = is_return and payment.order.is_released
            _take_lines(refund, lines, amounts=quote.amounts, was_sent=was_sent)
            _check_return(token, order_id=order_id)
    except MoreThanIsLeft as error:
        raise UnableToRefund("Less is left to refund than you asked for. Nothing was refunded; look again.") from error
    except IntegrityError as error:
        # The same form was sent twice at once, and the other request was quicker.
        twin = Refund.objects.filter(token=token).first()
        if twin is None:
            raise UnableToRefund("Somebody else refunded at this moment. Nothing was refunded; look again.") from error
        return _finish_twin(twin, now=now)
    return finish_refund(refund_id=refund.pk, now=now)


def finish_refund(*, refund_id: uuid.UUID, now: datetime) -> Refund:
    """Call the gateway for a refund that is REQUESTED, then book it. Repeating it is harmless. Raises UnableToRefund.

    Uses the network. Whoever repeats it later than a moment after must `settle` first, as a gateway forgets keys.
    """
    refund = Refund.objects.select_related("payment__order").get(pk=refund_id)
    payment = refund.payment
    if refund.is_requested:
        try:
            answer = get_gateway(payment.gateway).refund(
                payment.reference or "", refund.money, idempotency_key=refund.key, refund_id=str(refund.pk)
            )
        except GatewayError as error:
            if error.is_key_spent:
                refund_books.change_key(refund)
            if not error.is_final:
                raise UnableToRefund(
                    f"The gateway did not answer, so nobody knows yet whether the {refund.shown} went. The shop asks again "
                    "every minute and refunds it by itself, once. Please don't make it again.",
                    is_final=False,
                ) from error
            _handle_refusal(refund, error, now=now)
        else:
            try:
                with transaction.atomic():
                    closing.book_refunds(payment, [answer], known={refund.pk: refund.status}, now=now)
            except UnableToMove:  # a webhook was quicker with the same news
                settle_quietly(payment, now=now)
    refund = Refund.objects.select_related("payment__order").get(pk=refund_id)
    if refund.is_requested:
        raise UnableToRefund(
            f"The gateway has not confirmed the refund of {refund.shown} yet. The shop asks again every minute.",
            is_final=False,
        )
    if refund.has_failed:
        raise UnableToRefund(f"{refund.problem} {refund.shown} was not refunded, and no goods were moved.".strip())
    return refund


def _check_return(token: uuid.UUID, *, order_id: uuid.UUID) -> None:
    """Make sure that the return of which the token is, if any, is this order's and still to be refunded. Locks it."""
    found = Return.objects.select_for_update().filter(refund_token=token).first()
    if found is not None and found.order_id != order_id:
        raise UnableToRefund("This page belongs to another order. Nothing was refunded; look again.")
    if found is not None and not found.is_received:
        raise UnableToRefund(f"This return is {found.get_status_display().lower()} by now. Nothing was refunded.")


def _finish_twin(refund: Refund, *, now: datetime) -> Refund:
    """Finish a refund that was asked for before, once it is known that the gateway has not made it under another key."""
    if refund.is_requested:
        payment = Payment.objects.get(pk=refund.payment_id)
        if not settle_quietly(payment, now=now):
            refund.payment = payment
            raise UnableToRefund(
                f"The gateway did not say whether it has made the refund of {refund.shown}. It was not asked for again; the "
                "shop asks every minute.",
                is_final=False,
            )
    return finish_refund(refund_id=refund.pk, now=now)


def settle_quietly(payment: Payment, *, now: datetime) -> bool:
    """Ask the gateway how things stand; False when it can't be asked just now."""
    try:
        settle(payment_id=payment.pk, now=now)
    except GatewayError:
        return False
    return True


def _handle_refusal(refund: Refund, error: GatewayError, *, now: datetime) -> None:
    """The gateway said no: unless an earlier call of ours, whose answer was lost, had made it, that is the end of it."""
    if not settle_quietly(refund.payment, now=now):
        raise UnableToRefund(
            f"{error} The gateway did not say whether it had made the refund before. The shop asks again every minute.",
            is_final=False,
        ) from error
    with transaction.atomic():
        payment = Payment.objects.select_for_update().select_related("order").get(pk=refund.payment_id)
        refund = Refund.objects.get(pk=refund.pk)
        refund.payment = payment
        if refund.is_requested:
            refund_books.book_failed(refund, problem=str(error), now=now)


def _take_lines(refund: Refund, lines: Sequence[LineToRefund], *, amounts: Mapping[int, int], was_sent: bool) -> None:
    """Reserve the units, so that none is refunded twice. Inside the transaction, under the payment's lock."""
    for wanted in sorted(lines, key=lambda line: line.line_id):
        line = OrderLine.objects.filter(pk=wanted.line_id, quantity__gte=F("refunded_quantity") + wanted.quantity)
        more = {"returned_quantity": F("returned_quantity") + wanted.quantity} if was_sent else {}
        if line.update(refunded_quantity=F("refunded_quantity") + wanted.quantity, **more) != 1:
            raise MoreThanIsLeft
        RefundLine.objects.create(
            refund=refund,
            line_id=wanted.line_id,
            quantity=wanted.quantity,
            amount=amounts[wanted.line_id],
            is_restocked=wanted.is_restocked,
            was_sent=was_sent,
        )


def _paid_back(payment: Payment, line_ids: Sequence[int]) -> dict[int, int]:
    """Line id -> what went back for it already, or is about to."""
    rows = RefundLine.objects.filter(line_id__in=line_ids, refund__in=payment.refunds.filter(COUNTED))
    return dict(rows.values_list("line_id").annotate(Sum("amount")).order_by())


def _so_far(payment: Payment) -> RefundQuote:
    """What goods, delivery and tax were refunded already, or are about to be."""
    sums = payment.refunds.filter(COUNTED).aggregate(goods=Sum("goods"), delivery=Sum("delivery"), tax=Sum("tax"))
    return RefundQuote(
        goods=sums["goods"] or 0, delivery=sums["delivery"] or 0, tax=sums["tax"] or 0, other=0, left=payment.kept
    )


def why_not_refundable(order_id: uuid.UUID) -> str:
    """Say why nothing can be refunded by hand."""
    order = Order.objects.get(pk=order_id)
    if order.is_on_hold:
        return "This order is on hold: cancel it in the call queue, which gives everything back. Nothing was refunded."
    if order.payments.filter(status=PaymentStatus.REFUNDED).exists():
        return "All of the money went back already. Nothing was refunded twice."
    if order.payments.filter(status=PaymentStatus.REFUNDING).exists():
        return "All of the money is on its way back already. Nothing was refunded twice."
    return "No money was taken for this order, so there is nothing to refund."
