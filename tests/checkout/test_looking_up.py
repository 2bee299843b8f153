"""A guest's way back to an order, and the one mail about an order that waits for its payment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Variant
from checkout.models import Mail, Order
from checkout.services.mails import send_queued_mail
from checkout.services.reminding import remind_of_payments
from checkout.states import OrderStatus
from tests.factories.checkout import make_order

pytestmark = pytest.mark.django_db
RunTasks = Callable[[], int]
NOW = timezone.now()


def numbered(order: Order) -> Order:
    """Give it a number as real orders have."""
    order.number = f"R-{order.number[-8:-4]}-{order.number[-4:]}"
    order.save(update_fields=["number"])
    return order


def ask(number: str, email: str, client: Client) -> tuple[str, list[str]]:
    """Send the page's form; give what it answers, and the kinds of statement it cost."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.post("/find-order/", {"number": number, "email": email}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode(), [query["sql"].split()[0] for query in queries]


def test_hit_and_miss_are_answered_alike_and_only_the_mailbox_learns_more(
    brush: Variant, run_tasks: RunTasks, client: Client
) -> None:
    order = numbered(make_order(variant=brush))
    assert 'href="/find-order/"' in client.get("/account/log-in/").content.decode()
    ask("R-0000-0000", "nobody@example.com", client)  # whatever is done once only, is done

    hit = ask(order.number.replace("R-", " r "), "Dana@example.com ", client)
    wrong_number = ask("R-0000-0001", "dana@example.com", client)
    wrong_mailbox = ask(order.number, "eve@example.com", client)

    assert hit == wrong_number == wrong_mailbox
    run_tasks()
    (sent,) = mail.outbox
    assert sent.to == ["dana@example.com"]
    assert f"/orders/{order.token}/" in sent.body
    assert order.number not in hit[0]


def test_what_is_no_number_is_said_and_guessing_is_slowed(brush: Variant, client: Client) -> None:
    answer = client.post("/find-order/", {"number": "Dana", "email": "dana@example.com"})
    assert (answer.status_code, "Nothing was looked up" in answer.content.decode()) == (422, True)
    number = numbered(make_order(variant=brush)).number
    answers = [client.post("/find-order/", {"number": number, "email": "dana@example.com"}).status_code for _ in range(5)]
    assert answers == [302, 302, 302, 302, 429]


def unpaid(brush: Variant, **changes: object) -> Order:
    order = make_order(variant=brush, status="awaiting_payment")
    Order.objects.filter(pk=order.pk).update(
        **{"placed_at": NOW - timedelta(minutes=10), "expires_at": NOW + timedelta(minutes=25), **changes}
    )
    return order


def test_an_unpaid_order_is_reminded_of_once_with_a_link_to_pay(brush: Variant) -> None:
    unpaid(brush)
    unpaid(brush)  # of the same person: one mail for both

    assert [remind_of_payments(now=NOW + timedelta(minutes=minute)) for minute in range(3)] == [1, 0, 0]

    found = Mail.objects.get(kind=Mail.Kind.WAITING)
    assert send_queued_mail(mail_id=found.pk, now=NOW)
    assert "waits for its payment" in mail.outbox[0].subject
    assert f"/orders/{found.order.token}/from-mail/" in mail.outbox[0].body


@pytest.mark.parametrize(
    "changes",
    [
        {"placed_at": NOW - timedelta(minutes=9)},
        {"expires_at": NOW + timedelta(minutes=9)},
        {"status": OrderStatus.EXPIRED},
        {"status": OrderStatus.ON_HOLD},
    ],
)
def test_no_mail_for_an_order_too_new_too_late_or_over(brush: Variant, changes: dict[str, object]) -> None:
    unpaid(brush, **changes)
    assert remind_of_payments(now=NOW) == 0


def test_the_mail_is_not_sent_once_the_order_is_paid_or_its_time_over_and_can_be_switched_off(
    brush: Variant, settings: Settings
) -> None:
    order = unpaid(brush)
    remind_of_payments(now=NOW)
    Order.objects.filter(pk=order.pk).update(expires_at=NOW)
    send_queued_mail(mail_id=Mail.objects.get().pk, now=NOW)
    assert mail.outbox == []
    settings.PAYMENT_REMINDER_MINUTES = 0
    Mail.objects.all().delete()
    unpaid(brush)
    assert remind_of_payments(now=NOW) == 0
