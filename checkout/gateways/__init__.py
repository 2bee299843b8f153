"""The payment companies the shop can take money through, by name; `settings.PAYMENT_GATEWAYS` names them."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from checkout.gateways.base import Gateway


class NoSuchGateway(LookupError):
    """The gateway is not configured here."""


@cache
def _built(name: str) -> Gateway:
    options = dict(settings.PAYMENT_GATEWAYS[name])
    return import_string(options.pop("BACKEND"))(**options)  # type: ignore[no-any-return]  # import_string is untyped


def get_gateway(name: str) -> Gateway:
    """Give the gateway called `name`; raise NoSuchGateway when it is not configured."""
    if name not in settings.PAYMENT_GATEWAYS:
        raise NoSuchGateway(name)
    return _built(name)


def forget_gateways() -> None:
    """Build gateways anew from the settings at the next use."""
    _built.cache_clear()
