"""The nightly comparison: the gateway's books and ours, both ways. What settling can't mend is a row, once."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Variant
from checkout.gateways import get_gateway
from checkout.gateways.base import Movement, MovementKind
from checkout.models import Difference, Order, Payment, PaymentEvent
from checkout.services.cancel import cancel_order
from checkout.services.reconcile import LOOK_BACK, ReconcileResult, _compare, reconcile_payments
from checkout.services.release import release_order
from store.models import User
from store.money import Money
from tests.checkout.scenes import alerts, books, capture_by_hand, on_hold, ordered, refund_by_hand, states, void_by_hand
from tests.checkout.shopper import Shopper
from tests.checkout.test_webhooks import foreign_session
from tests.factories.checkout import make_order
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _stripe_alone(sandbox: RunningSandbox, settings: Settings) -> None:
    """Every gateway shows its books in `test_gateway_contract.py`; here it is about what the shop makes of them."""
    settings.PAYMENT_GATEWAYS = {"stripe": settings.PAYMENT_GATEWAYS["stripe"]}


def run(later: timedelta = timedelta()) -> ReconcileResult:
    now = timezone.now() + later
    return reconcile_payments(since=now - LOOK_BACK, until=now + timedelta(minutes=1), now=now)


def rows() -> list[tuple[str, int | None, int | None]]:
    """Kind, at the gateway, in the shop: of all that is open."""
    return sorted(Difference.objects.open().values_list("kind", "there", "here"))


def released(brush: Variant, sandbox: RunningSandbox) -> tuple[Order, Payment]:
    order, payment = on_hold(brush, sandbox)
    release_order(order_id=order.pk, by=None, why="Clear.", now=timezone.now())
    return order, payment


def force(thing: Order | Payment, **values: Any) -> None:
    """Write what no service would: an old backup, a hand in the database."""
    type(thing).objects.filter(pk=thing.pk).update(**values)


def forget(order: Order, payment: Payment) -> None:
    """Lose the payment, as by restoring a backup from before it."""
    order.mails.all().delete()
    PaymentEvent.objects.filter(payment=payment).delete()
    payment.delete()
    force(order, status="expired")


def test_books_that_agree_leave_no_trace(brush: Variant, rates: None, sandbox: RunningSandbox) -> None:
    on_hold(brush, sandbox)
    released(brush, sandbox)
    for order, _ in (on_hold(brush, sandbox), released(brush, sandbox)):
        cancel_order(
            order_id=order.pk,
            by=None,
            reason=Order.CancelReason.CUSTOMER,
            why="Changed her mind.",
            now=timezone.now(),
            from_hold=True,
        )
    ordered(brush)
    before = list(Payment.objects.order_by("pk").values_list("status", "captured_amount", "refunded_amount"))

    result = run()

    assert (result.movements, result.found, result.mended, result.troubles, result.unread) == (5, 0, 0, 0, [])
    assert rows() == []
    assert list(Payment.objects.order_by("pk").values_list("status", "captured_amount", "refunded_amount")) == before
    assert Payment.objects.filter(reconciled_at=None).count() == 1  # the one that nobody has paid
    assert alerts() == []


def test_what_settling_can_mend_is_mended_and_is_no_row(brush: Variant, rates: None, sandbox: RunningSandbox) -> None:
    unheard, unheard_payment = ordered(brush)
    Shopper().pay(unheard, sandbox)
    captured, captured_payment = on_hold(brush, sandbox)
    capture_by_hand(captured_payment, 3095)
    voided, voided_payment = on_hold(brush, sandbox)
    void_by_hand(voided_payment)
    refunded, refunded_payment = released(brush, sandbox)
    refund_by_hand(refunded_payment, 3095)

    result = run()

    assert (result.mended, result.found, rows()) == (4, 0, [])
    assert states(unheard, unheard_payment) == ("on_hold", "authorized")
    assert states(captured, captured_payment) == ("on_hold", "captured")
    assert states(voided, voided_payment) == ("cancelled", "voided")
    assert states(refunded, refunded_payment) == ("cancelled", "refunded")


@pytest.fixture
def all_kinds(brush: Variant, rates: None, sandbox: RunningSandbox) -> dict[str, Payment | None]:
    """One difference of every kind; by kind, the payment it is about."""
    Variant.objects.filter(pk=brush.pk).update(on_hand=30)
    foreign = sandbox.pay(foreign_session(sandbox, metadata={}))["payment_intent"]
    sandbox.client().v1.payment_intents.capture(foreign)
    sandbox.dispute(foreign)
    lost, lost_payment = on_hold(brush, sandbox)
    forget(lost, lost_payment)
    never = make_order(variant=brush, status="released", payment_status="captured").payments.get()
    _, short = released(brush, sandbox)
    force(short, captured_amount=3000)
    _, unrefunded = released(brush, sandbox)
    force(unrefunded, status="refunded", refunded_amount=3095)
    over, left_open = on_hold(brush, sandbox)
    force(over, status="cancelled")
    force(left_open, status="voided")
    kept, kept_payment = released(brush, sandbox)
    force(kept, status="cancelled")
    unpaid = make_order(variant=brush, status="shipped", payment_status="voided")
    return {
        "missing_there": never,
        "amounts": short,
        "missing_refund": unrefunded,
        "unknown_dispute": None,
        "left_open": left_open,
        "paid_order_over": kept_payment,
        "not_paid": unpaid.payments.get(),
    }


EVERY_KIND = [
    ("amounts", 3095, 3000),
    ("left_open", 3095, 0),
    ("missing_refund", 0, 3095),
    ("missing_there", 0, 1845),
    ("not_paid", None, 0),
    ("paid_order_over", None, 3095),
    ("unknown_dispute", 100, None),
    ("unknown_payment", 100, None),
    ("unknown_payment", 3095, None),
]


def test_every_kind_of_difference_is_found_once(all_kinds: dict[str, Payment | None]) -> None:
    assert run().found == 9
    assert rows() == EVERY_KIND
    for kind, payment in all_kinds.items():
        assert Difference.objects.get(kind=kind).payment == payment
    assert alerts().count("differences") == 1
    found_at = list(Difference.objects.order_by("pk").values_list("found_at", flat=True))

    again = run(timedelta(days=1))

    assert (again.found, again.healed, again.still_open) == (0, 0, 9)
    assert rows() == EVERY_KIND
    assert list(Difference.objects.order_by("pk").values_list("found_at", flat=True)) == found_at
    assert Difference.objects.filter(seen_at__gt=timezone.now() + timedelta(hours=23)).count() == 9


def test_what_has_healed_is_closed_by_itself_and_opens_when_it_is_back(brush: Variant, sandbox: RunningSandbox) -> None:
    order, payment = released(brush, sandbox)
    force(payment, captured_amount=3000)
    force(order, status="cancelled")
    assert run().found == 2

    force(payment, captured_amount=3095)
    force(order, status="released")
    result = run()
    assert (result.healed, result.still_open) == (2, 0)
    row = Difference.objects.get(kind="amounts")
    assert (row.resolved_by, row.note) == (None, "It has healed: both sides agree now.")

    force(payment, captured_amount=3000)
    assert run().found == 1
    row.refresh_from_db()
    assert (row.is_open, row.note) == (True, None)


def test_what_a_person_closed_stays_closed_while_the_figures_are_the_same(
    rates: None, sandbox: RunningSandbox, admin_client: Client, admin_user: User
) -> None:
    first, second = (foreign_session(sandbox, metadata={}) for _ in range(2))
    reference = sandbox.pay(first)["payment_intent"]
    assert run().found == 1
    row = Difference.objects.get()
    page = f"/admin/checkout/difference/{row.pk}"

    assert admin_client.post(f"{page}/close/", {"note": ""}).status_code == 302
    assert rows() == [("unknown_payment", 100, None)]
    assert admin_client.post(f"{page}/close/", {"note": "4242 4242 4242 4242"}).status_code == 302
    assert rows() == [("unknown_payment", 100, None)]
    admin_client.post(f"{page}/close/", {"note": "The newsletter's account."})
    row.refresh_from_db()
    assert (row.resolved_by, row.note, rows()) == (admin_user, "The newsletter's account.", [])
    assert run().found == 0
    assert rows() == []

    get_gateway("stripe").capture(reference, Money(60, "USD"), idempotency_key="hand")
    assert run().found == 1
    assert rows() == [("unknown_payment", 60, None)]
    assert sandbox.pay(second)["status"] == "paid"


def test_a_dollar_paid_in_the_name_of_a_dear_order_is_a_row(brush: Variant, sandbox: RunningSandbox) -> None:
    order, payment = ordered(brush)
    sandbox.pay(foreign_session(sandbox, metadata={"payment": str(payment.pk)}))
    assert run().found == 1
    row = Difference.objects.get()
    assert (row.kind, row.there, row.payment, row.claimed_payment) == ("unknown_payment", 100, None, payment.pk)
    assert states(order, payment) == ("awaiting_payment", "started")


def test_an_authorisation_that_was_renewed_is_not_offered_for_voiding(brush: Variant) -> None:
    payment = make_order(variant=brush).payments.get()
    force(payment, former_reference="OLD", gateway="paypal")
    line = Movement(
        kind=MovementKind.AUTHORIZED, id="OLD", reference="OLD", payment_id=str(payment.pk), amount=payment.money, at=timezone.now()
    )  # fmt: skip
    _compare([line], gateway="paypal", result=ReconcileResult(), now=timezone.now())
    assert rows() == []


class TestButtons:
    def test_void_frees_the_card_of_an_order_that_was_lost(
        self, brush: Variant, sandbox: RunningSandbox, admin_client: Client
    ) -> None:
        forget(*on_hold(brush, sandbox))
        run()
        row = Difference.objects.get()
        page = f"/admin/checkout/difference/{row.pk}"
        assert "Void the authorisation" in admin_client.get(f"{page}/change/").content.decode()

        answer = admin_client.post(f"{page}/void/", follow=True).content.decode()

        assert "Nothing was charged, and the customer" in answer
        assert books(sandbox) == [(3095, 0, 0, 3095)]
        assert rows() == []
        assert "Void the authorisation" not in answer

    @pytest.mark.parametrize("status", ["voided", "authorized"])
    def test_void_ends_an_authorisation_whose_order_is_over(
        self, brush: Variant, sandbox: RunningSandbox, admin_client: Client, status: str
    ) -> None:
        order, payment = on_hold(brush, sandbox)
        force(order, status="cancelled")
        force(payment, status=status)
        run()
        row = Difference.objects.get(kind="left_open")
        sandbox.fail("cancel", "fail_after")  # done, but the answer is a 500 that is stored under the key

        admin_client.post(f"/admin/checkout/difference/{row.pk}/void/")
        run()

        assert books(sandbox) == [(3095, 0, 0, 3095)]
        assert states(order, payment) == ("cancelled", "voided")
        assert rows() == []

    def test_void_is_not_offered_where_money_was_taken_or_where_it_is_not_ours(
        self, brush: Variant, sandbox: RunningSandbox, admin_client: Client
    ) -> None:
        sandbox.pay(foreign_session(sandbox, metadata={}))
        _, payment = released(brush, sandbox)
        force(payment, captured_amount=3000)
        run()
        before = books(sandbox)
        for row in Difference.objects.all():
            page = f"/admin/checkout/difference/{row.pk}"
            assert "Void the authorisation" not in admin_client.get(f"{page}/change/").content.decode()
            assert "be voided from here" in admin_client.post(f"{page}/void/", follow=True).content.decode()
        assert books(sandbox) == before
        assert len(rows()) == 2

    def test_looking_again_settles_and_closes(self, brush: Variant, sandbox: RunningSandbox, admin_client: Client) -> None:
        order, payment = released(brush, sandbox)
        force(payment, captured_amount=3000)
        run()
        page = f"/admin/checkout/difference/{Difference.objects.get().pk}/look-again/"
        assert "It is as it was" in admin_client.post(page, follow=True).content.decode()
        force(payment, captured_amount=3095)
        sandbox.fail("retrieve", "fail", status=429, times=4)
        assert "could not be asked just now" in admin_client.post(page, follow=True).content.decode()
        assert rows() == [("amounts", 3095, 3000)]
        sandbox.control("switches", {"clear_faults": True})
        assert "Both sides agree now" in admin_client.post(page, follow=True).content.decode()
        assert rows() == []
        assert states(order, payment) == ("released", "captured")

    @pytest.mark.parametrize("button", ["look-again", "void", "close"])
    def test_want_their_own_right(self, rates: None, sandbox: RunningSandbox, client: Client, button: str) -> None:
        sandbox.pay(foreign_session(sandbox, metadata={}))
        run()
        row = Difference.objects.get()
        clerk = User.objects.create_user(email="carl@shop.example", password="a long phrase for carl 7", is_staff=True)
        clerk.user_permissions.add(Permission.objects.get(codename="view_difference"))
        client.force_login(clerk)
        page = f"/admin/checkout/difference/{row.pk}"

        assert client.post(f"{page}/{button}/", {"note": "Mine."}).status_code == 403

        seen = client.get(f"{page}/change/").content.decode()
        assert "What to do" in seen
        assert "Settle and look again" not in seen
        row.refresh_from_db()
        assert row.is_open


def test_books_that_can_not_be_read_accuse_nobody(
    brush: Variant, rates: None, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        released(brush, sandbox)
    make_order(variant=brush, status="released", payment_status="captured")
    monkeypatch.setattr("checkout.gateways.stripe_books.PAGE", 1)
    sandbox.fail("list", "fail", status=429, times=10)
    out = StringIO()
    with pytest.raises(CommandError, match="Not everything was compared"):
        call_command("reconcile_payments", stdout=out)
    assert "The books of stripe could not be read to the end." in out.getvalue()
    assert rows() == []

    sandbox.control("switches", {"clear_faults": True})
    call_command("reconcile_payments", "--since", (timezone.now() - timedelta(days=1)).isoformat(), stdout=out)
    assert out.getvalue().endswith(
        "Compared 2 lines of the gateway's books; mended 0, found 1 new differences, 0 healed, 1 open; 0 could not be looked "
        "at.\n"
    )
    with pytest.raises(CommandError, match="Nothing was compared"):
        call_command("reconcile_payments", "--since", "yesterday")


def test_a_batch_of_twenty_takes_as_many_queries_as_one_of_two(brush: Variant) -> None:
    Variant.objects.filter(pk=brush.pk).update(on_hand=100)
    payments = [make_order(variant=brush).payments.get() for _ in range(20)]
    lines = [
        Movement(
            kind=MovementKind.AUTHORIZED, id=f"{p.reference}", reference=p.reference, payment_id=str(p.pk), amount=p.money, at=p.created_at
        )
        for p in payments
    ]  # fmt: skip
    counts = []
    for batch in (lines[:2], lines):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            _compare(batch, gateway="stripe", result=ReconcileResult(), now=timezone.now())
        counts.append(len(queries))
    assert counts == [2, 2]
    assert Payment.objects.filter(reconciled_at=None).count() == 0
