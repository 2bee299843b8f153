"""Settings under which customers could pay nobody, somebody else, or with play money."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from checkout.checks import check_gateways
from checkout.gateways import forget_gateways

PAYPAL = {
    "BACKEND": "checkout.gateways.paypal.PayPalGateway",
    "client_id": "id",
    "client_secret": "secret",
    "webhook_id": "8PT597110X687430L",
    "api_base": "https://api-m.paypal.com",
    "page_origin": "https://www.paypal.com",
    "cert_origin": "https://api.paypal.com",
}
STRIPE = {
    "BACKEND": "checkout.gateways.stripe.StripeGateway",
    "api_key": "sk_live_x",
    "webhook_secret": "whsec_x",
    "api_base": "https://api.stripe.com",
}


@pytest.mark.parametrize(
    ("changes", "paypal", "found"),
    [
        ({}, {}, []),
        ({"PAYPAL_CLIENT_SECRET": ""}, {}, ["checkout.E006"]),
        ({"PAYPAL_API_BASE": "http://127.0.0.1:8001"}, {}, ["checkout.E004"]),
        ({"STRIPE_API_BASE": "https://api.stripe.com.evil.example"}, {}, ["checkout.E004"]),
        ({}, {"api_base": "https://api-m.sandbox.paypal.com"}, ["checkout.E005"]),
        ({"DEMO": True, "PAYPAL_API_BASE": "http://127.0.0.1:8001"}, {"api_base": "http://127.0.0.1:8001"}, []),
    ],
)
def test_only_a_whole_and_real_set_of_gateways_may_open_a_shop(
    changes: dict[str, Any], paypal: dict[str, str], found: list[str], settings: Settings
) -> None:
    settings.DEMO = False
    settings.STRIPE_API_BASE, settings.PAYPAL_API_BASE = "https://api.stripe.com", "https://api-m.paypal.com"
    settings.PAYPAL_CLIENT_ID = settings.PAYPAL_CLIENT_SECRET = "x"
    settings.PAYMENT_GATEWAYS = {"stripe": STRIPE, "paypal": PAYPAL | paypal}
    for name, value in changes.items():
        setattr(settings, name, value)
    forget_gateways()
    assert [error.id for error in check_gateways()] == found
    forget_gateways()
