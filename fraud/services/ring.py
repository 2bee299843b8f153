"""Several open cases of one hand: seen together, and cancelled together once one of them is known for a theft."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from checkout.models import Order, OrderAddress, Payment
from checkout.services.cancel import UnableToCancelOrder
from fraud.models import CallTask
from fraud.services.decisions import UnableToDecide, cancel_after_call
from fraud.services.queue import UnableToClaimCallTask, claim_call_task
from fraud.services.reassess import look_again_at_linked
from store.models import User


@dataclass(frozen=True, slots=True)
class Member:
    """Another open case, and what its order has in common with this one."""

    task: CallTask
    same: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one case of the ring. `problem` is "" when its order is cancelled."""

    number: str
    problem: str


def ring_of(task: CallTask, *, now: datetime) -> list[Member]:
    """The other open cases whose orders share e-mail, telephone, ship-to or card with this one, the most urgent first.

    An IP address alone makes no ring: whole towns share one. Fewer than fifty, of the last thirty days.
    """
    ids = look_again_at_linked(order_id=task.order_id, now=now)
    open_ones = list(CallTask.objects.waiting().filter(order_id__in=ids).select_related("order").most_urgent_first())
    things: dict[uuid.UUID, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    orders = [task.order, *(one.order for one in open_ones)]
    for order in orders:
        things[order.pk]["e-mail"] |= {order.email_index or ""}
        things[order.pk]["telephone"] |= {order.phone_index or ""}
    ship_tos = OrderAddress.objects.filter(order__in=orders, kind=OrderAddress.Kind.SHIP_TO)
    for order_id, digest in ship_tos.values_list("order_id", "address_index"):
        things[order_id]["ship-to"].add(digest or "")
    for order_id, card in Payment.objects.filter(order__in=orders).values_list("order_id", "card_fingerprint"):
        things[order_id]["card"].add(card)
    own = things[task.order_id]
    found = [
        Member(one, tuple(name for name, values in own.items() if (values & things[one.order_id][name]) - {""}))
        for one in open_ones
    ]
    return [member for member in found if member.same]


def cancel_ring(
    *, task_id: uuid.UUID, chosen: Collection[uuid.UUID], by: User, reason: Order.CancelReason, why: str, now: datetime
) -> list[Result]:
    """Cancel the chosen cases of this one's ring, one after the other; say what became of each.

    Each is claimed and decided like any other, with a row of its own: one that a colleague has, or that the gateway does not
    let go, is left and told of. What is not of the ring is not touched. Uses the network. Raises CallTask.DoesNotExist.
    """
    task = CallTask.objects.select_related("order").get(pk=task_id)
    results = []
    for member in ring_of(task, now=now):
        if member.task.pk not in chosen:
            continue
        number, problem = member.task.order.number, ""
        try:
            claim_call_task(task_id=member.task.pk, by=by, now=now)
            cancel_after_call(
                task_id=member.task.pk, by=by, reason=reason, why=f"With order {task.order.number}. {why}".strip(), now=now
            )
        except (UnableToClaimCallTask, UnableToDecide, UnableToCancelOrder) as error:
            problem = str(error)
        results.append(Result(number, problem))
    return results
