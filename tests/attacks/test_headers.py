"""What every answer carries, whoever gives it: policy, cache orders, cookie flags. And the shop as it runs in production."""

from __future__ import annotations

import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import path
from django.utils.translation import override
from pytest_django import DjangoDbBlocker, Settings

import config.urls
from fraud.models import CallTask
from store.models import User
from tests.attacks.conftest import client_of
from tests.checkout.shopper import DETAILS, Shopper
from tests.databases import copy_database
from tests.processes import run_manage
from tests.sandbox.process import RunningSandbox
from tests.store.staff.conftest import every_address

# One process boots the production shop, not each.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("production")]


def crash(_request: object) -> Any:
    raise RuntimeError


@pytest.fixture
def broken_page(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.urls import clear_url_caches

    monkeypatch.setattr(config.urls, "urlpatterns", [path("crash/", crash), *config.urls.urlpatterns])
    clear_url_caches()


def test_every_kind_of_answer_has_its_policy(
    task: CallTask, sandbox: RunningSandbox, broken_page: None, settings: Settings
) -> None:
    shopper = Shopper(client_of())
    goods = task.order.lines.get().variant
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    settings.ALLOWED_HOSTS = ["testserver"]
    wanted = {
        200: shopper.client.get("/"),
        302: shopper.client.post("/cart/add/", {"variant": goods.pk, "quantity": 1}),
        303: shopper.place(shopper.review()),
        400: shopper.client.get("/", headers={"host": "evil.example"}),
        403: strict.post("/cart/add/", {}),
        404: shopper.client.get("/nowhere/"),
        405: shopper.client.get("/cart/add/"),
        409: shopper.place(shopper.review(), expected_total="1"),
        413: shopper.client.generic("POST", "/webhooks/stripe/", b"x" * 300_000, content_type="application/json"),
        422: shopper.client.post("/cart/add/", {"variant": goods.pk, "quantity": 0}),
        500: shopper.client.get("/crash/"),
    }
    more = [
        shopper.client.get("/catalog/?q=4242424242424242"),
        shopper.client.post("/webhooks/stripe/", b"{}", content_type="application/json"),
        shopper.client.get("/livez"),
        shopper.client.get("/readyz"),
        shopper.client.get("/robots.txt"),
        shopper.client.get("/sitemap.xml"),
        shopper.client.get("/favicon.ico"),
        shopper.client.options("/"),
        shopper.client.head("/"),
    ]
    settings.SECURE_SSL_REDIRECT = True
    secure = client_of()
    more += [secure.get("/cart/"), secure.get("/", headers={"host": "evil.example"})]
    for status, answer in wanted.items():
        assert answer.status_code == status
    for answer in (*wanted.values(), *more):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, answer
        assert "unsafe" not in policy
        assert answer.headers["X-Request-ID"]


def test_personal_pages_are_kept_by_nobody(task: CallTask, olive: User, sandbox: RunningSandbox) -> None:
    shopper = Shopper(client_of())
    shopper.add(task.order.lines.get().variant)
    staff = client_of(olive)
    token = task.order.token
    answers = {
        "order": shopper.client.get(f"/orders/{token}/"),
        "returned": shopper.client.get(f"/orders/{token}/returned/"),
        "pay": shopper.client.post(f"/orders/{token}/pay/"),
        "cart": shopper.client.get("/cart/"),
        "refused": shopper.add(task.order.lines.get().variant, 0),
        "details": shopper.client.get("/checkout/"),
        "review": shopper.review(),
        "mended": shopper.client.post("/checkout/", {**DETAILS, "step": "edit"}),
        "wrong": shopper.review(email="nobody"),
        "placed": shopper.place(shopper.review()),
        "queue": staff.get("/admin/fraud/calltask/"),
        "call": staff.get(f"/admin/fraud/calltask/{task.pk}/change/"),
        "admin order": staff.get(f"/admin/checkout/order/{task.order_id}/change/"),
        "users": staff.get("/admin/store/user/"),
        "mails": staff.get("/demo/mails/"),
    }
    for name, answer in answers.items():
        assert "no-store" in answer.headers.get("Cache-Control", ""), name


def test_pages_that_show_a_cart_count_are_not_mixed_up_by_a_shared_cache(task: CallTask) -> None:
    for address in ("/", "/catalog/", f"/products/{task.order.lines.get().variant.product.slug}/"):
        assert "Cookie" in client_of().get(address).headers["Vary"], address


def test_order_pages_are_not_for_search_engines(task: CallTask) -> None:
    page = client_of().get(f"/orders/{task.order.token}/")
    assert '<meta name="robots" content="noindex">' in page.content.decode()
    assert page.headers["Referrer-Policy"] == "same-origin"


def test_forms_need_their_token_on_every_address(olive: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(olive)
    with override("de"):
        german = {address for address, _ in every_address() if address.startswith("/de/")}
    # The stock pages of each table are one view each: one table's stand for all.
    stock = re.compile(r"/admin/(?!store/user/)\w+/\w+/((add|1|1/(change|delete|history))/)?")
    addresses = german | {address for address, _ in every_address() if not stock.fullmatch(address)}
    assert {"/cart/add/", "/de/cart/add/", "/admin/logout/", "/find-order/"} <= addresses
    foreign = [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}]
    taken = {
        address
        for at, address in enumerate(sorted(addresses))
        if strict.post(address, {"step": "place"}, headers=foreign[at % 3]).status_code not in (403, 404)
    }
    assert {address for address in taken if not address.startswith("/webhooks/")} == set()


# -- As in production ------------------------------------------------------------------------------------------------------


def key() -> str:
    return urlsafe_b64encode(secrets.token_bytes(32)).decode()


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a shop that sells for real."""
    folder = tmp_path_factory.mktemp("production")
    (folder / "static").mkdir()
    return {
        "PATH": os.environ["PATH"],
        "ENV_FILE": "",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'shop.sqlite3'}",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "FIELD_KEYS": f"k1:{key()}",
        "INDEX_KEY": key(),
        "ALLOWED_HOSTS": "shop.example",
        "SHOP_ORIGIN": "https://shop.example",
        "STRIPE_API_KEY": "sk_live_attack",
        "STRIPE_WEBHOOK_SECRET": "whsec_attack",
        "PAYPAL_CLIENT_ID": "attack",
        "PAYPAL_CLIENT_SECRET": "attack",
        "PAYPAL_WEBHOOK_ID": "8PT597110X687430L",
        "TRUSTED_PROXIES": "1",
        "SQLITE_WILL_DO": "1",
        "EMAIL_URL": "smtp+tls://shop:word@mail.example:587",
        # Compressing every file twice takes half a minute and changes no header.
        "STATICFILES_STORAGE": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
    }


@pytest.fixture(scope="module")
def shop(production: dict[str, str], django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Gunicorn with production settings, behind what it takes for a proxy with TLS."""
    copy_database(Path(production["VAR_DIR"]) / "shop.sqlite3", django_db_blocker)
    for words in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"]):
        done = run_manage(production, *words)
        assert done.returncode == 0, done.stderr[-2000:]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--no-control-socket", "--bind", f"127.0.0.1:{port}", "config.wsgi"],
        env=production,
        cwd=django_settings.BASE_DIR,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(10)


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def fetch(address: str, *, data: bytes | None = None, **headers: str) -> tuple[int, Any, bytes]:
    """Ask as the proxy would; give status, headers and body."""
    given = {"Host": "shop.example", "X-Forwarded-Proto": "https", **{k.replace("_", "-"): v for k, v in headers.items()}}
    try:
        request = urllib.request.Request(address, data, given)  # noqa: S310  # our own server
        with urllib.request.build_opener(Stay).open(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def test_production_settings_pass_djangos_own_check(production: dict[str, str]) -> None:
    done = run_manage(production, "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


def test_the_real_server_sends_the_headers_of_a_safe_site(shop: str) -> None:
    status, headers, body = fetch(f"{shop}/")
    assert status == 200, body[:500]
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert "form-action 'self' https://checkout.stripe.com https://www.paypal.com" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_cookies_are_for_this_host_over_tls_alone(shop: str) -> None:
    _, headers, page = fetch(f"{shop}/admin/login/")
    csrf = headers["Set-Cookie"]
    assert csrf.startswith("__Host-csrf=")
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in csrf
    assert "Domain" not in csrf
    token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    sent = {"Cookie": csrf.split(";")[0], "Referer": "https://shop.example/", "Origin": "https://shop.example"}
    data = b"variant=1&quantity=1&csrfmiddlewaretoken=" + token[1]
    status, headers, _ = fetch(f"{shop}/cart/add/", data=data, **sent)
    assert status == 422  # there is nothing to buy; the cart has its cookie all the same
    cookies = headers.get_all("Set-Cookie")
    cart = next(cookie for cookie in cookies if cookie.startswith("__Host-cart="))
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in cart
    status, _, _ = fetch(f"{shop}/cart/add/", data=data, **{**sent, "Origin": "https://evil.example"})
    assert status == 403


def test_plain_http_is_led_to_tls_and_another_host_nowhere(shop: str) -> None:
    status, headers, _ = fetch(f"{shop}/cart/?a=1", X_Forwarded_Proto="http")
    assert (status, headers["Location"]) == (301, "https://shop.example/cart/?a=1")
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    for proto in ("http", "https"):
        status, headers, body = fetch(f"{shop}/", Host="evil.example", X_Forwarded_Proto=proto)
        assert status == 400
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert b"evil.example" not in body
    status, headers, body = fetch(f"{shop}/", X_Forwarded_Host="evil.example")
    assert status == 200
    assert b"evil.example" not in body


@pytest.mark.parametrize(
    "address",
    [
        "/demo/mails/",
        "/demo/mails/x/",
        "/demo/",
        "/control/",
        "/metrics/x",
        "/.env",
        "/config/settings.py",
        "/static/../config/settings.py",
        "/media/../shop.sqlite3",
    ],
)
def test_nothing_of_the_demo_is_there(address: str, shop: str) -> None:
    status, headers, body = fetch(f"{shop}{address}")
    assert status in (400, 404)
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert b"Traceback" not in body
    assert b"SECRET" not in body


def test_a_files_answer_has_a_policy_too(shop: str) -> None:
    status, _, page = fetch(f"{shop}/")
    address = re.search(rb'href="(/static/css/base[^"]*)"', page)
    assert status == 200
    assert address
    status, headers, _ = fetch(f"{shop}{address[1].decode()}")
    assert status == 200
    assert "default-src 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"FIELD_KEYS": ""}, "FIELD_KEYS"),
        ({"INDEX_KEY": "short"}, "INDEX_KEY"),
        ({"STRIPE_WEBHOOK_SECRET": ""}, "STRIPE_WEBHOOK_SECRET"),
        ({"PAYPAL_WEBHOOK_ID": ""}, "PAYPAL_WEBHOOK_ID"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"SHOP_ORIGIN": ""}, "SHOP_ORIGIN"),
        ({"SHOP_ORIGIN": "http://shop.example"}, "SHOP_ORIGIN"),
        ({"DEBUG": "1"}, "DEBUG"),
        ({"HTTPS": "0"}, "SECURE_SSL_REDIRECT"),
        ({"EMAIL_URL": ""}, "MAILERS"),
    ],
)
def test_an_unsafe_setting_is_named(change: dict[str, str], said: str, production: dict[str, str]) -> None:
    done = run_manage({**production, **change}, "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode != 0
    assert said in done.stdout + done.stderr
