"""What fraud does when checkout speaks. Receivers take ids, do one thing, and may be called twice."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.dispatch import Signal
from django.urls import reverse

from checkout.models import Dispute, Order
from checkout.signals import dispute_decided, order_cancelled, order_released, payment_disputed
from fraud.models import OutgoingMessage, WebhookEndpoint
from fraud.models.evidence import TAKE
from fraud.outgoing.deliver import pick_up_messages
from fraud.outgoing.write import write_messages
from fraud.rules.links import STOPPED
from fraud.services.assess import pick_up_orders
from fraud.services.denied import hurry_denied
from fraud.services.queue import close_call_task, close_stale_call_tasks, forget_looks, let_go_all
from fraud.services.reassess import notice_released, pick_up_trouble
from fraud.services.unreached import give_up_unreached
from fraud.tasks import assess, reassess
from store.models import User


def enqueue_assessment(*, order_id: uuid.UUID, **_: object) -> None:
    """The card is authorised: have the order assessed by the worker."""
    assess.enqueue(str(order_id))


def look_again(*, order_id: uuid.UUID, **_: object) -> None:
    """Something bad was heard of the order: look again at it, and at others of the same hand."""
    reassess.enqueue(str(order_id))


def look_around(*, order_id: uuid.UUID, **_: object) -> None:
    """The order is cancelled: if as a theft, others of the same hand look different now."""
    if Order.objects.filter(pk=order_id, cancel_reason__in=STOPPED).exists():
        reassess.enqueue(str(order_id))


def check_release(*, order_id: uuid.UUID, now: datetime, **_: object) -> None:
    """The order is released: tell of it if a later look has come to another verdict meanwhile."""
    notice_released(order_id=order_id, now=now)


def heed_answer(*, order_id: uuid.UUID, now: datetime, **_: object) -> None:
    """The customer answered by mail: who knows nothing of the order moves its case to the front."""
    hurry_denied(order_id=order_id, now=now)


def end_call(*, order_id: uuid.UUID, now: datetime, **_: object) -> None:
    """The order is decided: nobody needs to ring about it any more."""
    close_call_task(order_id=order_id, now=now)


def let_go_of_calls(*, user_id: uuid.UUID, **_: object) -> None:
    """Somebody of the staff has left: others take their calls."""
    let_go_all(user_id=user_id)


def pick_up(*, now: datetime, **_: object) -> None:
    """A sweep is over: look for orders nobody looks at, calls whose order is decided, customers out of reach."""
    close_stale_call_tasks(now=now)
    pick_up_orders(now=now)
    give_up_unreached(now=now)
    forget_looks(now=now)
    pick_up_trouble(now=now)
    pick_up_messages(now=now)


# What other systems are told of (fraud/outgoing/). That an order is flagged is told where that is decided.
TOLD = {
    order_released: OutgoingMessage.Kind.RELEASED,
    order_cancelled: OutgoingMessage.Kind.CANCELLED,
    payment_disputed: OutgoingMessage.Kind.DISPUTED,
    dispute_decided: OutgoingMessage.Kind.DISPUTE_DECIDED,
}


def tell_others(*, fact: Signal, order_id: uuid.UUID, now: datetime, **_: object) -> None:
    """A fact is being written: write with it whom to tell. Codes only."""
    kind = TOLD.get(fact)
    if kind is None or not WebhookEndpoint.objects.filter(is_active=True).exists():
        return
    order = Order.objects.get(pk=order_id)
    if kind == OutgoingMessage.Kind.CANCELLED:
        write_messages(kind=kind, order=order, now=now, reason=order.cancel_reason)
    elif kind == OutgoingMessage.Kind.RELEASED:
        write_messages(kind=kind, order=order, now=now)
    else:
        said = Dispute.objects.filter(payment__order_id=order_id).order_by("noted_at", "pk")
        shown = [{"gateway": each.gateway, "reference": each.reference, "status": each.status} for each in said]
        write_messages(kind=kind, order=order, now=now, disputes=shown)


def evidence_link(*, order: Order, user: User, **_: object) -> tuple[str, str] | None:
    """An order's page is shown: the way to its evidence, for those who may take it."""
    if not user.has_perm(TAKE):
        return None
    return reverse("admin:fraud_evidencepack_change", args=[order.pk]), "Evidence pack"
