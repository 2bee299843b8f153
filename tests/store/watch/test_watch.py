"""What probes, Prometheus and staff are told of the running shop, and what they aren't."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from checkout.models import Order, Payment
from checkout.states import OrderStatus, PaymentStatus
from checkout.tasks import sweep
from store.models import BackupRun, KeyCheck, User
from store.watch.facts import forget_facts, gather_facts
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import make_order
from tests.fraud.conftest import make_staff

pytestmark = pytest.mark.django_db
TOKEN = "a token that is long enough to be one"


@pytest.fixture(autouse=True)
def fresh(settings: Settings) -> Iterator[None]:
    settings.METRICS_TOKEN, settings.METRICS_NETWORKS = TOKEN.replace(" ", "-"), ["10.8.0.0/16"]
    forget_facts()
    yield
    forget_facts()


def read(client: Client) -> str:
    forget_facts()
    return client.get("/metrics", headers={"authorization": f"Bearer {django_settings.METRICS_TOKEN}"}).content.decode()


@pytest.mark.parametrize(
    ("headers", "peer", "status"),
    [
        ({}, "203.0.113.9", 404),
        ({"authorization": "Bearer a-token-that-is-long-enough-to-be-on"}, "203.0.113.9", 404),
        ({"authorization": f"Bearer {TOKEN.replace(' ', '-')}"}, "203.0.113.9", 200),
        ({}, "10.8.1.2", 200),
        ({"x-forwarded-for": "10.8.1.2"}, "10.8.1.2", 404),
        ({"x-forwarded-for": "10.8.1.2"}, "203.0.113.9", 404),
    ],
)
def test_figures_are_for_those_who_show_the_token_or_stand_inside(
    client: Client, headers: dict[str, str], peer: str, status: int
) -> None:
    answer = client.get("/metrics", headers=headers, REMOTE_ADDR=peer)
    assert answer.status_code == status
    assert (b"ringback_" in answer.content) is (status == 200)


def test_an_empty_token_lets_nobody_in(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"authorization": "Bearer "}, REMOTE_ADDR="203.0.113.9").status_code == 404


def test_figures_tell_how_much_and_never_of_whom(client: Client) -> None:
    order = make_order(variant=VariantFactory.create(on_hand=5), quantity=2)
    told = read(client)
    for line in (
        'ringback_orders_open{state="on_hold"} 1.0',
        'ringback_authorised_payments{currency="USD"} 1.0',
        f'ringback_authorised_minor_units{{currency="USD"}} {float(order.total)}',
        "ringback_held_units 2.0",
        "ringback_paid_without_order 0.0",
        "ringback_oversold 0.0",
        "ringback_calls_waiting 0.0",
        "ringback_migrations_pending 0.0",
        "ringback_keys_wrong 0.0",
    ):
        assert line in told.splitlines()
    for personal in (order.email, order.phone, order.number, order.token, str(order.pk), "Dana", "Portland"):
        assert personal not in told


def test_money_that_no_order_stands_for_is_counted(client: Client) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    over = make_order(status=OrderStatus.CANCELLED, payment_status=PaymentStatus.CAPTURED, placed_at=long_ago)
    make_order(status=OrderStatus.CANCELLED, payment_status=PaymentStatus.REFUNDED, placed_at=long_ago)
    make_order(status=OrderStatus.SHIPPED, payment_status=PaymentStatus.CAPTURED, placed_at=long_ago)
    assert "ringback_paid_without_order 1.0" in read(client)
    Payment.objects.filter(order=over).update(status=PaymentStatus.REFUNDED)
    assert "ringback_paid_without_order 0.0" in read(client)


def test_facts_take_as_many_queries_for_twenty_orders_as_for_two() -> None:
    counts = []
    for more in (2, 18):
        for _ in range(more):
            make_order()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            facts = gather_facts(now=timezone.now())
        assert not [fact for fact in facts if fact.name == "untold"]
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_every_figure_of_the_alerts_exists(client: Client) -> None:
    BackupRun.objects.create(kind="backup", at=timezone.now(), seconds=1, is_good=True, message="")
    BackupRun.objects.create(kind="drill", at=timezone.now(), seconds=1, is_good=True, message="")
    rules = Path(django_settings.BASE_DIR, "deploy/alerts.yml").read_text()
    client.get("/livez")
    told = read(client)
    wanted = set(re.findall(r"ringback_\w+", rules))
    assert len(wanted) > 15
    assert not [name for name in wanted if f"# TYPE {name.removesuffix('_bucket')} " not in told]


def test_a_request_is_counted_by_its_route_not_its_address(client: Client) -> None:
    client.get("/orders/4Rsecretsecretsecretsecret99/")
    client.get("/no/such/place/dana@example.com/")
    told = read(client)
    assert 'ringback_requests_total{method="GET",route="orders/<str:token>/",status="404"}' in told
    assert "secret" not in told
    assert "dana" not in told


def test_a_shop_that_is_not_ready_says_why(client: Client) -> None:
    sweep.enqueue()
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(minutes=20))
    late = client.get("/readyz")
    assert late.status_code == 200  # pages are as good as ever
    assert "20 min" in late.json()["queue"]
    MigrationRecorder.Migration.objects.filter(app="store").order_by("-pk")[0].delete()
    KeyCheck.objects.create(name="field:lost", fingerprint="0123456789abcdef")
    forget_facts()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "not ready"
    assert "migrate" in answer.json()["migrations"]
    assert "0123456789abcdef" in answer.json()["keys"]


def test_the_status_page_says_it_in_words_to_those_with_the_right(client: Client, admin_user: User) -> None:
    make_order(
        status=OrderStatus.CANCELLED, payment_status=PaymentStatus.CAPTURED, placed_at=timezone.now() - timedelta(hours=1)
    )
    assert client.get("/admin/status/").status_code == 302
    client.force_login(make_staff("Rosa Lind", "work_call_queue"))
    assert client.get("/admin/status/").status_code == 403
    client.force_login(admin_user)
    page = client.get("/admin/status/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "give the money back" in text
    assert "No worker is running" in text
    assert Order.objects.get().number not in text
