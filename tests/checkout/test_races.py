"""Many at once, on PostgreSQL, with real threads: each thing happens once, and the losers are told so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from catalog.models import StockMove, Variant
from checkout.models import GatewayEventRecord, Mail, Order, Payment
from checkout.services.cancel import UnableToCancelOrder, cancel_order
from checkout.services.mails import send_queued_mail
from checkout.services.payments import UnableToStartPayment, close_unpaid_order, start_payment
from checkout.services.release import UnableToReleaseOrder, release_order
from checkout.services.shipping import UnableToShipOrder, ship_order
from checkout.services.sweep import sweep_payments
from checkout.services.webhooks import follow_up
from fraud.models import Assessment
from tests.checkout.scenes import alerts, books, look, mails, on_hold, ordered, states, stock
from tests.checkout.shopper import Shopper
from tests.sandbox.process import RunningSandbox

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]
RunTasks = Callable[[], int]
# Races are won by chance: each is run a few times.
ROUNDS = range(4)


def together(*steps: Callable[[], Any]) -> list[Any]:
    """Run all steps at the same moment, each in its own thread and connection; give what each returned or raised."""
    barrier = threading.Barrier(len(steps))
    ends: list[Any] = [None] * len(steps)

    def run(place: int, step: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(20)
            ends[place] = step()
        except Exception as error:  # noqa: BLE001  # the test looks at it
            ends[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return ends


def release(order: Order) -> Order:
    return release_order(order_id=order.pk, by=None, why="Clear.", now=timezone.now())


def cancel(order: Order) -> Order:
    return cancel_order(order_id=order.pk, by=None, reason=Order.CancelReason.DENIED, why="Denied.", now=timezone.now())


def ship(order: Order) -> Order:
    return ship_order(order_id=order.pk, by=None, carrier="Post", tracking_number="1", now=timezone.now())


def test_twenty_buyers_of_three_things_make_three_orders(brush: Variant, sandbox: RunningSandbox) -> None:
    Variant.objects.filter(pk=brush.pk).update(on_hand=3)
    buyers = [Shopper() for _ in range(20)]
    pages = []
    for buyer in buyers:
        buyer.add(brush)
        pages.append(buyer.review())

    answers = together(*(lambda b=b, p=p: b.place(p) for b, p in zip(buyers, pages, strict=True)))

    places = [answer.headers["Location"] for answer in answers]
    assert sum(place.startswith(sandbox.url) for place in places) == 3
    assert places.count("/cart/") == 17
    assert Order.objects.count() == Payment.objects.count() == 3
    assert stock(brush) == (3, 3)
    assert StockMove.objects.filter(kind=StockMove.Kind.HOLD).count() == 3
    assert len(sandbox.client().v1.checkout.sessions.list().data) == 3


@pytest.mark.parametrize("_round", ROUNDS)
def test_webhook_return_page_and_sweep_at_once_settle_once(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox, run_tasks: RunTasks, _round: int
) -> None:
    order, payment = ordered(shopper, brush)
    shopper.pay(order, sandbox)
    events = sandbox.take_events()

    def post_all() -> set[int]:
        codes = {
            Client().post("/webhooks/stripe/", e.payload, content_type="application/json", headers=e.headers).status_code
            for e in events
        }
        for record in GatewayEventRecord.objects.all():
            follow_up(record_id=record.pk, now=timezone.now())
        return codes

    def come_back() -> int:
        return Client().get(f"/orders/{order.token}/returned/").status_code

    def sweep() -> int:
        return sweep_payments(now=timezone.now()).troubles

    ends = together(post_all, post_all, come_back, come_back, sweep, sweep, lambda: look(payment))

    assert ends == [{204}, {204}, 302, 302, 0, 0, None]
    assert states(order, payment) == ("on_hold", "authorized")
    assert order.events.filter(now="on_hold").count() == 1
    assert payment.events.filter(now="authorized").count() == 1
    assert GatewayEventRecord.objects.count() == len(events)
    assert mails(order) == ["received"]
    assert books(sandbox) == [(3095, 0, 0, 0)]

    run_tasks()  # every task that anybody enqueued: assessment, release, mails
    assert Assessment.objects.filter(order=order).count() == 1
    assert states(order, payment) == ("released", "captured")
    assert books(sandbox) == [(3095, 3095, 0, 0)]
    assert [message.subject.split(order.number)[0] for message in mail.outbox] == ["We have your order ", "Your order "]
    assert alerts() == []


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_releases_at_once_capture_once(shopper: Shopper, brush: Variant, sandbox: RunningSandbox, _round: int) -> None:
    order, payment = on_hold(shopper, brush, sandbox)

    ends = together(*[lambda: release(order)] * 4)

    winners = [end for end in ends if isinstance(end, Order)]
    losers = [str(end) for end in ends if isinstance(end, UnableToReleaseOrder)]
    assert (len(winners), len(losers)) == (1, 3)
    assert all("Somebody else is deciding" in words or "released already" in words for words in losers)
    assert states(order, payment) == ("released", "captured")
    assert books(sandbox) == [(3095, 3095, 0, 0)]
    assert mails(order) == ["received", "released"]
    assert order.events.filter(now="released").count() == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_release_against_cancel_has_one_winner(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox, _round: int
) -> None:
    order, payment = on_hold(shopper, brush, sandbox)

    released, cancelled = together(lambda: release(order), lambda: cancel(order))

    if isinstance(released, Order) and isinstance(cancelled, Order):
        # Cancelled a moment after it was released: both were told the truth, and the money went back.
        assert states(order, payment) == ("cancelled", "refunded")
    elif isinstance(released, Order):
        assert isinstance(cancelled, UnableToCancelOrder)
        assert "Somebody else is deciding" in str(cancelled)
        assert states(order, payment) == ("released", "captured")
        assert (books(sandbox), stock(brush)) == ([(3095, 3095, 0, 0)], (10, 2))
    else:
        assert isinstance(cancelled, Order)
        assert isinstance(released, UnableToReleaseOrder)
        assert "Somebody else is deciding" in str(released) or "is cancelled" in str(released)
        assert states(order, payment) == ("cancelled", "voided")
        assert (books(sandbox), stock(brush)) == ([(3095, 0, 0, 3095)], (10, 0))


@pytest.mark.parametrize("_round", ROUNDS)
def test_shipping_against_cancelling_never_ships_what_is_refunded(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox, _round: int
) -> None:
    order, payment = on_hold(shopper, brush, sandbox)
    release(order)

    shipped, cancelled = together(lambda: ship(order), lambda: cancel(order))

    if isinstance(shipped, Order):
        assert isinstance(cancelled, UnableToCancelOrder)
        assert states(order, payment) == ("shipped", "captured")
        assert (books(sandbox), stock(brush)) == ([(3095, 3095, 0, 0)], (8, 0))
    else:
        assert isinstance(shipped, UnableToShipOrder)
        assert states(order, payment) == ("cancelled", "refunded")
        assert (books(sandbox), stock(brush)) == ([(3095, 3095, 3095, 0)], (10, 0))


def test_many_cancellations_and_sweeps_at_once_restock_once(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox
) -> None:
    order, payment = on_hold(shopper, brush, sandbox)
    sandbox.fail("cancel", "fail", status=429)
    with pytest.raises(UnableToCancelOrder):
        cancel(order)

    def sweep() -> int:
        return sweep_payments(now=timezone.now() + timedelta(seconds=50)).troubles

    assert together(*[sweep] * 4) == [0, 0, 0, 0]

    assert states(order, payment) == ("cancelled", "voided")
    assert stock(brush) == (10, 0)
    assert mails(order) == ["received", "cancelled"]
    assert order.events.filter(now="cancelled").count() == 1
    assert alerts() == []


def test_the_same_checkout_page_sent_twice_at_once_makes_one_order(brush: Variant, sandbox: RunningSandbox) -> None:
    first, second = Shopper(), Shopper()
    first.add(brush, 2)
    second.client.cookies = first.client.cookies
    page = first.review()

    answers = together(lambda: first.place(page), lambda: second.place(page))

    order = Order.objects.get()
    assert stock(brush) == (10, 2)
    assert order.payments.count() == 1
    [session] = sandbox.client().v1.checkout.sessions.list().data
    own = f"/orders/{order.token}/"
    assert {answer.headers["Location"] for answer in answers} <= {session.url, own}


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_tabs_that_go_to_pay_get_one_page(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox, _round: int
) -> None:
    sandbox.fail("create_session", "fail", status=429)
    order = shopper.order_refused(brush)
    order.payments.update(status="expired")

    def start() -> str:
        return start_payment(order_id=order.pk, gateway_name="stripe", now=timezone.now())

    ends = together(start, start, start)

    [session] = sandbox.client().v1.checkout.sessions.list().data
    urls = {end for end in ends if isinstance(end, str)}
    assert urls == {session.url}
    assert all(isinstance(end, str | UnableToStartPayment) for end in ends)
    assert order.payments.filter(status="started").count() == 1


def test_a_page_that_opens_for_an_order_given_up_meanwhile_is_closed(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox
) -> None:
    sandbox.fail("create_session", "fail", status=429)
    order = shopper.order_refused(brush)
    sandbox.fail("create_session", "slow", seconds=1)
    late = threading.Event()

    def start() -> str:
        threading.Timer(0.3, late.set).start()
        return start_payment(order_id=order.pk, gateway_name="stripe", now=timezone.now())

    def give_up() -> bool:
        late.wait()
        found = Order.objects.prefetch_related("lines").get(pk=order.pk)
        return close_unpaid_order(order=found, why="The customer started again.", now=timezone.now())

    started, given_up = together(start, give_up)

    assert given_up is True
    assert isinstance(started, UnableToStartPayment)
    assert states(order, order.payments.get()) == ("expired", "expired")
    assert stock(brush) == (10, 0)
    assert [session.status for session in sandbox.client().v1.checkout.sessions.list().data] == ["expired"]


def test_one_event_from_twenty_senders_is_kept_once(shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
    order, _ = ordered(shopper, brush)
    shopper.pay(order, sandbox)
    event = sandbox.take_events()[-1]

    def send() -> int:
        answer = Client().post("/webhooks/stripe/", event.payload, content_type="application/json", headers=event.headers)
        return answer.status_code

    assert together(*[send] * 20) == [204] * 20
    assert GatewayEventRecord.objects.count() == 1


def test_two_workers_send_a_mail_once(shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
    order, _ = on_hold(shopper, brush, sandbox)
    written = Mail.objects.get(order=order)
    ends = together(*[lambda: send_queued_mail(mail_id=written.pk, now=timezone.now())] * 6)
    assert sorted(ends) == [False] * 5 + [True]
    assert len(mail.outbox) == 1


def test_a_payment_and_the_end_of_its_time_at_once_never_frees_paid_goods(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox
) -> None:
    order, payment = ordered(shopper, brush)

    def pay() -> str:
        try:
            return str(shopper.pay(order, sandbox)["status"])
        except Exception:  # noqa: BLE001  # the page was closed first
            return "closed"

    def give_up() -> bool:
        found = Order.objects.prefetch_related("lines").get(pk=order.pk)
        return close_unpaid_order(order=found, why="Not paid in time.", now=timezone.now())

    paid, given_up, _ = together(pay, give_up, lambda: look(payment))
    look(payment)

    assert given_up is not (paid == "paid")
    if paid == "paid":
        assert states(order, payment) == ("on_hold", "authorized")
        assert (books(sandbox), stock(brush)) == ([(3095, 0, 0, 0)], (10, 2))
    else:
        assert states(order, payment) == ("expired", "expired")
        assert (books(sandbox), stock(brush)) == ([], (10, 0))
