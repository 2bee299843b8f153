"""Webhooks of decisions: written with the decision, signed, retried, parked, sent again, and never a way into our network."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from typing import Any, ClassVar

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from checkout.models import Alert, Order
from checkout.services.closing import cancel
from checkout.services.jobs import MAX_TRIES
from fraud.models import CallTask, Decision, OutgoingMessage, WebhookEndpoint
from fraud.outgoing import dialling
from fraud.outgoing.deliver import body_of, deliver, pick_up_messages
from fraud.outgoing.dialling import UnableToDial, is_public, post
from fraud.outgoing.prune import prune_messages
from fraud.outgoing.signing import headers_of
from store.audit.models import AuditRow
from store.models import User
from tests.factories.checkout import make_order
from tests.fraud.conftest import make_staff


class Receiver(BaseHTTPRequestHandler):
    """Takes messages, or answers as it is told."""

    taken: ClassVar[list[tuple[dict[str, str], bytes]]] = []
    answers: ClassVar[list[int]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
        status = self.answers.pop(0) if self.answers else 204
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def receiving() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook?a=1"
    server.shutdown()
    server.server_close()


@pytest.fixture
def endpoint(db: None, receiving: str, settings: Settings) -> WebhookEndpoint:
    settings.OUTGOING_ALLOW_LOOPBACK = True
    Receiver.taken.clear()
    Receiver.answers.clear()
    return WebhookEndpoint.objects.create(url=receiving)


def sign(secret: str, headers: dict[str, str], body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def test_the_signature_is_the_one_of_the_specification() -> None:
    # The example of the Standard Webhooks reference implementation.
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    now = datetime.fromtimestamp(1614265330).astimezone()
    headers = headers_of(message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", body=body, secrets_in_use=[secret], now=now)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_flagged_and_then_cancelled_order_is_told_in_codes_only(
    endpoint: WebhookEndpoint, make_task: Callable[..., CallTask], run_tasks: Callable[[], int], now: datetime
) -> None:
    task = make_task()
    order = Order.objects.get(pk=task.order_id)
    order.cancel_reason = "denied"
    order.save(update_fields=["cancel_reason"])
    with transaction.atomic():
        cancel(order, by=None, why="Dana Reyes knows nothing of it.", now=now)
    run_tasks()
    told = [json.loads(body) for _, body in Receiver.taken]
    flagged, cancelled = sorted(told, key=lambda each: each["type"], reverse=True)
    assert flagged["type"] == "order.flagged"
    assert flagged["data"]["case"] == str(task.pk)
    assert cancelled["data"] == {
        "order": {"id": str(order.pk), "number": order.number, "status": "cancelled"}, "reason": "denied",
    }  # fmt: skip
    for headers, body in Receiver.taken:
        assert headers["webhook-signature"] == sign(endpoint.secret, headers, body)
        assert b"Dana" not in body
        assert b"dana@example.com" not in body
    assert OutgoingMessage.objects.filter(sent_at=None).count() == 0


def test_a_decision_that_is_undone_is_not_told(endpoint: WebhookEndpoint, now: datetime, polisher: Any) -> None:
    order = make_order(variant=polisher)
    with transaction.atomic():
        cancel(order, by=None, why="x", now=now)
        assert OutgoingMessage.objects.count() == 1
        transaction.set_rollback(True)
    assert OutgoingMessage.objects.count() == 0


def test_what_is_not_taken_waits_longer_is_parked_and_sent_again_by_a_button(
    endpoint: WebhookEndpoint, admin_client: Client, run_tasks: Callable[[], int], now: datetime
) -> None:
    message = OutgoingMessage.objects.create(endpoint=endpoint, kind="test", data={}, written_at=now, next_try_at=now)
    Receiver.answers[:] = [500, 302, *[503] * (MAX_TRIES - 2)]
    delays = []
    for tries in range(1, MAX_TRIES + 1):
        at = message.next_try_at
        assert not deliver(message_id=message.pk, now=at - timedelta(seconds=1))  # not before its time
        assert not deliver(message_id=message.pk, now=at)
        message.refresh_from_db()
        assert (message.tries, message.error, message.sent_at) == (tries, "NotTaken", None)
        delays.append(message.next_try_at - at)
        assert Alert.objects.exists() == (tries == MAX_TRIES)
    assert all(later > sooner * 1.3 for sooner, later in pairwise(delays))
    assert len(Receiver.taken) == MAX_TRIES  # the redirect was not followed
    assert pick_up_messages(now=message.next_try_at + timedelta(days=9)) == 0  # parked

    page = reverse("admin:fraud_outgoingmessage_changelist")
    admin_client.post(page, {"action": "try_again", "_selected_action": [str(message.pk)]})
    assert pick_up_messages(now=now + timedelta(days=1)) == 1
    run_tasks()
    message.refresh_from_db()
    assert message.sent_at is not None
    assert {headers["webhook-id"] for headers, _ in Receiver.taken} == {message.message_id}
    assert {body for _, body in Receiver.taken} == {body_of(message)}


def test_both_secrets_sign_until_the_old_one_is_retired(
    endpoint: WebhookEndpoint, admin_client: Client, run_tasks: Callable[[], int]
) -> None:
    old = endpoint.secret
    for button in ("rotate", "test"):
        admin_client.post(reverse(f"admin:fraud_webhookendpoint_{button}", args=[endpoint.pk]))
    run_tasks()
    new = WebhookEndpoint.objects.get().secret
    headers, body = Receiver.taken[0]
    assert headers["webhook-signature"].split() == [sign(new, headers, body), sign(old, headers, body)]
    for button in ("retire", "test"):
        admin_client.post(reverse(f"admin:fraud_webhookendpoint_{button}", args=[endpoint.pk]))
    run_tasks()
    headers, body = Receiver.taken[1]
    assert headers["webhook-signature"] == sign(new, headers, body)
    shown = admin_client.post(reverse("admin:fraud_webhookendpoint_reveal", args=[endpoint.pk]))
    assert new in shown.content.decode().replace("&#x27;", "'").replace("&amp;", "&")
    assert "no-store" in shown["Cache-Control"]
    logged = AuditRow.objects.filter(action__startswith="webhook.").order_by("n")
    assert [row.action for row in logged] == ["webhook.rotate", "webhook.retire", "webhook.reveal"]
    page = admin_client.get(reverse("admin:fraud_webhookendpoint_change", args=[endpoint.pk])).content.decode()
    assert new not in page


def test_an_endpoint_that_is_gone_is_told_no_more(endpoint: WebhookEndpoint, now: datetime) -> None:
    message = OutgoingMessage.objects.create(endpoint=endpoint, kind="test", data={}, written_at=now, next_try_at=now)
    Receiver.answers[:] = [410]
    deliver(message_id=message.pk, now=now)
    assert not WebhookEndpoint.objects.get().is_active


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.1.1",
     "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "fec0::1",
     "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:1::1"],
)  # fmt: skip
def test_an_address_of_a_network_of_ours_is_not_public(address: str) -> None:
    assert not is_public(address)


def test_addresses_of_the_internet_are_public() -> None:
    assert is_public("93.184.215.14")
    assert is_public("2606:4700::1111")


@pytest.mark.parametrize(
    "url",
    ["http://shop.example/", "ftp://shop.example/", "https://", "https://user:pw@shop.example/", "https://shop.example:x/",
     "https://shop.example/a b", "https://shöp.example/", "http://127.0.0.1/", "https://shop.example/#x"],
)  # fmt: skip
def test_an_address_that_is_not_plain_https_is_refused_when_it_is_typed(url: str, settings: Settings) -> None:
    settings.OUTGOING_ALLOW_LOOPBACK = False
    with pytest.raises(ValidationError):
        WebhookEndpoint(url=url).clean_fields()


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["::ffff:169.254.169.254"]])
def test_a_name_that_leads_into_our_network_is_never_dialled(
    answers: list[str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OUTGOING_ALLOW_LOOPBACK = False
    dialled: list[object] = []
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in answers]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: found)
    monkeypatch.setattr(socket, "create_connection", lambda *args, **_named: dialled.append(args))
    with pytest.raises(UnableToDial):
        post("https://rebinding.example/", headers={}, body=b"")
    assert dialled == []


def test_a_name_is_looked_up_once_and_the_address_that_was_looked_at_is_dialled(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OUTGOING_ALLOW_LOOPBACK = False
    answers, dialled = ["93.184.215.14", "127.0.0.1"], []

    def look_up(*_args: object, **_named: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0), 443))]

    def dial(address: tuple[str, int], **_named: object) -> socket.socket:
        dialled.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", dial)
    with pytest.raises(ConnectionRefusedError):
        post("https://rebinding.example/", headers={}, body=b"")
    assert dialled == [("93.184.215.14", 443)]


def test_who_answers_too_slowly_is_hung_up_on(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTGOING_ALLOW_LOOPBACK = True
    monkeypatch.setattr(dialling, "TOTAL", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(OSError):
        post(f"http://127.0.0.1:{server.getsockname()[1]}/", headers={}, body=b"")


def test_decisions_are_taken_away_as_files_with_the_right_only(
    make_task: Callable[..., CallTask], rosa: User, client: Client, now: datetime
) -> None:
    task = make_task()
    Decision.objects.create(task=task, kind="cancel", reason="denied", note="=Dana said no", by=rosa, at=now)
    uma = make_staff("Uma Reed", "view_figures")
    client.force_login(uma)
    address = reverse("admin:fraud_figures_decisions", args=["csv"])
    assert client.post(address).status_code == 403
    uma.user_permissions.add(Permission.objects.get(codename="export_decisions"))
    assert client.get(address).status_code == 405
    head, row = client.post(address, {"days": "7"}).getvalue().decode().splitlines()
    assert dict(zip(head.split(","), row.split(","), strict=True))["order_number"] == task.order.number
    assert "Dana" not in row
    found = json.loads(client.post(reverse("admin:fraud_figures_decisions", args=["json"])).getvalue())
    assert [(each["reason"], each["by_id"]) for each in found["decisions"]] == [("denied", str(rosa.pk))]
    taken = AuditRow.objects.filter(action__startswith="decisions.").order_by("n")
    assert [row.action for row in taken] == ["decisions.csv", "decisions.json"]


@pytest.mark.parametrize("button", ["reveal", "rotate", "retire", "test"])
def test_nobody_touches_a_secret_without_the_right(
    button: str, endpoint: WebhookEndpoint, client: Client, rosa: User
) -> None:
    client.force_login(rosa)
    before = endpoint.secret
    assert client.post(reverse(f"admin:fraud_webhookendpoint_{button}", args=[endpoint.pk])).status_code == 403
    assert client.get(reverse("admin:fraud_webhookendpoint_changelist")).status_code == 403
    assert client.get(reverse("admin:fraud_outgoingmessage_changelist")).status_code == 403
    assert WebhookEndpoint.objects.get().secret == before
    assert not OutgoingMessage.objects.exists()


def test_messages_that_were_taken_long_ago_are_deleted_and_no_others(endpoint: WebhookEndpoint, now: datetime) -> None:
    old = now - timedelta(days=90)
    kept = [
        OutgoingMessage.objects.create(endpoint=endpoint, kind="test", data={}, written_at=old, sent_at=sent)
        for sent in (None, old + timedelta(seconds=1), now)
    ]
    OutgoingMessage.objects.create(endpoint=endpoint, kind="test", data={}, written_at=old, sent_at=old)
    assert prune_messages(now=now) == 1
    assert list(OutgoingMessage.objects.order_by("pk")) == kept
