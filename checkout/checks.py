"""Settings with which customers would be led astray: told before the shop opens (`manage.py check`)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks


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
    if "EMAIL_URL" not in os.environ and "EMAIL_URL_FILE" not in os.environ:
        found.append(
            checks.Warning(
                "EMAIL_URL is not set: mails are handed to a mail server on this machine, and wait while there is none.",
                hint="Set EMAIL_URL=smtp+tls://user:password@host:587.",
                id="checkout.W003",
            )
        )
    return found
