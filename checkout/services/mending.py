"""What can be done about a difference: settle, look again, void what nothing here needs. All of it uses the network."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from checkout.gateways import NoSuchGateway, get_gateway
from checkout.gateways.base import GatewayError, GatewayPayment, GatewayState, Movement, MovementKind
from checkout.models import Difference, Order, Payment
from checkout.services import closing
from checkout.services.differences import Discrepancy, as_it_was, close, judge, judge_order, known_disputes, note
from checkout.services.moves import UnableToMove
from checkout.services.settle import settle
from store.models import User
from store.money import Money

Kind = Difference.Kind

_BOOKS = {
    GatewayState.AUTHORIZED: MovementKind.AUTHORIZED,
    GatewayState.CAPTURED: MovementKind.CAPTURED,
    GatewayState.REFUNDED: MovementKind.CAPTURED,
    GatewayState.VOIDED: MovementKind.VOIDED,
}


class UnableToMend(Exception):
    """The difference is as it was. `str(error)` says what was not done and what comes next."""


def look_again(move: Movement, payment: Payment, *, gateway: str, now: datetime) -> Discrepancy | None:
    """Settle the payment, then compare it with what the gateway says now. Uses the network; raises GatewayError."""
    try:
        settle(payment_id=payment.pk, now=now)
    except GatewayError as error:
        if not error.is_final:
            raise
        # It knows no such page; it may know the payment all the same.
    payment = Payment.objects.select_related("order").get(pk=payment.pk)
    reference = move.reference or payment.reference
    found = _fetch(gateway, reference) if reference else None
    if found is None:
        return _missing(payment, move, gateway=gateway) if payment.captured_amount else None
    if found.state not in _BOOKS:
        return None  # open or closed unpaid: no money
    fresh = replace(
        move,
        kind=_BOOKS[found.state],
        amount=Money(found.captured, found.amount.currency) if found.captured else found.amount,
        refunded=found.refunded,
    )
    return judge(fresh, payment if payment.reference == reference else None, gateway=gateway)


def look_for(payment: Payment, *, gateway: str, now: datetime) -> Discrepancy | None:
    """As `look_again`, for a payment that the books did not list."""
    return look_again(_line_of(payment), payment, gateway=gateway, now=now)


def recheck(row: Difference, *, now: datetime) -> bool:
    """Look whether the difference is still there, close it when not; True when it is gone. Raises GatewayError.

    Uses the network. What a payment can mend by settling is mended on the way.
    """
    found = _still(row, now=now)
    if found is not None and (found.kind, found.object_id) == (row.kind, row.object_id):
        note(found, now=now)
        return False
    if found is not None:
        note(found, now=now)  # it has become another one
    close(row, by=None, why="It has healed: both sides agree now.", now=now)
    return True


def void_orphan(row: Difference, *, by: User, now: datetime) -> None:
    """Void an authorisation that nothing here needs, then close the difference. Uses the network. Raises UnableToMend."""
    if not row.can_be_voided:
        raise UnableToMend(
            "This can't be voided from here: money was taken, or the payment is not this shop's by its own word."
        )
    try:
        if recheck(row, now=now):
            raise UnableToMend("There is nothing left to void: it has healed meanwhile.")
        row.refresh_from_db()
        if not row.can_be_voided:
            raise UnableToMend("It is not merely authorised any more. Nothing was voided; look at it again.")
        _void(row, by=by, now=now)
        row.payment = Payment.objects.select_related("order").get(pk=row.payment_id) if row.payment_id else None
        found = _still(row, now=now)
    except (GatewayError, NoSuchGateway) as error:
        raise UnableToMend(
            f"The gateway did not void it just now ({error}). Nothing else was changed; try again."
        ) from error
    if found is not None:
        note(found, now=now)
        raise UnableToMend("The gateway took the call, but the authorisation is still open there. Look again in a minute.")
    close(row, by=by, why="Voided from the list of differences.", now=now)


def _void(row: Difference, *, by: User, now: datetime) -> None:
    payment = row.payment
    if payment is not None and payment.is_authorized:
        try:
            with transaction.atomic():
                closing.begin_giving_back(payment, by=by, why="Authorised for an order that is over.", now=now)
        except UnableToMove as error:
            raise UnableToMend("Somebody else is deciding on this payment at this moment. Nothing was voided.") from error
        closing.call_gateway_to_give_back(payment, now=now)
        return
    if not row.void_key:
        row.void_key = f"void:{row.pk}:{secrets.token_hex(4)}"
        row.save(update_fields=["void_key"])
    try:
        get_gateway(row.gateway).void(row.reference, idempotency_key=row.void_key)
    except GatewayError as error:
        if error.is_key_spent:
            row.void_key = ""
            row.save(update_fields=["void_key"])
        raise


def _still(row: Difference, *, now: datetime) -> Discrepancy | None:
    """What is wrong with the object of this row now; None when nothing is."""
    if row.kind in (Kind.PAID_ORDER_OVER, Kind.NOT_PAID):
        order = Order.objects.get(pk=uuid.UUID(row.object_id))
        return next((found for found in judge_order(order) if found.kind == row.kind), None)
    if row.kind == Kind.UNKNOWN_DISPUTE:
        return None if row.object_id in known_disputes(row.gateway, [row.object_id]) else as_it_was(row)
    payment = row.payment or _find(row)
    if payment is not None:
        return look_again(replace(_line_of(payment), reference=row.reference or None), payment, gateway=row.gateway, now=now)
    found = _fetch(row.gateway, row.reference)
    if found is None or found.state not in _BOOKS or found.state in (GatewayState.VOIDED, GatewayState.REFUNDED):
        return None
    is_authorized = found.state == GatewayState.AUTHORIZED
    return replace(as_it_was(row), is_open_authorization=is_authorized)


def _fetch(gateway: str, reference: str) -> GatewayPayment | None:
    """Ask the gateway; None when it knows no such payment."""
    try:
        return get_gateway(gateway).fetch(reference=reference)
    except GatewayError as error:
        if error.is_final:
            return None
        raise


def _find(row: Difference) -> Payment | None:
    """The payment that a row without one belongs to after all."""
    payments = Payment.objects.select_related("order").filter(gateway=row.gateway)
    return payments.filter(reference=row.reference).first() if row.reference else None


def _line_of(payment: Payment) -> Movement:
    """The line that the books should hold about a payment of ours."""
    return Movement(
        kind=MovementKind.CAPTURED if payment.captured_amount else MovementKind.AUTHORIZED,
        id=payment.reference or str(payment.pk),
        reference=payment.reference,
        payment_id=str(payment.pk),
        amount=payment.money,
        at=payment.created_at,
    )


def _missing(payment: Payment, move: Movement, *, gateway: str) -> Discrepancy:
    found = judge(replace(move, kind=MovementKind.VOIDED), payment, gateway=gateway)
    assert found is not None  # noqa: S101  # the caller has seen that money was taken
    return found
