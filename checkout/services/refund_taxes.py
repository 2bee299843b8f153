"""The tax in what goes back, rate by rate, for orders that bear several; other orders have their one rate.

It is worked out on all that has gone back so far and rounded once for each rate, as the order's was; what went back before
comes off. So the refunds of a whole order bear the order's tax, rate by rate, to the last minor unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db.models import Q
from django.db.models import Sum as Total
from django.utils.translation import gettext as _

from checkout.models import Order, OrderLine, Payment, Refund, RefundLine
from checkout.states import RefundStatus
from checkout.sums import RatePart, Sum, add_up_rates, list_taxes, say_tax, sums_of
from store.money import Money, extract_share, round_share, spread

# Refunds that went, or are about to.
COUNTED = Q(status__in=[RefundStatus.REQUESTED, RefundStatus.DONE]) | Q(done_at__isnull=False)


def tax_of_refund(
    payment: Payment, *, goods: Mapping[int, int], delivery: int, delivery_before: int, tax_before: int
) -> tuple[RatePart, ...]:
    """What of a refund is taxed at which rate: `goods` is line id -> what goes back for it, with every line of the order.

    All amounts in minor units, as the order's prices are: with the tax if those include it. `tax_before` is what went back
    besides them. Needs `payment.order`, whose lines have rates of their own.
    """
    order = payment.order
    rows = RefundLine.objects.filter(refund__in=payment.refunds.filter(COUNTED))
    before = dict(rows.values_list("line_id").annotate(Total("amount")).order_by())
    lines = list(OrderLine.objects.filter(pk__in=goods).order_by("pk"))
    shares = [line.delivery_share for line in lines]
    sent_before, sent = spread(delivery_before, shares), spread(delivery_before + delivery, shares)
    was = _bases(lines, [before.get(line.pk, 0) + part for line, part in zip(lines, sent_before, strict=True)])
    is_now = _bases(lines, [before.get(line.pk, 0) + goods[line.pk] + part for line, part in zip(lines, sent, strict=True)])
    parts = [
        RatePart(
            rate=rate,
            base=base - was[rate],
            tax=_tax(base, rate, order) - _tax(was[rate], rate, order),
        )
        for rate, base in is_now.items()
    ]
    if not order.prices_include_tax and parts:
        # A refund between that failed, or was rounded with another: what went in fact is what counts.
        off = sum(_tax(base, rate, order) for rate, base in was.items()) - tax_before
        parts.append(RatePart(rate=max(part.rate for part in parts), base=0, tax=off))
    return add_up_rates(part for part in parts if part.base or part.tax)


def tax_of_amount(order: Order, amount: int) -> tuple[RatePart, ...]:
    """What of an amount for no line in particular is taxed at which rate: in proportion to what was paid at each.

    `amount` contains the tax, as what a customer is given back always does; `base` contains it where the prices do.
    """
    taxes = order.taxes
    paid = [part.base if order.prices_include_tax else part.base + part.tax for part in taxes]
    found = []
    for part, gross in zip(taxes, spread(amount, paid), strict=True):
        tax = extract_share(gross, part.rate)
        found.append(RatePart(rate=part.rate, base=gross if order.prices_include_tax else gross - tax, tax=tax))
    return tuple(found) if amount else ()


def tax_parts_of(refund: Refund, order: Order) -> tuple[RatePart, ...]:
    """What of a refund is taxed at which rate, as its credit note says; with several rates it needs the order's lines."""
    if order.tax_rate is None:
        return _read_parts(refund.tax_parts) if refund.tax_parts else tax_of_amount(order, refund.amount)
    rate = Decimal(order.tax_rate)
    if order.prices_include_tax:
        return (RatePart(rate=rate, base=refund.amount, tax=extract_share(refund.amount, rate)),)
    net = refund.goods + refund.delivery + (round_share(refund.other, 1 / (1 + rate)) if rate else refund.other)
    return (RatePart(rate=rate, base=net, tax=refund.amount - net),)


def tax_sums_of(order: Order, *, tax: int, other: int, taxes: Sequence[RatePart], goods_and_delivery: int) -> list[Sum]:
    """The lines for the tax in a list of what goes back; none where the prices include it. Minor units."""
    if order.prices_include_tax or not tax:
        return []
    name = say_tax(order.tax_name or "Tax")
    if order.tax_rate is not None:
        taxes = [RatePart(rate=Decimal(order.tax_rate), base=goods_and_delivery, tax=tax)]
    elif other:  # contains tax of its own, which is in `taxes`, too
        return [Sum(label=name, amount=Money(tax, order.currency))]
    return sums_of(taxes, name=name, currency=order.currency)


def tax_note_of(order: Order, taxes: Sequence[RatePart]) -> str:
    """What of an amount that goes back is tax, where the prices include it; else nothing."""
    sums = sums_of(taxes, name=say_tax(order.tax_name or "Tax"), currency=order.currency)
    return _("This includes {taxes}.").format(taxes=list_taxes(sums)) if order.prices_include_tax and sums else ""


def write_parts(parts: Sequence[RatePart]) -> list[tuple[str, int, int]]:
    """As a refund's row keeps them."""
    return [(str(part.rate), part.base, part.tax) for part in parts]


def _read_parts(kept: Sequence[tuple[str, int, int]]) -> tuple[RatePart, ...]:
    return tuple(RatePart(rate=Decimal(rate), base=base, tax=tax) for rate, base, tax in kept)


def _bases(lines: Sequence[OrderLine], amounts: Sequence[int]) -> dict[Decimal, int]:
    parts = add_up_rates(
        RatePart(rate=line.tax_rate or Decimal(0), base=amount, tax=0) for line, amount in zip(lines, amounts, strict=True)
    )
    return {part.rate: part.base for part in parts}


def _tax(base: int, rate: Decimal, order: Order) -> int:
    return extract_share(base, rate) if order.prices_include_tax else round_share(base, rate)
