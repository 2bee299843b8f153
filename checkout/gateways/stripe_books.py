"""Stripe's books: what moved from one moment to another.

Sources: docs.stripe.com/api/payment_intents/list, /api/refunds/list, /api/disputes/list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import stripe

from checkout.gateways.base import Movement, MovementKind
from checkout.gateways.reading import reading
from checkout.gateways.stripe_reading import call, id_of, moment, money, ours

# Stripe's limit for one page of a list.
PAGE = 100


def movements(client: stripe.StripeClient, since: datetime, until: datetime) -> Iterator[Movement]:
    """List PaymentIntents, Refunds and Disputes by when they were created, a page at a time, youngest first."""
    created: Any = {"gte": int(since.timestamp()), "lte": int(until.timestamp())}
    with reading("Stripe"):
        intents = client.v1.payment_intents
        for intent in _each(
            lambda: intents.list(params={"created": created, "limit": PAGE, "expand": ["data.latest_charge"]})
        ):
            yield from _move_of_intent(intent)
        refunds = client.v1.refunds
        for refund in _each(lambda: refunds.list(params={"created": created, "limit": PAGE, "expand": ["data.charge"]})):
            yield from _move_of_refund(refund)
        disputes = client.v1.disputes
        for dispute in _each(lambda: disputes.list(params={"created": created, "limit": PAGE, "expand": ["data.charge"]})):
            yield _move_of_dispute(dispute)


def _each[T: stripe.StripeObject](ask: Callable[[], stripe.ListObject[T]]) -> Iterator[T]:
    """Go through a list, asking for the next page when one is used up."""
    items = call(lambda: ask().auto_paging_iter())
    while (item := call(lambda: next(items, None))) is not None:
        yield item


def _move_of_intent(intent: stripe.PaymentIntent) -> Iterator[Movement]:
    charge = intent.latest_charge if isinstance(intent.latest_charge, stripe.Charge) else None
    match intent.status:
        case "requires_capture":
            kind, minor = MovementKind.AUTHORIZED, intent.amount
        case "succeeded":
            kind, minor = MovementKind.CAPTURED, intent.amount_received
        case "canceled" if charge and charge.status == "succeeded":
            kind, minor = MovementKind.VOIDED, intent.amount
        case _:
            return  # never authorised: no money
    yield Movement(
        kind=kind,
        id=intent.id,
        reference=intent.id,
        payment_id=ours(intent.metadata),
        amount=money(minor, intent.currency),
        refunded=_refunded(charge),
        at=moment(intent.created),
        is_live=intent.livemode,
    )


def _move_of_refund(refund: stripe.Refund) -> Iterator[Movement]:
    charge = refund.charge if isinstance(refund.charge, stripe.Charge) else None
    if refund.status in ("failed", "canceled") or not _refunded(charge):
        return  # the money is with the shop; or it was only let go, never taken, which Stripe lists as a refund, too
    yield Movement(
        kind=MovementKind.REFUNDED,
        id=refund.id,
        reference=id_of(refund.payment_intent),
        payment_id=ours(charge.metadata if charge else None),
        amount=money(refund.amount, refund.currency),
        refunded=_refunded(charge),
        at=moment(refund.created),
        is_live=charge.livemode if charge else False,
    )


def _move_of_dispute(dispute: stripe.Dispute) -> Movement:
    charge = dispute.charge if isinstance(dispute.charge, stripe.Charge) else None
    return Movement(
        kind=MovementKind.DISPUTED,
        id=dispute.id,
        reference=id_of(dispute.payment_intent),
        payment_id=ours(charge.metadata if charge else None),
        amount=money(dispute.amount, dispute.currency),
        at=moment(dispute.created),
        is_live=dispute.livemode,
    )


def _refunded(charge: stripe.Charge | None) -> int:
    """Minor units that went back. Stripe counts what a void or a partial capture lets go, too; it was never taken."""
    return max(charge.amount_refunded - (charge.amount - charge.amount_captured), 0) if charge else 0
