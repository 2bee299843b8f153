"""Sending a parcel elsewhere from the desk: by who has the case, before anybody has released it."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from checkout.models import Order, OrderAddress
from checkout.services.readdressing import NewPlace, change_ship_to
from fraud.models import Decision
from fraud.services.decisions import UnableToDecide, hold_on, write_objection
from store.models import User


def readdress_case(
    *, task_id: uuid.UUID, place: NewPlace, as_typed: bool, by: User, why: str, now: datetime
) -> OrderAddress:
    """Send the order of a case elsewhere. Needs the lease. Raises UnableToDecide, or checkout's UnableToReaddress.

    Whoever proposed its release did so for the old address: nobody may change it and then agree.
    """
    with transaction.atomic():
        # The order before its case, as everywhere; then no release is decided until this is done.
        Order.objects.select_for_update().get(call_tasks=task_id)
        task = hold_on(task_id, by=by, now=now)
        released = Decision.objects.filter(task=task, kind=Decision.Kind.RELEASE)
        if released.exclude(followed_by__kind=Decision.Kind.FAILED).exists():
            raise UnableToDecide("Its release is decided and under way. Nothing was changed.")
        address = change_ship_to(order_id=task.order_id, place=place, as_typed=as_typed, by=by, why=why, now=now)
        if task.proposal is not None:
            write_objection(task, "The parcel goes elsewhere now. The proposal was for the address before.", by=by, now=now)
    return address
