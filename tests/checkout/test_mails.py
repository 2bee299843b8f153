"""Mails: written with the fact that gives cause for them, sent once, tried again, and never given up in silence."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from catalog.models import Variant
from checkout.models import Alert, Mail, Order
from checkout.services.jobs import FIRST_DELAY, LEASE, MAX_TRIES
from checkout.services.mails import UnableToSendMail, build_mail, queue_mail, send_queued_mail
from checkout.services.sweep import sweep_payments
from store.card_guard import has_card_number
from tests.factories.checkout import make_order, make_payment

pytestmark = pytest.mark.django_db
NOW = timezone.now()


class RefusingBackend(BaseEmailBackend):
    """A mail server that refuses the address, and quotes it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise smtplib.SMTPRecipientsRefused(dict.fromkeys(email_messages[0].to, (550, b"no such user")))


@pytest.fixture
def broken_mail_server(settings: Settings) -> None:
    settings.MAILERS = {"default": {"BACKEND": "tests.checkout.test_mails.RefusingBackend"}}


@pytest.fixture
def order(brush: Variant) -> Order:
    return make_order(variant=brush, quantity=2)


def write(order: Order, kind: Mail.Kind = Mail.Kind.RECEIVED) -> Mail:
    assert queue_mail(order_id=order.pk, kind=kind, now=NOW)
    return Mail.objects.get(order=order, kind=kind)


WORDS = {
    "received": ("We have your order", "your card is authorised; it has not been charged yet"),
    "confirming": ("We are confirming your order", "may ring you on the number ending 42"),
    "missed": ("We tried to ring you about your order", "If we can't reach you, we cancel the order and nothing is charged"),
    "released": ("Your order R-", "your payment went through"),
    "cancelled": ("Your order R-", "Your card was not charged"),
    "shipped": ("Your order R-", "is on its way with Parcel Post. The tracking number is PP1"),
    "waiting": ("Your order R-", "they go back on the shelf, and you owe us nothing"),
    "link": ("The link to your order", "nobody but you got the link"),
    "part_shipped": ("A part of your order", "The rest follows"),
    "confirm": ("Is order R-", "works once, and is good for two days"),
    "prove": ("Go on and pay for your order", "it shows us that this mailbox is yours"),
    "too_late": ("We gave your payment for order", "A second payment for this order reached us"),
    "refunded": ("Your refund for order", "back to the card or account you paid with"),
    "refund_failed": ("Your refund for order", "we will get in touch to pay it another way"),
    "return_requested": ("We have your return for order", "writes to you within two working days"),
    "return_approved": ("How to return things of order", "we send your money back the way it came"),
    "withdrawn": ("We have your withdrawal from order", "Nothing was done twice"),
    "return_refused": ("About your return for order", "we can’t take this back"),
}


@pytest.mark.parametrize("kind", Mail.Kind.values)
def test_every_kind_says_the_same_in_text_and_html_with_exact_amounts(order: Order, kind: str) -> None:
    Order.objects.filter(pk=order.pk).update(carrier="Parcel Post", tracking_number="PP1")
    subject, words = WORDS[kind]

    message = build_mail(write(order, Mail.Kind(kind)))

    html, mimetype = message.alternatives[0]
    text = " ".join(str(message.body).split())
    seen = " ".join(re.sub(r"<[^>]+>", " ", str(html)).split())
    assert message.to == ["dana@example.com"]
    assert message.subject.startswith(subject)
    assert order.number in message.subject
    assert mimetype == "text/html"
    for part in (text, seen.replace(" .", ".")):
        assert words in part
        assert "2 × Walnut brush" in part or "2 x Walnut brush" in part
        for amount in ("$25.00", "$5.95", "$0.00", "$30.95"):
            assert amount in part
        assert not has_card_number(part)
        assert "fraud" not in part.lower()
        # What is made at random may hold these four.
        assert "4242" not in part.replace(str(order.token), "").replace(order.number, "")
        assert "Ankeny" not in part
    assert f"/orders/{order.token}/" in text
    assert f'href="http://testserver/orders/{order.token}/' in str(html)
    assert not re.search(r"{[{%]|%}|}}", text + str(html))


@pytest.mark.parametrize(
    ("captured_first", "words"), [(False, "Your card was not charged"), (True, "We have sent your money back")]
)
def test_a_cancellation_says_whether_money_comes_back(brush: Variant, captured_first: bool, words: str) -> None:
    order = make_order(variant=brush, status="cancelled", payment_status=None)
    make_payment(order, status="expired")  # an earlier page, never paid on
    make_payment(order, status="refunded" if captured_first else "voided")
    make_payment(order, status="expired")
    message = build_mail(write(order, Mail.Kind.CANCELLED))
    assert words in str(message.body)
    assert words in str(message.alternatives[0][0])


def test_a_payment_too_late_for_an_order_that_is_over_says_so(brush: Variant) -> None:
    order = make_order(variant=brush, status="expired", payment_status="voided")
    text = str(build_mail(write(order, Mail.Kind.TOO_LATE)).body)
    assert "you are not charged: we are giving the payment back" in text
    assert "You are welcome to order again" in text


def test_names_in_a_mail_are_escaped_in_html_and_plain_in_text(brush: Variant) -> None:
    brush.product.name = "Dog & <b>Polisher</b>"
    brush.product.save()
    message = build_mail(write(make_order(variant=brush)))
    assert "Dog & <b>Polisher</b>" in str(message.body)
    assert "Dog &amp; &lt;b&gt;Polisher&lt;/b&gt;" in str(message.alternatives[0][0])


def test_a_cause_is_written_once_and_holds_nothing_personal(order: Order) -> None:
    write(order)
    assert not queue_mail(order_id=order.pk, kind=Mail.Kind.RECEIVED, now=NOW)
    assert Mail.objects.count() == 1
    assert DBTaskResult.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM checkout_mail")
        rows = repr(cursor.fetchall())
        cursor.execute(f"SELECT * FROM {DBTaskResult._meta.db_table}")  # noqa: S608  # a table's own name
        rows += repr(cursor.fetchall())
    assert str(order.pk) in rows or order.pk.hex in rows
    assert not [word for word in ("dana", "Dana", str(order.phone), "Ankeny", order.token) if word in rows]


def test_a_mail_goes_out_once_however_often_it_is_asked_for(order: Order) -> None:
    written = write(order)
    assert send_queued_mail(mail_id=written.pk, now=NOW)
    assert not send_queued_mail(mail_id=written.pk, now=NOW)
    assert not send_queued_mail(mail_id=written.pk, now=NOW + timedelta(days=3))
    sweep_payments(now=NOW + timedelta(seconds=50))
    assert len(mail.outbox) == 1
    written.refresh_from_db()
    assert (written.sent_at, written.tries) == (NOW, 1)


def test_a_mail_that_another_worker_has_in_hand_is_left_to_it_until_its_lease_is_over(order: Order) -> None:
    written = write(order)
    # The other worker has claimed it and is talking to the mail server, or was killed while it did.
    Mail.objects.filter(pk=written.pk).update(tries=1, next_try_at=NOW + LEASE)
    assert not send_queued_mail(mail_id=written.pk, now=NOW + LEASE - timedelta(seconds=1))
    assert len(mail.outbox) == 0
    assert send_queued_mail(mail_id=written.pk, now=NOW + LEASE)
    assert len(mail.outbox) == 1


@pytest.mark.usefixtures("broken_mail_server")
def test_a_failure_waits_longer_each_time_then_is_parked_and_told(order: Order) -> None:
    written = write(order)
    now, waits = NOW, []
    for _ in range(MAX_TRIES):
        with pytest.raises(UnableToSendMail):
            send_queued_mail(mail_id=written.pk, now=now)
        written.refresh_from_db()
        waits.append((written.next_try_at - now) / FIRST_DELAY)
        assert not send_queued_mail(mail_id=written.pk, now=written.next_try_at - timedelta(seconds=1))
        assert Alert.objects.exists() == (written.tries == MAX_TRIES)
        now = written.next_try_at

    assert all(0.8 * 2**n <= wait <= 1.2 * 2**n for n, wait in enumerate(waits))
    assert now - NOW > timedelta(days=2)  # longer than a mail server is away
    assert (written.tries, written.sent_at, written.error) == (12, None, "SMTPRecipientsRefused")
    assert not send_queued_mail(mail_id=written.pk, now=now + timedelta(days=9))
    assert sweep_payments(now=NOW + timedelta(days=9)).mails == 0
    alert = Alert.objects.get(cause=f"mail:{written.pk}")
    assert alert.message == (
        f"Order {order.number}: the mail 'Order received' could not be sent in 12 tries (SMTPRecipientsRefused). "
        "Look at the mail server, and tell the customer another way."
    )


@pytest.mark.usefixtures("broken_mail_server")
def test_what_the_mail_server_says_of_the_address_is_kept_nowhere(order: Order) -> None:
    written = write(order)
    with pytest.raises(UnableToSendMail) as trouble:
        send_queued_mail(mail_id=written.pk, now=NOW)
    assert str(trouble.value) == "SMTPRecipientsRefused"
    row = DBTaskResult.objects.get()
    row.set_failed(trouble.value)
    row.refresh_from_db()
    assert "UnableToSendMail" in row.traceback
    assert "dana@example.com" not in row.traceback


@pytest.mark.usefixtures("broken_mail_server")
def test_one_mail_that_can_not_be_sent_does_not_stop_the_sweep(order: Order, settings: Settings) -> None:
    write(order)
    write(order, Mail.Kind.RELEASED)
    result = sweep_payments(now=NOW + timedelta(seconds=50))
    assert (result.mails, result.troubles) == (0, 2)
    assert list(Mail.objects.values_list("tries", flat=True)) == [1, 1]

    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    sweep_payments(now=NOW + timedelta(seconds=50) + FIRST_DELAY * 2)
    assert len(mail.outbox) == 2


def test_we_are_confirming_is_not_sent_once_the_order_is_decided(brush: Variant) -> None:
    written = write(make_order(variant=brush, status="cancelled", payment_status="voided"), Mail.Kind.CONFIRMING)
    assert send_queued_mail(mail_id=written.pk, now=NOW)
    assert len(mail.outbox) == 0
    written.refresh_from_db()
    assert written.sent_at == NOW
