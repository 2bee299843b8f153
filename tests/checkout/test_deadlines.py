"""Deadlines, by time travel: warned in time and once each, given back before the end, and never charged by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Variant
from checkout.gateways.paypal import PayPalGateway
from checkout.models import Alert, Order, Payment
from checkout.services.alerts import mail_alerts
from checkout.services.authorising import UnableToReauthorise, reauthorise
from checkout.services.cancel import UnableToCancelOrder, cancel_undecided
from checkout.services.deadlines import MARGIN, _give_up, deadline_of, watch_deadlines
from checkout.services.mails import build_mail
from checkout.services.payments import start_payment
from checkout.services.release import UnableToReleaseOrder, release_order
from checkout.services.settle import SHORTEST_AUTHORISATION, settle
from checkout.services.sweep import sweep_payments
from tests.checkout.scenes import alerts, books, fresh, mails, on_hold, states, stock
from tests.factories.checkout import make_order
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def held(brush: Variant, sandbox: RunningSandbox) -> tuple[Order, Payment, datetime]:
    """An order that nobody looks at: the worker has assessed it, and it waits for a call."""
    order, payment = on_hold(brush, sandbox)
    assert payment.authorized_at
    return order, payment, payment.authorized_at


def open_alerts() -> list[str]:
    return [cause.split(":")[0] for cause in Alert.objects.open().order_by("pk").values_list("cause", flat=True)]


def test_an_authorisation_of_seven_days_is_warned_of_four_times_then_given_back(
    brush: Variant, sandbox: RunningSandbox
) -> None:
    order, payment, began = held(brush, sandbox)
    assert payment.capture_before is not None
    assert abs(payment.capture_before - began - 7 * DAY) < timedelta(seconds=5)
    told = []
    for hours in (1, 83, 84, 85, 134, 135, 143, 144, 145, 163, 165):
        sandbox.travel(hours * 3600)
        for _ in range(2):
            assert watch_deadlines(now=began + hours * HOUR + timedelta(seconds=30)) == 0
        told.append(open_alerts())
    half, most, last, end = ["deadline-50"], ["deadline-80"], ["deadline-last-day"], ["deadline-last-hours"]
    assert told == [[], [], half, half, half, most, most, last, last, last, end]
    assert "lapses in 2 hours" in Alert.objects.get(resolved_at=None).message
    assert states(order, payment) == ("on_hold", "authorized")
    assert books(sandbox) == [(3095, 0, 0, 0)]

    sandbox.travel((7 * DAY - MARGIN).total_seconds())
    for _ in range(2):
        sweep_payments(now=payment.capture_before - MARGIN)

    assert states(order, payment) == ("cancelled", "voided")
    assert books(sandbox) == [(3095, 0, 0, 3095)]
    assert stock(brush) == (10, 0)
    assert mails(order) == ["received", "cancelled"]
    assert open_alerts() == []
    found = Order.objects.get(pk=order.pk)
    assert (found.cancel_reason, found.decided_by) == ("deadline", None)
    text = str(build_mail(found.mails.get(kind="cancelled")).body)
    assert "we could not confirm it in time" in text
    assert "was not charged" in text
    with pytest.raises(UnableToReleaseOrder, match="cancelled"):
        release_order(order_id=order.pk, by=None, why="Late.", now=payment.capture_before)


@pytest.mark.parametrize("days", [3, 7, 29, 30])
def test_whatever_the_length_the_most_urgent_warning_is_given_and_the_end_comes_before_the_gateways(
    brush: Variant, days: int
) -> None:
    order = make_order(variant=brush)
    payment = order.payments.get()
    began = order.placed_at
    ends = began + days * DAY
    Payment.objects.update(capture_before=ends)
    payment.refresh_from_db()
    deadline = deadline_of(payment)
    assert deadline is not None
    stages = [deadline.stage(began + days * DAY * share) for share in (0.49, 0.5, 0.79)]
    assert stages == ["", "deadline-50", "deadline-last-day" if days == 3 else "deadline-50"]
    assert deadline.stage(began + days * DAY * 0.8) == ("deadline-last-day" if days == 3 else "deadline-80")
    assert deadline.stage(ends - DAY) == "deadline-last-day"
    assert deadline.ends_at == ends - MARGIN

    # The sweep was away all the time: one warning, the most urgent one.
    watch_deadlines(now=ends - 3 * HOUR)
    assert alerts() == ["deadline-last-hours"]


def test_an_authorisation_that_does_not_say_when_it_lapses_is_taken_for_the_shortest(brush: Variant) -> None:
    payment = make_order(variant=brush, payment={"capture_before": None}).payments.get()
    deadline = deadline_of(payment)
    assert deadline is not None
    assert deadline.ends_at == deadline.begins_at + SHORTEST_AUTHORISATION - MARGIN


def test_one_that_cannot_be_watched_keeps_no_other_from_it(brush: Variant) -> None:
    broken, sound = make_order(variant=brush), make_order(variant=brush)
    Payment.objects.filter(order=broken).update(capture_before=datetime(1, 1, 1, tzinfo=UTC))
    Payment.objects.filter(order=sound).update(capture_before=sound.placed_at + 7 * DAY)
    for hours in (0, 1):
        watch_deadlines(now=sound.placed_at + 4 * DAY + hours * HOUR)
    assert open_alerts() == ["deadline-error", "deadline-50"]
    assert "could not be watched (OverflowError)" in Alert.objects.get(order=broken).message


def test_a_release_closes_the_warnings(brush: Variant, sandbox: RunningSandbox) -> None:
    order, _, began = held(brush, sandbox)
    watch_deadlines(now=began + 4 * DAY)
    assert open_alerts() == ["deadline-50"]
    release_order(order_id=order.pk, by=None, why="Confirmed.", now=began + 4 * DAY)
    assert open_alerts() == []
    assert watch_deadlines(now=began + 6 * DAY) == 0
    assert alerts() == ["deadline-50"]


def test_an_end_that_the_gateway_does_not_answer_to_is_kept_by_a_later_sweep(
    brush: Variant, sandbox: RunningSandbox
) -> None:
    order, payment, began = held(brush, sandbox)
    sandbox.fail("cancel", "fail", status=429)
    end = began + 7 * DAY - MARGIN
    assert watch_deadlines(now=end) == 0
    assert states(order, payment) == ("on_hold", "voiding")
    with pytest.raises(UnableToReleaseOrder):
        release_order(order_id=order.pk, by=None, why="Now!", now=end)
    sweep_payments(now=end + timedelta(minutes=2))
    assert states(order, payment) == ("cancelled", "voided")
    assert mails(order) == ["received", "cancelled"]


def test_an_order_that_was_released_while_the_sweep_was_busy_with_others_is_left_alone(
    brush: Variant, sandbox: RunningSandbox
) -> None:
    order, payment, began = held(brush, sandbox)
    payment = Payment.objects.select_related("order").get(pk=payment.pk)  # as the sweep has read it
    end = began + 7 * DAY - MARGIN
    release_order(order_id=order.pk, by=None, why="Confirmed.", now=end)
    assert _give_up(payment, now=end) is False
    with pytest.raises(UnableToCancelOrder):
        cancel_undecided(payment=payment, reason=Order.CancelReason.DEADLINE, why="Late.", now=end)
    assert states(order, payment) == ("released", "captured")
    assert books(sandbox) == [(3095, 3095, 0, 0)]


class TestPayPal:
    @pytest.fixture
    def at_paypal(self, brush: Variant, sandbox: RunningSandbox) -> tuple[Order, Payment, datetime]:
        with transaction.atomic():
            order = make_order(variant=brush, quantity=2, status="awaiting_payment", payment_status=None)
        start_payment(order_id=order.pk, gateway_name="paypal", now=timezone.now())
        payment = order.payments.get()
        sandbox.approve(str(payment.session_id), "good", given_name="Dana", surname="Reyes", country="US")
        settle(payment_id=payment.pk, now=timezone.now())
        order, payment = fresh(order, payment)
        assert (payment.status, payment.authorized_at is None) == ("authorized", False)
        return order, payment, payment.authorized_at or timezone.now()

    def test_keeps_the_order_when_the_money_is_promised_no_longer_and_gives_it_back_at_the_very_end(
        self, at_paypal: tuple[Order, Payment, datetime], brush: Variant, sandbox: RunningSandbox
    ) -> None:
        order, payment, began = at_paypal
        assert payment.capture_before
        assert payment.lapses_at
        assert abs(payment.capture_before - began - 3 * DAY) < timedelta(minutes=1)
        assert abs(payment.lapses_at - began - 29 * DAY) < timedelta(minutes=1)
        for days, said in ((1.4, []), (1.6, ["deadline-50"]), (2.1, ["deadline-last-day"]), (3.1, ["deadline-honour"])):
            watch_deadlines(now=began + days * DAY)
            assert open_alerts() == said
        assert "authorised anew on the order's page" in Alert.objects.get(resolved_at=None).message
        sandbox.travel((29 * DAY - HOUR).total_seconds())
        sweep_payments(now=payment.lapses_at - MARGIN)
        assert states(order, payment) == ("cancelled", "voided")
        assert stock(brush) == (10, 0)
        assert [row["captured"] for row in sandbox.ledger()] == [0]

    def test_renewed_by_a_person_the_time_begins_anew_for_three_days(
        self, at_paypal: tuple[Order, Payment, datetime], sandbox: RunningSandbox
    ) -> None:
        order, payment, began = at_paypal
        watch_deadlines(now=began + 3.1 * DAY)
        sandbox.travel(3.2 * 24 * 3600)
        reauthorise(payment_id=payment.pk, now=began + 3.2 * DAY)
        watch_deadlines(now=began + 3.3 * DAY)
        watch_deadlines(now=began + 5 * DAY)
        assert open_alerts() == ["deadline-honour", "deadline-50"]
        sandbox.travel(6.1 * 24 * 3600)
        watch_deadlines(now=began + 6.2 * DAY)
        assert states(order, payment) == ("cancelled", "voided")
        assert open_alerts() == []

    def test_renewed_while_it_is_released_it_goes_on_under_the_old_name(
        self, at_paypal: tuple[Order, Payment, datetime], sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        order, payment, began = at_paypal
        sandbox.travel(3.2 * 24 * 3600)
        ask = PayPalGateway.reauthorise

        def slowly(*args: Any, **kwargs: Any) -> str:
            Payment.objects.filter(pk=payment.pk).update(status="capturing")  # somebody else has decided to release it
            return ask(*args, **kwargs)

        monkeypatch.setattr(PayPalGateway, "reauthorise", slowly)
        with pytest.raises(UnableToReauthorise, match="Their decision stands"):
            reauthorise(payment_id=payment.pk, now=began + 3.2 * DAY)
        found = Payment.objects.get(pk=payment.pk)
        assert (found.status, found.reference, found.former_reference) == ("capturing", payment.reference, "")
        assert open_alerts() == ["renewed-late"]
        assert states(order, payment) == ("on_hold", "capturing")


class TestMailToTheStaff:
    def test_names_every_new_matter_once_with_its_next_step(self, brush: Variant, settings: Settings) -> None:
        settings.STAFF_EMAIL = "desk@shop.example"
        order = make_order(variant=brush)
        now = order.placed_at + 4 * DAY
        watch_deadlines(now=now)
        Alert.objects.create(cause="other:1", message="Something else.", raised_at=now)
        Alert.objects.create(cause="old:1", message="From before.", raised_at=now - 3 * DAY)
        for minute in (0, 1, 20):
            mail_alerts(now=now + timedelta(minutes=minute))
        [message] = mail.outbox
        assert (message.to, message.subject) == (["desk@shop.example"], "Ringback: 2 matters need a person")
        assert f"Order {order.number}: the authorisation of $" in message.body
        assert f"http://testserver/admin/checkout/order/{order.pk}/change/" in message.body
        assert "dana" not in message.body.lower()

    def test_waits_for_a_mail_server_that_is_away(self, settings: Settings) -> None:
        settings.STAFF_EMAIL = "desk@shop.example"
        now = timezone.now()
        Alert.objects.create(cause="other:1", message="Something.", raised_at=now)
        settings.MAILERS = {"default": {"BACKEND": "tests.checkout.test_mails.RefusingBackend"}}
        assert sweep_payments(now=now).troubles == 1
        settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
        sweep_payments(now=now + timedelta(minutes=1))
        assert mail.outbox == []
        sweep_payments(now=now + timedelta(minutes=11))
        assert len(mail.outbox) == 1

    def test_is_not_sent_without_an_address(self) -> None:
        Alert.objects.create(cause="other:1", message="Something.", raised_at=timezone.now())
        assert mail_alerts(now=timezone.now()) == 0
        assert mail.outbox == []
