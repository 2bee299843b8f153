"""The canary customer walks the main path, with a reviewer and all; afterwards the database and the log are searched for them."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from catalog.models import Variant
from checkout.models import Alert, Mail, Order
from fraud.models import CallTask
from store.logs import make_formatter
from store.models import User
from tests.attacks.conftest import client_of
from tests.canary import CANARY, find_leaks_in
from tests.checkout.shopper import Shopper
from tests.sandbox.process import RunningSandbox
from tests.searching import search

pytestmark = pytest.mark.django_db(transaction=True)
TYPED = {
    "email": CANARY["email"],
    "phone": CANARY["phone"],
    "bill_name": CANARY["name"],
    "bill_line1": CANARY["line1"],
    "bill_line2": CANARY["line2"],
    "bill_city": CANARY["city"],
    "bill_region": "OR",
    "bill_postcode": CANARY["postcode"],
    "ship_elsewhere": "on",
    "ship_name": "Otto " + CANARY["name"],
    "ship_line1": "1 " + CANARY["line1"],
    "ship_line2": "",
    "ship_city": "Miami",
    "ship_region": "FL",
    "ship_postcode": "33122",
    "ship_country": "US",
}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Every line of every logger, as production would write it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(make_formatter(as_json=True))
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def dump() -> str:
    """Every value of every table, as it is stored."""
    text = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608  # names from the database itself
            text += [f"{table}: {row!r}" for row in cursor.fetchall()]
    return "\n".join(text)


@pytest.mark.parametrize("end", ["release", "cancel"])
def test_the_main_path_leaves_nothing_readable(
    end: str,
    polisher: Variant,
    sandbox: RunningSandbox,
    run_tasks: Callable[[], int],
    rosa: User,
    olive: User,
    log: io.StringIO,
) -> None:
    shopper = Shopper(client_of())
    shopper.client.defaults |= {"REMOTE_ADDR": CANARY["ip"], "HTTP_USER_AGENT": CANARY["user_agent"]}
    shopper.add(polisher)
    assert shopper.review(**{**TYPED, "email": "not " + CANARY["email"]}).status_code == 422
    order = shopper.order(polisher, 11, **TYPED)
    paid = shopper.pay(order, sandbox, name=CANARY["name"], line1=CANARY["line1"], city=CANARY["city"], postcode="97299")
    assert paid["status"] == "paid"
    events = sandbox.take_events()
    for event in events:
        answer = shopper.client.post(
            "/webhooks/stripe/", event.payload, content_type="application/json", headers=event.headers
        )
        assert answer.status_code == 204
    shopper.come_back(order)
    shopper.client.get(f"/orders/{order.token}/pay/")
    shopper.client.post(f"/orders/{order.token}x/pay/")
    run_tasks()

    reviewer, task = client_of(rosa), CallTask.objects.get()
    desk = {
        name: reverse(f"admin:fraud_calltask_{name}", args=[task.pk]) for name in ("claim", "record", "release", "cancel")
    }
    reviewer.post(desk["claim"])
    said = {"outcome": "reached", "answer": "confirms", "dialled_phone": CANARY["phone"], "note": CANARY["note"]}
    reviewer.post(desk["record"], {**said, "answer": ""})
    reviewer.post(desk["record"], said)
    reviewer.post(desk[end], {"why": CANARY["note"], "reason": "customer"})
    reviewer.post(desk[end], {"why": CANARY["note"], "reason": "customer"})
    run_tasks()
    order.refresh_from_db()
    assert order.status == {"release": "released", "cancel": "cancelled"}[end]
    owner = client_of(olive)
    search(owner, "checkout/order", CANARY["email"])
    owner.post(reverse("admin:checkout_order_ship", args=[order.pk]), {"carrier": "UPS", "tracking_number": "1Z1"})
    named = {"email": CANARY["email"], "name": CANARY["name"], "is_staff": "on", "is_active": "on"}
    owner.post(f"/admin/store/user/{rosa.pk}/change/", named)
    run_tasks()

    for table in (Order, Mail, Session, DBTaskResult, CallTask, LogEntry):
        assert table.objects.exists(), table
    assert [message.to for message in mail.outbox[:1]] == [[CANARY["email"]]]
    assert find_leaks_in(dump()) == []
    for session in Session.objects.all():
        assert find_leaks_in(repr(session.get_decoded())) == []
    for entry in LogEntry.objects.all():
        assert find_leaks_in(f"{entry.object_repr} {entry.change_message}") == []
    assert find_leaks_in(" ".join(Alert.objects.values_list("message", flat=True))) == []
    assert log.getvalue().count("\n") > 3  # it was listened to
    assert find_leaks_in(log.getvalue()) == []
    assert order.token not in log.getvalue()
    assert order.token not in dump()
