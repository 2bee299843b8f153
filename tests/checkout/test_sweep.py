"""The sweep: with every webhook lost and every browser closed, all is right after it."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from catalog.models import Variant
from checkout.limits import HOLD_GRACE, TIME_TO_PAY
from checkout.models import Mail, Order, Payment
from checkout.services.release import UnableToReleaseOrder, release_order
from checkout.services.sweep import sweep_payments
from tests.checkout.scenes import alerts, books, mails, on_hold, ordered, states, stock
from tests.checkout.shopper import Shopper
from tests.factories.checkout import make_order
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db
OVER = TIME_TO_PAY + HOLD_GRACE + timedelta(minutes=1)


def sweep(later: timedelta = timedelta(minutes=1)) -> tuple[int, int, int, int, int]:
    """Events, payments, orders, mails, troubles."""
    result = sweep_payments(now=timezone.now() + later)
    return result.events, result.payments, result.orders, result.mails, result.troubles


def test_one_sweep_makes_everything_right_when_no_webhook_ever_comes(
    brush: Variant, rates: None, sandbox: RunningSandbox
) -> None:
    sandbox.set(ungenerated=True)
    paid, paid_payment = ordered(brush)
    Shopper().pay(paid, sandbox)
    declined, declined_payment = ordered(brush)
    Shopper().pay(declined, sandbox, "4000000000000002")
    untouched, untouched_payment = ordered(brush)
    assert stock(brush) == (10, 6)

    assert sweep()[1:] == (3, 0, 0, 0)

    assert states(paid, paid_payment) == ("on_hold", "authorized")
    assert states(declined, declined_payment) == ("awaiting_payment", "started")
    assert states(untouched, untouched_payment) == ("awaiting_payment", "started")
    assert mails(paid) == ["received"]
    assert stock(brush) == (10, 6)
    assert sandbox.events() == []

    sandbox.travel(OVER.total_seconds())
    sweep(OVER)
    assert states(paid, paid_payment) == ("released", "captured")  # nobody had assessed it, so the sweep had it done
    assert states(declined, declined_payment) == ("expired", "expired")
    assert states(untouched, untouched_payment) == ("expired", "expired")
    assert stock(brush) == (10, 2)
    assert books(sandbox) == [(3095, 3095, 0, 0)]
    assert sweep(OVER) == (0, 0, 0, 0, 0)


def test_a_page_is_closed_at_the_gateway_before_its_goods_are_freed(brush: Variant, sandbox: RunningSandbox) -> None:
    order, payment = ordered(brush)  # the gateway's clock says that the page is open still
    sweep(OVER)
    assert states(order, payment) == ("expired", "expired")
    assert stock(brush) == (10, 0)
    assert sandbox.client().v1.checkout.sessions.retrieve(str(payment.session_id)).status == "expired"


def test_goods_stay_held_while_nobody_knows_whether_the_page_is_closed(brush: Variant, sandbox: RunningSandbox) -> None:
    order, payment = ordered(brush)
    sandbox.fail("expire", "fail", status=429)
    sweep(OVER)
    assert states(order, payment) == ("awaiting_payment", "started")
    assert stock(brush) == (10, 2)
    sweep(OVER)
    assert states(order, payment) == ("expired", "expired")
    assert stock(brush) == (10, 0)


def test_a_payment_in_the_last_second_is_settled_and_not_expired(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox
) -> None:
    order, payment = ordered(brush)
    sandbox.fail("retrieve", "fail", status=429)  # the first look fails, so the order is closed without it
    shopper.pay(order, sandbox)
    sweep(OVER)
    assert states(order, payment) == ("on_hold", "authorized")
    assert stock(brush) == (10, 2)
    assert mails(order) == ["received"]


def test_a_page_that_nobody_was_ever_shown_is_given_up(shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
    sandbox.fail("create_session", "fail", status=429)
    order = shopper.order_refused(brush)
    payment = order.payments.get()
    sweep()
    assert states(order, payment) == ("awaiting_payment", "started")
    sweep(OVER)
    assert states(order, payment) == ("expired", "expired")
    assert stock(brush) == (10, 0)


def test_an_outage_of_the_gateway_loses_nothing(brush: Variant, rates: None, sandbox: RunningSandbox) -> None:
    paid, paid_payment = ordered(brush)
    Shopper().pay(paid, sandbox)
    decided, decided_payment = on_hold(brush, sandbox)
    sandbox.fail("capture", "fail", status=429)
    with pytest.raises(UnableToReleaseOrder):
        release_order(order_id=decided.pk, by=None, why="Clear.", now=timezone.now())

    for call in ("retrieve", "capture", "expire", "list"):
        sandbox.fail(call, "fail", status=429, times=50)
    assert sweep()[4] == 2
    assert states(paid, paid_payment) == ("awaiting_payment", "started")
    assert states(decided, decided_payment) == ("on_hold", "capturing")
    assert stock(brush) == (10, 4)

    sandbox.control("switches", {"clear_faults": True})
    assert sweep()[4] == 0
    assert states(paid, paid_payment) == ("on_hold", "authorized")
    assert states(decided, decided_payment) == ("released", "captured")
    assert sorted(books(sandbox)) == [(3095, 0, 0, 0), (3095, 3095, 0, 0)]


def test_one_bad_object_does_not_stop_the_others(brush: Variant, rates: None, sandbox: RunningSandbox) -> None:
    unknown = make_order(variant=brush, status="awaiting_payment", payment_status="started")  # no such session there
    elsewhere = make_order(variant=brush, status="awaiting_payment", payment_status="started", payment={"gateway": "gone"})
    good, payment = ordered(brush)
    Shopper().pay(good, sandbox)

    assert sweep()[4] == 2

    assert states(good, payment) == ("on_hold", "authorized")
    assert states(unknown, unknown.payments.get()) == ("awaiting_payment", "started")
    assert states(elsewhere, elsewhere.payments.get()) == ("awaiting_payment", "started")


def test_a_step_that_somebody_is_at_is_left_to_them(brush: Variant, sandbox: RunningSandbox) -> None:
    order, payment = on_hold(brush, sandbox)
    sandbox.fail("capture", "fail", status=429)
    with pytest.raises(UnableToReleaseOrder):
        release_order(order_id=order.pk, by=None, why="Clear.", now=timezone.now())
    sweep(timedelta(seconds=5))
    assert states(order, payment) == ("on_hold", "capturing")
    sweep(timedelta(seconds=40))
    assert states(order, payment) == ("released", "captured")


def test_an_authorisation_is_asked_about_once_an_hour(brush: Variant, sandbox: RunningSandbox) -> None:
    on_hold(brush, sandbox)
    for minutes, looked_at in ((59, 0), (61, 1)):
        Payment.objects.update(settled_at=timezone.now() - timedelta(minutes=minutes))
        assert sweep(timedelta(seconds=1))[1] == looked_at
    assert sweep(timedelta(seconds=2))[1] == 0


def test_mails_whose_task_was_lost_are_sent_once(brush: Variant, sandbox: RunningSandbox) -> None:
    order, _ = on_hold(brush, sandbox)
    assert len(mail.outbox) == 0  # the worker died before it came to it
    assert sweep(timedelta(seconds=40))[3] == 1
    assert sweep(timedelta(seconds=45))[3] == 0
    assert [message.subject for message in mail.outbox] == [f"We have your order {order.number}"]
    assert Mail.objects.get().sent_at is not None


def test_two_sweeps_do_each_thing_once(shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
    order, payment = ordered(brush)
    shopper.pay(order, sandbox)
    for seconds in (40, 41, 80, 81):
        sweep(timedelta(seconds=seconds))
    assert states(order, payment) == ("on_hold", "authorized")
    assert order.events.count() == 1
    assert len(mail.outbox) == 1
    assert alerts() == []


def test_the_command_says_what_it_did(shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
    order, _ = ordered(brush)
    shopper.pay(order, sandbox)
    out = StringIO()
    call_command("sweep_payments", stdout=out)
    assert out.getvalue() == (
        "Looked at 0 events, 1 payments, 0 refunds, 0 unpaid orders, 0 mails; 0 could not be settled and will be tried again.\n"
    )
    assert Order.objects.get().is_on_hold
    assert "We are confirming your order" in Client().get(f"/orders/{order.token}/").content.decode()
