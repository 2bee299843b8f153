"""A gateway that refuses the shop's key, or gives it no right to a call: told once a day, tried slowly, closed by itself.

Whoever calls a gateway in the course of things keeps what became of it; the sweep, `look_for_trouble` and the checkout tell.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.conf import settings

from checkout.gateways import get_gateway
from checkout.gateways.base import GatewayError
from checkout.models import Alert
from checkout.services.alerts import resolve_all, tell

log = structlog.get_logger(__name__)

# While a gateway refuses the key the sweep tries in one minute of so many.
EVERY = 10
LOCKED_OUT, FORBIDDEN = "locked-out", "forbidden"


def note_lockout(error: BaseException | None, *, gateway: str, now: datetime) -> bool:
    """If `error`, or what it came of, is that the gateway refuses our key, tell the staff, once a day; say whether it is."""
    found = _lockout_in(error)
    if found is None:
        return False
    if found.is_locked_out:
        cause = LOCKED_OUT
        step = (
            "Until that is mended nobody can pay through it, nothing is captured, voided or refunded there: orders wait, "
            "and no money moves. Look up the key at the gateway, put it into the shop's settings and restart the shop. "
        )
    else:
        cause = FORBIDDEN
        step = (
            "What needs that right is not done: it waits, and no money moves. Give the key the right in the gateway's "
            "dashboard; reading, capturing, voiding, refunds and disputes are all needed. "
        )
    message = f"{found} {step}The shop tries again every {EVERY} minutes, finishes what waits and closes this by itself."
    tell(cause=f"{cause}:{gateway}:{now:%Y-%m-%d}", message=message, now=now)
    return True


def gateways_to_spare(*, now: datetime) -> tuple[set[str], set[str]]:
    """The gateways that refuse the key and are not due: those not to be called at all, and those to be asked only."""
    silent: set[str] = set()
    asked: set[str] = set()
    for name in settings.PAYMENT_GATEWAYS:
        for cause, spared in ((LOCKED_OUT, silent), (FORBIDDEN, asked)):
            alert = Alert.objects.open().filter(cause__startswith=f"{cause}:{name}:").order_by("raised_at").first()
            if alert and (now - alert.raised_at) // timedelta(minutes=1) % EVERY:
                spared.add(name)
    return silent, asked


def end_lockouts(*, refused: set[str], now: datetime) -> None:
    """Close the alerts of gateways that refused nothing in this sweep and answer now. Uses the network."""
    for name in settings.PAYMENT_GATEWAYS:
        prefixes = [f"{cause}:{name}:" for cause in (LOCKED_OUT, FORBIDDEN)]
        is_told = any(Alert.objects.open().filter(cause__startswith=prefix).exists() for prefix in prefixes)
        if not is_told or name in refused:
            continue
        try:
            get_gateway(name).list_trouble(since=now)
        except GatewayError as error:
            note_lockout(error, gateway=name, now=now)
            continue
        for prefix in prefixes:
            if resolve_all(prefix=prefix, now=now):
                log.info("gateway_accepts_the_key_again", gateway=name)


def _lockout_in(error: BaseException | None) -> GatewayError | None:
    while error is not None:
        if isinstance(error, GatewayError) and (error.is_locked_out or error.is_forbidden):
            return error
        error = error.__cause__
    return None
