"""Asked by mail whether an order is theirs: the link is answered once, in time, and decides nothing by itself."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from checkout.models import Alert, Confirmation, Mail
from checkout.services.confirming import UnableToAnswer, UnableToAsk, answer_confirmation, ask_to_confirm
from checkout.services.mails import build_mail, is_moot
from fraud.evidence_pack.gather import build_pack
from fraud.models import CallTask
from fraud.services import claim_call_task
from fraud.services.denied import hurry_denied
from store.models import User
from tests.fraud.desk import MakeTask, button, desk, page_of, text, untouched

pytestmark = pytest.mark.django_db


def link_of(task: CallTask) -> str:
    """The address in the newest mail that asks."""
    body = str(build_mail(Mail.objects.filter(order=task.order, kind=Mail.Kind.CONFIRM).order_by("-pk")[0]).body)
    (address,) = re.findall(r"http://testserver(/orders/\S+/confirm/\S+/)", body)
    return str(address)


def test_a_denial_by_mail_brings_the_case_to_the_front_and_cancels_nothing(
    make_task: MakeTask, rosa: User, mona: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    task = make_task(hours_ago=1)
    client = desk(rosa)
    assert "Claim this case first" in text(client.post(button("ask", task), follow=True).content.decode())
    assert desk(mona).post(button("ask", task)).status_code == 403
    claim_call_task(task_id=task.pk, by=rosa, now=now)
    assert "Ask by mail as well" in client.get(page_of(task)).content.decode()
    assert "A mail is on its way." in text(client.post(button("ask", task), follow=True).content.decode())
    assert "can still be answered" in text(client.post(button("ask", task), follow=True).content.decode())
    asked = Confirmation.objects.get()
    assert (asked.asked_by, asked.expires_at - asked.asked_at) == (rosa, timedelta(hours=48))
    CallTask.objects.filter(pk=task.pk).update(due_at=now + timedelta(hours=9), callback_at=now + timedelta(hours=5))

    shopper, address = Client(), link_of(task)
    page = text(shopper.get(address).content.decode())
    assert "Is this order yours?" in page
    assert "Ocean Drive" not in page
    assert Confirmation.objects.get().answer == ""  # looking answers nothing: programs open links, too
    assert shopper.get(f"{address[:-3]}x/").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        said = shopper.post(address, {"answer": "no"}, REMOTE_ADDR="198.51.100.7")
    assert "Thank you for telling us" in text(said.content.decode())
    asked.refresh_from_db()
    assert (asked.answer, asked.ip_address) == ("denies", "198.51.100.7")
    assert "used already" in text(shopper.post(address, {"answer": "yes"}).content.decode())

    found = CallTask.objects.get(pk=task.pk)
    assert found.due_at <= now + timedelta(hours=1)
    assert (found.callback_at, found.is_waiting, found.order.is_on_hold) == (None, True, True)
    shown = text(client.get(page_of(task)).content.decode())
    assert "By mail they say that they know nothing of this order." in shown
    assert "By mail: knows nothing of it" in shown
    assert "another IP address than the order" in shown
    assert "has answered by mail already" in text(client.post(button("ask", task), follow=True).content.decode())
    assert hurry_denied(order_id=task.order_id, now=now)
    assert not Alert.objects.filter(cause__startswith="denied:").exists()


def test_a_confirmation_by_mail_is_evidence_and_releases_nothing(make_task: MakeTask, rosa: User, now: datetime) -> None:
    task = make_task()
    order = task.order
    asked = ask_to_confirm(order_id=order.pk, by=rosa, now=now)
    answer_confirmation(confirmation_id=asked.pk, confirms=True, ip_address=order.ip_address or "", now=now)
    assert not hurry_denied(order_id=order.pk, now=now)
    assert untouched(task)
    shown = text(desk(rosa).get(page_of(task)).content.decode())
    assert "By mail: confirms the order" in shown
    assert "No proof: a thief reads the mail he ordered with." in shown
    assert build_pack(order_id=order.pk, with_notes=False, now=now)["confirmed_by_mail"] == [
        {"asked_at": asked.asked_at, "answered_at": now, "ip_address": order.ip_address}
    ]


def test_a_link_lapses_and_nobody_is_asked_for_ever(make_task: MakeTask, rosa: User, now: datetime) -> None:
    task = make_task()
    asked = ask_to_confirm(order_id=task.order_id, by=rosa, now=now)
    written = Mail.objects.get(kind=Mail.Kind.CONFIRM)
    later = now + timedelta(hours=48)
    assert [is_moot(written, now=moment) for moment in (now, later)] == [False, True]
    with pytest.raises(UnableToAnswer, match="too old"):
        answer_confirmation(confirmation_id=asked.pk, confirms=True, ip_address="", now=later)
    for days in (2, 4):
        ask_to_confirm(order_id=task.order_id, by=rosa, now=now + timedelta(days=days))
    with pytest.raises(UnableToAsk, match="3 links were mailed and none was answered"):
        ask_to_confirm(order_id=task.order_id, by=rosa, now=now + timedelta(days=6))
    assert (Confirmation.objects.filter(answer="").count(), len(mail.outbox)) == (3, 0)
