"""What holds for every page: policy, headers, probes, kind refusals."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import clear_url_caches, path
from pytest_django import Settings

import config.urls
from checkout.models import Order
from store.models import User
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    return make_order(variant=VariantFactory.create(product__slug="walnut-brush"))


ADDRESSES = (
    "/",
    "/catalog/",
    "/products/walnut-brush/",
    "/cart/",
    "/nowhere/",
    "/admin/login/",
    "/admin/",
    "/admin/checkout/order/",
    "/admin/fraud/calltask/",
    "/admin/catalog/product/",
    "/admin/catalog/product/add/",
    "/admin/store/user/add/",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_has_a_policy_without_unsafe_words(client: Client, order: Order, address: str) -> None:
    client.force_login(User.objects.create_superuser(email="olive@shop.example", password="a long phrase for olive 7"))

    answer = client.get(address)

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in answer.content.decode()
    assert " style=" not in answer.content.decode()
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_order_is_found_by_its_token_only_and_never_cached(client: Client, order: Order) -> None:
    page = client.get(f"/orders/{order.token}/")

    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert client.get(f"/orders/{order.number}/").status_code == 404
    assert client.get(f"/orders/{order.pk}/").status_code == 404
    assert client.get(f"/orders/{order.token[:-1]}/").status_code == 404
    assert client.get(f"/orders/{order.token_hash}/").status_code == 404


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "10.0.0.7", "shop.example"])
def test_probes_are_answered_whatever_the_host(client: Client, settings: Settings, host: str) -> None:
    settings.ALLOWED_HOSTS = ["shop.example"]
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/livez", headers={"host": host}).content == b"ok\n"
    assert client.get("/readyz", headers={"host": host}).status_code in (200, 503)


def test_another_host_is_refused(client: Client, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["shop.example"]
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_a_form_from_another_site_is_refused_in_plain_words(order: Order) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/cart/add/", {"variant": order.lines.get().variant_id, "quantity": 1})
    assert answer.status_code == 403
    assert "<h1" in answer.content.decode()


@pytest.mark.parametrize("address", ["/cart/add/", "/cart/lines/1/", "/webhooks/stripe/", "/orders/x/pay/"])
def test_nothing_changes_by_get(client: Client, address: str) -> None:
    assert client.get(address).status_code == 405


def test_an_unknown_gateway_has_no_webhook(client: Client) -> None:
    assert client.post("/webhooks/nobody/", b"{}", content_type="application/json").status_code == 404


@pytest.mark.parametrize(
    ("error", "status", "said"), [(OperationalError, 503, "Your cart is kept"), (RuntimeError, 500, "Something broke")]
)
def test_a_database_that_is_away_is_told_apart_from_a_fault(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: type[Exception], status: int, said: str
) -> None:
    def fail(_request: object) -> HttpResponse:
        raise error

    monkeypatch.setattr(config.urls, "urlpatterns", [path("fail/", fail), *config.urls.urlpatterns])
    clear_url_caches()
    client.raise_request_exception = False
    answer = client.get("/fail/")
    assert answer.status_code == status
    assert said in answer.content.decode()
