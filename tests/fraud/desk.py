"""A reviewer's browser, the addresses of a case, and what must not have changed after a refusal."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from django.test import Client
from django.urls import reverse

from checkout.states import PaymentStatus
from fraud.models import Call, CallTask
from store.models import User

MakeTask = Callable[..., CallTask]
QUEUE = "/admin/fraud/calltask/"


def desk(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page_of(task: CallTask) -> str:
    return reverse("admin:fraud_calltask_change", args=[task.pk])


def button(name: str, task: CallTask) -> str:
    return reverse(f"admin:fraud_calltask_{name}", args=[task.pk])


def text(html: str) -> str:
    """What a person reads: no tags, single spaces."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).replace(" .", ".")


def untouched(task: CallTask) -> bool:
    task = CallTask.objects.select_related("order").get(pk=task.pk)
    payment = task.order.payments.get()
    return (
        task.status == "waiting"
        and task.claimed_by is None
        and task.order.is_on_hold
        and payment.status == PaymentStatus.AUTHORIZED
        and not Call.objects.exists()
    )
