"""Disputes, early warnings, reviews: looked up at the gateway, written down, and no parcel leaves meanwhile."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.dispatch import Signal
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Variant
from checkout import signals
from checkout.gateways import get_gateway, stripe_trouble
from checkout.models import Alert, Dispute, GatewayEventRecord, GatewayNotice, Order, Payment, Refund
from checkout.services.cancel import cancel_order
from checkout.services.disputes import UnableToLiftFreeze, _book_won, lift_freeze, look_at_trouble, look_for_trouble
from checkout.services.refunds import UnableToRefund, request_refund
from checkout.services.release import UnableToReleaseOrder, release_order
from checkout.services.settle import settle
from checkout.services.shipping import UnableToShipOrder, ship_order
from store.models import User
from tests.checkout.scenes import alerts, books, capture_by_hand, fresh, make_reviewer, on_hold, states, stock
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db
RunTasks = Callable[[], int]
Sale = tuple[Order, Payment]
HEARD = ("payment_disputed", "dispute_decided", "fraud_warned", "review_opened")


@pytest.fixture
def rosa(db: None) -> User:
    return make_reviewer()


@pytest.fixture(autouse=True)
def _cards_only(sandbox: RunningSandbox, settings: Settings) -> None:
    settings.PAYMENT_GATEWAYS = {"stripe": settings.PAYMENT_GATEWAYS["stripe"]}


@pytest.fixture
def sold(brush: Variant, sandbox: RunningSandbox) -> Sale:
    """Released, its parcel not yet sent."""
    order, payment = on_hold(brush, sandbox)
    release_order(order_id=order.pk, by=None, why="Clear.", now=timezone.now())
    sandbox.take_events()
    return fresh(order, payment)


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """The names of checkout's signals, as they come."""
    names: list[str] = []
    connected: list[tuple[Signal, Callable[..., None]]] = []
    for name in HEARD:

        def listen(name: str = name, **kwargs: object) -> None:
            names.append(name)

        getattr(signals, name).connect(listen, weak=False)
        connected.append((getattr(signals, name), listen))
    yield names
    for signal, listener in connected:
        signal.disconnect(listener)


def ship(order: Order) -> Order:
    return ship_order(order_id=order.pk, by=None, carrier="Post", tracking_number="1", now=timezone.now())


def cancel(order: Order) -> Order:
    return cancel_order(
        order_id=order.pk, by=None, reason=Order.CancelReason.DENIED, why="Denied.", now=timezone.now(), from_hold=True
    )


def look(payment: Payment, later: timedelta = timedelta()) -> None:
    look_at_trouble(payment_id=payment.pk, now=timezone.now() + later)


def refund(order: Order, amount: int) -> Refund:
    return request_refund(
        order_id=order.pk, lines=[], delivery=0, other=amount, expected_total=amount, reason=Refund.Reason.SUSPECT,
        note="", by=None, token=uuid.uuid4(), now=timezone.now(),
    )  # fmt: skip


def send_all(sandbox: RunningSandbox, run_tasks: RunTasks) -> list[str]:
    """Deliver every webhook; their kinds."""
    events = sandbox.take_events()
    for event in events:
        Client().post("/webhooks/stripe/", event.payload, content_type="application/json", headers=event.headers)
    run_tasks()
    return [event.event_type for event in events]


class TestADispute:
    def test_stops_the_parcel_until_a_person_lifts_that(
        self, sold: Sale, sandbox: RunningSandbox, run_tasks: RunTasks, rosa: User
    ) -> None:
        order, payment = sold
        opened = sandbox.dispute(str(payment.reference))

        assert send_all(sandbox, run_tasks) == ["charge.dispute.created"]

        dispute = Dispute.objects.get()
        assert (dispute.reference, dispute.amount, dispute.status) == (opened["id"], 3095, "needs_response")
        assert (dispute.reason, dispute.takes_money) == ("fraudulent", True)
        assert dispute.evidence_due is not None
        assert int(dispute.evidence_due.timestamp()) == opened["evidence_details"]["due_by"]
        assert GatewayEventRecord.objects.filter(is_trouble=True).count() == 1
        message = Alert.objects.get().message
        assert (
            "$30.95 is disputed (the cardholder says they did not order it). The bank has taken the money for now."
            in message
        )
        assert f"before {dispute.evidence_due:%d %B, %H:%M} UTC" in message
        with pytest.raises(UnableToShipOrder, match="is stopped by a dispute"):
            ship(order)

        with pytest.raises(UnableToLiftFreeze, match="Say why"):
            lift_freeze(order_id=order.pk, by=rosa, why=" ", now=timezone.now())
        lift_freeze(order_id=order.pk, by=rosa, why="The bank mixed up two customers.", now=timezone.now())
        for _ in range(2):
            look(payment)
        assert ship(order).is_shipped
        last = order.events.filter(now="released").order_by("-at").first()
        assert last is not None
        assert (last.by, last.why) == (rosa, "May ship all the same. The bank mixed up two customers.")
        assert alerts() == ["dispute"]

    def test_follows_a_changed_amount_and_day_without_a_webhook(self, sold: Sale, sandbox: RunningSandbox) -> None:
        _, payment = sold
        sandbox.dispute(str(payment.reference), amount=1000)
        look(payment)
        told = Dispute.objects.get()
        assert (told.amount, told.evidence_due is None) == (1000, False)
        # What the shop was told at first.
        Dispute.objects.update(amount=3095, evidence_due=timezone.now() + timedelta(days=1))
        Alert.objects.update(resolved_at=timezone.now(), mailed_at=timezone.now(), message="$30.95 is disputed.")

        assert look_for_trouble(now=timezone.now() + timedelta(minutes=1)) == 0

        assert (Dispute.objects.get().amount, Dispute.objects.get().evidence_due) == (1000, told.evidence_due)
        alert = Alert.objects.get()
        assert (alert.resolved_at, alert.mailed_at) == (None, None)
        assert "$10.00 is disputed" in alert.message
        assert (
            payment.events.filter(why__startswith="The dispute of $30.95 is of $10.00 now, to be answered by").count() == 1
        )
        look_for_trouble(now=timezone.now() + timedelta(minutes=2))
        assert payment.events.filter(why__startswith="The dispute of").count() == 1

    def test_that_was_answered_asks_for_nothing_more(self, sold: Sale, sandbox: RunningSandbox, run_tasks: RunTasks) -> None:
        order, payment = sold
        opened = sandbox.dispute(str(payment.reference))
        send_all(sandbox, run_tasks)
        assert Alert.objects.get().resolved_at is None

        sandbox.answer_dispute(opened["id"])

        assert send_all(sandbox, run_tasks) == ["charge.dispute.updated"]
        assert Dispute.objects.get().status == "under_review"
        assert Alert.objects.get().resolved_at is not None
        with pytest.raises(UnableToShipOrder, match="is stopped by a dispute"):
            ship(order)

    def test_that_an_inquiry_has_become_stops_the_parcel_and_is_told_anew(self, sold: Sale, sandbox: RunningSandbox) -> None:
        order, payment = sold
        sandbox.dispute(str(payment.reference))
        look(payment)
        # It was an inquiry then, which was answered; the parcel was let go.
        Dispute.objects.update(status="under_review", takes_money=False)
        Alert.objects.update(resolved_at=timezone.now(), mailed_at=timezone.now(), message="An inquiry.")
        Order.objects.update(frozen_at=None)

        look(payment, timedelta(hours=1))

        alert = Alert.objects.get()
        assert (alert.resolved_at, alert.mailed_at) == (None, None)
        assert "The bank has taken the money for now." in alert.message
        with pytest.raises(UnableToShipOrder, match="is stopped by a dispute"):
            ship(order)

    def test_that_is_won_brings_nothing_back_while_another_one_keeps_it_all(
        self, sold: Sale, sandbox: RunningSandbox
    ) -> None:
        order, payment = sold
        opened = sandbox.dispute(str(payment.reference))
        sandbox.close_dispute(opened["id"], "lost")
        look(payment)
        assert states(order, payment) == ("released", "charged_back")
        second = Dispute.objects.get()
        second.pk, second.reference, second.status = None, "du_2", "won"
        second.save()
        _book_won(Payment.objects.get(pk=payment.pk), second, now=timezone.now())
        assert states(order, payment) == ("released", "charged_back")

    def test_is_believed_from_the_gateway_and_not_from_the_event(
        self, sold: Sale, sandbox: RunningSandbox, run_tasks: RunTasks
    ) -> None:
        _, payment = sold
        opened = sandbox.dispute(str(payment.reference))
        sandbox.close_dispute(opened["id"], "lost")
        created, closed = sandbox.take_events()
        for event in (closed, created):  # the wrong way round
            Client().post("/webhooks/stripe/", event.payload, content_type="application/json", headers=event.headers)
        run_tasks()
        assert list(Dispute.objects.values_list("status", "amount")) == [("lost", 3095)]

    def test_cannot_be_refunded_as_well(self, sold: Sale, sandbox: RunningSandbox) -> None:
        order, payment = sold
        sandbox.dispute(str(payment.reference), amount=3000)
        look(payment)
        with pytest.raises(UnableToRefund, match=r"only \$0\.95 is left"):
            refund(order, 96)
        assert books(sandbox) == [(3095, 3095, 0, 0)]

    @pytest.mark.parametrize("sent", [0, 1])
    def test_that_is_lost_takes_the_money_and_the_order_can_still_be_cancelled(
        self, sold: Sale, brush: Variant, sandbox: RunningSandbox, sent: int
    ) -> None:
        order, payment = sold
        if sent:
            units, now = {order.lines.get().pk: sent}, timezone.now()
            ship_order(order_id=order.pk, by=None, carrier="", tracking_number="", now=now, units=units)
        sandbox.close_dispute(sandbox.dispute(str(payment.reference))["id"], "lost")
        for _ in range(2):
            look(payment)
        assert states(order, payment) == ("released", "charged_back")
        assert alerts() == ["dispute-lost"]
        assert (
            f"cancel the order, which puts {'what has not' if sent else 'the goods back'} on sale"
            in Alert.objects.get().message
        )
        cancel(order)
        assert states(order, payment) == ("cancelled", "charged_back")
        assert stock(brush) == (10 - sent, 0)
        assert books(sandbox) == [(3095, 3095, 0, 0)]

    def test_that_is_won_leaves_the_money_and_the_stop(self, sold: Sale, sandbox: RunningSandbox) -> None:
        order, payment = sold
        opened = sandbox.dispute(str(payment.reference))
        look(payment)
        sandbox.close_dispute(opened["id"], "won")
        look(payment)
        assert states(order, payment) == ("released", "captured")
        assert alerts() == ["dispute", "dispute-won"]
        assert [alert.resolved_at is None for alert in Alert.objects.order_by("pk")] == [False, True]
        with pytest.raises(UnableToShipOrder, match="is stopped"):
            ship(order)

    def test_of_an_order_cancelled_meanwhile_is_owed_when_it_is_won(
        self, sold: Sale, brush: Variant, sandbox: RunningSandbox
    ) -> None:
        order, payment = sold
        opened = sandbox.dispute(str(payment.reference))
        cancel(order)  # the shop learns of the dispute only because the refund is refused
        assert states(order, payment) == ("cancelled", "charged_back")
        assert stock(brush) == (10, 0)
        assert Refund.objects.get().has_failed
        sandbox.close_dispute(opened["id"], "won")
        look(payment)
        assert states(order, payment) == ("cancelled", "owed")
        assert "it is the customer's. Refund it" in Alert.objects.get(cause__startswith="dispute-won").message

    def test_of_a_shipped_order_asks_for_proof_and_stops_nothing(self, sold: Sale, sandbox: RunningSandbox) -> None:
        order, payment = sold
        ship(order)
        sandbox.dispute(str(payment.reference))
        look(payment)
        assert "proof of delivery. Don't refund it as well." in Alert.objects.get().message
        assert not fresh(order, payment)[0].is_frozen


class TestAnEarlyWarning:
    def test_stops_the_parcel_and_a_refund_closes_the_matter(
        self, sold: Sale, sandbox: RunningSandbox, run_tasks: RunTasks
    ) -> None:
        order, payment = sold
        sandbox.warn_early(str(payment.reference))
        assert send_all(sandbox, run_tasks) == ["radar.early_fraud_warning.created"]
        assert GatewayNotice.objects.get().is_open
        assert (
            "warns of fraud (made with a stolen card). Left alone, four in five become disputes."
            in Alert.objects.get().message
        )
        with pytest.raises(UnableToShipOrder, match="is stopped"):
            ship(order)
        cancel(order)
        look(payment)
        assert not GatewayNotice.objects.get().is_open
        assert Alert.objects.get(cause__startswith="early-warning").resolved_at is not None

    def test_of_a_shipped_order_asks_whether_to_refund_now(self, sold: Sale, sandbox: RunningSandbox) -> None:
        order, payment = sold
        ship(order)
        sandbox.warn_early(str(payment.reference))
        look(payment)
        assert "Refund the $30.95 now, on the order's page" in Alert.objects.get().message

    def test_that_comes_when_all_is_refunded_disturbs_nobody(self, sold: Sale, sandbox: RunningSandbox) -> None:
        order, payment = sold
        cancel(order)
        sandbox.warn_early(str(payment.reference))
        look(payment)
        assert not GatewayNotice.objects.get().is_open
        assert alerts() == []


class TestAReview:
    def test_stops_an_order_from_before_the_release_until_a_person_lifts_that(
        self, brush: Variant, sandbox: RunningSandbox, run_tasks: RunTasks, rosa: User
    ) -> None:
        order, payment = on_hold(brush, sandbox)
        sandbox.take_events()
        review = sandbox.open_review(str(payment.reference))
        assert send_all(sandbox, run_tasks)[0] == "review.opened"
        assert "approving takes no money" in Alert.objects.get().message
        before = fresh(order, payment)[0].events.count()
        with pytest.raises(UnableToReleaseOrder, match="stopped by a review of the gateway's. It was not released"):
            release_order(order_id=order.pk, by=rosa, why="Confirmed.", now=timezone.now())
        assert states(order, payment) == ("on_hold", "authorized")
        assert fresh(order, payment)[0].decision is None
        assert (fresh(order, payment)[0].events.count(), books(sandbox)) == (before, [(3095, 0, 0, 0)])

        sandbox.close_review(review["id"], "approved")
        look(payment)
        release_order(order_id=order.pk, by=rosa, why="Confirmed.", now=timezone.now())
        assert not GatewayNotice.objects.get().is_open
        assert [alert.resolved_at is None for alert in Alert.objects.order_by("pk")] == [False, True]
        with pytest.raises(UnableToShipOrder, match="is stopped"):
            ship(order)
        lift_freeze(order_id=order.pk, by=rosa, why="Approved at the gateway.", now=timezone.now())
        assert ship(order).is_shipped
        with pytest.raises(UnableToLiftFreeze, match="is not stopped"):
            lift_freeze(order_id=order.pk, by=rosa, why="Again.", now=timezone.now())


@pytest.mark.parametrize("is_captured", [False, True])
def test_of_what_is_stopped_nothing_is_released_until_a_person_lifts_that(
    brush: Variant, sandbox: RunningSandbox, rosa: User, *, is_captured: bool
) -> None:
    order, payment = on_hold(brush, sandbox)
    words = "an early fraud warning of the card's bank"
    if is_captured:  # by hand, at the gateway
        capture_by_hand(payment, 3095)
        settle(payment_id=payment.pk, now=timezone.now())
        sandbox.dispute(str(payment.reference))
        words = "a dispute"
    else:
        sandbox.warn_early(str(payment.reference))
    look(payment)
    was = states(order, payment)
    with pytest.raises(UnableToReleaseOrder, match=f"stopped by {words}. It was not released, and nothing was charged now"):
        release_order(order_id=order.pk, by=rosa, why="Confirmed.", now=timezone.now())
    assert states(order, payment) == was
    lift_freeze(order_id=order.pk, by=rosa, why="Spoke to the cardholder.", now=timezone.now())
    release_order(order_id=order.pk, by=rosa, why="Confirmed.", now=timezone.now())
    assert states(order, payment) == ("released", "captured")


def test_with_every_webhook_lost_all_trouble_and_its_end_is_found(
    sold: Sale, brush: Variant, sandbox: RunningSandbox
) -> None:
    sandbox.set(ungenerated=True)
    order, payment = sold
    other, other_payment = on_hold(brush, sandbox)
    sandbox.warn_early(str(payment.reference))
    opened = sandbox.dispute(str(payment.reference))
    review = sandbox.open_review(str(other_payment.reference))

    for minute in (1, 11):
        assert look_for_trouble(now=timezone.now() + timedelta(minutes=minute)) == 0

    assert sorted(alerts()) == ["dispute", "review"]  # the dispute has overtaken the warning
    assert all(each.is_frozen for each in (fresh(order, payment)[0], fresh(other, other_payment)[0]))

    sandbox.close_dispute(opened["id"], "lost")
    sandbox.close_review(review["id"], "approved")
    look_for_trouble(now=timezone.now() + timedelta(hours=7))

    assert Dispute.objects.get().is_lost
    assert states(order, payment) == ("released", "charged_back")
    assert GatewayNotice.objects.filter(is_open=True).count() == 0


def test_more_trouble_than_fits_on_a_page_is_read_page_by_page(
    sold: Sale, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, payment = sold
    for _ in range(5):
        sandbox.warn_early(str(payment.reference))
    monkeypatch.setattr(stripe_trouble, "PAGE", 2)
    gateway = get_gateway("stripe")
    assert len(gateway.list_trouble(since=timezone.now() - timedelta(hours=1)).notices) == 5
    assert len(gateway.list_trouble(reference=str(payment.reference)).notices) == 5


def test_a_gateway_that_is_away_is_asked_again(sold: Sale, sandbox: RunningSandbox) -> None:
    _, payment = sold
    sandbox.dispute(str(payment.reference))
    sandbox.fail("list", "fail", status=429)
    assert look_for_trouble(now=timezone.now()) == 1
    assert Dispute.objects.count() == 0
    assert look_for_trouble(now=timezone.now()) == 0
    assert Dispute.objects.count() == 1


def test_signals_tell_of_each_once(
    sold: Sale, sandbox: RunningSandbox, heard: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    _, payment = sold
    with django_capture_on_commit_callbacks(execute=True):
        sandbox.warn_early(str(payment.reference))
        look(payment)
        opened = sandbox.dispute(str(payment.reference))
        for _ in range(2):
            look(payment)
        sandbox.close_dispute(opened["id"], "won")
        for _ in range(2):
            look(payment)
    assert heard == ["fraud_warned", "payment_disputed", "dispute_decided"]
