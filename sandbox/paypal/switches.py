"""PayPal's own switches, beside those that every company has.

late_captures: "allow" | "refuse": captures after the honour period fail with PAYER_CANNOT_PAY.
captures: "complete" | "pending" | "declined": what becomes of new captures; pending ones wait for `settle`.
reauthorizations: "allow" | "refuse": they fail with PAYER_CANNOT_PAY.
permissions: "allow" | "deny": everything is answered with 403 NOT_AUTHORIZED.
report_delay_seconds: how long new transactions stay out of the transaction search (the real one: up to three hours).
"""

from collections.abc import Mapping
from typing import Any

from sandbox.ground.switches import UnknownSwitchError
from sandbox.ground.values import Json
from sandbox.paypal.models import Behaviour

WORDS = {
    "late_captures": ("allow", "refuse"),
    "captures": ("complete", "pending", "declined"),
    "reauthorizations": ("allow", "refuse"),
    "permissions": ("allow", "deny"),
}
NAMES = (*WORDS, "report_delay_seconds")


def behaviour() -> Behaviour:
    """The one row of switches, made on first use."""
    return Behaviour.objects.get_or_create(pk=1)[0]


def change(changes: Mapping[str, Any]) -> Behaviour:
    """Set some of the switches; raise UnknownSwitchError for a name or value that does not exist."""
    row = behaviour()
    for name, value in changes.items():
        if name not in NAMES:
            raise UnknownSwitchError(f"there is no PayPal switch {name!r}; known: {', '.join(NAMES)}")
        if name in WORDS and value not in WORDS[name]:
            raise UnknownSwitchError(f"{name} is one of {', '.join(WORDS[name])}")
        setattr(row, name, float(value) if name == "report_delay_seconds" else value)
    row.save()
    return row


def shown() -> Json:
    """The switches as the control API shows them."""
    row = behaviour()
    return {name: getattr(row, name) for name in NAMES}
