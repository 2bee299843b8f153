"""Refunds: in parts, with goods or without, never more than was taken, once each, and right again when the bank says no."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.models import StockMove, Variant
from checkout.models import Alert, Mail, Order, OrderLine, Payment, Refund
from checkout.services.alerts import raise_alert
from checkout.services.cancel import UnableToCancelOrder, cancel_order
from checkout.services.mails import build_mail
from checkout.services.refunds import LineToRefund, UnableToRefund, request_refund
from checkout.services.release import release_order
from checkout.services.shipping import UnableToShipOrder, ship_order
from checkout.services.sweep import sweep_payments
from store.models import User
from tests.checkout.scenes import alerts, books, fresh, look, mails, make_reviewer, on_hold, refund_by_hand, states, stock
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db
FAILS_LATER, PENDING = "4000000000005126", "4000000000007726"
Sale = tuple[Order, Payment]


@pytest.fixture
def rosa(db: None) -> User:
    return make_reviewer()


@pytest.fixture
def sold(brush: Variant, sandbox: RunningSandbox) -> Sale:
    """Two brushes at 12.50 and 5.95 for delivery: 30.95, released."""
    return released(brush, sandbox)


def released(brush: Variant, sandbox: RunningSandbox, **card: str) -> Sale:
    order, payment = on_hold(brush, sandbox, **card)
    release_order(order_id=order.pk, by=None, why="Clear.", now=timezone.now())
    return fresh(order, payment)


def ship(order: Order) -> Order:
    return ship_order(order_id=order.pk, by=None, carrier="Post", tracking_number="1", now=timezone.now())


def refund(order: Order, expected: int, *, units: int = 0, restock: bool = True, **values: Any) -> Refund:
    line = LineToRefund(line_id=order.lines.get().pk, quantity=units, is_restocked=restock)
    asked: dict[str, Any] = {"delivery": 0, "other": 0, "by": None, "token": uuid.uuid4(), "now": timezone.now(), **values}
    return request_refund(
        order_id=order.pk,
        lines=[line] if units else [],
        expected_total=expected,
        reason=Refund.Reason.RETURNED,
        note="Chewed by the cat.",
        **asked,
    )


def figures(payment: Payment) -> tuple[str, int, int, int]:
    """State, captured, refunded, set aside."""
    payment = Payment.objects.get(pk=payment.pk)
    return payment.status, payment.captured_amount, payment.refunded_amount, payment.refunding_amount


def everything(order: Order, payment: Payment, brush: Variant, sandbox: RunningSandbox) -> Any:
    """All that must be the same after a refusal."""
    lines = list(OrderLine.objects.values_list("refunded_quantity", flat=True))
    rows = list(Refund.objects.order_by("pk").values_list("pk", "status"))
    events = order.events.count(), payment.events.count()
    return states(order, payment), figures(payment), lines, rows, events, stock(brush), mails(order), books(sandbox)


class TestAPart:
    def test_of_a_shipped_order_goes_back_and_its_goods_return_to_the_shelf_once(
        self, sold: Sale, brush: Variant, sandbox: RunningSandbox, rosa: User
    ) -> None:
        order, payment = sold
        ship(order)
        token = uuid.uuid4()

        done = [refund(order, 1250, units=1, by=rosa, token=token) for _ in range(2)]  # a double click

        assert done[0].pk == done[1].pk
        assert (done[0].status, done[0].goods, done[0].amount) == ("done", 1250, 1250)
        assert str(done[0].reference).startswith("re_")
        assert states(order, payment) == ("shipped", "captured")
        assert figures(payment) == ("captured", 3095, 1250, 0)
        assert books(sandbox) == [(3095, 3095, 1250, 0)]
        assert stock(brush) == (9, 0)
        assert StockMove.objects.filter(cause=f"refund:{done[0].pk}").count() == 1
        assert mails(order) == ["received", "released", "shipped", "refunded"]
        assert [event.why for event in payment.events.order_by("-pk")[:2]] == [
            "Refunded $12.50.",
            "Refund of $12.50 requested.",
        ]
        for _ in range(2):  # the webhook of our own refund, late
            look(payment)
        assert figures(payment) == ("captured", 3095, 1250, 0)
        assert alerts() == []

    def test_by_part_adds_up_to_all_and_no_further(self, sold: Sale, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = sold
        ship(order)
        refund(order, 1250, units=1)
        refund(order, 595, delivery=595)
        refund(order, 250, other=250)
        refund(order, 1000, other=1000)
        before = everything(order, payment, brush, sandbox)
        assert figures(payment) == ("refunded", 3095, 3095, 0)
        for expected, wanted in ((1, {"other": 1}), (1250, {"units": 1})):
            with pytest.raises(UnableToRefund, match="All of the money went back already"):
                refund(order, expected, **wanted)  # type: ignore[arg-type]  # units or amounts
        assert everything(order, payment, brush, sandbox) == before
        assert books(sandbox) == [(3095, 3095, 3095, 0)]
        assert stock(brush) == (9, 0)
        assert mails(order).count("refunded") == 4

    def test_before_shipping_frees_the_units_and_only_the_rest_ships(
        self, sold: Sale, brush: Variant, sandbox: RunningSandbox
    ) -> None:
        order, payment = sold
        assert stock(brush) == (10, 2)
        refund(order, 1250, units=1)
        assert stock(brush) == (10, 1)
        ship(order)
        assert stock(brush) == (9, 0)
        assert states(order, payment) == ("shipped", "captured")

    def test_before_shipping_without_restock_takes_the_broken_units_away(
        self, sold: Sale, brush: Variant, sandbox: RunningSandbox
    ) -> None:
        order, _ = sold
        refund(order, 2500, units=2, restock=False)
        assert stock(brush) == (8, 0)
        with pytest.raises(UnableToShipOrder, match="nothing to ship"):
            ship(order)

    def test_then_a_cancellation_gives_back_and_frees_just_the_rest(
        self, sold: Sale, brush: Variant, sandbox: RunningSandbox
    ) -> None:
        order, payment = sold
        refund(order, 1250, units=1)
        cancel_order(
            order_id=order.pk, by=None, reason=Order.CancelReason.CUSTOMER, why="Asked.", now=timezone.now(), from_hold=True
        )
        assert states(order, payment) == ("cancelled", "refunded")
        assert list(Refund.objects.order_by("requested_at").values_list("origin", "amount")) == [
            ("staff", 1250),
            ("give_back", 1845),
        ]
        assert books(sandbox) == [(3095, 3095, 3095, 0)]
        assert stock(brush) == (10, 0)
        assert mails(order) == ["received", "released", "refunded", "cancelled"]

    def test_that_is_all_of_an_order_not_shipped_cancels_it(
        self, sold: Sale, brush: Variant, sandbox: RunningSandbox, rosa: User
    ) -> None:
        order, payment = sold
        refund(order, 3095, units=2, delivery=595, by=rosa)
        assert states(order, payment) == ("cancelled", "refunded")
        assert stock(brush) == (10, 0)
        assert mails(order) == ["received", "released", "cancelled"]


class TestIsRefused:
    @pytest.mark.parametrize(
        ("expected", "wanted", "words"),
        [
            (3750, {"units": 3}, "Fewer units are left"),
            (596, {"delivery": 596}, r"Only \$5\.95 of the delivery"),
            (3096, {"other": 3096}, r"comes to \$30\.96, and only \$30\.95 is left"),
            (-1, {"other": -1}, "less than nothing"),
            (0, {}, "Nothing was chosen"),
            (1249, {"units": 1}, "has changed since"),
        ],
    )
    def test_for_more_or_less_than_can_be(
        self, sold: Sale, brush: Variant, sandbox: RunningSandbox, expected: int, wanted: dict[str, int], words: str
    ) -> None:
        order, payment = sold
        before = everything(order, payment, brush, sandbox)
        with pytest.raises(UnableToRefund, match=words):
            refund(order, expected, **wanted)  # type: ignore[arg-type]  # units or amounts
        assert everything(order, payment, brush, sandbox) == before

    def test_while_nothing_is_captured(self, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = on_hold(brush, sandbox)
        before = everything(order, payment, brush, sandbox)
        with pytest.raises(UnableToRefund, match="on hold"):
            refund(order, 100, other=100)
        assert everything(order, payment, brush, sandbox) == before

    def test_by_the_gateway_and_puts_everything_back(self, sold: Sale, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = sold
        sandbox.dispute(str(payment.reference))  # what is disputed can't be refunded
        with pytest.raises(UnableToRefund, match=r"charge_disputed.*\$12\.50 was not refunded, and no goods") as refusal:
            refund(order, 1250, units=1)
        assert refusal.value.is_final
        assert figures(payment) == ("captured", 3095, 0, 0)
        assert OrderLine.objects.get().refunded_quantity == 0
        assert stock(brush) == (10, 2)
        assert "refund-refused" in alerts()
        assert mails(order) == ["received", "released"]

    def test_by_the_database_whatever_the_code_says(self, sold: Sale) -> None:
        order, payment = sold
        for change in (
            lambda: Payment.objects.filter(pk=payment.pk).update(refunding_amount=3096),
            lambda: Payment.objects.filter(pk=payment.pk).update(refunded_amount=3000, refunding_amount=96),
            lambda: order.lines.update(refunded_quantity=3),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                change()


class TestInterrupted:
    @pytest.mark.parametrize(
        ("mode", "status", "times"),
        [("fail", 500, 1), ("fail_after", 500, 1), ("fail", 429, 1), ("timeout_before", 500, 2)],
    )
    def test_it_is_finished_once_by_the_sweep(
        self, sold: Sale, brush: Variant, sandbox: RunningSandbox, mode: str, status: int, times: int
    ) -> None:
        order, payment = sold
        sandbox.fail("refund", mode, status=status, times=times)
        token = uuid.uuid4()
        with pytest.raises(UnableToRefund, match="did not answer") as silence:
            refund(order, 1250, units=1, token=token)
        assert not silence.value.is_final
        assert figures(payment) == ("captured", 3095, 0, 1250)
        assert (stock(brush), mails(order)) == ((10, 2), ["received", "released"])
        with pytest.raises(UnableToShipOrder, match="A refund for order .* is under way"):
            ship(order)
        with pytest.raises(UnableToCancelOrder, match="A refund for this order is under way"):
            cancel_order(
                order_id=order.pk, by=None, reason=Order.CancelReason.SHOP, why="x", now=timezone.now(), from_hold=True
            )

        for minute in (1, 2, 3):
            sweep_payments(now=timezone.now() + timedelta(minutes=minute))

        assert figures(payment) == ("captured", 3095, 1250, 0)
        assert books(sandbox) == [(3095, 3095, 1250, 0)]
        assert stock(brush) == (10, 1)
        assert mails(order) == ["received", "released", "refunded"]
        assert refund(order, 1250, units=1, token=token).status == "done"
        assert books(sandbox) == [(3095, 3095, 1250, 0)]
        assert alerts() == []

    def test_pressed_again_at_once_it_is_made_once(self, sold: Sale, sandbox: RunningSandbox) -> None:
        order, payment = sold
        sandbox.fail("refund", "fail_after")  # made, but the answer is a 500, so that the next call has another key
        token = uuid.uuid4()
        with pytest.raises(UnableToRefund, match="did not answer"):
            refund(order, 1250, units=1, token=token)
        assert refund(order, 1250, units=1, token=token).status == "done"
        assert figures(payment) == ("captured", 3095, 1250, 0)
        assert books(sandbox) == [(3095, 3095, 1250, 0)]

    def test_what_the_bank_took_back_meanwhile_is_cancelled_after_it_so_that_no_unit_stays_held(
        self, sold: Sale, brush: Variant, sandbox: RunningSandbox
    ) -> None:
        order, payment = sold
        sandbox.fail("refund", "fail", status=429)
        with pytest.raises(UnableToRefund):
            refund(order, 1250, units=1)
        Payment.objects.update(status="charged_back")

        def cancel() -> Order:
            return cancel_order(
                order_id=order.pk, by=None, reason=Order.CancelReason.SHOP, why="x", now=timezone.now(), from_hold=True
            )

        with pytest.raises(UnableToCancelOrder, match="under way"):
            cancel()
        assert (states(order, payment), stock(brush)) == (("released", "charged_back"), (10, 2))
        sweep_payments(now=timezone.now() + timedelta(minutes=1))
        assert cancel().status == "cancelled"
        assert stock(brush) == (10, 0)

    def test_before_the_call_it_is_made_even_a_day_later(self, sold: Sale, sandbox: RunningSandbox) -> None:
        _, payment = sold
        with transaction.atomic():  # the process dies right after this
            Refund.objects.create(
                payment=payment,
                origin="staff",
                status_at=timezone.now(),
                requested_at=timezone.now(),
                key="k",
                amount=95,
                other=95,
            )
            Payment.objects.filter(pk=payment.pk).update(refunding_amount=95)
        sweep_payments(now=timezone.now() + timedelta(hours=25))
        assert figures(payment) == ("captured", 3095, 95, 0)
        assert books(sandbox) == [(3095, 3095, 95, 0)]


class TestAtTheGateway:
    def test_each_refund_by_hand_becomes_a_row_a_mail_and_an_alert(
        self, sold: Sale, brush: Variant, sandbox: RunningSandbox
    ) -> None:
        order, payment = sold
        ship(order)
        refund_by_hand(payment, 1000)
        look(payment)
        refund(order, 595, delivery=595)
        refund_by_hand(payment, 1500)
        for _ in range(2):
            look(payment)
        assert sorted(Refund.objects.values_list("origin", "amount", "status")) == [
            ("outside", 1000, "done"),
            ("outside", 1500, "done"),
            ("staff", 595, "done"),
        ]
        assert states(order, payment) == ("shipped", "refunded")
        assert stock(brush) == (8, 0)
        assert mails(order).count("refunded") == 3
        assert alerts() == ["refunded-outside"] * 2

    def test_a_refund_that_takes_what_ours_was_to_give_ends_ours(
        self, sold: Sale, brush: Variant, sandbox: RunningSandbox
    ) -> None:
        order, payment = sold
        sandbox.fail("refund", "fail", status=429, times=1)
        with pytest.raises(UnableToRefund):
            refund(order, 2500, units=2)
        refund_by_hand(payment, 1000)
        sweep_payments(now=timezone.now() + timedelta(minutes=1))
        assert figures(payment) == ("captured", 3095, 1000, 0)
        assert OrderLine.objects.get().refunded_quantity == 0
        assert sorted(alerts()) == ["refund-refused", "refunded-outside"]
        assert stock(brush) == (10, 2)

    def test_a_refund_that_comes_back_puts_the_figures_right_and_can_be_made_again(
        self, brush: Variant, sandbox: RunningSandbox
    ) -> None:
        order, payment = released(brush, sandbox, card=FAILS_LATER)
        ship(order)
        first = refund(order, 1250, units=1)
        assert figures(payment) == ("captured", 3095, 1250, 0)
        sandbox.travel(120)
        for _ in range(2):
            look(payment)
        assert figures(payment) == ("captured", 3095, 0, 0)
        assert Refund.objects.get(pk=first.pk).status == "failed"
        assert stock(brush) == (9, 0)  # the parcel did come back
        assert mails(order)[-1] == "refund_failed"
        assert alerts() == ["refund-failed"]
        assert "$12.50 came back from the customer's bank" in Alert.objects.get().message

        with pytest.raises(UnableToRefund, match="Fewer units are left"):
            refund(order, 2500, units=2)
        refund(order, 1250, other=1250)
        assert figures(payment) == ("captured", 3095, 1250, 0)
        assert stock(brush) == (9, 0)

    def test_a_whole_refund_that_comes_back_is_owed_until_it_is_made_again(
        self, brush: Variant, sandbox: RunningSandbox
    ) -> None:
        order, payment = released(brush, sandbox, card=FAILS_LATER)
        cancel_order(
            order_id=order.pk, by=None, reason=Order.CancelReason.CUSTOMER, why="Asked.", now=timezone.now(), from_hold=True
        )
        sandbox.travel(120)
        look(payment)
        assert figures(payment) == ("owed", 3095, 0, 0)
        with pytest.raises(UnableToRefund, match="on sale again already"):
            refund(order, 1250, units=1)
        refund(order, 3095, other=3095)
        assert figures(payment) == ("refunded", 3095, 3095, 0)
        assert states(order, payment) == ("cancelled", "refunded")
        assert stock(brush) == (10, 0)
        assert mails(order)[-1] == "refunded"

    def test_one_taken_for_refused_that_was_made_after_all_is_told_before_it_is_made_again(self, sold: Sale) -> None:
        order, payment = sold
        made = refund(order, 1250, units=1)
        Refund.objects.update(status="failed", done_at=None)
        Payment.objects.update(refunded_amount=0)
        raise_alert(payment, cause="refund-refused", about=made.pk, message="Make it again.", now=timezone.now())
        look(payment)
        assert figures(payment) == ("captured", 3095, 1250, 0)
        assert "don't make it again" in Alert.objects.get(resolved_at=None).message

    def test_one_taken_for_failed_and_made_again_that_was_made_after_all_is_set_apart(self, sold: Sale) -> None:
        order, payment = sold
        first = refund(order, 1250, other=1250)
        Refund.objects.update(status="failed", reference=None)
        Payment.objects.update(refunded_amount=0)
        again, now = uuid.uuid4(), timezone.now()
        Refund.objects.create(
            pk=again, payment=payment, origin="staff", status="done", status_at=now, requested_at=now, done_at=now,
            amount=3095, other=3095, reference="re_again", key=f"refund:{again}",
        )  # fmt: skip
        Payment.objects.update(refunded_amount=3095)
        for _ in range(2):
            look(payment)
        first.refresh_from_db()
        assert (first.status, first.reference is None) == ("failed", False)
        assert first.problem == "Made at the gateway after all, though nothing was left. Not in the books."
        assert figures(payment) == ("refunded", 3095, 3095, 0)
        assert alerts() == ["refund-too-large"]
        assert "a refund of $12.50, more than was left" in Alert.objects.get().message
        assert payment.events.filter(why__startswith="Refund of $12.50: Made at the gateway after all").count() == 1

    def test_a_pending_refund_counts_as_made(self, brush: Variant, sandbox: RunningSandbox) -> None:
        order, payment = released(brush, sandbox, card=PENDING)
        assert refund(order, 1250, units=1).is_done
        sandbox.travel(120)
        look(payment)
        assert figures(payment) == ("captured", 3095, 1250, 0)


def test_the_mail_names_what_went_back_in_exact_amounts(sold: Sale) -> None:
    order, _ = sold
    refund(order, 1845, units=1, delivery=595)
    message = build_mail(Mail.objects.get(order=order, kind="refunded"))
    for part in (str(message.body), str(message.alternatives[0][0])):
        for words in ("$18.45 back to the card", "Walnut brush", "$12.50", "$5.95"):
            assert words in part
        assert "cat" not in part
