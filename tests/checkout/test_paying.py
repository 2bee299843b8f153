"""From cart to authorised payment, through the shop's own pages and a running payment company."""

from __future__ import annotations

import pytest

from catalog.models import Variant
from checkout.models import Order
from checkout.states import OrderStatus, PaymentStatus
from tests.checkout.shopper import Shopper
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db(transaction=True)


def test_paying_puts_the_order_on_hold_and_charges_nothing(shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
    order = shopper.order(brush, 2)
    assert shopper.pay(order, sandbox)["status"] == "paid"

    page = shopper.come_back(order)

    order.refresh_from_db()
    payment = order.payments.get()
    assert order.status == OrderStatus.ON_HOLD
    assert payment.status == PaymentStatus.AUTHORIZED
    assert [(row["authorised"], row["captured"]) for row in sandbox.ledger()] == [(3095, 0)]
    assert payment.capture_before is not None
    assert (payment.cvc_check, payment.postcode_check, payment.risk_level) == ("pass", "pass", "normal")
    assert (payment.card_brand, payment.card_last4, payment.payer_name) == ("visa", "4242", "Dana Reyes")
    assert "We are confirming your order" in page.content.decode()
    assert Order.objects.count() == 1
