"""Authorising what the payer agreed to, and authorising anew: gateways such as PayPal do neither by themselves.

An approval is no money. It is authorised once, if the order still wants it, and never for an order that has expired, was
cancelled or erased: such an approval lapses at the gateway by itself, and nobody is charged.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from checkout.gateways import get_gateway
from checkout.gateways.base import GatewayError, GatewayPayment
from checkout.models import Order, Payment
from checkout.services.alerts import raise_alert
from checkout.services.closing import fresh_key
from checkout.services.declines import note_declines
from checkout.services.moves import UnableToMove, lock_payment, move_payment, note_payment
from checkout.states import LIVE_PAYMENTS, PaymentStatus
from store.erasure import was_erased
from store.models import User


class UnableToReauthorise(Exception):
    """The authorisation was not renewed. `str(error)` says what happened and what comes next."""


def authorise(payment: Payment, *, now: datetime) -> None:
    """Authorise an approved payment, or give its page up when the order does not want it or the gateway refuses.

    Uses the network. Called by settle() alone, which asks the gateway again afterwards. Raises UnableToMove when another
    caller was quicker, and GatewayError when nobody knows whether it was authorised: the next settle() asks.
    """
    if payment.status != PaymentStatus.STARTED:
        return  # given up before the payer agreed
    with transaction.atomic():
        payment.authorise_key = lock_payment(payment).authorise_key
        if not _is_wanted(payment):
            move_payment(payment, to=PaymentStatus.EXPIRED, why="Approved too late, so never authorised.", now=now)
            return
        if not payment.authorise_key:
            payment.authorise_key = fresh_key("authorise", payment)
            payment.save(update_fields=["authorise_key"])
    try:
        get_gateway(payment.gateway).authorise(payment.session_id or "", idempotency_key=payment.authorise_key)
    except GatewayError as error:
        if not error.is_final:
            raise
        why = "The gateway declined to authorise it." if error.is_declined else "The gateway refused to authorise it."
        # The shopper chooses again, on a new page: this one would only be declined again.
        if error.is_declined:
            note_declines(payment, declines=payment.declines + 1, now=now)
        move_payment(payment, to=PaymentStatus.EXPIRED, why=why, now=now)


def reauthorise(*, payment_id: uuid.UUID, now: datetime, by: User | None = None) -> Payment:
    """Renew an authorisation that is about to lapse, once; the payment goes on under its new reference.

    Uses the network: never call it inside a transaction. Raises UnableToReauthorise; then the old authorisation stands for
    as long as it lasts, and a person is told.
    """
    payment = Payment.objects.select_related("order").get(pk=payment_id)
    try:
        with transaction.atomic():
            payment.reauthorise_key = lock_payment(payment).reauthorise_key
            if payment.status != PaymentStatus.AUTHORIZED or not payment.reference or payment.former_reference:
                raise UnableToReauthorise("This payment can't be authorised anew. Nothing has changed.")
            if not payment.reauthorise_key:
                payment.reauthorise_key = fresh_key("reauthorise", payment)
                payment.save(update_fields=["reauthorise_key"])
        gateway = get_gateway(payment.gateway)
        # An earlier call may have done it, and the gateway have forgotten its key since: look before calling again.
        before = gateway.fetch(session_id=payment.session_id, reference=payment.reference)
        new = before.renewed_as or gateway.reauthorise(
            payment.reference, payment.money, idempotency_key=payment.reauthorise_key
        )
        found = gateway.fetch(reference=new)
    except UnableToMove as error:
        raise UnableToReauthorise("Somebody else is deciding on this order. Nothing has changed.") from error
    except GatewayError as error:
        if error.is_final:
            # Nothing is left to be looked for, and another try is another call.
            tried = Payment.objects.filter(pk=payment.pk, reauthorise_key=payment.reauthorise_key, former_reference="")
            tried.update(reauthorise_key="")
            raise_alert(
                payment,
                cause="reauthorise",
                message=f"{error} The authorisation could not be renewed, so the money may not be there when the order is "
                "released. Release or cancel it now, or ask the customer to order again.",
                now=now,
            )
        raise UnableToReauthorise(f"{error} The authorisation was not renewed.") from error
    if _take_up(payment, found, new, by=by, now=now):
        return payment
    payment = Payment.objects.select_related("order").get(pk=payment_id)
    if payment.reference != new:
        raise_alert(
            payment,
            cause="renewed-late",
            message=f"the authorisation was renewed (as {new}) while somebody decided on the order. The decision stands and "
            "goes by the old one. Should the gateway refuse that, it is on hold again, under the new one: decide again.",
            now=now,
        )
        raise UnableToReauthorise("Somebody else was deciding on this order at this moment. Their decision stands.")
    return payment


def take_up_renewal(payment: Payment, found: GatewayPayment, *, now: datetime) -> GatewayPayment:
    """Go on under the name that the gateway gave when it authorised anew, should nobody have heard of its answer.

    `found` tells of the name. Uses the network; called by settle() alone. Gives what the gateway says under the new name,
    or `found` where there is nothing to take up.
    """
    if not found.renewed_as or payment.status != PaymentStatus.AUTHORIZED or payment.former_reference:
        return found
    renewed = get_gateway(payment.gateway).fetch(session_id=payment.session_id, reference=found.renewed_as)
    if renewed.amount != payment.money:
        return renewed  # settle() will say what is wrong with it
    return renewed if _take_up(payment, renewed, found.renewed_as, by=None, now=now) else found


def _take_up(payment: Payment, found: GatewayPayment, new: str, *, by: User | None, now: datetime) -> bool:
    """Move the payment to its new name; False if it was decided on meanwhile."""
    # Then it is captured or voided by the old name: to go on under another one would be to do it twice.
    values = {
        "former_reference": payment.reference,
        "reference": new,
        "capture_before": found.capture_before,
        "lapses_at": found.lapses_at,
        "settled_at": now,
    }
    same = Payment.objects.filter(pk=payment.pk, reference=payment.reference, status=PaymentStatus.AUTHORIZED)
    with transaction.atomic():
        if not same.update(**values):
            return False
        note_payment(payment, by=by, why="Authorised anew.", now=now)
    for name, value in values.items():
        setattr(payment, name, value)
    return True


def _is_wanted(payment: Payment) -> bool:
    """Whether the order still waits for just this payment. Inside the transaction."""
    order = Order.objects.select_for_update().get(pk=payment.order_id)
    is_second = order.payments.filter(status__in=LIVE_PAYMENTS).exclude(pk=payment.pk).exists()
    return order.is_awaiting_payment and not is_second and not was_erased(order)
