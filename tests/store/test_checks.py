"""What a shop must not be open to the world with, each named by its id."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import run_checks

from checkout.checks import check_gateways
from checkout.gateways import forget_gateways
from config.new_secrets import make_missing, new_key
from store.checks import PUBLISHED, published

POSTGRES = {"ENGINE": "django.db.backends.postgresql", "HOST": "db", "PASSWORD": secrets.token_urlsafe(20)}
SAFE: dict[str, Any] = {
    "DEMO": False,
    "HTTPS": True,
    "SHOP_ORIGIN": "https://shop.example",
    "ALLOWED_HOSTS": ["shop.example"],
    "SECRET_KEY": secrets.token_urlsafe(60),
    "FIELD_KEYS": f"k1:{new_key()}",
    "INDEX_KEY": new_key(),
    "BACKUP_KEY": "",
    "TRUSTED_PROXIES": 1,
    "DATABASES": {"default": POSTGRES},
}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"FIELD_KEYS": "k1:" + "A" * 43 + "="}, ["store.E020", "store.E021"]),
        ({"INDEX_KEY": "abcd" * 11}, ["store.E021"]),
        ({"SHOP_ORIGIN": "https://www.shop.example"}, ["store.E022"]),
        ({"DATABASES": {"default": {"ENGINE": "django.db.backends.mysql"}}}, ["store.E023"]),
        ({"DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3"}}}, ["store.W024"]),
        ({"DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3"}}, "SQLITE_WILL_DO": True}, []),
        ({"DATABASES": {"default": POSTGRES | {"PASSWORD": "postgres"}}}, ["store.E025"]),
        ({"DATABASES": {"default": POSTGRES | {"PASSWORD": "", "HOST": "/var/run/postgresql"}}}, []),
        ({"WEB_CONCURRENCY": 4}, ["store.W026"]),
        ({"WEB_CONCURRENCY": 4, "CACHES": {"default": {"BACKEND": "store.cache.ForgivingRedisCache"}}}, []),
        ({"TRUSTED_PROXIES": -1}, ["store.E027"]),
        ({"TRUSTED_PROXIES": 9}, ["store.E027"]),
        ({"TRUSTED_PROXIES": 0}, ["store.W028"]),
        ({"METRICS_TOKEN": "guess me"}, ["store.E029"]),
    ],
)
def test_what_is_unsafe_is_named(changes: dict[str, Any], found: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**SAFE, **changes}.items():
        monkeypatch.setattr(settings, name, value)
    ours = ("store.E02", "store.W02")
    messages = [
        message
        for message in run_checks(tags=["security"], include_deployment_checks=True)
        if str(message.id).startswith(ours)
    ]
    assert [message.id for message in messages] == found
    assert all(message.hint for message in messages)


def test_every_key_that_stands_in_the_source_is_refused() -> None:
    lines = Path(settings.BASE_DIR, "tests/test.env").read_text().splitlines()
    keys = {name: value.rpartition(":")[2] for name, _, value in (line.partition("=") for line in lines)}
    for name in ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "BACKUP_KEY"):
        assert published(keys[name]) in PUBLISHED, name


def stripe(key: str) -> dict[str, dict[str, str]]:
    backend = {"BACKEND": "checkout.gateways.stripe.StripeGateway", "api_base": "https://api.stripe.com"}
    return {"stripe": {**backend, "api_key": key, "webhook_secret": "whsec_x"}}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"PAYMENT_GATEWAYS": stripe("sk_live_x")}, []),
        ({"PAYMENT_GATEWAYS": stripe("sk_test_x")}, ["checkout.E008"]),
        ({"PAYMENT_GATEWAYS": stripe("sk_test_x"), "PLAY_MONEY": True}, []),
        ({"PAYMENT_GATEWAYS": stripe("sk_test_x"), "SHOP_ORIGIN": "https://localhost"}, []),
        ({"DEMO": True, "SHOP_ORIGIN": "http://127.0.0.1:8000", "STRIPE_API_KEY": "sk_live_x"}, ["checkout.E007"]),
        ({"DEMO": True, "STRIPE_API_KEY": "sk_test_x"}, ["checkout.E007"]),
        ({"DEMO": True, "SHOP_ORIGIN": "http://127.0.0.1:8000", "STRIPE_API_KEY": "sk_test_x"}, []),
    ],
)
def test_play_money_and_real_shops_are_kept_apart(
    changes: dict[str, Any], found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = {
        "STRIPE_API_BASE": "https://api.stripe.com",
        "PAYPAL_API_BASE": "https://api-m.paypal.com",
        "PAYPAL_CLIENT_ID": "",
    }
    for name, value in {**SAFE, **real, **changes}.items():
        monkeypatch.setattr(settings, name, value)
    forget_gateways()
    assert [message.id for message in check_gateways()] == found
    forget_gateways()


def test_keys_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    (folder).mkdir()
    (folder / "field_keys").write_text("mine")
    made = make_missing(folder)
    assert "field_keys" not in made
    assert (folder / "field_keys").read_text() == "mine"
    assert {(folder / name).stat().st_mode & 0o777 for name in made} == {0o400}
    assert (folder / "database_password").read_text() in (folder / "database_url").read_text()
    assert (folder / "stripe_api_key").read_text() == ""
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert make_missing(folder) == []
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_every_key_file_of_the_compose_file_is_made_and_no_other(tmp_path: Path) -> None:
    compose = Path(settings.BASE_DIR, "compose.yaml").read_text()
    assert set(re.findall(r"file: secrets/(\w+)", compose)) == set(make_missing(tmp_path))
    assert set(re.findall(r"/run/secrets/(\w+)", compose)) <= set(re.findall(r"file: secrets/(\w+)", compose))
