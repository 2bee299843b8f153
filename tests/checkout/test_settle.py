"""settle(): whatever the gateway says, the order ends right, and nobody is charged for nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Variant
from checkout.gateways.base import GatewayError, GatewayPayment, GatewayState
from checkout.models import Alert, Mail, Order, Payment
from checkout.services import closing
from checkout.services.cancel import cancel_order
from checkout.services.mails import build_mail
from checkout.services.moves import move_payment
from checkout.services.payments import start_payment
from checkout.services.release import UnableToReleaseOrder, release_order
from checkout.services.settle import differences
from checkout.services.shipping import ship_order
from checkout.services.sweep import sweep_payments
from checkout.states import OrderStatus, PaymentStatus
from store.money import Money
from tests.checkout.scenes import (
    REVIEWER,
    alerts,
    books,
    capture_by_hand,
    fresh,
    look,
    mails,
    make_reviewer,
    on_hold,
    ordered,
    refund_by_hand,
    snapshot,
    states,
    stock,
    think_it_is_over,
    trail,
    void_by_hand,
)
from tests.checkout.shopper import Shopper
from tests.factories.catalog import VariantFactory
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)
REFUND_FAILS_LATER = "4000000000005126"


def release(order: Order) -> Order:
    return release_order(order_id=order.pk, by=None, why="Assessed as clear.", now=timezone.now())


class TestAMismatch:
    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"amount": 3096}, "the amount is 3095 instead of 3096"),
            ({"amount": 200000}, "the amount is 3095 instead of 200000"),
            ({"currency": "EUR"}, "the currency is USD instead of EUR"),
        ],
    )
    def test_in_money_never_counts_as_paid_and_is_told_once(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox, change: dict[str, object], words: str
    ) -> None:
        order, payment = ordered(brush)
        shopper.pay(order, sandbox)
        Payment.objects.filter(pk=payment.pk).update(**change)

        for _ in range(3):
            look(payment)

        assert states(order, payment) == ("awaiting_payment", "mismatched")
        assert mails(order) == []
        assert stock(brush) == (10, 2)
        assert books(sandbox) == [(3095, 0, 0, 0)]
        assert alerts() == ["mismatch"]
        assert words in Alert.objects.get().message
        with pytest.raises(UnableToReleaseOrder, match="not paid"):
            release(order)
        assert books(sandbox) == [(3095, 0, 0, 0)]

    @pytest.mark.parametrize(
        ("asked", "by_hand", "end"),
        [
            (3096, "void", ("voided", 0, 0)),
            (3096, "refund", ("refunded", 3095, 3095)),
            (3000, "refund", ("refunded", 0, 0)),  # more than was asked for: the ledger can't hold it, and it is gone again
        ],
    )
    def test_that_a_person_ends_at_the_gateway_is_followed_by_the_sweep(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox, asked: int, by_hand: str, end: tuple[str, int, int]
    ) -> None:
        order, payment = ordered(brush)
        shopper.pay(order, sandbox)
        Payment.objects.filter(pk=payment.pk).update(amount=asked)
        look(payment)
        assert states(order, payment) == ("awaiting_payment", "mismatched")
        [intent] = sandbox.client().v1.payment_intents.list().data
        payment.reference = intent.id
        now = timezone.now()
        if by_hand == "void":
            void_by_hand(payment)
        else:
            capture_by_hand(payment, 3095)
            sweep_payments(now=now + timedelta(minutes=61))
            assert states(order, payment)[1] == "mismatched"
            assert alerts() == ["mismatch", "mismatch-captured"]
            refund_by_hand(payment, 3095)
        sweep_payments(now=now + timedelta(minutes=123))

        found = Payment.objects.get(pk=payment.pk)
        assert (found.status, found.captured_amount, found.refunded_amount) == end
        assert not Alert.objects.open().filter(cause__startswith="mismatch").exists()
        assert found.order.status == "expired"  # nobody paid for it in time
        assert stock(brush) == (10, 0)

    def test_that_is_voided_at_the_gateway_is_followed_by_its_webhook(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox, run_tasks: Callable[[], int]
    ) -> None:
        order, payment = ordered(brush)
        shopper.pay(order, sandbox)
        Payment.objects.filter(pk=payment.pk).update(currency="EUR")
        look(payment)
        [intent] = sandbox.client().v1.payment_intents.list().data
        sandbox.take_events()
        sandbox.client().v1.payment_intents.cancel(intent.id)
        for event in sandbox.take_events():
            Client().post("/webhooks/stripe/", event.payload, content_type="application/json", headers=event.headers)
        run_tasks()
        assert states(order, payment) == ("awaiting_payment", "voided")

    def test_of_two_payments_never_counts_as_paid(self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
        cheap, paid = ordered(brush, 1)
        dear, unpaid = ordered(VariantFactory.create(price=1250, sku="COMB"), 1)
        shopper.pay(cheap, sandbox)
        session = paid.session_id
        Payment.objects.filter(pk=paid.pk).update(session_id=None)
        Payment.objects.filter(pk=unpaid.pk).update(session_id=session)

        look(unpaid)

        assert states(dear, unpaid) == ("awaiting_payment", "mismatched")
        assert "belongs to another payment" in Alert.objects.get().message

    def test_of_a_payment_already_authorised_moves_nothing(self, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = on_hold(brush, sandbox)
        Payment.objects.filter(pk=payment.pk).update(reference="pi_another")
        before = snapshot(order, payment, brush, sandbox)
        look(payment)
        assert snapshot(order, payment, brush, sandbox) == before
        assert "it names another payment at the gateway" in Alert.objects.get().message

    def test_is_found_in_everything_that_could_differ(self, sandbox: RunningSandbox) -> None:
        key = uuid.uuid4()
        ours = Payment(id=key, gateway="stripe", amount=3095, currency="USD", reference="pi_1")
        same = GatewayPayment(
            state=GatewayState.AUTHORIZED,
            payment_id=str(key),
            session_id="cs_1",
            reference="pi_1",
            amount=Money(3095, "USD"),
        )
        assert differences(ours, same) == []
        assert differences(ours, replace(same, is_live=True)) == ["test and live are mixed up"]
        assert differences(ours, replace(same, payment_id="")) == ["it belongs to another payment"]
        assert len(differences(ours, replace(same, amount=Money(309500, "JPY"), reference="pi_2", is_live=True))) == 4


class TestALatePayment:
    def test_puts_the_order_on_hold_when_its_goods_are_there(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox
    ) -> None:
        order, payment = ordered(brush)
        think_it_is_over(order, payment)
        assert stock(brush) == (10, 0)
        shopper.pay_on(payment, sandbox)

        for _ in range(2):
            look(payment)

        assert states(order, payment) == ("on_hold", "authorized")
        assert stock(brush) == (10, 2)
        assert (mails(order), alerts()) == (["received"], [])
        cancel_order(
            order_id=order.pk, by=None, reason=Order.CancelReason.CUSTOMER, why="Asked.", now=timezone.now(), from_hold=True
        )
        assert stock(brush) == (10, 0)

    def test_is_given_back_when_the_goods_are_gone(self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = ordered(brush)
        think_it_is_over(order, payment)
        Variant.objects.filter(pk=brush.pk).update(on_hand=1)
        shopper.pay_on(payment, sandbox)

        for _ in range(3):
            look(payment)

        assert states(order, payment) == ("expired", "voided")
        assert stock(brush) == (1, 0)
        assert books(sandbox) == [(3095, 0, 0, 3095)]
        assert (mails(order), alerts()) == (["too_late"], ["late"])

    def test_is_given_back_when_the_order_is_cancelled(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox
    ) -> None:
        order, payment = ordered(brush)
        closing.cancel(order, by=None, why="Gone.", now=timezone.now())
        shopper.pay_on(payment, sandbox)

        for _ in range(3):
            look(payment)

        assert states(order, payment) == ("cancelled", "voided")
        assert books(sandbox) == [(3095, 0, 0, 3095)]
        assert stock(brush) == (10, 0)
        assert mails(order) == ["cancelled", "too_late"]

    def test_captured_at_the_gateway_is_refunded(self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = ordered(brush)
        closing.cancel(order, by=None, why="Gone.", now=timezone.now())
        payment.reference = shopper.pay_on(payment, sandbox)["payment_intent"]
        capture_by_hand(payment, 3095)

        for _ in range(3):
            look(payment)

        assert states(order, payment) == ("cancelled", "refunded")
        assert books(sandbox) == [(3095, 3095, 3095, 0)]

    @pytest.mark.parametrize("mode", ["fail", "fail_after"])
    def test_is_claimed_before_the_gateway_is_called_and_given_back_by_the_sweep(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox, mode: str
    ) -> None:
        order, payment = ordered(brush)
        closing.cancel(order, by=None, why="Gone.", now=timezone.now())
        shopper.pay_on(payment, sandbox)
        sandbox.fail("cancel", mode)

        look(payment)
        assert states(order, payment) == ("cancelled", "voiding")

        for minute in (1, 2, 3):
            sweep_payments(now=timezone.now() + timedelta(minutes=minute))
        assert states(order, payment) == ("cancelled", "voided")
        assert books(sandbox) == [(3095, 0, 0, 3095)]
        assert mails(order) == ["cancelled", "too_late"]


class TestASecondPayment:
    def test_is_given_back_and_the_first_one_stands(self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
        order, earlier = ordered(brush)
        move_payment(earlier, to=PaymentStatus.EXPIRED, why="Thought closed.", now=timezone.now())
        start_payment(order_id=order.pk, gateway_name="stripe", now=timezone.now())
        payment = order.payments.get(status="started")
        shopper.pay_on(payment, sandbox)
        shopper.pay_on(earlier, sandbox)

        for paid in (payment, earlier, payment, earlier):
            look(paid)

        assert states(order, payment) == ("on_hold", "authorized")
        assert states(order, earlier) == ("on_hold", "voided")
        assert sorted(books(sandbox)) == [(3095, 0, 0, 0), (3095, 0, 0, 3095)]
        assert (mails(order), alerts()) == (["received", "too_late"], ["late"])
        assert stock(brush) == (10, 2)
        assert release(order).status == OrderStatus.RELEASED
        assert sorted(books(sandbox)) == [(3095, 0, 0, 3095), (3095, 3095, 0, 0)]

    def test_and_a_third_are_told_of_by_a_mail_each(self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
        order, earlier = ordered(brush)
        pages = [earlier]
        for _ in range(2):
            move_payment(pages[-1], to=PaymentStatus.EXPIRED, why="Thought closed.", now=timezone.now())
            start_payment(order_id=order.pk, gateway_name="stripe", now=timezone.now())
            pages.append(order.payments.get(status="started"))
        for page in reversed(pages):
            shopper.pay_on(page, sandbox)
            look(page)
            look(page)
        late = Mail.objects.filter(order=order, kind="too_late").order_by("pk")
        assert [mail.cause for mail in late] == [str(pages[1].pk), str(pages[0].pk)]
        assert all("given" in str(build_mail(mail).body) or "gave" in str(build_mail(mail).body) for mail in late)

    def test_may_be_the_first_to_be_heard_of(self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
        order, earlier = ordered(brush)
        move_payment(earlier, to=PaymentStatus.EXPIRED, why="Thought closed.", now=timezone.now())
        start_payment(order_id=order.pk, gateway_name="stripe", now=timezone.now())
        payment = order.payments.get(status="started")
        shopper.pay_on(payment, sandbox)
        shopper.pay_on(earlier, sandbox)

        for paid in (earlier, payment, earlier):
            look(paid)

        assert states(order, payment) == ("on_hold", "authorized")
        assert states(order, earlier) == ("on_hold", "voided")


class TestByHandAtTheGateway:
    def test_a_capture_leaves_the_decision_to_the_shop(self, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = on_hold(brush, sandbox)
        capture_by_hand(payment, 3095)
        for _ in range(2):
            look(payment)
        assert states(order, payment) == ("on_hold", "captured")
        assert alerts() == ["captured-outside"]

        release(order)

        assert states(order, payment) == ("released", "captured")
        assert books(sandbox) == [(3095, 3095, 0, 0)]
        assert mails(order) == ["received", "released"]

    def test_a_capture_can_be_cancelled_which_refunds(self, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = on_hold(brush, sandbox)
        capture_by_hand(payment, 3095)
        look(payment)
        cancel_order(
            order_id=order.pk, by=None, reason=Order.CancelReason.DENIED, why="Denied.", now=timezone.now(), from_hold=True
        )
        assert states(order, payment) == ("cancelled", "refunded")
        assert books(sandbox) == [(3095, 3095, 3095, 0)]
        assert stock(brush) == (10, 0)

    def test_a_capture_of_a_part_is_never_released_and_refunded_exactly(
        self, brush: Variant, sandbox: RunningSandbox
    ) -> None:
        order, payment = on_hold(brush, sandbox)
        capture_by_hand(payment, 1000)
        look(payment)
        before = snapshot(order, payment, brush, sandbox)
        assert before[1] == ("captured", 1000, 0)

        with pytest.raises(UnableToReleaseOrder, match=r"\$10\.00 instead of \$30\.95"):
            release(order)
        assert snapshot(order, payment, brush, sandbox) == before

        cancel_order(
            order_id=order.pk,
            by=None,
            reason=Order.CancelReason.SHOP,
            why="Wrong amount.",
            now=timezone.now(),
            from_hold=True,
        )
        assert states(order, payment) == ("cancelled", "refunded")
        assert books(sandbox) == [(3095, 1000, 1000, 2095)]

    def test_a_void_cancels_the_order(self, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = on_hold(brush, sandbox)
        void_by_hand(payment)
        for _ in range(2):
            look(payment)
        assert states(order, payment) == ("cancelled", "voided")
        assert Order.objects.get(pk=order.pk).cancel_reason == "authorisation_lost"
        assert stock(brush) == (10, 0)
        assert (mails(order), alerts()) == (["received", "cancelled"], ["lapsed"])
        assert trail(order)[-1] == ("on_hold", "cancelled", None, "The authorisation ended at the gateway.")

    def test_a_capture_and_refund_before_we_look_cancels_the_order(self, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = on_hold(brush, sandbox)
        capture_by_hand(payment, 3095)
        refund_by_hand(payment, 3095)
        for _ in range(2):
            look(payment)
        assert states(order, payment) == ("cancelled", "refunded")
        assert fresh(order, payment)[1].captured_amount == fresh(order, payment)[1].refunded_amount == 3095
        assert stock(brush) == (10, 0)
        assert (mails(order), alerts()) == (["received", "cancelled"], ["refunded-outside"])

    def test_a_refund_of_a_released_order_cancels_it_in_nobodys_name(self, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = on_hold(brush, sandbox)
        release_order(order_id=order.pk, by=make_reviewer(), why="Confirmed by phone.", now=timezone.now())
        refund_by_hand(payment, 3095)
        look(payment)
        assert states(order, payment) == ("cancelled", "refunded")
        assert trail(order)[-2:] == [
            ("on_hold", "released", REVIEWER, "Confirmed by phone."),
            ("released", "cancelled", None, "Refunded at the gateway, not by the shop."),
        ]
        assert stock(brush) == (10, 0)

    def test_a_refund_of_a_shipped_order_is_told_and_the_goods_stay_gone(
        self, brush: Variant, sandbox: RunningSandbox
    ) -> None:
        order, payment = on_hold(brush, sandbox)
        release(order)
        ship_order(order_id=order.pk, by=None, carrier="Post", tracking_number="1", now=timezone.now())
        refund_by_hand(payment, 3095)
        look(payment)
        assert states(order, payment) == ("shipped", "refunded")
        assert stock(brush) == (8, 0)
        assert alerts() == ["refunded-outside"]

    def test_a_refund_of_a_part_is_kept_and_the_rest_can_be_given_back(
        self, brush: Variant, sandbox: RunningSandbox
    ) -> None:
        order, payment = on_hold(brush, sandbox)
        release(order)
        refund_by_hand(payment, 1000)
        for _ in range(2):
            look(payment)
        assert states(order, payment) == ("released", "captured")
        assert fresh(order, payment)[1].refunded_amount == 1000
        assert alerts() == ["refunded-outside"]

        cancel_order(
            order_id=order.pk, by=None, reason=Order.CancelReason.CUSTOMER, why="Asked.", now=timezone.now(), from_hold=True
        )
        assert states(order, payment) == ("cancelled", "refunded")
        assert fresh(order, payment)[1].refunded_amount == 3095
        assert books(sandbox) == [(3095, 3095, 3095, 0)]

    def test_a_capture_while_the_shop_voids_is_refunded(self, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = on_hold(brush, sandbox)
        capture_by_hand(payment, 3095)  # the shop has not heard of it and will try to void
        cancel_order(
            order_id=order.pk,
            by=make_reviewer(),
            reason=Order.CancelReason.DENIED,
            why="Denied.",
            now=timezone.now(),
            from_hold=True,
        )
        assert states(order, payment) == ("cancelled", "refunded")
        assert books(sandbox) == [(3095, 3095, 3095, 0)]
        assert trail(order)[-1] == ("on_hold", "cancelled", REVIEWER, "Denied.")


class TestAnAuthorisation:
    def test_that_lapses_cancels_the_order_once(self, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = on_hold(brush, sandbox)
        sandbox.fail("capture", "fail", status=500)
        with pytest.raises(UnableToReleaseOrder):
            release_order(order_id=order.pk, by=make_reviewer(), why="Confirmed by phone.", now=timezone.now())
        sandbox.travel(WEEK.total_seconds() + 60)

        for hour in (1, 2, 3):
            sweep_payments(now=timezone.now() + WEEK + timedelta(hours=hour))

        assert states(order, payment) == ("cancelled", "voided")
        assert stock(brush) == (10, 0)
        assert mails(order) == ["received", "cancelled"]
        assert alerts() == ["lapsed"]
        assert books(sandbox) == [(3095, 0, 0, 3095)]
        assert trail(order)[-1] == ("on_hold", "cancelled", None, "The authorisation ended at the gateway.")

    def test_that_came_and_lapsed_unheard_frees_the_goods(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox
    ) -> None:
        order, payment = ordered(brush)
        shopper.pay(order, sandbox)
        sandbox.travel(WEEK.total_seconds() + 60)

        sweep_payments(now=timezone.now() + WEEK)

        assert states(order, payment) == ("expired", "voided")
        assert stock(brush) == (10, 0)
        assert alerts() == ["unheard"]

    def test_that_was_never_given_leaves_an_expired_page(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox
    ) -> None:
        order, payment = ordered(brush)
        assert shopper.pay(order, sandbox, "4000000000000002")["status"] == "declined"
        look(payment)
        assert states(order, payment) == ("awaiting_payment", "started")
        sandbox.travel(32 * 60)
        look(payment)
        assert states(order, payment) == ("awaiting_payment", "expired")
        assert books(sandbox) == []


def test_a_refund_that_the_bank_sends_back_is_told_to_the_staff(brush: Variant, sandbox: RunningSandbox) -> None:
    order, payment = on_hold(brush, sandbox, card=REFUND_FAILS_LATER)
    release(order)
    cancel_order(
        order_id=order.pk, by=None, reason=Order.CancelReason.CUSTOMER, why="Asked.", now=timezone.now(), from_hold=True
    )
    assert states(order, payment) == ("cancelled", "refunded")
    sandbox.travel(120)

    for _ in range(2):
        look(payment)

    assert alerts() == ["refund-failed"]
    assert states(order, payment) == ("cancelled", "owed")
    assert fresh(order, payment)[1].refunded_amount == 0
    assert mails(order) == ["received", "released", "cancelled", "refund_failed"]


def test_a_gateway_that_is_down_changes_nothing(shopper: Shopper, brush: Variant, sandbox: RunningSandbox) -> None:
    order, payment = ordered(brush)
    shopper.pay(order, sandbox)
    before = snapshot(order, payment, brush, sandbox)
    sandbox.fail("retrieve", "fail", status=429)
    with pytest.raises(GatewayError):
        look(payment)
    assert snapshot(order, payment, brush, sandbox) == before
    look(payment)
    assert states(order, payment) == ("on_hold", "authorized")


def test_a_payment_whose_page_was_never_opened_is_left_alone(
    shopper: Shopper, brush: Variant, sandbox: RunningSandbox
) -> None:
    sandbox.fail("create_session", "fail", status=429)
    order = shopper.order_refused(brush)
    payment = order.payments.get()
    look(payment)
    assert states(order, payment) == ("awaiting_payment", "started")
    assert payment.session_id is None
