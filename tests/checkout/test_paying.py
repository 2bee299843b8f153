"""From cart to authorised payment, through the shop's own pages and a running payment company."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Variant
from checkout.limits import HOLD_GRACE, LONGEST_HOLD, TIME_TO_PAY
from checkout.models import CartLine, Order, OrderLine
from checkout.services.payments import UnableToStartPayment, start_payment
from checkout.states import OrderStatus, PaymentStatus
from store.card_numbers import MASK
from tests.checkout.scenes import books, mails, ordered, states, stock
from tests.checkout.shopper import Shopper
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import make_order
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db


def start(order: Order, later: timedelta = timedelta(0)) -> str:
    return start_payment(order_id=order.pk, gateway_name="stripe", now=timezone.now() + later)


def sessions(sandbox: RunningSandbox) -> list[str]:
    return [session.id for session in sandbox.client().v1.checkout.sessions.list().data]


@pytest.mark.django_db(transaction=True)
def test_paying_puts_the_order_on_hold_and_charges_nothing(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox
) -> None:
    shopper.client.defaults["HTTP_USER_AGENT"] = "Browser/4242 4242 4242 4242"
    order = shopper.order(brush, 2)
    assert shopper.pay(order, sandbox, line1="4242 4242 4242 4242")["status"] == "paid"

    page = shopper.come_back(order)

    order = Order.objects.get()
    payment = order.payments.get()
    assert order.status == OrderStatus.ON_HOLD
    assert payment.status == PaymentStatus.AUTHORIZED
    assert [(row["authorised"], row["captured"]) for row in sandbox.ledger()] == [(3095, 0)]
    assert payment.capture_before is not None
    assert (payment.cvc_check, payment.postcode_check, payment.risk_level) == ("pass", "pass", "normal")
    assert (payment.card_brand, payment.card_last4, payment.payer_name) == ("visa", "4242", "Dana Reyes")
    assert "We are confirming your order" in page.content.decode()
    assert (order.user_agent, payment.payer_line1) == (f"Browser/{MASK}", MASK)  # wherever one is typed


def test_coming_back_unpaid_or_many_times_changes_nothing(shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
    order, payment = ordered(brush)
    assert "Your order waits for its payment" in shopper.come_back(order).content.decode()
    assert states(order, payment) == ("awaiting_payment", "started")
    shopper.pay(order, sandbox)
    for _ in range(3):
        Client().get(f"/orders/{order.token}/returned/")  # another browser: no cookie is needed
    assert states(order, payment) == ("on_hold", "authorized")
    assert order.events.count() == 1
    assert mails(order) == ["received"]
    assert Client().get("/orders/not-a-token/returned/").status_code == 404


def test_coming_back_while_the_gateway_is_down_still_shows_the_order(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox
) -> None:
    order, payment = ordered(brush)
    shopper.pay(order, sandbox)
    sandbox.fail("retrieve", "fail", status=429)
    page = shopper.come_back(order)
    assert page.status_code == 200
    assert "the payment company has not told us yet" in page.content.decode()
    assert states(order, payment) == ("awaiting_payment", "started")


def test_going_to_pay_again_leads_to_the_same_page(shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
    order, payment = ordered(brush)
    answer = shopper.client.post(f"/orders/{order.token}/pay/")
    assert (answer.status_code, answer.headers["Location"]) == (303, payment.session_url)
    assert sessions(sandbox) == [payment.session_id]
    assert order.payments.count() == 1


@pytest.mark.parametrize(
    ("mode", "status", "times"),
    [("fail", 500, 1), ("fail_after", 500, 1), ("fail", 429, 1), ("fail", 409, 2), ("timeout_before", 500, 2)],
)
def test_a_gateway_that_stumbles_keeps_the_order_and_can_be_tried_again(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox, mode: str, status: int, times: int
) -> None:  # fmt: skip
    sandbox.fail("create_session", mode, status=status, times=times)
    order = shopper.order_refused(brush)
    payment = order.payments.get()
    assert states(order, payment) == ("awaiting_payment", "started")
    assert (payment.session_id, stock(brush)) == (None, (10, 1))
    page = shopper.client.get(f"/orders/{order.token}/").content.decode()
    assert "You were not charged and your order is kept" in page

    answer = shopper.client.post(f"/orders/{order.token}/pay/")

    payment.refresh_from_db()
    assert answer.headers["Location"] == payment.session_url
    shopper.pay(order, sandbox)
    shopper.come_back(order)
    assert states(order, payment) == ("on_hold", "authorized")
    assert books(sandbox) == [(1845, 0, 0, 0)]


def test_trying_again_some_minutes_later_holds_the_goods_for_longer(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox
) -> None:
    """Stripe opens no page for less than 30 minutes: without more time a second try would be refused for good."""
    sandbox.fail("create_session", "timeout_before", times=2)
    order = shopper.order_refused(brush)
    first = order.payments.get()
    sandbox.travel(10 * 60)

    url = start(order, timedelta(minutes=10))

    order.refresh_from_db()
    payment = order.payments.get(status="started")
    assert states(order, first) == ("awaiting_payment", "expired")
    assert url == payment.session_url
    assert payment.session_expires_at is not None
    assert order.expires_at - payment.session_expires_at >= HOLD_GRACE
    assert order.expires_at > timezone.now() + timedelta(minutes=10) + TIME_TO_PAY
    assert stock(brush) == (10, 1)


def test_no_order_holds_its_goods_for_ever(shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
    sandbox.fail("create_session", "fail", status=429, times=100)
    order = shopper.order_refused(brush)
    minutes = 0
    order.payments.update(status="expired")  # as if refused for good
    while minutes < 300:
        minutes += 20
        sandbox.travel(minutes * 60)
        try:
            start(order, timedelta(minutes=minutes))
        except UnableToStartPayment as error:
            if "time to pay for this order is over" in str(error):
                break
            order.payments.filter(status="started").update(status="expired")
    order.refresh_from_db()
    assert 40 <= minutes < 75
    assert order.expires_at <= order.placed_at + LONGEST_HOLD


def test_a_refusal_for_good_is_told_and_the_next_try_begins_afresh(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox
) -> None:
    sandbox.fail("create_session", "fail", status=429)
    order = shopper.order_refused(brush)
    order.lines.update(unit_price=10, total=10)  # less than Stripe takes
    Order.objects.filter(pk=order.pk).update(items_total=10, delivery_total=0, total=10)
    order.payments.update(amount=10)
    with pytest.raises(UnableToStartPayment, match="not charged"):
        start(order)
    assert [payment.status for payment in order.payments.all()] == ["expired", "expired"]
    assert Order.objects.get(pk=order.pk).is_awaiting_payment
    assert stock(brush) == (10, 1)
    assert sessions(sandbox) == []


@pytest.mark.parametrize("status", ["on_hold", "released", "shipped", "cancelled", "expired"])
def test_only_an_order_that_awaits_it_can_be_paid(brush: Variant, sandbox: RunningSandbox, status: str) -> None:
    order, payment = ordered(brush)
    Order.objects.filter(pk=order.pk).update(status=status)
    with pytest.raises(UnableToStartPayment, match="does not await a payment"):
        start(order)
    assert order.payments.count() == 1
    assert sessions(sandbox) == [payment.session_id]


def test_an_order_whose_time_is_over_can_not_be_paid(brush: Variant, sandbox: RunningSandbox) -> None:
    order, _ = ordered(brush)
    with pytest.raises(UnableToStartPayment, match="time to pay for this order is over"):
        start(order, TIME_TO_PAY)
    assert order.payments.count() == 1


def test_what_was_not_paid_in_time_is_ordered_again_as_far_as_it_is_to_be_had(brush: Variant, client: Client) -> None:
    order = make_order(variant=brush, quantity=3, status="expired", payment_status="expired")
    comb, soap = (VariantFactory.create(on_hand=5, product__name=name) for name in ("Oak comb", "Old soap"))
    for variant in (comb, soap):
        total = variant.price
        OrderLine.objects.create(
            order=order, variant=variant, name=variant.product.name, quantity=1, unit_price=total, total=total
        )
    Variant.objects.filter(pk=brush.pk).update(on_hand=2, price=1300)
    Variant.objects.filter(pk=soap.pk).update(is_active=False)
    page = client.get(f"/de/orders/{order.token}/").content.decode()
    assert f'action="/de/orders/{order.token}/again/"' in page
    assert "Noch einmal bestellen" in page
    assert client.get(f"/orders/{order.token}/again/").status_code == 405

    for _ in range(2):  # the second press adds nothing
        shown = client.post(f"/orders/{order.token}/again/", follow=True).content.decode()
        for words in (
            "What you had ordered is in your cart, at the prices of today. Please look it over.",
            " we have only 2 left.",
            "No longer to be had, and not in your cart: Old soap.",
            "$26.00",
        ):
            assert words in shown
        assert set(CartLine.objects.values_list("variant", "quantity")) == {(brush.pk, 2), (comb.pk, 1)}
    Order.objects.update(status="cancelled")
    assert "not paid in time" in client.post(f"/orders/{order.token}/again/", follow=True).content.decode()
    assert CartLine.objects.count() == 2
