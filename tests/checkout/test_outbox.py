"""Mails and events that were given up: staff see them and, with the right, have them tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from catalog.models import Variant
from checkout.models import Alert, GatewayEventRecord, Mail, Order
from checkout.services.jobs import MAX_TRIES
from checkout.services.mails import message_id, queue_mail, send_queued_mail
from checkout.services.sweep import sweep_payments
from checkout.services.webhooks import KEEP_EVENTS, UnableToFollowUp, follow_up, prune_events
from store.models import User
from tests.factories.checkout import make_order
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def an_event(**values: object) -> GatewayEventRecord:
    fields = {"gateway": "stripe", "event_id": "evt_1", "kind": "charge.captured", "reference": "pi_1", "received_at": NOW}
    return GatewayEventRecord.objects.create(next_try_at=NOW, **{**fields, **values})


def try_again(client: Client, row: Mail | GatewayEventRecord) -> None:
    page = f"/admin/checkout/{type(row).__name__.lower()}/"
    client.post(page, {"action": "try_again", "_selected_action": [str(row.pk)]})


def test_rows_of_a_process_from_before_an_upgrade_are_done_as_all_others(
    brush: Variant, sandbox: RunningSandbox, mailoutbox: list[mail.EmailMessage]
) -> None:
    order = make_order(variant=brush)
    before = timezone.now() - timedelta(seconds=1)  # the database's clock may be a little behind, and counts less finely
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO checkout_gatewayeventrecord (gateway, event_id, kind, session_id, reference, received_at, status)"
            " VALUES ('stripe', 'evt_1', 'charge.captured', '', 'pi_unknown', %s, 'new')",
            [NOW],
        )
        order_id = Order._meta.pk.get_db_prep_value(order.pk, connection)
        cursor.execute("INSERT INTO checkout_mail (order_id, kind, written_at) VALUES (%s, 'received', %s)", [order_id, NOW])
    event, waiting = GatewayEventRecord.objects.get(), Mail.objects.get()
    for row in (event, waiting):
        assert (row.tries, row.error) == (0, "")
        assert before < row.next_try_at <= timezone.now()
    assert (event.is_trouble, waiting.cause) == (False, "")

    follow_up(record_id=event.pk, now=timezone.now())
    assert GatewayEventRecord.objects.get().status == "unmatched"
    assert send_queued_mail(mail_id=waiting.pk, now=timezone.now())
    assert len(mailoutbox) == 1


def test_an_event_that_can_not_be_followed_up_waits_longer_each_time_and_is_parked(
    rates: None, sandbox: RunningSandbox, admin_client: Client
) -> None:
    sandbox.fail("retrieve", "fail", status=429, times=100)
    record, now = an_event(), NOW
    an_event(event_id="evt_2", kind="payout.paid", status="ignored")
    for tries in range(1, MAX_TRIES + 1):
        with pytest.raises(UnableToFollowUp):
            follow_up(record_id=record.pk, now=now)
        record.refresh_from_db()
        assert (record.tries, record.error, record.status) == (tries, "GatewayError", "new")
        assert Alert.objects.exists() == (tries == MAX_TRIES)
        follow_up(record_id=record.pk, now=record.next_try_at - timedelta(seconds=1))  # not before its time
        now = record.next_try_at
    assert now - NOW > timedelta(days=2)
    sandbox.control("switches", {"clear_faults": True})
    assert sweep_payments(now=now + timedelta(days=1)).events == 0

    page = admin_client.get("/admin/checkout/gatewayeventrecord/?given_up=yes").content.decode()
    assert "evt_1" in page
    assert "evt_2" not in page
    try_again(admin_client, record)
    assert sweep_payments(now=timezone.now()).events == 1
    record.refresh_from_db()
    assert record.status == "unmatched"


def test_a_mail_given_up_is_sent_when_staff_say_so_and_a_sent_one_is_not_sent_again(
    brush: Variant, admin_client: Client
) -> None:
    order = make_order(variant=brush)
    for kind in (Mail.Kind.RECEIVED, Mail.Kind.RELEASED):
        queue_mail(order_id=order.pk, kind=kind, now=NOW)
    sent, parked = Mail.objects.order_by("pk")
    send_queued_mail(mail_id=sent.pk, now=NOW)
    Mail.objects.filter(pk=parked.pk).update(tries=MAX_TRIES)
    for row in (sent, parked):
        try_again(admin_client, row)
    assert sweep_payments(now=timezone.now()).mails == 1
    assert [message.subject.partition(" R-")[0] for message in mail.outbox] == ["We have your order", "Your order"]


@pytest.mark.parametrize("name", ["mail", "gatewayeventrecord"])
def test_trying_again_wants_its_own_right(brush: Variant, client: Client, name: str) -> None:
    queue_mail(order_id=make_order(variant=brush).pk, kind=Mail.Kind.RECEIVED, now=NOW)
    row: Mail | GatewayEventRecord = Mail.objects.get() if name == "mail" else an_event()
    type(row)._default_manager.update(tries=MAX_TRIES)
    clerk = User.objects.create_user(email="carl@shop.example", password="a long phrase for carl 7", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename=f"view_{name}"))
    client.force_login(clerk)
    assert "Try again now" not in client.get(f"/admin/checkout/{name}/").content.decode()
    try_again(client, row)
    row.refresh_from_db()
    assert row.tries == MAX_TRIES


def test_a_mail_sent_twice_can_be_told_from_two_mails(brush: Variant) -> None:
    """The worker died after the mail server had taken the mail, and before the shop had written that down."""
    order = make_order(variant=brush)
    queue_mail(order_id=order.pk, kind=Mail.Kind.RECEIVED, now=NOW)
    queue_mail(order_id=order.pk, kind=Mail.Kind.RELEASED, now=NOW)
    first, other = Mail.objects.order_by("pk")
    send_queued_mail(mail_id=first.pk, now=NOW)
    Mail.objects.filter(pk=first.pk).update(sent_at=None)
    sweep_payments(now=NOW + timedelta(minutes=11))

    ids = [message.extra_headers["Message-ID"] for message in mail.outbox]
    assert sorted(ids) == sorted([message_id(first), message_id(first), message_id(other)])
    assert len(set(ids)) == 2


def test_old_events_that_are_done_are_forgotten_and_others_kept() -> None:
    for number, status in enumerate(("done", "ignored", "new", "unmatched")):
        an_event(event_id=f"evt_{number}", status=status)
    assert prune_events(now=NOW + KEEP_EVENTS - timedelta(seconds=1)) == 0
    assert prune_events(now=NOW + KEEP_EVENTS + timedelta(seconds=1)) == 2
    assert set(GatewayEventRecord.objects.values_list("status", flat=True)) == {"new", "unmatched"}
