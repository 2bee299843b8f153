"""A dispute at PayPal from its webhook to its end, through the shop's own services."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Variant
from checkout.models import Alert, Dispute, GatewayEventRecord, Order, Payment
from checkout.services.disputes import look_for_trouble
from checkout.services.release import release_order
from checkout.services.settle import settle
from checkout.services.shipping import UnableToShipOrder, ship_order
from tests.checkout.scenes import alerts, books, fresh, states
from tests.checkout.shopper import Shopper
from tests.checkout.test_paypal import authorised, deliver_webhooks, order_at_paypal
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db
RunTasks = Callable[[], int]
Sale = tuple[Order, Payment]


@pytest.fixture
def sold(shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> Sale:
    """Paid with PayPal and released, its parcel not yet sent."""
    order, payment = authorised(shopper, brush, sandbox)
    release_order(order_id=order.pk, by=None, why="Clear.", now=timezone.now())
    sandbox.take_events()
    return fresh(order, payment)


def dispute(payment: Payment, sandbox: RunningSandbox, **details: Any) -> str:
    """Have the buyer dispute what was captured; the dispute's id."""
    (capture,) = order_at_paypal(payment, sandbox)["purchase_units"][0]["payments"]["captures"]
    return str(sandbox.dispute_paypal(capture["id"], **details)["dispute_id"])


def ship(order: Order) -> Order:
    return ship_order(order_id=order.pk, by=None, carrier="Post", tracking_number="1", now=timezone.now())


def open_alerts() -> list[str]:
    return [cause.split(":")[0] for cause in Alert.objects.open().order_by("pk").values_list("cause", flat=True)]


def test_an_inquiry_is_written_down_from_its_webhook_and_stops_the_parcel(
    sold: Sale, sandbox: RunningSandbox, run_tasks: RunTasks
) -> None:
    order, payment = sold
    reference = dispute(payment, sandbox, reason="MERCHANDISE_OR_SERVICE_NOT_RECEIVED", amount=1000)

    deliver_webhooks(sandbox, run_tasks)

    found = Dispute.objects.get()
    assert (found.payment_id, found.reference, found.amount) == (payment.pk, reference, 1000)
    assert (found.status, found.takes_money, found.evidence_due is None) == ("needs_response", False, False)
    assert GatewayEventRecord.objects.filter(is_trouble=True, status="done").count() == 1
    assert "$10.00 is disputed" in Alert.objects.get().message
    assert "It is an inquiry: no money was taken yet." in Alert.objects.get().message
    with pytest.raises(UnableToShipOrder, match="is stopped by a dispute"):
        ship(order)

    deliver_webhooks(sandbox, run_tasks)
    assert (Dispute.objects.count(), alerts()) == (1, ["dispute"])


def test_what_has_changed_at_paypal_is_followed_without_a_webhook(sold: Sale, sandbox: RunningSandbox) -> None:
    _, payment = sold
    dispute(payment, sandbox, stage="CHARGEBACK")
    assert look_for_trouble(now=timezone.now()) == 0
    told = Dispute.objects.get()
    assert (told.amount, told.takes_money) == (3095, True)
    # What the shop was told at first: an inquiry about less, which it answered.
    Dispute.objects.update(amount=1000, takes_money=False, status="under_review", evidence_due=None)
    Order.objects.update(frozen_at=None)

    assert look_for_trouble(now=timezone.now() + timedelta(minutes=1)) == 0

    found = Dispute.objects.get()
    assert (found.amount, found.takes_money, found.status) == (3095, True, "needs_response")
    assert found.evidence_due == told.evidence_due
    assert Order.objects.get().frozen_at is not None
    assert "The bank has taken the money for now." in Alert.objects.get().message


def test_decided_for_the_shop_leaves_the_money_and_the_stop(
    sold: Sale, sandbox: RunningSandbox, run_tasks: RunTasks
) -> None:
    order, payment = sold
    reference = dispute(payment, sandbox, stage="CHARGEBACK")
    deliver_webhooks(sandbox, run_tasks)
    sandbox.close_paypal_dispute(reference, "seller")
    deliver_webhooks(sandbox, run_tasks)

    assert Dispute.objects.get().status == "won"
    assert states(order, payment) == ("released", "captured")
    assert open_alerts() == ["dispute-won"]
    assert books(sandbox) == [(3095, 3095, 0, 0)]
    with pytest.raises(UnableToShipOrder, match="is stopped"):
        ship(order)


@pytest.mark.parametrize("is_told", [True, False])
def test_decided_for_the_buyer_is_reversed_charged_back_and_no_refund(
    sold: Sale, sandbox: RunningSandbox, run_tasks: RunTasks, *, is_told: bool
) -> None:
    order, payment = sold
    reference = dispute(payment, sandbox, stage="CHARGEBACK")
    deliver_webhooks(sandbox, run_tasks)
    sandbox.close_paypal_dispute(reference, "buyer")
    if is_told:
        deliver_webhooks(sandbox, run_tasks)
        assert sorted(GatewayEventRecord.objects.values_list("kind", "status")) == [
            ("CUSTOMER.DISPUTE.CREATED", "done"),
            ("CUSTOMER.DISPUTE.RESOLVED", "done"),
            ("PAYMENT.CAPTURE.REVERSED", "done"),
        ]
    else:
        sandbox.take_events()
        assert look_for_trouble(now=timezone.now() + timedelta(hours=7)) == 0

    assert Dispute.objects.get().status == "lost"
    settle(payment_id=payment.pk, now=timezone.now())  # PayPal shows the reversal with the payment, too
    assert states(order, payment) == ("released", "charged_back")
    payment.refresh_from_db()
    assert (payment.captured_amount, payment.refunded_amount, payment.refunds.count()) == (3095, 0, 0)
    assert open_alerts() == ["dispute-lost"]
    assert "cancel the order, which puts the goods back on sale" in Alert.objects.open().get().message
