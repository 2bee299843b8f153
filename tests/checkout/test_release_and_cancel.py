"""Release and cancel: the gateway does its part first, everything happens once, and every refusal says what is the case."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import StockMove, Variant
from checkout.models import Alert, Order, Payment, Refund
from checkout.services.cancel import UnableToCancelOrder, cancel_order
from checkout.services.refunds import UnableToRefund, request_refund
from checkout.services.release import UnableToReleaseOrder, release_order
from checkout.services.shipping import UnableToShipOrder, ship_order
from checkout.services.sweep import sweep_payments
from store.models import User
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
    snapshot,
    states,
    stock,
    trail,
)
from tests.checkout.shopper import Shopper
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db
# How a gateway goes wrong: mode, status, how often (its package repeats some calls once by itself).
SILENCES = [("fail", 500, 1), ("fail_after", 500, 1), ("fail", 429, 1), ("fail", 409, 2), ("timeout_before", 500, 2)]


@pytest.fixture
def rosa(db: None) -> User:
    return make_reviewer()


def release(order: Order, by: User | None) -> Order:
    return release_order(order_id=order.pk, by=by, why="Knew all twelve by name.", now=timezone.now())


def cancel(order: Order, by: User | None) -> Order:
    denied = Order.CancelReason.DENIED
    return cancel_order(
        order_id=order.pk, by=by, reason=denied, why="Never ordered anything.", now=timezone.now(), from_hold=True
    )


def ship(order: Order) -> Order:
    return ship_order(order_id=order.pk, by=None, carrier="Parcel Post", tracking_number="PP1", now=timezone.now())


def sweep(minutes: int = 1) -> None:
    sweep_payments(now=timezone.now() + timedelta(minutes=minutes))


class TestRelease:
    def test_captures_then_moves_the_order(self, brush: Variant, sandbox: RunningSandbox, rosa: User) -> None:
        order, payment = on_hold(brush, sandbox)

        release(order, rosa)

        assert states(order, payment) == ("released", "captured")
        assert fresh(order, payment)[1].captured_amount == 3095
        assert books(sandbox) == [(3095, 3095, 0, 0)]
        assert stock(brush) == (10, 2)
        assert mails(order) == ["received", "released"]
        assert trail(order)[-1] == ("on_hold", "released", REVIEWER, "Knew all twelve by name.")
        assert list(payment.events.order_by("pk").values_list("was", "now", "by__email_index")) == [
            ("", "started", None),
            ("started", "authorized", None),
            ("authorized", "capturing", rosa.email_index),
            ("capturing", "captured", rosa.email_index),
        ]

    @pytest.mark.parametrize(("mode", "status", "times"), SILENCES)
    def test_interrupted_is_finished_by_the_sweep_in_the_reviewers_name(
        self, brush: Variant, sandbox: RunningSandbox, rosa: User, mode: str, status: int, times: int
    ) -> None:  # fmt: skip
        order, payment = on_hold(brush, sandbox)
        sandbox.fail("capture", mode, status=status, times=times)

        with pytest.raises(UnableToReleaseOrder, match="did not answer") as silence:
            release(order, rosa)
        assert not silence.value.is_final
        assert states(order, payment) == ("on_hold", "capturing")
        assert mails(order) == ["received"]
        with pytest.raises(UnableToShipOrder, match="on hold, not released"):
            ship(order)
        with pytest.raises(UnableToCancelOrder, match="Somebody else is deciding"):
            cancel(order, rosa)

        sweep(1)
        sweep(2)

        assert states(order, payment) == ("released", "captured")
        assert books(sandbox) == [(3095, 3095, 0, 0)]
        assert mails(order) == ["received", "released"]
        assert trail(order)[-1] == ("on_hold", "released", REVIEWER, "Knew all twelve by name.")

    def test_survives_an_outage_of_many_sweeps(self, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = on_hold(brush, sandbox)
        sandbox.fail("capture", "fail", status=500, times=4)
        with pytest.raises(UnableToReleaseOrder):
            release(order, None)
        for minute in range(1, 4):
            sweep(minute)
        assert states(order, payment) == ("on_hold", "capturing")
        sweep(5)
        assert states(order, payment) == ("released", "captured")
        assert books(sandbox) == [(3095, 3095, 0, 0)]

    def test_captured_but_unconfirmed_is_released_by_the_sweep(self, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = on_hold(brush, sandbox)
        sandbox.fail("retrieve", "fail", status=429)
        with pytest.raises(UnableToReleaseOrder, match="is charged, but the gateway did not confirm") as silence:
            release(order, None)
        assert not silence.value.is_final
        assert states(order, payment) == ("on_hold", "capturing")
        sweep()
        assert states(order, payment) == ("released", "captured")
        assert books(sandbox) == [(3095, 3095, 0, 0)]

    def test_refused_puts_the_order_back_and_can_be_tried_again(self, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = on_hold(brush, sandbox)
        Payment.objects.filter(pk=payment.pk).update(reference="pi_gone")
        with pytest.raises(UnableToReleaseOrder, match="still on hold") as refusal:
            release(order, None)
        assert refusal.value.is_final
        assert states(order, payment) == ("on_hold", "authorized")
        assert books(sandbox) == [(3095, 0, 0, 0)]
        assert mails(order) == ["received"]

        Payment.objects.filter(pk=payment.pk).update(reference=payment.reference)
        release(order, None)
        assert states(order, payment) == ("released", "captured")

    def test_refused_because_it_was_captured_before_is_released(self, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = on_hold(brush, sandbox)
        capture_by_hand(payment, 3095)  # as a call whose answer was lost
        release(order, None)
        assert states(order, payment) == ("released", "captured")
        assert books(sandbox) == [(3095, 3095, 0, 0)]

    def test_refused_with_the_truth_out_of_reach_is_not_put_back(self, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = on_hold(brush, sandbox)
        capture_by_hand(payment, 3095)
        sandbox.fail("retrieve", "fail", status=429)
        with pytest.raises(UnableToReleaseOrder, match="did not say whether the card was charged") as silence:
            release(order, None)
        assert not silence.value.is_final
        assert states(order, payment) == ("on_hold", "capturing")
        sweep()
        assert states(order, payment) == ("released", "captured")

    def test_of_a_part_by_hand_is_not_a_release(self, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = on_hold(brush, sandbox)
        capture_by_hand(payment, 1000)
        with pytest.raises(UnableToReleaseOrder, match=r"\$10\.00 instead of \$30\.95"):
            release(order, None)
        assert states(order, payment) == ("on_hold", "captured")
        assert alerts() == ["captured-amount"]
        assert mails(order) == ["received"]


class TestCancel:
    def test_voids_frees_the_goods_and_tells_the_customer(self, brush: Variant, sandbox: RunningSandbox, rosa: User) -> None:
        order, payment = on_hold(brush, sandbox)

        cancel(order, rosa)

        assert states(order, payment) == ("cancelled", "voided")
        assert Order.objects.get(pk=order.pk).cancel_reason == "denied"
        assert books(sandbox) == [(3095, 0, 0, 3095)]
        assert stock(brush) == (10, 0)
        assert mails(order) == ["received", "cancelled"]
        assert trail(order)[-1] == ("on_hold", "cancelled", REVIEWER, "Never ordered anything.")

    @pytest.mark.parametrize(("mode", "status", "times"), SILENCES)
    @pytest.mark.parametrize("is_captured", [False, True])
    def test_interrupted_is_finished_by_the_sweep_in_the_reviewers_name(
        self, brush: Variant, sandbox: RunningSandbox, rosa: User, is_captured: bool, mode: str,
        status: int, times: int,
    ) -> None:  # fmt: skip
        order, payment = on_hold(brush, sandbox)
        if is_captured:
            release(order, None)
        sandbox.fail("refund" if is_captured else "cancel", mode, status=status, times=times)

        with pytest.raises(UnableToCancelOrder, match="did not answer") as silence:
            cancel(order, rosa)
        assert not silence.value.is_final
        assert states(order, payment) == (("released", "refunding") if is_captured else ("on_hold", "voiding"))
        assert stock(brush) == (10, 2)
        with pytest.raises(UnableToReleaseOrder):
            release(order, None)
        with pytest.raises(UnableToShipOrder):
            ship(order)

        sweep(1)
        sweep(2)
        sweep(3)

        assert states(order, payment) == ("cancelled", "refunded" if is_captured else "voided")
        assert books(sandbox) == [(3095, 3095, 3095, 0) if is_captured else (3095, 0, 0, 3095)]
        assert stock(brush) == (10, 0)
        assert StockMove.objects.filter(cause=f"order:{order.pk}:cancel").count() == 1
        assert mails(order).count("cancelled") == 1
        assert trail(order)[-1][2:] == (REVIEWER, "Never ordered anything.")

    def test_unconfirmed_is_finished_by_the_sweep(self, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = on_hold(brush, sandbox)
        sandbox.fail("retrieve", "fail", status=429)
        with pytest.raises(UnableToCancelOrder, match="did not confirm"):
            cancel(order, None)
        assert states(order, payment) == ("on_hold", "voiding")
        sweep()
        assert states(order, payment) == ("cancelled", "voided")

    def test_refused_by_the_gateway_calls_a_person_and_goes_on_asking(self, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = on_hold(brush, sandbox)
        release(order, None)
        Payment.objects.filter(pk=payment.pk).update(reference="pi_gone")
        for _ in range(2):
            with pytest.raises(UnableToCancelOrder):
                cancel(order, None)
        sweep()
        assert states(order, payment) == ("released", "refunding")
        assert sorted(alerts()) == ["give-back-refused", "mismatch"]
        assert stock(brush) == (10, 2)
        with pytest.raises(UnableToShipOrder, match="not captured"):
            ship(order)

        Payment.objects.filter(pk=payment.pk).update(reference=payment.reference)
        sweep(2)
        assert states(order, payment) == ("cancelled", "refunded")
        assert Alert.objects.get(cause__startswith="give-back-refused").resolved_at is not None
        assert Refund.objects.count() == 1

    def test_closes_the_page_of_an_unpaid_order_first(self, brush: Variant, sandbox: RunningSandbox, rosa: User) -> None:
        order, payment = ordered(brush)
        cancel(order, rosa)
        assert states(order, payment) == ("cancelled", "expired")
        assert stock(brush) == (10, 0)
        assert mails(order) == ["cancelled"]
        assert trail(order)[-1] == ("awaiting_payment", "cancelled", REVIEWER, "Never ordered anything.")
        session = sandbox.client().v1.checkout.sessions.retrieve(str(payment.session_id))
        assert session.status == "expired"

    @pytest.mark.parametrize("is_down", [False, True])
    def test_of_an_order_being_paid_changes_nothing(
        self, shopper: Shopper, brush: Variant, sandbox: RunningSandbox, is_down: bool
    ) -> None:
        order, payment = ordered(brush)
        if is_down:
            sandbox.fail("expire", "fail", status=429)
        else:
            shopper.pay(order, sandbox)
            sandbox.fail("retrieve", "fail", status=429)
        before = snapshot(order, payment, brush, sandbox)
        with pytest.raises(UnableToCancelOrder, match="is paying at this moment, or the gateway did not answer"):
            cancel(order, None)
        assert snapshot(order, payment, brush, sandbox) == before

    def test_of_a_released_order_refunds(self, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = on_hold(brush, sandbox)
        release(order, None)
        cancel(order, None)
        assert states(order, payment) == ("cancelled", "refunded")
        assert fresh(order, payment)[1].refunded_amount == 3095
        assert books(sandbox) == [(3095, 3095, 3095, 0)]
        assert stock(brush) == (10, 0)
        assert mails(order) == ["received", "released", "cancelled"]


class TestARefusalChangesNothing:
    @pytest.mark.parametrize(
        ("scene", "to_release", "to_cancel", "to_ship"),
        [
            ("unpaid", "not paid", None, "awaiting payment, not released"),
            ("released", "released already", None, None),
            ("shipped", "released already", "has been shipped", "shipped, not released"),
            ("cancelled", "is cancelled", "cancelled already", "cancelled, not released"),
        ],
    )
    def test_and_says_what_is_the_case(
        self, brush: Variant, sandbox: RunningSandbox, scene: str, to_release: str, to_cancel: str | None,
        to_ship: str | None,
    ) -> None:  # fmt: skip
        order, payment = ordered(brush) if scene == "unpaid" else on_hold(brush, sandbox)
        if scene in ("released", "shipped"):
            release(order, None)
        if scene == "shipped":
            ship(order)
        if scene == "cancelled":
            cancel(order, None)
        before = snapshot(order, payment, brush, sandbox)

        with pytest.raises(UnableToReleaseOrder, match=to_release):
            release(order, None)
        if to_cancel:
            with pytest.raises(UnableToCancelOrder, match=to_cancel):
                cancel(order, None)
        if to_ship:
            with pytest.raises(UnableToShipOrder, match=to_ship):
                ship(order)
        assert snapshot(order, payment, brush, sandbox) == before


class TestShip:
    def test_takes_the_goods_out_of_stock_once(self, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = on_hold(brush, sandbox)
        release(order, None)
        ship(order)
        order.refresh_from_db()
        assert states(order, payment) == ("shipped", "captured")
        assert (order.carrier, order.tracking_number) == ("Parcel Post", "PP1")
        assert stock(brush) == (8, 0)
        assert mails(order) == ["received", "released", "shipped"]

    def test_waits_until_the_money_is_there(self, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = on_hold(brush, sandbox)
        with pytest.raises(UnableToShipOrder, match="on hold, not released"):
            ship(order)
        Order.objects.filter(pk=order.pk).update(status="released")  # whatever went wrong: the money is not there
        with pytest.raises(UnableToShipOrder, match="not captured"):
            ship(order)
        assert states(order, payment) == ("released", "authorized")
        assert stock(brush) == (10, 2)

    def test_after_a_cancellation_has_begun_is_refused(self, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = on_hold(brush, sandbox)
        release(order, None)
        sandbox.fail("refund", "fail", status=429)
        with pytest.raises(UnableToCancelOrder):
            cancel(order, None)
        with pytest.raises(UnableToShipOrder, match="not captured"):
            ship(order)
        look(payment)
        assert states(order, payment) == ("released", "refunding")
        assert stock(brush) == (10, 2)


def test_an_order_on_hold_is_cancelled_in_the_call_queue_and_not_past_it(
    brush: Variant, sandbox: RunningSandbox, admin_client: Client
) -> None:
    order, payment = on_hold(brush, sandbox)
    before = snapshot(order, payment, brush, sandbox)
    page = admin_client.post(f"/admin/checkout/order/{order.pk}/cancel/", follow=True).content.decode()
    assert "It was not cancelled: claim its call in the call queue and cancel it there." in page
    assert snapshot(order, payment, brush, sandbox) == before

    capture_by_hand(payment, 3095)
    look(payment)
    before = snapshot(order, payment, brush, sandbox)
    with pytest.raises(UnableToCancelOrder, match="is on hold. It was not cancelled"):
        cancel_order(order_id=order.pk, by=None, reason=Order.CancelReason.SHOP, why="x", now=timezone.now())
    assert snapshot(order, payment, brush, sandbox) == before


def test_the_token_of_another_orders_refund_refunds_nothing(brush: Variant, sandbox: RunningSandbox) -> None:
    token, orders = uuid.uuid4(), [on_hold(brush, sandbox)[0] for _ in range(2)]
    for order in orders:
        release_order(order_id=order.pk, by=None, why="Clear.", now=timezone.now())

    def refund(order: Order) -> Refund:
        return request_refund(
            order_id=order.pk, lines=[], delivery=0, other=100, expected_total=100, reason=Refund.Reason.OTHER,
            note="", by=None, token=token, now=timezone.now(),
        )  # fmt: skip

    assert refund(orders[0]).is_done
    with pytest.raises(UnableToRefund, match="belongs to another order. Nothing was refunded"):
        refund(orders[1])
    assert Refund.objects.get().payment.order_id == orders[0].pk
