"""Who may order and pay now, and what they must do first. Counted before the work is done; a refusal changes nothing.

Most visitors notice none of this. On guard, a visitor the shop doesn't know waits a moment; if cards go on being declined,
they open a link from their mailbox. Both cost a bot what it has least of, and work without JavaScript and without a third
party. A network from which many cards were declined is treated so by itself, on guard or not: it may be an office or a whole
town, so it is not shut out.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.contrib.auth.models import AnonymousUser

from catalog.models import Variant
from checkout import limits
from checkout.limits import Visitor
from checkout.models import CartLine, Order
from checkout.services.guard import find_guard
from checkout.states import OrderStatus
from store.models import User
from store.throttle import check_uses, find_wait, give_back_uses, take_uses

# The one limit on declined cards that others may share with whoever caused it.
NETWORK: Final = "declines_by_address"


class Step(StrEnum):
    """What comes before paying."""

    NONE = "none"
    MOMENT = "moment"
    MAILBOX = "mailbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a visitor is treated now."""

    step: Step = Step.NONE
    is_tight: bool = False
    hold: timedelta = limits.HOLD


def know_visitor(*, user: User | AnonymousUser | None, address: str, email: str, cart_id: uuid.UUID | None) -> Visitor:
    """Say who this is. Known is who is logged in and had a parcel from us: a stolen card rarely has either."""
    customer = user if isinstance(user, User) else None
    is_known = customer is not None and Order.objects.filter(customer=customer, status=OrderStatus.SHIPPED).exists()
    return Visitor(
        address=address, email=email, cart_id=cart_id, customer_id=customer.pk if customer else None, is_known=is_known
    )


def find_terms(*, visitor: Visitor, now: datetime) -> Terms:
    """Say how the visitor is treated now. Two queries at most."""
    if visitor.is_known:
        return Terms()
    guard = find_guard(now=now)
    network = [use for use in visitor.uses("declines") if use.rate.name == NETWORK]
    if (guard is not None and guard.asks_mailbox) or find_wait(network, now=now):
        return Terms(step=Step.MAILBOX, is_tight=guard is not None, hold=limits.HOLD_ON_GUARD)
    if guard is not None:
        return Terms(step=Step.MOMENT, is_tight=True, hold=limits.HOLD_ON_GUARD)
    return Terms()


def admit_cart(*, address: str, now: datetime) -> None:
    """Count a cart that is about to be opened. Raises `TooOften`."""
    take_uses(limits.uses_of_cart(address), now=now)


def admit_order(*, visitor: Visitor, terms: Terms, lines: Iterable[CartLine], now: datetime) -> None:
    """Count an order that is about to be placed, and its payment page unless the mailbox comes first. Raises `TooOften`."""
    _refuse_declined(visitor, now=now)
    shares = {line.variant_id: share_of(line.variant, line.quantity) for line in lines}
    uses = limits.uses_of_order(visitor, shares=shares, is_tight=terms.is_tight)
    if terms.step == Step.MAILBOX:
        uses += limits.uses_of_proof(visitor)
    else:
        uses += limits.uses_of_start(visitor, is_tight=terms.is_tight)
    take_uses(uses, now=now)


def admit_start(*, visitor: Visitor, terms: Terms, order: Order, now: datetime) -> None:
    """Count a payment page that is about to be opened for an order placed before. Raises `TooOften`.

    It keeps the goods for longer, so their shelves are counted again.
    """
    _refuse_declined(visitor, now=now)
    shelves = visitor.shelf_uses(shares=_shares(order)) if order.payments.exists() else []
    take_uses([*limits.uses_of_start(visitor, is_tight=terms.is_tight), *shelves], now=now)


def give_back(*, order: Order, now: datetime) -> None:
    """Uncount an order that was paid: limits are for what is not."""
    visitor = know_visitor(
        user=order.customer, address=order.ip_address or "", email=order.email or "", cart_id=order.cart_id
    )
    give_back_uses([*limits.uses_of_order(visitor, shares=_shares(order)), *limits.uses_of_start(visitor)], now=now)


def _shares(order: Order) -> dict[int, float]:
    return {line.variant_id: share_of(line.variant, line.quantity) for line in order.lines.select_related("variant")}


def _refuse_declined(visitor: Visitor, *, now: datetime) -> None:
    """Raise `TooOften` for whose own cards were declined too often; a network's are no reason to shut it out."""
    own = [use for use in visitor.uses("declines") if use.rate.name != NETWORK]
    check_uses(own, now=now)


def share_of(variant: Variant, quantity: int) -> float:
    """How much of all there is of a variant this many are."""
    return quantity / max(variant.on_hand, quantity, 1)
