"""A gateway that does not accept the shop's key: told once a day with the next step, tried slowly, over by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Variant
from checkout.gateways import forget_gateways
from checkout.models import Alert, Order
from checkout.services.payments import UnableToStartPayment, start_payment
from checkout.services.release import UnableToReleaseOrder, release_order
from checkout.services.sweep import sweep_payments
from tests.checkout.scenes import alerts, books, on_hold, states
from tests.factories.checkout import make_order
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def use_key(settings: Settings, key: str) -> None:
    settings.PAYMENT_GATEWAYS["stripe"]["api_key"] = key
    forget_gateways()


def test_a_key_that_is_refused_is_told_once_a_day_tried_slowly_and_closed_when_it_works(
    brush: Variant, sandbox: RunningSandbox, settings: Settings
) -> None:
    settings.STAFF_EMAIL = "desk@shop.example"
    order, payment = on_hold(brush, sandbox)
    use_key(settings, "sk_test_of_yesterday")
    now = timezone.now().replace(hour=9) + timedelta(days=1)
    with pytest.raises(UnableToReleaseOrder):
        release_order(order_id=order.pk, by=None, why="Clear.", now=now)

    looked = [sweep_payments(now=now + minute * MINUTE).troubles for minute in range(1, 23)]

    # The payment, and whether the key is accepted again: in the 1st, 11th and 21st minute.
    assert [minute for minute, troubles in enumerate(looked, start=1) if troubles] == [1, 11, 21]
    assert alerts() == ["locked-out"]
    [message] = [message for message in mail.outbox if message.to == ["desk@shop.example"]]
    assert "Stripe does not accept our key. Check STRIPE_API_KEY." in message.body
    assert "put it into the shop's settings and restart the shop" in message.body
    assert states(order, payment) == ("on_hold", "capturing")
    sweep_payments(now=now + timedelta(days=1, minutes=1))
    assert alerts() == ["locked-out"] * 2
    assert Alert.objects.open().count() == 2

    use_key(settings, sandbox.api_key)
    sweep_payments(now=now + timedelta(days=1, minutes=11))
    assert states(order, payment) == ("released", "captured")
    assert books(sandbox) == [(3095, 3095, 0, 0)]
    assert Alert.objects.open().count() == 0

    use_key(settings, "sk_test_of_yesterday")  # again on the same day: another matter
    other = make_order(variant=brush, status="awaiting_payment", payment_status=None)
    Order.objects.filter(pk=other.pk).update(expires_at=now + timedelta(days=1, hours=3))
    with pytest.raises(UnableToStartPayment, match="could not be opened"):
        start_payment(order_id=other.pk, gateway_name="stripe", now=now + timedelta(days=1, minutes=30))
    assert Alert.objects.open().count() == 1


def test_a_right_that_the_key_lacks_spares_that_call_alone(
    brush: Variant, sandbox: RunningSandbox, settings: Settings
) -> None:
    settings.PAYMENT_GATEWAYS = {"paypal": settings.PAYMENT_GATEWAYS["paypal"]}
    with transaction.atomic():
        order = make_order(variant=brush, quantity=2, status="awaiting_payment", payment_status=None)
    start_payment(order_id=order.pk, gateway_name="paypal", now=timezone.now())
    sandbox.set_paypal(permissions="deny")
    now = timezone.now()
    sweep_payments(now=now)
    assert alerts() == ["forbidden"]
    assert "PayPal does not give our app the right to this call (PERMISSION_DENIED)." in Alert.objects.get().message
    sandbox.set_paypal(permissions="allow")
    assert sweep_payments(now=now + MINUTE).payments == 1
    assert Alert.objects.open().count() == 1
    sweep_payments(now=now + 10 * MINUTE)
    assert Alert.objects.open().count() == 0
