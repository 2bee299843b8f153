"""Settings with which customers would be led astray: told before the shop opens (`manage.py check`)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks

from checkout.gateways import get_gateway, usable_gateways
from checkout.limits import faults_in
from store.money import Money


@checks.register(checks.Tags.security)
def check_limits(**_: Any) -> Sequence[checks.CheckMessage]:
    """Refuse a limit that doesn't exist: it would protect nothing."""
    hint = "docs/limits.md names them all, as in LIMITS=orders_by_address=100."
    return [checks.Error(f"LIMITS: {fault}", hint=hint, id="checkout.E009") for fault in faults_in(settings.LIMITS)]


@checks.register(checks.Tags.security)
def check_where_the_shop_is(**_: Any) -> Sequence[checks.CheckMessage]:
    """Refuse a shop that doesn't know its own address, or answers to any: mails and the gateway lead there."""
    if settings.DEMO:
        return []
    found: list[checks.CheckMessage] = []
    if not settings.SHOP_ORIGIN.startswith("https://") and settings.HTTPS:
        found.append(
            checks.Error(
                f"SHOP_ORIGIN is '{settings.SHOP_ORIGIN}'. Mails and the gateway could not lead customers back to the shop.",
                hint="Set SHOP_ORIGIN=https:// and the shop's host, without a slash at the end.",
                id="checkout.E001",
            )
        )
    if "*" in settings.ALLOWED_HOSTS:
        found.append(
            checks.Error(
                "ALLOWED_HOSTS takes any host: links could be made to lead to somebody else's.",
                hint="Name the shop's own hosts, as in ALLOWED_HOSTS=shop.example,www.shop.example.",
                id="checkout.E002",
            )
        )
    if not settings.SELLER_ADDRESS:
        found.append(
            checks.Info(  # no warning: that would keep a running shop from starting after an upgrade
                "SELLER_ADDRESS is not set: invoices say who sells, but not where.",
                hint='Set SELLER_NAME, SELLER_ADDRESS="12 Mill Lane|Portland, OR 97214" and SELLER_TAX_ID.',
                id="checkout.I010",
            )
        )
    if "EMAIL_URL" not in os.environ and "EMAIL_URL_FILE" not in os.environ:
        found.append(
            checks.Warning(
                "EMAIL_URL is not set: mails are handed to a mail server on this machine, and wait while there is none.",
                hint="Set EMAIL_URL=smtp+tls://user:password@host:587.",
                id="checkout.W003",
            )
        )
    return found


# Where real money moves, and where each company lets people practise.
REAL_STRIPE = "https://api.stripe.com"
REAL_PAYPAL = ("https://api-m.paypal.com", "https://api-m.sandbox.paypal.com")


@checks.register(checks.Tags.security)
def check_gateways(**_: Any) -> Sequence[checks.CheckMessage]:
    """Refuse gateways that are half set up, or that take play money for real goods."""
    found: list[checks.CheckMessage] = []
    if settings.PAYPAL_CLIENT_ID and not settings.PAYPAL_CLIENT_SECRET:
        found.append(
            checks.Error(
                "PAYPAL_CLIENT_ID is set and PAYPAL_CLIENT_SECRET is not: nobody could pay with PayPal.",
                hint="Copy both from PayPal's developer dashboard, or set neither to do without PayPal.",
                id="checkout.E006",
            )
        )
    if settings.DEMO:
        return [*found, *_real_money_in_the_demo()]
    strange = {"STRIPE_API_BASE": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE != REAL_STRIPE else {}
    if settings.PAYPAL_API_BASE not in REAL_PAYPAL:
        strange["PAYPAL_API_BASE"] = settings.PAYPAL_API_BASE
    found += [
        checks.Error(
            f"{name} is '{address}', which is not the payment company's. It would be told keys and customers' details, and "
            "could call any order paid.",
            hint=f"Leave {name} out. A stand-in can be used with DEMO=1 only.",
            id="checkout.E004",
        )
        for name, address in strange.items()
    ]
    found += _play_money_at_a_real_host()
    modes = {name: get_gateway(name).is_live for name in settings.PAYMENT_GATEWAYS}
    if len(set(modes.values())) > 1:
        live, play = (next(name for name, is_live in modes.items() if is_live is wanted) for wanted in (True, False))
        found.append(
            checks.Error(
                f"The gateway '{live}' moves real money and '{play}' does not: goods could be had for play money.",
                hint="Use the keys of all gateways' live accounts, or of all their sandboxes.",
                id="checkout.E005",
            )
        )
    if modes and not usable_gateways(Money(10**6, settings.SHOP_CURRENCY)):
        found.append(
            checks.Error(
                f"No gateway that is set up takes {settings.SHOP_CURRENCY} as the shop counts it: nobody could pay.",
                hint="Choose another SHOP_CURRENCY, or set up a gateway that takes it.",
                id="checkout.E011",
            )
        )
    return found


# Hosts that only this machine or nobody can reach (RFC 2606, RFC 6761).
_NOWHERE = ("localhost", ".localhost", ".test", ".invalid", "127.0.0.1", "testserver")


def _is_public(host: str) -> bool:
    return not host.endswith(_NOWHERE) and "." in host


def _real_money_in_the_demo() -> list[checks.CheckMessage]:
    """The demo prints its log-ins and keeps mails in the clear: no real card may come near it."""
    real = [
        name
        for name, is_real in (
            ("STRIPE_API_KEY", settings.STRIPE_API_KEY.startswith(("sk_live_", "rk_live_"))),
            ("PAYPAL_CLIENT_ID", settings.PAYPAL_CLIENT_ID and REAL_PAYPAL[0] == settings.PAYPAL_API_BASE),
        )
        if is_real
    ]
    if _is_public(urlsplit(settings.SHOP_ORIGIN).hostname or ""):
        real.append("SHOP_ORIGIN")
    return [
        checks.Error(
            f"DEMO is on, and {' and '.join(real)} {'is' if len(real) == 1 else 'are'} of a real shop: the demo's log-ins "
            "and mails are open to all.",
            hint="Take DEMO out of the environment, or use the stand-in payment company and this machine alone.",
            id="checkout.E007",
        )
    ] * bool(real)


def _play_money_at_a_real_host() -> list[checks.CheckMessage]:
    host = urlsplit(settings.SHOP_ORIGIN).hostname or ""
    play = [name for name in settings.PAYMENT_GATEWAYS if not get_gateway(name).is_live]
    if not play or settings.PLAY_MONEY or not _is_public(host):
        return []
    return [
        checks.Error(
            f"The shop is open at {host} with test keys of {' and '.join(play)}: goods could be had for play money.",
            hint="Use the live account's keys. PLAY_MONEY=1 says that this shop is for practice, and ships nothing.",
            id="checkout.E008",
        )
    ]
