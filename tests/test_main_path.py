"""The main path, step by step, as the table in the README has it: real forms, the real adapter, a running payment company."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from catalog.models import Variant
from checkout.models import Order, Payment
from checkout.services.shipping import UnableToShipOrder, ship_order
from checkout.states import OrderStatus, PaymentStatus
from fraud.models import Assessment, CallTask
from store.models import User
from tests.checkout.shopper import ELSEWHERE, Shopper
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import DeliveryMethodFactory
from tests.sandbox.process import RunningSandbox

RunTasks = Callable[[], int]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shelves() -> tuple[Variant, Variant]:
    """A catalogue in which the polisher is clearly the dearest thing."""
    DeliveryMethodFactory.create()
    for price in (900, 1100, 1250, 1400, 1800, 2200, 2600, 3400, 4900):
        VariantFactory.create(price=price, on_hand=20)
    brush = VariantFactory.create(price=1250, on_hand=10, product__name="Walnut brush")
    polisher = VariantFactory.create(price=89900, on_hand=15, product__name="Grand Polisher")
    return brush, polisher


@pytest.fixture
def reviewer() -> User:
    return User.objects.create_superuser(email="rosa@shop.example", password="a long phrase for rosa 7")


def post_events(shopper: Shopper, sandbox: RunningSandbox) -> list[int]:
    """Let the payment company post its webhooks."""
    return [
        shopper.client.post(
            "/webhooks/stripe/", event.payload, content_type="application/json", headers=event.headers
        ).status_code
        for event in sandbox.take_events()
    ]


def suspicious_order(shopper: Shopper, polisher: Variant, sandbox: RunningSandbox, run_tasks: RunTasks) -> Order:
    """Twelve of the dearest Dog Polishers to another name in another state, paid and assessed."""
    order = shopper.order(polisher, 12, **ELSEWHERE)
    shopper.pay(order, sandbox)
    post_events(shopper, sandbox)
    run_tasks()
    order.refresh_from_db()
    return order


def test_an_honest_order_is_released_without_a_call(
    shelves: tuple[Variant, Variant], sandbox: RunningSandbox, run_tasks: RunTasks
) -> None:
    brush, _ = shelves
    shopper = Shopper()

    # 1. Put a variant in the cart.
    shopper.add(brush, 2)
    assert "Walnut brush" in shopper.client.get("/cart/").content.decode()

    # 2. Addresses, delivery, tax; place the order: prices frozen, stock held.
    answer = shopper.place(shopper.review())
    order = Order.objects.get()
    brush.refresh_from_db()
    assert order.status == OrderStatus.AWAITING_PAYMENT
    assert (order.items_total, order.delivery_total, order.tax_total, order.total) == (2500, 595, 0, 3095)
    assert (brush.on_hand, brush.held) == (10, 2)

    # 3. Start the payment: row and key first, then the gateway, then the redirect.
    payment = order.payments.get()
    assert payment.status == PaymentStatus.STARTED
    assert payment.start_key == f"start:{payment.pk}"
    assert answer.headers["Location"].startswith(f"{sandbox.url}/c/pay/cs_test_")

    # 4. The card is typed on the gateway's page: authorised, not charged.
    assert shopper.pay(order, sandbox)["status"] == "paid"
    assert [(row["authorised"], row["captured"]) for row in sandbox.ledger()] == [(3095, 0)]

    # 5. Webhook and return page call the same settle().
    assert set(post_events(shopper, sandbox)) == {204}
    page = shopper.come_back(order).content.decode()
    payment.refresh_from_db()
    order.refresh_from_db()
    assert payment.status == PaymentStatus.AUTHORIZED
    assert order.status == OrderStatus.ON_HOLD
    assert "We are confirming your order" in page
    assert "ending 42" in page
    assert "fraud" not in page.lower()

    # 6. and 7. After commit fraud assesses; all is clear: released, which captures.
    run_tasks()
    order.refresh_from_db()
    payment.refresh_from_db()
    assert Assessment.objects.get().verdict == "release"
    assert not CallTask.objects.exists()
    assert order.status == OrderStatus.RELEASED
    assert (payment.status, payment.captured_amount) == (PaymentStatus.CAPTURED, 3095)
    assert [row["captured"] for row in sandbox.ledger()] == [3095]

    # 10. Ship.
    ship_order(order_id=order.pk, by=None, carrier="Parcel Post", tracking_number="PP123", now=timezone.now())
    run_tasks()
    order.refresh_from_db()
    brush.refresh_from_db()
    assert order.status == OrderStatus.SHIPPED
    assert (brush.on_hand, brush.held) == (8, 0)
    assert "Parcel Post" in shopper.client.get(f"/orders/{order.token}/").content.decode()
    assert [message.subject.split(" R-")[0] for message in mail.outbox] == [
        "We have your order",
        "Your order",  # confirmed
        "Your order",  # on its way
    ]


def test_a_suspicious_order_waits_for_a_call_and_is_released(
    shelves: tuple[Variant, Variant], sandbox: RunningSandbox, run_tasks: RunTasks, reviewer: User
) -> None:
    _, polisher = shelves
    shopper = Shopper()

    # 1. to 7.: flagged, due before the authorisation lapses.
    order = suspicious_order(shopper, polisher, sandbox, run_tasks)
    task = CallTask.objects.get()
    assert order.status == OrderStatus.ON_HOLD
    assert task.order_id == order.pk
    capture_before = Payment.objects.get().capture_before
    assert capture_before is not None
    assert task.due_at < capture_before
    assert [row["captured"] for row in sandbox.ledger()] == [0]
    with pytest.raises(UnableToShipOrder):
        ship_order(order_id=order.pk, by=None, carrier="", tracking_number="", now=timezone.now())

    # 8. A reviewer claims it, rings, records the call.
    desk = shopper.client.__class__()
    desk.force_login(reviewer)
    queue = desk.get(reverse("admin:fraud_calltask_changelist")).content.decode()
    assert order.number in queue
    desk.post(reverse("admin:fraud_calltask_claim", args=[task.pk]))
    desk.post(
        reverse("admin:fraud_calltask_record", args=[task.pk]),
        {"outcome": "reached", "answer": "confirms", "note": "Knew all twelve by name."},
    )
    assert [call.note for call in task.calls.all()] == ["Knew all twelve by name."]

    # 9. Release: capture, verify, then state.
    desk.post(reverse("admin:fraud_calltask_release", args=[task.pk]))
    run_tasks()
    order.refresh_from_db()
    task.refresh_from_db()
    assert order.status == OrderStatus.RELEASED
    assert task.status == "done"
    assert [(row["captured"], row["refunded"]) for row in sandbox.ledger()] == [(order.total, 0)]
    assert [message.subject for message in mail.outbox] == [
        f"We have your order {order.number}",
        f"We are confirming your order {order.number}",
        f"Your order {order.number} is confirmed",
    ]


def test_a_suspicious_order_is_cancelled_when_the_cardholder_denies_it(
    shelves: tuple[Variant, Variant], sandbox: RunningSandbox, run_tasks: RunTasks, reviewer: User
) -> None:
    _, polisher = shelves
    shopper = Shopper()
    order = suspicious_order(shopper, polisher, sandbox, run_tasks)
    task = CallTask.objects.get()
    desk = shopper.client.__class__()
    desk.force_login(reviewer)

    desk.post(reverse("admin:fraud_calltask_claim", args=[task.pk]))
    desk.post(reverse("admin:fraud_calltask_record", args=[task.pk]), {"outcome": "reached", "answer": "denies", "note": ""})
    desk.post(reverse("admin:fraud_calltask_cancel", args=[task.pk]), {"reason": "denied", "why": "Never ordered anything."})
    run_tasks()

    order.refresh_from_db()
    polisher.refresh_from_db()
    assert (order.status, order.cancel_reason) == (OrderStatus.CANCELLED, "denied")
    assert order.payments.get().status == PaymentStatus.VOIDED
    assert [(row["captured"], row["voided"]) for row in sandbox.ledger()] == [(0, order.total)]
    assert (polisher.on_hand, polisher.held) == (15, 0)
    assert mail.outbox[-1].subject == f"Your order {order.number} is cancelled"
    page = shopper.client.get(f"/orders/{order.token}/").content.decode()
    assert "This order is cancelled" in page
    assert "Your card was not charged" in page
