"""Declined cards: counted as soon as the gateway tells of them, by who paid and by which card.

A hosted page takes one card after another. That is for people who mistype, and it is what card testers live on; so a page
with too many declined cards is closed, and its order with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from checkout import limits
from checkout.limits import Visitor
from checkout.models import Order, Payment
from checkout.services.admission import NETWORK, find_terms, know_visitor
from checkout.services.guard import watch
from checkout.signals import announce, card_declined
from checkout.states import OrderStatus, PaymentStatus
from checkout.tasks import close_declined
from store.throttle import TooOften, Use, check_uses, note_uses


def note_declines(payment: Payment, *, declines: int, cards: Sequence[str] = (), now: datetime) -> None:
    """Count what was declined since the gateway was last asked; close the page if it is too much. Needs no network.

    `declines` is how often in all, `cards` are the fingerprints, oldest first. Of many callers with the same news one counts
    it. Outside any transaction.
    """
    new = declines - payment.declines
    same = Payment.objects.filter(pk=payment.pk, declines=payment.declines)
    if new <= 0 or not same.update(declines=declines, declined_at=now):
        return
    payment.declines, payment.declined_at = declines, now
    order = payment.order
    visitor = know_visitor(
        user=order.customer, address=order.ip_address or "", email=order.email or "", cart_id=order.cart_id
    )
    own = visitor.uses("declines")
    of_cards = [use for card in cards[-new:] for use in limits.uses_of_card(card)]
    note_uses([*own * new, *of_cards], now=now)
    watch(now=now)
    announce(card_declined, order_id=order.pk, now=now)
    if payment.status == PaymentStatus.STARTED and _is_enough(payment, visitor, [*own, *of_cards], now=now):
        _close(order, now=now)


def _is_enough(payment: Payment, visitor: Visitor, uses: list[Use], *, now: datetime) -> bool:
    terms = find_terms(visitor=visitor, now=now)
    most = limits.MAX_DECLINES_ON_GUARD if terms.is_tight else limits.MAX_DECLINES
    if payment.declines >= most:
        return True
    try:
        check_uses([use for use in uses if use.rate.name != NETWORK], now=now)
    except TooOften:
        return True
    return False


def _close(order: Order, *, now: datetime) -> None:
    """End the time to pay; the task closes the page at once, and the sweep does if the task is lost."""
    waiting = Order.objects.filter(expires_at__gt=now, pk=order.pk, status=OrderStatus.AWAITING_PAYMENT)
    with transaction.atomic():
        if waiting.update(expires_at=now):
            close_declined.enqueue(str(order.pk))
