"""The gateways' secrets, which only a person can change: at the gateway first, then here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.conf import settings

from checkout.gateways import forget_gateways, get_gateway
from checkout.gateways.base import GatewayError
from store.recovery.secrets import SecretFiles
from store.recovery.state import Recovery, UnableToRecover

# Name -> the gateway it belongs to, its option there, and where a person changes it.
_SECRETS: Final = {
    "STRIPE_API_KEY": (
        "stripe",
        "api_key",
        "Stripe's dashboard, Developers, API keys: roll the key, and let the old one end now",
    ),
    "STRIPE_WEBHOOK_SECRET": (
        "stripe",
        "webhook_secret",
        "Stripe's dashboard, Developers, Webhooks: roll the signing secret, and let the old one end now",
    ),
    "PAYPAL_CLIENT_SECRET": (
        "paypal",
        "client_secret",
        "PayPal's developer dashboard, your app: add a secret, then take the old one out of force",
    ),
}
# Asks for a secret: its name and where a person changes it.
Ask = Callable[[str, str], str]


def wanted_secrets() -> list[str]:
    """Return the names of the secrets of the gateways that are on."""
    return [name for name, (gateway, _, _) in _SECRETS.items() if gateway in settings.PAYMENT_GATEWAYS]


def note_former_secrets(recovery: Recovery) -> None:
    """Remember by which digests the secrets of now are known: they are not taken again."""
    for name in wanted_secrets():
        gateway, option, _ = _SECRETS[name]
        value = settings.PAYMENT_GATEWAYS[gateway][option]
        recovery.former_secrets[name] = [recovery.digest(part) for part in _parts(value)]


def renew_gateway_secrets(
    recovery: Recovery, files: SecretFiles, *, ask: Ask, save: Callable[[], object], now: datetime
) -> list[str]:
    """Ask for each new secret, refuse an old one, write it where the shop reads it, and try it; return the names.

    Raises `UnableToRecover`; what was taken by then is not asked for again.
    """
    names = wanted_secrets()
    for name in names:
        if name not in recovery.renewed:
            value = ask(name, _SECRETS[name][2]).strip()
            _check(name, value, recovery)
            files.write(name, value)
            recovery.renewed.append(name)
            save()
    take_up_gateway_secrets(recovery, files)
    for gateway in {_SECRETS[name][0] for name in names}:
        try:
            get_gateway(gateway).list_trouble(since=now)
        except GatewayError as error:
            if error.is_locked_out:
                recovery.renewed = [name for name in recovery.renewed if name not in names or _SECRETS[name][0] != gateway]
                save()
            raise UnableToRecover(
                f"{error} The shop stays closed, and nothing else was changed. Mend that, then run this again."
            ) from None
    return names


def take_up_gateway_secrets(recovery: Recovery, files: SecretFiles) -> None:
    """Let this process go on with the secrets that were renewed."""
    gateways = {name: dict(options) for name, options in settings.PAYMENT_GATEWAYS.items()}
    for name, (gateway, option, _) in _SECRETS.items():
        if name in recovery.renewed and gateway in gateways:
            gateways[gateway][option] = files.read(name)
    settings.PAYMENT_GATEWAYS = gateways
    forget_gateways()


def _check(name: str, value: str, recovery: Recovery) -> None:
    """Raise `UnableToRecover` for nothing, and for a secret that others may know."""
    kept = f"{name} was not changed and the shop stays closed. Change it first ({_SECRETS[name][2]}), then run this again."
    if not _parts(value):
        raise UnableToRecover(f"No {name} was given. {kept}")
    if {recovery.digest(part) for part in _parts(value)} & {*recovery.former_secrets.get(name, [])}:
        raise UnableToRecover(f"That {name} is the one from before the break-in. {kept}")


def _parts(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]
