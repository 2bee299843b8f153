"""The admin's front page: each figure right, and for those alone who may see what is behind it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from checkout.front import money_figures, order_figures, stock_figures
from checkout.states import OrderStatus, PaymentStatus
from store.models import User
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import make_order
from tests.fraud.conftest import make_staff

pytestmark = pytest.mark.django_db
# Half past one in the morning in Greenwich: still the day before in New York.
NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def new_york(settings: Settings) -> None:
    settings.SHOP_TIME_ZONE = "America/New_York"


def test_orders_and_money_are_those_of_the_shops_own_day() -> None:
    goods = VariantFactory.create(price=1000, on_hand=50)
    today, yesterday = NOW - timedelta(hours=1), NOW - timedelta(hours=22)
    make_order(variant=goods, placed_at=today)
    make_order(variant=goods, placed_at=today, status=OrderStatus.RELEASED, payment_status=PaymentStatus.CAPTURED)
    make_order(variant=goods, placed_at=today, status=OrderStatus.CANCELLED, payment_status=PaymentStatus.VOIDED)
    make_order(variant=goods, placed_at=yesterday, status=OrderStatus.SHIPPED, payment_status=PaymentStatus.CAPTURED)
    (orders,), (by_day,) = order_figures(now=NOW)
    assert (orders.figure, orders.note) == ("3", "$31.90 without what was cancelled; 1 on hold")
    assert by_day.labels[-2:] == ["20 Nov", "21 Nov"]
    last = {one.name: list(one.values)[-2:] for one in by_day.series}
    assert last == {
        "Released or shipped": [1, 1],
        "On hold": [0, 1],
        "Awaiting payment": [0, 0],
        "Cancelled": [0, 1],
        "Never paid": [0, 0],
    }
    (waiting, taken), (money,) = money_figures(now=NOW)
    assert (waiting.figure, taken.figure) == ("$15.95", "$15.95")
    assert [list(one.values)[-2:] for one in money.series] == [[1595, 1595], [0, 1595]]


def test_the_scarcest_goods_are_named_and_those_sold_out_counted() -> None:
    VariantFactory.create(on_hand=0)
    scarce = VariantFactory.create(on_hand=3)
    VariantFactory.create(on_hand=40)
    (tile,), (chart,) = stock_figures()
    assert tile.figure == "2"
    assert "1 sold out" in tile.note
    assert chart.labels == [f"{scarce.product.name} ({scarce.sku})"]
    assert list(chart.series[0].values) == [3]


def test_the_front_page_shows_each_what_they_may_see(client: Client, admin_user: User) -> None:
    make_order(placed_at=timezone.now())
    client.force_login(admin_user)
    page = client.get("/admin/").content.decode()
    for seen in ("Orders today", "Authorised, not taken", "Low stock", "Calls to make", "All that is watched", "<svg"):
        assert seen in page
    assert "style=" not in re.sub(r"<link[^>]*>", "", page)
    client.force_login(make_staff("Rosa Lind", "view_call_queue"))
    page = client.get("/admin/").content.decode()
    assert "Calls to make" in page
    for hidden in ("Orders today", "Authorised, not taken", "Low stock", "All that is watched"):
        assert hidden not in page


def test_the_front_page_takes_as_many_queries_for_many_orders_as_for_few(client: Client, admin_user: User) -> None:
    client.force_login(admin_user)
    client.get("/admin/")
    counts = []
    for more in (2, 18):
        for _ in range(more):
            make_order(placed_at=timezone.now())
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/admin/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
