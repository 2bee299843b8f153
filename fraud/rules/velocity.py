"""How fast orders come that share something: a stolen card is used until it is stopped.

The count always includes the order that is judged, and the reason says so. One rule for each thing shared; grades are the
windows, and the shortest one that is too full answers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from checkout.models import Order
from fraud.facts import MOST_EARLIER, SHARED, EarlierOrder, OrderFacts
from fraud.rules.answers import Answer, Clear, Hit, Limits, NoData

# Grade -> (window, as people say it).
WINDOWS = {
    "15m": (timedelta(minutes=15), "15 minutes"),
    "6h": (timedelta(hours=6), "6 hours"),
    "24h": (timedelta(hours=24), "24 hours"),
    "14d": (timedelta(days=14), "14 days"),
}
# The shopper went back and changed the cart: the same purchase, not another one.
_SAME_PURCHASE = Order.CancelReason.SUPERSEDED


def within(facts: OrderFacts, window: timedelta, *what: str) -> tuple[EarlierOrder, ...]:
    """Earlier purchases within `window` before this order that share at least one of these things."""
    since = facts.placed_at - window
    return tuple(
        order for order in facts.sharing(*what) if order.placed_at > since and order.cancel_reason != _SAME_PURCHASE
    )


def counts(what: str) -> Callable[[OrderFacts, Limits], Answer]:
    """The rule that counts orders sharing `what`, a key of SHARED."""
    name = SHARED[what]

    def ask(facts: OrderFacts, limits: Limits) -> Answer:
        if missing := _missing(facts, what):
            return NoData(missing)
        said = ""
        for grade, (window, words) in WINDOWS.items():
            same = within(facts, window, what)
            count = len(same) + 1
            if count >= limits[grade]:
                orders = f"At least {count}" if len(same) >= MOST_EARLIER else f"{count}"
                reason = f"{orders} orders with this {name} within {words}, including this one; before it: {_name(same)}."
                return Hit(reason, grade)
            said = "1 order" if count == 1 else f"{count} orders"
        return Clear(f"{said} with this {name} within {words}, including this one.")

    ask.__doc__ = f"Orders with this {name} come too fast."
    return ask


def _missing(facts: OrderFacts, what: str) -> str:
    match what:
        case "email" if not facts.email.strip():
            return "No e-mail address was given."
        case "phone" if not facts.phone.strip():
            return "No phone number was given."
        case "address" if facts.ship_to is None:
            return "The order lacks ship-to."
        case "card" if not facts.has_card:
            return "The gateway gave no fingerprint of the card."
        case "ip" if not facts.has_ip:
            return "The IP address is not known."
    return ""


def _name(orders: tuple[EarlierOrder, ...], most: int = 3) -> str:
    """A few of the order numbers, newest first."""
    more = f" and {len(orders) - most} more" if len(orders) > most else ""
    return ", ".join(order.number for order in orders[:most]) + more
