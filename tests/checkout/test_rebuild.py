"""Orders made anew from what PayPal knows; a flood of erasures is not believed."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from catalog.models import Variant
from checkout.gateways import get_gateway
from checkout.gateways.base import LineToPay, OrderToPay, PostalAddress, ReturnUrls
from checkout.models import Alert, Order, Payment
from checkout.recovery.payments import without_order
from checkout.recovery.steps import Run, _believed
from checkout.services.release import UnableToReleaseOrder, release_order
from store.erasure import Entry
from store.money import Money
from store.recovery.secrets import SecretFiles
from store.recovery.state import Recovery, UnableToRecover
from tests.factories.checkout import DANA
from tests.sandbox.process import RunningSandbox

URLS = ReturnUrls(success="http://testserver/orders/x/returned/", cancel="http://testserver/orders/x/")


def paid_with_paypal(brush: Variant, sandbox: RunningSandbox, *, number: str, is_captured: bool) -> uuid.UUID:
    """An order of which only PayPal knows."""
    paypal, total = get_gateway("paypal"), Money(3095, "USD")
    to_pay = OrderToPay(
        payment_id=str(uuid.uuid4()),
        number=number,
        lines=(
            LineToPay(name=f"Walnut brush ({brush.label})", unit_amount=1250, quantity=2),
            LineToPay(name="Standard delivery", unit_amount=595, quantity=1),
        ),
        total=total,
        email="ghost@example.com",
        expires_at=datetime.now(UTC) + timedelta(minutes=40),
        ship_to=PostalAddress(**{**DANA, "name": "Gus Host"}),
    )
    page = paypal.start(to_pay, urls=URLS, idempotency_key=f"start:{to_pay.payment_id}")
    sandbox.approve(page.session_id, "good", given_name="Gus", surname="Host", country="US", email="ghost@example.com")
    paypal.authorise(page.session_id, idempotency_key=f"authorise:{to_pay.payment_id}")
    if is_captured:
        reference = paypal.fetch(session_id=page.session_id).reference
        paypal.capture(str(reference), total, idempotency_key=f"capture:{to_pay.payment_id}")
    return uuid.UUID(to_pay.payment_id)


def rebuild(since: datetime) -> str:
    out = StringIO()
    call_command("rebuild_orders", f"--since={since.isoformat()}", stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_payments_that_paypal_lists_late_get_their_orders_when_it_does_and_only_once(
    brush: Variant, sandbox: RunningSandbox
) -> None:
    since = timezone.now() - timedelta(hours=1)
    held = paid_with_paypal(brush, sandbox, number="R-1111-2222", is_captured=False)
    taken = paid_with_paypal(brush, sandbox, number="R-3333-4444", is_captured=True)
    sandbox.set_paypal(report_delay_seconds=3 * 3600)
    assert rebuild(since).startswith("0 orders put back, 0 built")  # PayPal names nobody yet
    sandbox.set_paypal(report_delay_seconds=0)
    assert len(without_order(since=since, until=timezone.now())) == 2

    said = rebuild(since)

    assert said.startswith("0 orders put back, 2 built from what the gateway knows")
    assert without_order(since=since, until=timezone.now()) == []
    found = {
        payment.pk: (payment.order.number, payment.order.status, payment.status, payment.order.is_frozen)
        for payment in Payment.objects.select_related("order")
    }
    assert found == {
        held: ("R-1111-2222", "on_hold", "authorized", True),
        taken: ("R-3333-4444", "on_hold", "captured", True),
    }
    order = Order.objects.get(number="R-3333-4444")
    assert (order.email, order.total, order.delivery_total, order.ship_to.name) == (
        "ghost@example.com",
        3095,
        595,
        "Gus Host",
    )
    assert [(line.sku, line.quantity, line.unit_price) for line in order.lines.all()] == [("BRUSH", 2, 1250)]
    assert Alert.objects.filter(cause__startswith="rebuilt:").count() == 2
    with pytest.raises(UnableToReleaseOrder, match="rebuilt after a break-in"):
        release_order(order_id=order.pk, by=None, why="Assessed as clear.", now=timezone.now())
    assert rebuild(since).startswith("0 orders put back, 0 built")
    assert Order.objects.count() == 2


@pytest.mark.django_db
def test_a_gateway_that_does_not_answer_and_a_moment_that_is_none_are_told(sandbox: RunningSandbox) -> None:
    sandbox.fail("paypal.list", times=10)
    with pytest.raises(CommandError, match=r"paypal: .*Run this again when it answers"):
        rebuild(timezone.now() - timedelta(hours=1))
    with pytest.raises(CommandError, match="is no time like 2026-11-22T03:00Z. Nothing was done."):
        call_command("rebuild_orders", "--since=yesterday")


def test_more_people_erased_than_likely_are_erased_again_only_when_somebody_says_so(tmp_path: Path) -> None:
    now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    recovery = Recovery(started_at=now, before=None)
    recovery.backup_at = now - timedelta(minutes=15)
    run: Any = lambda most: Run(recovery=recovery, files=SecretFiles(tmp_path), ask=lambda *_: "", most_erased=most)  # noqa: E731 - short
    entries = [Entry(at=now - timedelta(minutes=5), digest=f"{n:064x}") for n in range(26)]
    earlier = [Entry(at=now - timedelta(days=9), digest=f"{n:064x}") for n in range(100, 900)]

    with pytest.raises(UnableToRecover, match=r"26 people were erased.*nothing was restored.*--most-erased 26"):
        _believed([*earlier, *entries], run(25))

    assert _believed([*earlier, *entries], run(26)) == [*earlier, *entries]
    assert _believed([*earlier, *entries, *entries[:3]], run(26))[-1] == entries[2]  # nobody counts twice
