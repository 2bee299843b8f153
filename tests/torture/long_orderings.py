"""All 5,040 orders in which seven webhooks of one order can come.

pytest -n0 tests/torture/long_orderings.py
"""

from __future__ import annotations

import pytest

from catalog.models import Variant
from tests.checkout.orderings import Orderings
from tests.checkout.scenes import capture_by_hand, ordered, refund_by_hand
from tests.checkout.shopper import Shopper
from tests.checkout.test_webhooks import tell
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db
LIFE = (
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.amount_capturable_updated",
    "checkout.session.completed",
    "charge.captured",
    "payment_intent.succeeded",
    "charge.refunded",
)


def test_all_orders_of_seven_events_end_the_same(shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
    order, payment = ordered(brush)
    payment.reference = shopper.pay(order, sandbox)["payment_intent"]
    capture_by_hand(payment, 3095)
    refund_by_hand(payment, 3095)
    life = {event.event_type: event for event in sandbox.take_events()}

    orderings = Orderings([life[kind] for kind in LIFE], lambda: tell(order, payment, brush)).walk()

    assert orderings.walked == 5040
    assert set(orderings.ends) == {
        (("awaiting_payment", "refunded"), (10, 2), ("refunded",), ("refunded-outside",), ("done",) * 7)
    }
