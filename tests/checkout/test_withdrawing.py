"""The withdrawal button: on every page, for everybody, one answer for hit and miss, and the right thing follows."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Variant
from checkout.invariants import check_money
from checkout.models import Alert, DeliveryProof, Mail, Order, Payment, Refund, Return, Shipment, Withdrawal
from checkout.services.purge import purge_withdrawals
from checkout.services.release import release_order
from checkout.services.shipping import ship_order
from checkout.services.sweep import sweep_payments
from checkout.services.withdrawing import WORDS, follow_up_withdrawal, last_moment
from tests.checkout.scenes import alerts, books, mails, on_hold, states, stock
from tests.factories.checkout import make_order
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db
RunTasks = Callable[[], int]


def declare(number: str, email: str = "dana@example.com", step: str = "confirm", **values: str) -> str:
    """Send the page's form, give the page that answers."""
    details = {"attempt": str(uuid.uuid4()), "number": number, "email": email, "step": step, **values}
    answer = Client().post("/withdraw/", details)
    assert answer.status_code == 200
    return answer.content.decode()


def numbered(order: Order) -> Order:
    """Give it a number as real orders have."""
    digits = order.number[-8:]
    order.number = f"R-{digits[:4]}-{digits[4:]}"
    order.save(update_fields=["number"])
    return order


def held(brush: Variant, sandbox: RunningSandbox) -> tuple[Order, Payment]:
    order, payment = on_hold(brush, sandbox)
    return numbered(order), payment


def shipped(brush: Variant, sandbox: RunningSandbox) -> Order:
    order, _ = held(brush, sandbox)
    release_order(order_id=order.pk, by=None, why="Clear.", now=timezone.now())
    return ship_order(order_id=order.pk, by=None, carrier="Post", tracking_number="1", now=timezone.now())


def test_every_page_leads_to_it_and_two_steps_declare(brush: Variant, client: Client, run_tasks: RunTasks) -> None:
    order = numbered(make_order(variant=brush))
    for address in ("/", "/cart/", "/withdraw/", "/nowhere/", f"/orders/{order.token}/"):
        assert 'href="/withdraw/"' in client.get(address).content.decode()
    confirm = declare(order.number, step="look")
    assert "I withdraw from my contract" in confirm
    assert Withdrawal.objects.count() == 0
    typed = dict(re.findall(r'name="(attempt|number|email)" value="([^"]*)"', confirm))
    first, second = (declare(step="confirm", **typed) for _ in range(2))  # sent twice: one declaration, one moment
    moment = Withdrawal.objects.get().declared_at.isoformat()[:19]
    assert moment[14:19] in first
    said = re.findall(r'<time datetime="([^"]+)"', first)
    assert said == re.findall(r'<time datetime="([^"]+)"', second)


def test_a_miss_looks_as_a_hit_does_and_asks_the_database_the_same(brush: Variant, run_tasks: RunTasks) -> None:
    order = numbered(make_order(variant=brush))
    declare("R-9999-9999", "first@b.example")  # what is remembered from one page to the next is so by now
    Withdrawal.objects.all().delete()
    seen = []
    for number, email in (
        (order.number, "dana@example.com"),
        (order.number, "eve@example.com"),
        ("R-0000-0000", "a@b.example"),
    ):
        with CaptureQueriesContext(connection) as queries:
            page = declare(number, email)
        assert number not in page
        seen.append((re.sub(r'datetime="[^"]+"|<strong>[^<]+</strong>|value="[^"]+"', "", page), len(queries)))
    assert seen[0] == seen[1] == seen[2]
    outcomes = [row.outcome for row in Withdrawal.objects.order_by("declared_at")]
    assert outcomes == ["new"] * 3
    Order.objects.filter(pk=order.pk).update(status="cancelled")
    run_tasks()
    assert [row.outcome for row in Withdrawal.objects.order_by("declared_at")] == ["over", "unmatched", "unmatched"]
    assert [message.to for message in mail.outbox] == [["dana@example.com"]]


def test_before_shipping_it_voids_or_refunds_and_tells_customer_and_staff(
    brush: Variant, sandbox: RunningSandbox, run_tasks: RunTasks
) -> None:
    waiting, payment = held(brush, sandbox)
    declare(waiting.number, "Dana@Example.com ")
    run_tasks()
    assert states(waiting, payment) == ("cancelled", "voided")
    assert Order.objects.get(pk=waiting.pk).cancel_reason == "customer"
    released, paid = held(brush, sandbox)
    release_order(order_id=released.pk, by=None, why="Clear.", now=timezone.now())
    declare(released.number.replace("-", " ").lower())
    run_tasks()
    assert states(released, paid) == ("cancelled", "refunded")
    assert books(sandbox) == [(3095, 0, 0, 3095), (3095, 3095, 3095, 0)]
    assert stock(brush) == (10, 0)
    assert mails(released)[-2:] == ["withdrawn", "cancelled"]
    assert alerts().count("withdrawal") == 2
    receipt = next(message for message in mail.outbox if "withdrawal" in message.subject)
    assert f"{timezone.localtime():%-d %B %Y} at " in str(receipt.body)
    assert "we are cancelling it" in str(receipt.body)


def test_a_silent_gateway_is_asked_again_by_the_sweep(brush: Variant, sandbox: RunningSandbox, run_tasks: RunTasks) -> None:
    order, payment = held(brush, sandbox)
    sandbox.fail("cancel", "fail", status=500, times=5)
    declare(order.number)
    run_tasks()
    sandbox.control("switches", {"clear_faults": True})
    sweep_payments(now=timezone.now() + timedelta(minutes=5))
    assert states(order, payment) == ("cancelled", "voided")
    assert Mail.objects.filter(kind="withdrawn").count() == 1


def test_when_a_part_has_left_the_rest_is_refunded_once_and_the_part_comes_back(
    brush: Variant, sandbox: RunningSandbox, run_tasks: RunTasks, settings: Settings
) -> None:
    settings.RETURN_ADDRESS = "Mill Lane 12"
    order, payment = held(brush, sandbox)
    release_order(order_id=order.pk, by=None, why="Clear.", now=timezone.now())
    line = order.lines.get()
    ship_order(order_id=order.pk, by=None, carrier="Post", tracking_number="1", now=timezone.now(), units={line.pk: 1})
    sandbox.fail("refund", "fail", status=500, times=5)
    declare(order.number)
    run_tasks()
    assert (Refund.objects.get().status, Withdrawal.objects.get().outcome) == ("requested", "part")
    sandbox.control("switches", {"clear_faults": True})
    later = timezone.now() + timedelta(minutes=5)
    sweep_payments(now=later)
    assert follow_up_withdrawal(withdrawal_id=Withdrawal.objects.get().pk, now=later) is False  # it is done
    refund = Refund.objects.get()
    assert (refund.status, refund.goods, refund.delivery, refund.note) == ("done", 1250, 0, WORDS)
    assert [(row.status, [part.quantity for part in row.lines.all()]) for row in Return.objects.all()] == [("approved", [1])]
    assert states(order, payment) == ("shipped", "captured")
    assert stock(brush) == (9, 0)
    receipt = next(str(message.body) for message in mail.outbox if "withdrawal" in message.subject)
    assert "its price goes back the way it came now. Please send the goods back within 14 days to: Mill Lane 12." in receipt
    assert check_money() == []


@pytest.mark.parametrize("address", ["", "Mill Lane 12"])
def test_after_shipping_the_goods_come_back_without_anybodys_consent(
    brush: Variant, sandbox: RunningSandbox, run_tasks: RunTasks, settings: Settings, address: str
) -> None:
    settings.RETURN_ADDRESS = address
    order = shipped(brush, sandbox)
    declare(order.number)
    declare(order.number)
    run_tasks()
    found = Return.objects.get()
    assert (found.status, [line.quantity for line in found.lines.all()]) == ("approved" if address else "requested", [2])
    assert Order.objects.get(pk=order.pk).status == "shipped"
    assert Refund.objects.count() == 0
    outcomes = sorted(row.outcome for row in Withdrawal.objects.all())
    assert outcomes == (["over", "return"] if address else ["return", "return"])
    receipt = next(str(message.body) for message in mail.outbox if "withdrawal" in message.subject)
    assert ("to: Mill Lane 12" in receipt) == bool(address)


def test_the_period_ends_after_the_longest_way_and_its_days(
    brush: Variant, sandbox: RunningSandbox, run_tasks: RunTasks, settings: Settings
) -> None:
    settings.WITHDRAWAL_DAYS, settings.TRAVEL_DAYS = 14, 7
    order = shipped(brush, sandbox)
    declare(order.number)
    row = Withdrawal.objects.get()
    late = order.status_at + timedelta(days=21, seconds=1)
    Withdrawal.objects.filter(pk=row.pk).update(declared_at=late)
    run_tasks()
    assert Withdrawal.objects.get().outcome == "late"
    assert Return.objects.count() == 0
    assert "The 14 days in which one can withdraw are over" in str(mail.outbox[-1].body)
    again = Withdrawal.objects.create(
        attempt=uuid.uuid4(), number=order.number, email="dana@example.com", declared_at=late - timedelta(seconds=2)
    )
    assert follow_up_withdrawal(withdrawal_id=again.pk, now=timezone.now() + timedelta(seconds=1))
    assert Withdrawal.objects.get(pk=again.pk).outcome == "return"


def test_the_period_counts_from_the_day_on_which_the_last_part_came(brush: Variant, settings: Settings) -> None:
    settings.WITHDRAWAL_DAYS, settings.TRAVEL_DAYS, settings.SHOP_TIME_ZONE = 14, 7, "America/New_York"
    zone = ZoneInfo("America/New_York")
    noon = datetime(2026, 3, 2, 17, tzinfo=UTC)
    order = make_order(variant=brush, status="shipped", payment_status="captured", placed_at=noon)
    Order.objects.filter(pk=order.pk).update(status_at=noon)
    Shipment.objects.create(order=order, shipped_at=noon)
    order.refresh_from_db()
    assert last_moment(order) == noon + timedelta(days=21)
    for delivered_at, until in (
        (noon - timedelta(hours=1), noon + timedelta(days=21)),  # of an earlier part
        (noon + timedelta(days=2), datetime(2026, 3, 18, 23, 59, 59, 999999, tzinfo=zone)),  # over a clock change
    ):
        DeliveryProof.objects.create(order=order, delivered_at=delivered_at, noted_at=timezone.now())
        assert last_moment(order) == until


def test_what_fits_no_order_is_forgotten_in_the_end(brush: Variant) -> None:
    now = timezone.now()
    rows = {
        (outcome, days): Withdrawal.objects.create(
            attempt=uuid.uuid4(), number="R", email="x@b.example", outcome=outcome, declared_at=now - timedelta(days=days)
        ).pk
        for outcome, days in (("unmatched", 91), ("unmatched", 89), ("late", 91))
    }
    assert purge_withdrawals(now=now) == 1
    assert set(Withdrawal.objects.values_list("pk", flat=True)) == {rows["unmatched", 89], rows["late", 91]}


def test_too_many_are_refused_with_another_way(settings: Settings) -> None:
    settings.LIMITS = {"withdrawals_by_email": "1"}
    declare("R-0000-0000")
    details = {"attempt": str(uuid.uuid4()), "number": "R-1", "email": "dana@example.com", "step": "confirm"}
    refused = Client().post("/withdraw/", details)
    assert (refused.status_code, Withdrawal.objects.count()) == (429, 1)
    assert settings.SHOP_PHONE in refused.content.decode()
    assert Alert.objects.count() == 0
