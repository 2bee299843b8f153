"""The payment companies the shop can take money through, by name; `settings.PAYMENT_GATEWAYS` names them."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from checkout.gateways.base import Gateway, GatewayError
from store.faults import watch_gateway
from store.money import Money


class NoSuchGateway(GatewayError):
    """The gateway is not configured here, or not any more: what it knows of a payment nobody can ask."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The gateway '{name}' is not set up in this shop.", is_final=False)


@cache
def _built(name: str) -> Gateway:
    options = dict(settings.PAYMENT_GATEWAYS[name])
    gateway: Gateway = import_string(options.pop("BACKEND"))(**options)
    return watch_gateway(gateway)


def get_gateway(name: str) -> Gateway:
    """Give the gateway called `name`; raise NoSuchGateway when it is not configured."""
    if name not in settings.PAYMENT_GATEWAYS:
        raise NoSuchGateway(name)
    return _built(name)


def usable_gateways(total: Money) -> list[str]:
    """The names of the gateways that take `total`, in the order in which they are offered."""
    return [name for name in settings.PAYMENT_GATEWAYS if get_gateway(name).takes(total)]


def forget_gateways() -> None:
    """Build gateways anew from the settings at the next use."""
    _built.cache_clear()
