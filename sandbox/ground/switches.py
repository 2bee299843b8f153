"""Read and change the switches; the company's clock."""

import time
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from sandbox.ground.models import Switches

WEBHOOK_SWITCHES = ("mode", "delay_seconds", "drop", "duplicate", "reorder", "ungenerated")


class UnknownSwitchError(Exception):
    """There is no such switch, or it cannot take that value."""


def current() -> Switches:
    """The one row of switches, made on first use."""
    switches, _ = Switches.objects.get_or_create(pk=1)
    return switches


def webhook_urls() -> dict[str, str]:
    """Company -> where its webhooks go."""
    return {**settings.SANDBOX_WEBHOOK_URLS, **current().webhook_urls}


def now() -> int:
    """The company's time in whole seconds since 1970: real time plus the offset a test has set."""
    return int(time.time() + current().clock_offset)


def change_webhook(changes: Mapping[str, Any]) -> Switches:
    """Set some of the webhook switches; raise UnknownSwitchError for a name or a mode that does not exist."""
    switches = current()
    for name, value in changes.items():
        if name not in WEBHOOK_SWITCHES:
            raise UnknownSwitchError(f"there is no webhook switch {name!r}; known: {', '.join(WEBHOOK_SWITCHES)}")
        if name == "mode" and value not in {"automatic", "manual"}:
            raise UnknownSwitchError("mode is automatic or manual")
        setattr(switches, f"webhook_{name}", float(value) if name == "delay_seconds" else value)
    switches.save()
    return switches


def change_urls(urls: Mapping[str, str]) -> Switches:
    """Send these companies' webhooks to these addresses from now on; raise UnknownSwitchError for another company."""
    known = settings.SANDBOX_WEBHOOK_URLS
    for company in urls:
        if company not in known:
            raise UnknownSwitchError(f"there is no company {company!r}; known: {', '.join(known)}")
    switches = current()
    switches.webhook_urls |= urls
    switches.save(update_fields=["webhook_urls"])
    return switches


def set_clock(offset_seconds: float) -> Switches:
    """Make the company's clock differ from real time by this many seconds."""
    switches = current()
    switches.clock_offset = offset_seconds
    switches.save(update_fields=["clock_offset"])
    return switches
