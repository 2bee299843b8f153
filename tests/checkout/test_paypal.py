"""PayPal, where it differs from a page that authorises by itself: approval, giving up, choosing again, authorising anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Variant
from checkout.gateways import forget_gateways
from checkout.gateways.base import GatewayError
from checkout.gateways.paypal_client import PayPalClient
from checkout.models import GatewayEventRecord, Order, Payment
from checkout.services.authorising import UnableToReauthorise, reauthorise
from checkout.services.cancel import cancel_order
from checkout.services.payments import close_unpaid_order
from checkout.services.release import UnableToReleaseOrder, release_order
from checkout.services.settle import settle
from checkout.services.sweep import sweep_payments
from store.models import User
from tests.checkout.scenes import alerts, books, fresh, make_reviewer, states, stock
from tests.checkout.shopper import Shopper
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.usefixtures("sandbox")
HELD = [(3095, 0, 0, 0)]  # authorised, captured, refunded, voided


def go_to_paypal(shopper: Shopper, brush: Variant) -> tuple[Order, Payment]:
    """Two brushes, PayPal chosen: an order whose page at PayPal is open."""
    shopper.add(brush, 2)
    answer = shopper.place(shopper.review(), gateway="paypal")
    assert answer.status_code == 303, answer.content.decode()[:2000]
    order = Order.objects.latest("placed_at")
    payment = order.payments.get()
    assert answer.headers["Location"] == payment.session_url
    assert payment.session_url.endswith(f"/checkoutnow?token={payment.session_id}")
    return order, payment


def approve(payment: Payment, sandbox: RunningSandbox, **details: str) -> None:
    sandbox.approve(str(payment.session_id), "good", given_name="Dana", surname="Reyes", country="US", **details)


def order_at_paypal(payment: Payment, sandbox: RunningSandbox) -> Any:
    """The order as PayPal tells of it."""
    ids = {"client_id": sandbox.paypal_client_id, "client_secret": sandbox.paypal_client_secret}
    return PayPalClient(api_base=sandbox.url, **ids).get(f"/v2/checkout/orders/{payment.session_id}")


def authorised(shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> tuple[Order, Payment]:
    """An order on hold, paid with PayPal."""
    order, payment = go_to_paypal(shopper, brush)
    approve(payment, sandbox)
    shopper.come_back(order)
    assert states(order, payment) == ("on_hold", "authorized")
    return fresh(order, payment)


def deliver_webhooks(sandbox: RunningSandbox, run_tasks: Callable[[], int]) -> None:
    """Post all that PayPal has to say, and let the worker follow it up."""
    for event in sandbox.take_events():
        answer = Client().post(
            f"/webhooks/{event.company}/",
            event.payload,
            content_type="application/json",
            headers={name: value for name, value in event.headers.items() if name.lower() != "user-agent"},
        )
        assert answer.status_code == 204, answer.content
    run_tasks()


class TestTheMainPath:
    def test_authorises_on_return_captures_on_release_and_refunds_on_cancelling(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox, run_tasks: Callable[[], int],
        mailoutbox: list[EmailMessage],
    ) -> None:  # fmt: skip
        rosa = make_reviewer()
        order, payment = go_to_paypal(shopper, brush)
        assert books(sandbox) == []
        approve(payment, sandbox)
        page = shopper.come_back(order).content.decode()
        assert "Your PayPal payment is authorised and has not been charged." in page
        order, payment = fresh(order, payment)
        assert (order.status, payment.status) == ("on_hold", "authorized")
        assert (payment.payer_name, payment.payer_country) == ("Dana Reyes", "US")
        assert (payment.cvc_check, payment.payer_status, payment.seller_protection) == (
            "unavailable",
            "verified",
            "eligible",
        )
        assert payment.capture_before
        left = payment.capture_before - timezone.now()
        assert timedelta(days=2, hours=23) < left <= timedelta(days=3)
        assert books(sandbox) == HELD

        run_tasks()
        assert "your PayPal payment is authorised; it has not been charged yet" in mailoutbox[0].body

        order = release_order(order_id=order.pk, by=rosa, why="She answered.", now=timezone.now())
        assert order.status == "released"
        assert books(sandbox) == [(3095, 3095, 0, 0)]
        cancel_order(
            order_id=order.pk, by=rosa, reason=Order.CancelReason.CUSTOMER, why="Asked.", now=timezone.now(), from_hold=True
        )
        assert states(order, payment) == ("cancelled", "refunded")
        assert books(sandbox) == [(3095, 3095, 3095, 0)]
        assert stock(brush) == (10, 0)

        deliver_webhooks(sandbox, run_tasks)  # all of it is known, and changes nothing
        assert states(order, payment) == ("cancelled", "refunded")
        assert set(GatewayEventRecord.objects.values_list("status", flat=True)) == {"done"}
        assert alerts() == []

    def test_tells_paypal_where_the_parcel_goes_and_nothing_else_of_the_customer(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox
    ) -> None:
        _, payment = go_to_paypal(shopper, brush)
        seen = order_at_paypal(payment, sandbox)
        unit = seen["purchase_units"][0]
        assert unit["shipping"] == {
            "type": "SHIPPING",
            "name": {"full_name": "Dana Reyes"},
            "address": {"address_line_1": "1420 SE Ankeny Street", "address_line_2": "Apt 3", "admin_area_2": "Portland",
                        "admin_area_1": "OR", "postal_code": "97214", "country_code": "US"},
        }  # fmt: skip
        assert unit["custom_id"] == str(payment.pk)
        assert unit["invoice_id"] == f"{payment.order.number}-{str(payment.pk)[:8]}"
        assert (seen["intent"], seen["payment_source"]) == ("AUTHORIZE", {"paypal": {"email_address": "dana@example.com"}})
        assert "5035550142" not in str(seen)


class TestAnApproval:
    @pytest.mark.parametrize("by", ["webhook", "sweep"])
    def test_is_authorised_though_the_browser_never_came_back(
        self, by: str, shopper: Shopper, brush: Variant, sandbox: RunningSandbox, run_tasks: Callable[[], int]
    ) -> None:
        order, payment = go_to_paypal(shopper, brush)
        approve(payment, sandbox)
        if by == "webhook":
            deliver_webhooks(sandbox, run_tasks)
        else:
            sweep_payments(now=timezone.now())
        assert states(order, payment) == ("on_hold", "authorized")
        assert books(sandbox) == HELD

    @pytest.mark.parametrize(("mode", "times"), [("timeout_before", 2), ("fail_after", 1), ("fail", 1), ("garbage", 1)])
    def test_whose_authorisation_is_in_the_dark_is_asked_about_and_held_once(
        self, mode: str, times: int, shopper: Shopper, brush: Variant, sandbox: RunningSandbox
    ) -> None:
        order, payment = go_to_paypal(shopper, brush)
        approve(payment, sandbox)
        sandbox.fail("paypal.authorize_order", mode, times=times)
        with pytest.raises(GatewayError):
            settle(payment_id=payment.pk, now=timezone.now())
        assert states(order, payment) == ("awaiting_payment", "started")
        sweep_payments(now=timezone.now())
        assert states(order, payment) == ("on_hold", "authorized")
        assert books(sandbox) == HELD

    def test_of_an_order_that_is_over_is_never_authorised(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox, run_tasks: Callable[[], int]
    ) -> None:
        order, payment = go_to_paypal(shopper, brush)
        sweep_payments(now=timezone.now() + timedelta(hours=1))
        assert states(order, payment) == ("expired", "expired")
        assert stock(brush) == (10, 0)

        approve(payment, sandbox)
        deliver_webhooks(sandbox, run_tasks)
        page = shopper.come_back(order).content.decode()
        sweep_payments(now=timezone.now() + timedelta(hours=1))

        assert "You were not charged" in page
        assert states(order, payment) == ("expired", "expired")
        assert books(sandbox) == []
        assert stock(brush) == (10, 0)
        assert Payment.objects.get().authorise_key == ""

    def test_in_the_last_second_keeps_the_order_instead_of_letting_it_expire(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox
    ) -> None:
        order, payment = go_to_paypal(shopper, brush)
        approve(payment, sandbox)
        sweep_payments(now=timezone.now() + timedelta(hours=1))
        assert states(order, payment) == ("on_hold", "authorized")

    def test_that_paypal_has_let_go_of_is_no_payment(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox
    ) -> None:
        order, payment = go_to_paypal(shopper, brush)
        approve(payment, sandbox)
        sandbox.travel(4 * 3600)  # the shop was down all the time
        sweep_payments(now=timezone.now() + timedelta(hours=4))
        assert states(order, payment) == ("expired", "expired")
        assert books(sandbox) == []


def test_a_payment_into_another_account_is_set_aside_and_never_authorised(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox, settings: Settings
) -> None:
    settings.PAYMENT_GATEWAYS["paypal"]["merchant_id"] = "SOMEBODYELSE1"
    forget_gateways()
    order, payment = go_to_paypal(shopper, brush)
    approve(payment, sandbox)
    page = shopper.come_back(order).content.decode()
    assert "We are looking at your payment" in page
    assert states(order, payment) == ("awaiting_payment", "mismatched")
    assert alerts() == ["mismatch"]
    assert books(sandbox) == []


class TestADecline:
    def test_leads_back_to_choose_again_and_is_remembered(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox
    ) -> None:
        order, payment = go_to_paypal(shopper, brush)
        sandbox.approve(str(payment.session_id), "declined")
        page = shopper.come_back(order).content.decode()

        assert "Your payment was declined" in page
        assert "PayPal could not take it, so you have not been charged." in page
        assert 'name="gateway" value="stripe"' in page
        assert states(order, payment) == ("awaiting_payment", "expired")
        sweep_payments(now=timezone.now())
        assert books(sandbox) == []

        answer = shopper.client.post(f"/orders/{order.token}/pay/", {"gateway": "stripe"})
        assert answer.status_code == 303
        shopper.pay(order, sandbox)
        shopper.come_back(order)
        card = order.payments.get(gateway="stripe")
        assert states(order, card) == ("on_hold", "authorized")
        assert card.declines == 1


class TestChoosing:
    def test_offers_each_gateway_and_marks_the_first(self, shopper: Shopper, brush: Variant) -> None:
        shopper.add(brush)
        page = shopper.review().content.decode()
        assert page.count('type="radio" name="gateway"') == 2
        assert 'name="gateway" value="stripe" checked' in page

    def test_offers_nothing_where_one_alone_takes_the_money(
        self, shopper: Shopper, brush: Variant, settings: Settings
    ) -> None:
        settings.SHOP_CURRENCY = "KWD"  # PayPal does not take it
        shopper.add(brush)
        assert 'name="gateway"' not in shopper.review().content.decode()

    def test_another_way_closes_the_first_one(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox, run_tasks: Callable[[], int]
    ) -> None:
        order, paypal = go_to_paypal(shopper, brush)
        page = shopper.client.get(f"/orders/{order.token}/").content.decode()
        assert 'value="paypal" checked' in page
        assert shopper.client.post(f"/orders/{order.token}/pay/").headers["Location"] == paypal.session_url

        assert shopper.client.post(f"/orders/{order.token}/pay/", {"gateway": "stripe"}).status_code == 303
        card = order.payments.get(gateway="stripe")
        assert states(order, paypal) == ("awaiting_payment", "expired")
        approve(paypal, sandbox)  # the other tab
        deliver_webhooks(sandbox, run_tasks)
        assert states(order, card) == ("awaiting_payment", "started")
        assert books(sandbox) == []

        assert shopper.client.post(f"/orders/{order.token}/pay/", {"gateway": "paypal"}).status_code == 303
        assert states(order, card) == ("awaiting_payment", "expired")
        assert [p.gateway for p in order.payments.filter(status="started")] == ["paypal"]

    def test_another_way_after_paying_is_told_so(self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = go_to_paypal(shopper, brush)
        approve(payment, sandbox)
        answer = shopper.client.post(f"/orders/{order.token}/pay/", {"gateway": "stripe"}, follow=True)
        assert "Your earlier payment for this order went through." in answer.content.decode()
        assert states(order, payment) == ("on_hold", "authorized")
        assert order.payments.count() == 1

    def test_another_way_while_the_first_can_not_be_asked_keeps_the_first(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox
    ) -> None:
        order, payment = go_to_paypal(shopper, brush)
        sandbox.fail("paypal.get_order", "fail")
        answer = shopper.client.post(f"/orders/{order.token}/pay/", {"gateway": "stripe"}, follow=True)
        assert "could not be closed just now. You were not charged" in answer.content.decode()
        assert states(order, payment) == ("awaiting_payment", "started")
        assert order.payments.count() == 1


class TestReauthorising:
    def test_goes_on_under_a_new_reference_once(self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = authorised(shopper, brush, sandbox)
        first = payment.reference
        with pytest.raises(UnableToReauthorise, match="REAUTHORIZATION_TOO_SOON"):
            reauthorise(payment_id=payment.pk, now=timezone.now())
        assert alerts() == ["reauthorise"]
        assert fresh(order, payment)[1].reference == first

        sandbox.travel(3 * 24 * 3600 + 60)
        later = timezone.now() + timedelta(days=3)
        renewed = reauthorise(payment_id=payment.pk, now=later)
        order, payment = fresh(order, payment)
        assert (payment.former_reference, payment.reference) == (first, renewed.reference)
        assert payment.reference != first
        assert payment.capture_before
        assert payment.capture_before > later + timedelta(days=2, hours=23)
        with pytest.raises(UnableToReauthorise, match="can't be authorised anew"):
            reauthorise(payment_id=payment.pk, now=later)

        settle(payment_id=payment.pk, now=later)
        assert states(order, payment) == ("on_hold", "authorized")
        order = release_order(order_id=order.pk, by=make_reviewer(), why="Late, and fine.", now=later)
        assert order.status == "released"
        assert [row["captured"] for row in sandbox.ledger()] == [3095]

    def test_whose_answer_was_lost_is_found_again_when_paypal_has_forgotten_the_key(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox
    ) -> None:
        order, payment = authorised(shopper, brush, sandbox)
        sandbox.travel(3 * 24 * 3600 + 60)
        sandbox.fail("paypal.reauthorize", "garbage")
        later = timezone.now() + timedelta(days=3)
        with pytest.raises(UnableToReauthorise, match="was not renewed"):
            reauthorise(payment_id=payment.pk, now=later)
        lost = fresh(order, payment)[1]
        assert (lost.reference, lost.former_reference) == (payment.reference, "")
        assert lost.reauthorise_key
        sandbox.travel(3 * 24 * 3600 + 7 * 3600)

        for minutes in (1, 2):  # the sweep need not wait for an hour
            sweep_payments(now=later + timedelta(minutes=minutes))

        order, found = fresh(order, payment)
        assert found.former_reference == payment.reference
        newest = order_at_paypal(payment, sandbox)["purchase_units"][0]["payments"]["authorizations"][-1]["id"]
        assert found.reference == newest != payment.reference
        assert [event.why for event in found.events.order_by("pk")].count("Authorised anew.") == 1
        assert order.status == "released"  # the sweep also had it assessed, as clear, and captured under the new name
        assert [row["captured"] for row in sandbox.ledger()] == [3095]

    def test_by_the_button_takes_up_what_an_earlier_try_has_made(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox, admin_client: Client, admin_user: User
    ) -> None:
        order, payment = authorised(shopper, brush, sandbox)
        sandbox.travel(3 * 24 * 3600 + 60)
        sandbox.fail("paypal.reauthorize", "garbage")
        url, page = (f"/admin/checkout/order/{order.pk}/{name}/" for name in ("renew", "change"))
        refused = admin_client.post(url, follow=True).content.decode()
        assert "The authorisation was not renewed." in refused
        sandbox.travel(3 * 24 * 3600 + 7 * 3600)

        answer = admin_client.post(url, follow=True).content.decode()

        assert "Authorised anew. Ring the customer, then release or cancel the order." in answer
        found = fresh(order, payment)[1]
        assert found.former_reference == payment.reference
        authorizations = order_at_paypal(payment, sandbox)["purchase_units"][0]["payments"]["authorizations"]
        assert [one["id"] for one in authorizations] == [payment.reference, found.reference]
        assert found.events.get(why="Authorised anew.").by == admin_user
        Payment.objects.update(capture_before=timezone.now() - timedelta(hours=1))
        assert "Have it authorised anew" not in admin_client.get(page).content.decode()  # once
        assert alerts() == []

    def test_can_still_be_voided(self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = authorised(shopper, brush, sandbox)
        sandbox.travel(3 * 24 * 3600 + 60)
        reauthorise(payment_id=payment.pk, now=timezone.now())
        cancel_order(
            order_id=order.pk,
            by=make_reviewer(),
            reason=Order.CancelReason.DENIED,
            why="Denied.",
            now=timezone.now(),
            from_hold=True,
        )
        assert states(order, payment) == ("cancelled", "voided")
        assert [(row["captured"], row["voided"]) for row in sandbox.ledger()] == [(0, 3095)]


def test_a_capture_that_paypal_looks_at_is_waited_for(shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
    order, payment = authorised(shopper, brush, sandbox)
    sandbox.set_paypal(captures="pending")
    with pytest.raises(UnableToReleaseOrder) as unable:
        release_order(order_id=order.pk, by=make_reviewer(), why="Fine.", now=timezone.now())
    assert not unable.value.is_final
    sandbox.travel(50 * 24 * 3600)  # PayPal has forgotten the key, and refuses what it has captured
    sweep_payments(now=timezone.now() + timedelta(minutes=5))
    assert states(order, payment) == ("on_hold", "capturing")

    capture = order_at_paypal(payment, sandbox)["purchase_units"][0]["payments"]["captures"][0]["id"]
    sandbox.paypal_dashboard("settle", capture=capture, status="COMPLETED")
    sweep_payments(now=timezone.now() + timedelta(minutes=6))
    assert states(order, payment) == ("released", "captured")
    assert books(sandbox) == [(3095, 3095, 0, 0)]


def test_news_of_a_closed_page_that_paypal_has_thrown_away_changes_nothing(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox
) -> None:
    order, payment = go_to_paypal(shopper, brush)
    sandbox.travel(29 * 24 * 3600)
    later = timezone.now() + timedelta(days=29)
    assert close_unpaid_order(order=order, why="The customer started again.", now=later)
    assert states(order, payment) == ("expired", "expired")
    settle(payment_id=payment.pk, now=later)  # as a webhook that comes late makes the shop do
    assert states(order, payment) == ("expired", "expired")
    assert books(sandbox) == []
