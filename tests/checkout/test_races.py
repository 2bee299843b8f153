"""Many at once, on PostgreSQL, with real threads: each thing happens once, and the losers are told so."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Variant
from checkout.models import GatewayEventRecord, Mail, Order, Payment, Refund, Return, ReturnLine
from checkout.services.cancel import UnableToCancelOrder, cancel_order
from checkout.services.deadlines import MARGIN, watch_deadlines
from checkout.services.disputes import look_at_trouble
from checkout.services.mails import send_queued_mail
from checkout.services.payments import UnableToStartPayment, close_unpaid_order, start_payment
from checkout.services.refunds import LineToRefund, UnableToRefund, request_refund
from checkout.services.release import UnableToReleaseOrder, release_order
from checkout.services.reminding import remind_of_payments
from checkout.services.returns import UnableToReturn, close_return, refund_return
from checkout.services.shipping import UnableToShipOrder, ship_order
from checkout.services.sweep import sweep_payments
from checkout.services.webhooks import follow_up
from fraud.models import Assessment
from store.throttle import LOGIN_ACCOUNT, forget_tries, take_try
from tests.checkout.scenes import alerts, books, look, mails, make_reviewer, on_hold, ordered, states, stock
from tests.checkout.shopper import Shopper
from tests.checkout.together import is_waited_for, together
from tests.sandbox.process import RunningSandbox

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]
RunTasks = Callable[[], int]
# Races are won by chance: each is run a few times.
ROUNDS = range(4)


def release(order: Order) -> Order:
    return release_order(order_id=order.pk, by=None, why="Clear.", now=timezone.now())


def cancel(order: Order) -> Order:
    return cancel_order(
        order_id=order.pk, by=None, reason=Order.CancelReason.DENIED, why="Denied.", now=timezone.now(), from_hold=True
    )


def ship(order: Order) -> Order:
    return ship_order(order_id=order.pk, by=None, carrier="Post", tracking_number="1", now=timezone.now())


def race_to_settle(brush: Variant, sandbox: RunningSandbox, *others: Callable[[], Any]) -> tuple[Order, Payment]:
    """Pay, then let all webhooks (each twice), the return page (twice) and `others` come at the same moment."""
    order, payment = ordered(brush)
    Shopper().pay(order, sandbox)
    events = sandbox.take_events()

    def post_all() -> set[int]:
        codes = {
            Client().post("/webhooks/stripe/", e.payload, content_type="application/json", headers=e.headers).status_code
            for e in events
        }
        for record in GatewayEventRecord.objects.filter(event_id__in=[e.event_id for e in events]):
            follow_up(record_id=record.pk, now=timezone.now())
        return codes

    def come_back() -> int:
        return Client().get(f"/orders/{order.token}/returned/").status_code

    ends = together(post_all, post_all, come_back, come_back, lambda: look(payment), *others)

    assert ends == [{204}, {204}, 302, 302, None, *[0] * len(others)]
    assert states(order, payment) == ("on_hold", "authorized")
    assert order.events.filter(now="on_hold").count() == 1
    assert payment.events.filter(now="authorized").count() == 1
    assert GatewayEventRecord.objects.filter(event_id__in=[e.event_id for e in events]).count() == len(events)
    assert mails(order) == ["received"]
    return order, payment


@pytest.mark.parametrize("_round", ROUNDS)
def test_webhook_return_page_and_sweep_at_once_settle_once(
    brush: Variant, sandbox: RunningSandbox, run_tasks: RunTasks, _round: int
) -> None:
    def sweep() -> int:
        return sweep_payments(now=timezone.now()).troubles

    order, payment = race_to_settle(brush, sandbox, sweep, sweep)
    assert books(sandbox) == [(3095, 0, 0, 0)]

    run_tasks()  # every task that anybody enqueued: assessment, release, mails
    assert Assessment.objects.filter(order=order).count() == 1
    assert states(order, payment) == ("released", "captured")
    assert books(sandbox) == [(3095, 3095, 0, 0)]
    assert [message.subject.split(order.number)[0] for message in mail.outbox] == ["We have your order ", "Your order "]
    assert alerts() == []


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_releases_at_once_capture_once(brush: Variant, sandbox: RunningSandbox, _round: int) -> None:
    order, payment = on_hold(brush, sandbox)

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
def test_release_against_cancel_has_one_winner(brush: Variant, sandbox: RunningSandbox, _round: int) -> None:
    order, payment = on_hold(brush, sandbox)

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
    brush: Variant, sandbox: RunningSandbox, _round: int
) -> None:
    order, payment = on_hold(brush, sandbox)
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


def test_many_cancellations_and_sweeps_at_once_restock_once(brush: Variant, sandbox: RunningSandbox) -> None:
    order, payment = on_hold(brush, sandbox)
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


def test_two_pages_of_one_order_paid_at_once_pay_for_it_once(brush: Variant, sandbox: RunningSandbox) -> None:
    """The first was thought closed, so that another was opened; then somebody pays on both, and every webhook comes."""
    order, old = ordered(brush)
    Payment.objects.filter(pk=old.pk).update(status="expired")
    start_payment(order_id=order.pk, gateway_name="stripe", now=timezone.now())
    new = order.payments.get(status="started")
    for payment in (old, new):
        assert Shopper().pay_on(payment, sandbox)["status"] == "paid"
    events = sandbox.take_events()

    def hear() -> None:
        for event in events:
            Client().post("/webhooks/stripe/", event.payload, content_type="application/json", headers=event.headers)
        for record in GatewayEventRecord.objects.filter(event_id__in=[event.event_id for event in events]):
            follow_up(record_id=record.pk, now=timezone.now())

    together(hear, lambda: look(old), lambda: look(new), lambda: Client().get(f"/orders/{order.token}/returned/"))
    for payment in (old, new):
        look(payment)

    order.refresh_from_db()
    assert order.status == "on_hold"
    assert sorted(order.payments.values_list("status", flat=True)) == ["authorized", "voided"]
    assert sorted(books(sandbox)) == [(3095, 0, 0, 0), (3095, 0, 0, 3095)]
    assert stock(brush) == (10, 2)
    assert mails(order).count("received") == mails(order).count("too_late") == 1


@pytest.mark.parametrize("_round", range(2))
def test_going_to_pay_while_it_is_cancelled_leaves_no_page_open_for_a_cancelled_order(
    brush: Variant, sandbox: RunningSandbox, _round: int
) -> None:
    order, _ = ordered(brush)

    def pay() -> str:
        return start_payment(order_id=order.pk, gateway_name="stripe", now=timezone.now())

    *_, cancelled = together(pay, pay, lambda: cancel(order))

    assert isinstance(cancelled, Order)
    order.refresh_from_db()
    assert order.status == "cancelled"
    assert {session.status for session in sandbox.client().v1.checkout.sessions.list().data} == {"expired"}
    assert not order.payments.filter(status="started").exists()
    assert stock(brush) == (10, 0)
    with pytest.raises(UnableToStartPayment, match="does not await a payment"):
        pay()


def test_a_reminder_while_it_is_paid_is_written_once_at_most_and_not_sent(
    brush: Variant, sandbox: RunningSandbox, run_tasks: RunTasks, settings: Settings
) -> None:
    settings.PAYMENT_REMINDER_MINUTES = 10
    order, payment = ordered(brush)
    Shopper().pay(order, sandbox)
    later = timezone.now() + timedelta(minutes=11)

    *counts, _ = together(*[lambda: remind_of_payments(now=later)] * 3, lambda: look(payment))
    run_tasks()

    assert sum(counts) == mails(order).count("waiting") <= 1
    assert not [message.subject for message in mail.outbox if "waits for its payment" in message.subject]
    assert remind_of_payments(now=later) == 0


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
    order, _ = ordered(brush)
    shopper.pay(order, sandbox)
    event = sandbox.take_events()[-1]

    def send() -> int:
        answer = Client().post("/webhooks/stripe/", event.payload, content_type="application/json", headers=event.headers)
        return answer.status_code

    assert together(*[send] * 20) == [204] * 20
    assert GatewayEventRecord.objects.count() == 1


def test_two_workers_send_a_mail_once(brush: Variant, sandbox: RunningSandbox) -> None:
    order, _ = on_hold(brush, sandbox)
    written = Mail.objects.get(order=order)
    ends = together(*[lambda: send_queued_mail(mail_id=written.pk, now=timezone.now())] * 6)
    assert sorted(ends) == [False] * 5 + [True]
    assert len(mail.outbox) == 1


def test_a_payment_and_the_end_of_its_time_at_once_never_frees_paid_goods(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox
) -> None:
    order, payment = ordered(brush)

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


@pytest.mark.parametrize("_round", ROUNDS)
def test_refunds_at_once_never_give_back_more_than_was_captured(
    brush: Variant, sandbox: RunningSandbox, _round: int
) -> None:
    order, payment = on_hold(brush, sandbox)
    release(order)
    line = LineToRefund(line_id=order.lines.get().pk, quantity=1, is_restocked=True)
    twice = uuid.uuid4()

    def refund(*lines: LineToRefund, amount: int = 0, token: uuid.UUID | None = None) -> Refund:
        return request_refund(
            order_id=order.pk,
            lines=lines,
            delivery=0,
            other=amount,
            expected_total=amount + 1250 * len(lines),
            reason=Refund.Reason.RETURNED,
            note="",
            by=None,
            token=token or uuid.uuid4(),
            now=timezone.now(),
        )

    ends = together(
        *[lambda: refund(line, token=twice)] * 3,
        *[lambda: refund(amount=1000)] * 4,
        lambda: look(payment),
    )
    look(payment)

    payment.refresh_from_db()
    rows = list(payment.refunds.values_list("status", "amount"))
    refused = [end for end in ends if isinstance(end, UnableToRefund) and end.is_final]
    assert payment.refunded_amount == sum(amount for _, amount in rows) <= 3095
    assert payment.refunding_amount == 0
    assert {status for status, _ in rows} == {"done"}
    assert len([1 for _, amount in rows if amount == 1250]) <= 1
    assert len(refused) >= 2
    assert books(sandbox) == [(3095, 3095, payment.refunded_amount, 0)]
    order.refresh_from_db()
    assert stock(brush) == (10, 2 - order.lines.get().refunded_quantity)


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_refund_a_shipment_and_a_cancellation_at_once_move_each_unit_once(
    brush: Variant, sandbox: RunningSandbox, _round: int
) -> None:
    order, payment = on_hold(brush, sandbox)
    release(order)
    line = LineToRefund(line_id=order.lines.get().pk, quantity=1, is_restocked=True)

    def refund() -> Refund:
        return request_refund(
            order_id=order.pk,
            lines=[line],
            delivery=0,
            other=0,
            expected_total=1250,
            reason=Refund.Reason.RETURNED,
            note="",
            by=None,
            token=uuid.uuid4(),
            now=timezone.now(),
        )

    refunded, shipped, cancelled = together(refund, lambda: ship(order), lambda: cancel(order))

    order.refresh_from_db()
    payment.refresh_from_db()
    if order.status == "shipped":
        assert isinstance(cancelled, UnableToCancelOrder)
        # Refunded before the parcel left, the unit never left; refunded after, it came back.
        assert stock(brush) == ((9, 0) if isinstance(refunded, Refund) else (8, 0))
    elif order.status == "cancelled":
        assert isinstance(shipped, UnableToShipOrder)
        assert stock(brush) == (10, 0)
        assert payment.refunded_amount == 3095
    else:  # each stood in the others' way for a moment
        assert isinstance(refunded, Refund)
        assert stock(brush) == (10, 1)
    assert books(sandbox) == [(3095, 3095, payment.refunded_amount, 0)]
    assert payment.refunding_amount == 0


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_release_at_the_deadline_is_one_or_the_other(brush: Variant, sandbox: RunningSandbox, _round: int) -> None:
    order, payment = on_hold(brush, sandbox)
    assert payment.capture_before
    end = payment.capture_before - MARGIN

    released, cancelled, _ = together(
        lambda: release(order), lambda: watch_deadlines(now=end), lambda: watch_deadlines(now=end)
    )
    sweep_payments(now=timezone.now() + timedelta(minutes=1))

    if isinstance(released, Order):
        assert cancelled == 0
        assert states(order, payment) == ("released", "captured")
        assert books(sandbox) == [(3095, 3095, 0, 0)]
        assert stock(brush) == (10, 2)
    else:
        assert isinstance(released, UnableToReleaseOrder)
        assert states(order, payment) == ("cancelled", "voided")
        assert books(sandbox) == [(3095, 0, 0, 3095)]
        assert stock(brush) == (10, 0)
        assert mails(order) == ["received", "cancelled"]


@pytest.mark.parametrize("_round", ROUNDS)
def test_closing_a_return_against_refunding_it_has_one_winner(brush: Variant, sandbox: RunningSandbox, _round: int) -> None:
    order, _ = on_hold(brush, sandbox)
    release(order)
    ship(order)
    line, now, rosa = order.lines.get(), timezone.now(), make_reviewer()
    found = Return.objects.create(order=order, status="received", status_at=now, requested_at=now, attempt=uuid.uuid4())
    ReturnLine.objects.create(of=found, line_id=line.pk, quantity=1, reason="faulty", arrived=1)

    closed, refunded = together(
        lambda: close_return(return_id=found.pk, why="Settled another way.", by=rosa, now=timezone.now()),
        lambda: refund_return(
            return_id=found.pk,
            lines=[LineToRefund(line_id=line.pk, quantity=1, is_restocked=False)],
            with_delivery=False,
            expected_total=1250,
            token=found.refund_token,
            by=rosa,
            now=timezone.now(),
        ),
    )

    found.refresh_from_db()
    if isinstance(closed, Return):
        assert isinstance(refunded, UnableToRefund)
        assert (found.status, Refund.objects.count(), books(sandbox)) == ("closed", 0, [(3095, 3095, 0, 0)])
    else:
        assert isinstance(closed, UnableToReturn)
        assert isinstance(refunded, Refund)
        assert (found.status, books(sandbox)) == ("refunded", [(3095, 3095, 1250, 0)])


@pytest.mark.parametrize("_round", range(2))
def test_what_is_paid_while_its_page_cancels_it_is_on_hold_and_not_cancelled_past_the_queue(
    brush: Variant, sandbox: RunningSandbox, _round: int
) -> None:
    order, payment = ordered(brush)
    Shopper().pay(order, sandbox)

    def cancel_on_its_page() -> Order:
        return cancel_order(order_id=order.pk, by=None, reason=Order.CancelReason.CUSTOMER, why="x", now=timezone.now())

    *refused, _ = together(cancel_on_its_page, cancel_on_its_page, lambda: look(payment))

    assert [type(end) for end in refused] == [UnableToCancelOrder] * 2
    assert states(order, payment) == ("on_hold", "authorized")
    assert books(sandbox) == [(3095, 0, 0, 0)]


def test_a_warning_being_written_down_holds_a_release_up_and_refuses_it(brush: Variant, sandbox: RunningSandbox) -> None:
    order, payment = on_hold(brush, sandbox)
    sandbox.warn_early(str(payment.reference))
    ends: list[Any] = []
    releasing = threading.Thread(target=lambda: ends.extend(together(lambda: release(order))))
    with transaction.atomic():
        look_at_trouble(payment_id=payment.pk, now=timezone.now())
        releasing.start()
        until = time.monotonic() + 20
        while not is_waited_for() and time.monotonic() < until:
            time.sleep(0.02)
        assert is_waited_for()
    releasing.join(60)

    (refused,) = ends
    assert isinstance(refused, UnableToReleaseOrder)
    assert str(refused).startswith("This order is stopped by an early fraud warning of the card's bank. It was not released")
    assert states(order, payment) == ("on_hold", "authorized")
    assert Order.objects.get().decision is None
    assert books(sandbox) == [(3095, 0, 0, 0)]


@pytest.mark.parametrize("_round", range(2))
def test_a_warning_against_a_release_stops_the_release_or_the_parcel(
    brush: Variant, sandbox: RunningSandbox, _round: int
) -> None:
    order, payment = on_hold(brush, sandbox)
    sandbox.warn_early(str(payment.reference))

    released, looked = together(lambda: release(order), lambda: look_at_trouble(payment_id=payment.pk, now=timezone.now()))

    assert looked is None
    assert Order.objects.get().frozen_at is not None
    if isinstance(released, Order):
        assert states(order, payment) == ("released", "captured")
        assert books(sandbox) == [(3095, 3095, 0, 0)]
        with pytest.raises(UnableToShipOrder, match="is stopped"):
            ship(order)
    else:
        assert isinstance(released, UnableToReleaseOrder)
        assert states(order, payment) == ("on_hold", "authorized")
        assert books(sandbox) == [(3095, 0, 0, 0)]


def test_a_log_in_that_counts_while_another_forgets_is_no_fault() -> None:
    def each(act: Callable[[], object]) -> list[object]:
        return [act() for _ in range(60)]

    ends = together(
        lambda: each(lambda: take_try(LOGIN_ACCOUNT, "dana@example.com", now=timezone.now())),
        lambda: each(lambda: forget_tries(LOGIN_ACCOUNT, "dana@example.com")),
    )
    assert [type(end) for end in ends] == [list, list], ends
