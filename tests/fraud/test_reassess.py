"""New facts: worse reopens or raises, better changes nothing, twice is the same as once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from catalog.models import Variant
from checkout.models import Alert, Dispute, GatewayNotice, Order, OrderAddress, Payment
from checkout.signals import card_declined, fraud_warned, order_cancelled, order_released, payment_disputed, payments_swept
from checkout.states import DisputeStatus, OrderStatus, PaymentStatus
from fraud.models import Assessment, CallTask
from fraud.selectors.worse import tell_worse
from fraud.services import assess_order
from fraud.services.keep import slot_of
from fraud.services.reassess import look_again_at_linked, reassess_order
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import DeliveryMethodFactory, make_order
from tests.fraud.conftest import MIAMI
from tests.fraud.test_races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def brush(db: None) -> Variant:
    DeliveryMethodFactory.create()
    VariantFactory.create(price=9000)
    return VariantFactory.create(price=1250, on_hand=100)


def dispute(order: Order, now: datetime, **values: Any) -> None:
    payment = order.payments.get()
    Dispute.objects.create(
        payment=payment,
        gateway="stripe",
        reference=f"dp_{order.number}",
        amount=payment.amount,
        status=values.get("status", DisputeStatus.NEEDS_RESPONSE),
        status_at=now,
        takes_money=True,
        noted_at=now,
        looked_at=now,
    )


def warn(order: Order, now: datetime) -> None:
    GatewayNotice.objects.create(
        payment=order.payments.get(),
        gateway="stripe",
        reference=f"issfr_{order.number}",
        kind=GatewayNotice.Kind.EARLY_WARNING,
        is_open=True,
        noted_at=now,
        looked_at=now,
    )


def looked_at(order: Order, now: datetime) -> Assessment:
    """The first look at an order that the gateway does not let go: clear, and on hold still."""
    payment = order.payments.get()
    Payment.objects.filter(pk=payment.pk).update(status=PaymentStatus.CAPTURING)
    assessment = assess_order(order_id=order.pk, now=now)
    Payment.objects.filter(pk=payment.pk).update(status=payment.status)
    return assessment


def test_a_warning_puts_a_clear_order_into_the_queue_once(brush: Variant, now: datetime) -> None:
    order = make_order(variant=brush, placed_at=now - timedelta(hours=9))
    first = looked_at(order, now)
    assert (first.verdict, CallTask.objects.count()) == ("release", 0)
    assert reassess_order(order_id=order.pk, now=now) is None  # nothing new
    warn(order, now)
    second = reassess_order(order_id=order.pk, now=now)
    assert second is not None
    assert (second.pass_number, second.verdict) == (2, "call")
    assert second.findings.get(code="gateway.trouble").grade == "warning"
    task = CallTask.objects.get()
    assert (task.cause, task.assessment, task.due_at) == ("reassessed", second, slot_of(now + timedelta(hours=4)))
    assert reassess_order(order_id=order.pk, now=now) is None
    assert (Assessment.objects.count(), CallTask.objects.count()) == (2, 1)


def test_an_open_call_shows_the_new_reasons(polisher: Variant, now: datetime) -> None:
    order = make_order(variant=polisher, quantity=12, placed_at=now)
    first = assess_order(order_id=order.pk, now=now)
    task = CallTask.objects.get()
    warn(order, now)
    second = reassess_order(order_id=order.pk, now=now)
    assert second is not None
    task.refresh_from_db()
    assert (task.assessment, task.points, task.status, task.cause) == (second, first.points + 100, "waiting", "assessed")


def test_a_waiting_case_that_gets_worse_is_due_within_the_hour_and_says_why(polisher: Variant, now: datetime) -> None:
    order, other = (make_order(variant=polisher, quantity=n, placed_at=now - timedelta(minutes=1)) for n in (12, 13))
    for each in (order, other):
        assess_order(order_id=each.pk, now=now)
    queue = CallTask.objects.most_urgent_first().values_list("order_id", flat=True)
    assert list(queue) == [other.pk, order.pk]  # equally urgent: the dearer first
    warn(order, now)
    later = now + timedelta(minutes=30)
    assert reassess_order(order_id=order.pk, now=later) is not None
    assert list(queue.all()) == [order.pk, other.pk]
    task = CallTask.objects.select_related("assessment").get(order=order)
    assert task.due_at == slot_of(later + timedelta(hours=1))
    (worse,) = tell_worse(task)
    title = task.assessment.findings.get(code="gateway.trouble").title
    assert (worse.at, worse.points, worse.grounds) == (later, 100, [f"{title} (+100)"])
    assert tell_worse(CallTask.objects.select_related("assessment").get(order=other)) == []


def test_a_case_that_is_overdue_already_keeps_its_place_when_it_gets_worse(polisher: Variant, now: datetime) -> None:
    order = make_order(variant=polisher, quantity=12, placed_at=now - timedelta(hours=9))
    assess_order(order_id=order.pk, now=now)
    due_at = CallTask.objects.get().due_at
    warn(order, now)
    reassess_order(order_id=order.pk, now=now)
    assert CallTask.objects.get().due_at == due_at


def test_better_news_change_nothing(polisher: Variant, now: datetime) -> None:
    order = make_order(variant=polisher, quantity=12, ship_to=MIAMI, placed_at=now)
    first = assess_order(order_id=order.pk, now=now)
    Payment.objects.update(is_liability_shifted=True)
    assert reassess_order(order_id=order.pk, now=now) is None
    assert CallTask.objects.get().assessment == first
    assert Assessment.objects.count() == 1


def test_a_released_order_becomes_a_matter_to_look_at_once(brush: Variant, now: datetime) -> None:
    order = make_order(variant=brush, placed_at=now)
    looked_at(order, now)
    Order.objects.update(status=OrderStatus.RELEASED)
    Payment.objects.update(status=PaymentStatus.CAPTURED)
    dispute(order, now)
    for _ in range(2):
        reassess_order(order_id=order.pk, now=now)
    alert = Alert.objects.get()
    assert alert.order == order
    assert alert.message.startswith(f"Order {order.number}: new facts came to light after it was released (")
    assert CallTask.objects.count() == 0


@pytest.mark.parametrize("status", [OrderStatus.SHIPPED, OrderStatus.CANCELLED, OrderStatus.EXPIRED])
def test_what_can_not_be_stopped_is_left_alone(brush: Variant, status: str, now: datetime) -> None:
    order = make_order(variant=brush, placed_at=now)
    looked_at(order, now)
    Order.objects.update(status=status)
    warn(order, now)
    assert reassess_order(order_id=order.pk, now=now) is None
    assert (Alert.objects.count(), CallTask.objects.count()) == (0, 0)


def test_a_changed_ship_to_is_seen_and_stays_seen(brush: Variant, now: datetime) -> None:
    order = make_order(variant=brush, placed_at=now)
    looked_at(order, now)
    OrderAddress.objects.filter(order=order, kind="ship_to").delete()
    OrderAddress.objects.create(order=order, kind="ship_to", placed_at=now, **MIAMI)
    second = reassess_order(order_id=order.pk, now=now)
    assert second is not None
    finding = second.findings.get(code="address.changed")
    assert finding.reason == (
        "Ship-to was changed after the order was paid: from “1420 SE Ankeny Street Apt 3” in Portland, OR, US "
        "to “77 Ocean Drive” in Miami, FL, US."
    )
    warn(order, now)
    third = reassess_order(order_id=order.pk, now=now)
    assert third is not None
    assert third.findings.get(code="address.changed").answer == "hit"  # compared with the address that was paid for


def test_a_theft_that_comes_to_light_makes_the_others_of_the_hand_be_looked_at(
    brush: Variant, now: datetime, run_tasks: Callable[[], int]
) -> None:
    """One order on hold shares the phone, one only the name of the town; the stopped one shares itself with nobody."""
    thief = make_order(variant=brush, placed_at=now - timedelta(hours=3), email="a@example.com")
    linked = make_order(
        variant=brush, placed_at=now, email="b@example.com", ip_address="198.51.100.9", ship_to={"line1": "1 Oak Road"}
    )
    stranger = make_order(
        variant=brush,
        placed_at=now,
        email="c@example.com",
        phone="+15035550199",
        ip_address="198.51.100.8",
        ship_to={"line1": "2 Oak Road"},
        payment={"card_fingerprint": "fp_c"},
    )
    for order in (linked, stranger):
        looked_at(order, now)
    Order.objects.filter(pk=thief.pk).update(status=OrderStatus.CANCELLED, cancel_reason=Order.CancelReason.CUSTOMER)
    order_cancelled.send(sender=None, order_id=thief.pk, now=now)
    run_tasks()
    assert CallTask.objects.count() == 0  # the customer asked for it: that says nothing
    Order.objects.filter(pk=thief.pk).update(cancel_reason=Order.CancelReason.DENIED)
    order_cancelled.send(sender=None, order_id=thief.pk, now=now)
    run_tasks()
    assert [task.order for task in CallTask.objects.all()] == [linked]
    assert Assessment.objects.get(order=linked, pass_number=2).findings.get(code="order.stopped_before").is_decisive


def test_linked_orders_are_those_that_can_still_be_stopped(brush: Variant, now: datetime) -> None:
    this = make_order(variant=brush, placed_at=now, payment={"card_fingerprint": "fp_this"})
    other: dict[str, Any] = {"email": "x@example.com", "phone": "+15035550199", "ip_address": "198.51.100.9"}
    elsewhere = {"ship_to": {"line1": "1 Oak Road"}, "payment": {"card_fingerprint": "fp_x"}}
    found = [
        make_order(variant=brush, placed_at=now - timedelta(minutes=n), **{**other, **elsewhere, **same})
        for n, same in enumerate(
            (
                {"email": this.email},
                {"phone": this.phone},
                {"ip_address": this.ip_address},
                {"ship_to": {}},
                {"payment": {"card_fingerprint": "fp_this"}, "status": OrderStatus.RELEASED},
            ),
            1,
        )
    ]
    make_order(variant=brush, placed_at=now, **other, **elsewhere)  # type: ignore[arg-type]  # likewise
    make_order(variant=brush, placed_at=now, status=OrderStatus.SHIPPED, payment_status=None)
    make_order(variant=brush, placed_at=now - timedelta(days=31))
    assert look_again_at_linked(order_id=this.pk, now=now) == [order.pk for order in found]


@pytest.mark.parametrize("signal", [payment_disputed, fraud_warned, card_declined])
def test_bad_news_are_followed_up_by_the_worker(
    signal: Any, brush: Variant, now: datetime, run_tasks: Callable[[], int]
) -> None:
    order = make_order(variant=brush, placed_at=now)
    looked_at(order, now)
    warn(order, now)
    signal.send(sender=None, order_id=order.pk, now=now)
    run_tasks()
    assert CallTask.objects.get().order == order


def test_the_sweep_follows_up_what_no_task_did(brush: Variant, now: datetime) -> None:
    order = make_order(variant=brush, placed_at=now)
    looked_at(order, now)
    Payment.objects.update(status=PaymentStatus.CAPTURED)
    Order.objects.update(status=OrderStatus.RELEASED)
    warn(order, now)
    for _ in range(2):
        payments_swept.send(sender=None, now=now)
    assert (Alert.objects.count(), Assessment.objects.count()) == (1, 2)


def test_an_order_released_while_a_later_look_called_is_told_of(brush: Variant, now: datetime, rosa: Any) -> None:
    order = make_order(variant=brush, placed_at=now)
    looked_at(order, now)
    Payment.objects.update(status=PaymentStatus.CAPTURING)  # the release is decided
    warn(order, now)
    reassess_order(order_id=order.pk, now=now)
    assert CallTask.objects.count() == 0
    Payment.objects.update(status=PaymentStatus.CAPTURED)
    Order.objects.update(status=OrderStatus.RELEASED)
    order_released.send(sender=None, order_id=order.pk, now=now)
    assert Alert.objects.get().order == order
    Alert.objects.all().delete()
    Order.objects.update(decided_by=rosa)  # whom a person released, that person knew
    order_released.send(sender=None, order_id=order.pk, now=now)
    assert Alert.objects.count() == 0


def test_an_order_is_not_released_on_a_verdict_that_a_later_look_has_overtaken(brush: Variant, now: datetime) -> None:
    order = make_order(variant=brush, placed_at=now)
    looked_at(order, now)
    warn(order, now)
    reassess_order(order_id=order.pk, now=now)
    assess_order(order_id=order.pk, now=now)  # as the sweep does for a clear order that is still on hold
    order.refresh_from_db()
    assert (order.status, order.decision) == (OrderStatus.ON_HOLD, None)
    assert order.payments.get().status == PaymentStatus.AUTHORIZED


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_look_again_once(brush: Variant, now: datetime) -> None:
    with transaction.atomic():
        order = make_order(variant=brush, placed_at=now)
    looked_at(order, now)
    warn(order, now)
    outcomes = at_once(*[lambda: reassess_order(order_id=order.pk, now=now) for _ in range(4)])
    assert sum(isinstance(outcome, Assessment) for outcome in outcomes) == 1
    assert outcomes.count(None) == 3
    assert (Assessment.objects.count(), CallTask.objects.count()) == (2, 1)
