"""How fast orders come that share something: a stolen card is used until it is stopped.

The count always includes the order that is judged, and the reason says so. One rule for each thing shared; grades are the
windows ("90m", "6h", "14d"), which a policy may choose, and the shortest one that is too full answers. All are counted in
the earlier orders among the facts, the newest MOST_EARLIER for each thing: so no window costs a query, a limit can be no
higher, and past orders can be counted anew by windows that nobody thought of when they came.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from checkout.models import Order
from fraud.facts import MOST_EARLIER, SHARED, EarlierOrder, OrderFacts
from fraud.rules.answers import Answer, Clear, Hit, Limits, NoData

UNITS = {"m": ("minute", timedelta(minutes=1)), "h": ("hour", timedelta(hours=1)), "d": ("day", timedelta(days=1))}
LONGEST = timedelta(days=365)
# Including the order itself, so many are never too many, and more are never counted.
FEWEST, MOST = 2, MOST_EARLIER + 1
MOST_WINDOWS = 8
_GRADE = re.compile(r"([1-9][0-9]{0,5})([mhd])")
# The shopper went back and changed the cart: the same purchase, not another one.
_SAME_PURCHASE = Order.CancelReason.SUPERSEDED


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A span of time before an order."""

    span: timedelta
    words: str


@cache
def read_window(grade: str) -> Window | None:
    """The window that a grade names; None for one that names none, or one longer than LONGEST."""
    found = _GRADE.fullmatch(grade)
    if found is None:
        return None
    count, (unit, one) = int(found[1]), UNITS[found[2]]
    return Window(count * one, f"{count} {unit}{'' if count == 1 else 's'}") if count * one <= LONGEST else None


def in_order(grades: Iterable[str]) -> list[tuple[str, Window]]:
    """The windows of these grades, the shortest first; what names none is left out."""
    found = [(grade, window) for grade in grades if (window := read_window(grade))]
    return sorted(found, key=lambda each: each[1])


def within(facts: OrderFacts, window: timedelta, *what: str) -> tuple[EarlierOrder, ...]:
    """Earlier purchases within `window` before this order that share at least one of these things."""
    since = facts.placed_at - window
    return tuple(
        order for order in facts.sharing(*what) if order.placed_at > since and order.cancel_reason != _SAME_PURCHASE
    )


# What the order must have to be counted with others, and what is said when it lacks it.
_NEEDS: dict[str, tuple[Callable[[OrderFacts], object], str]] = {
    "email": (lambda facts: facts.email.strip(), "No e-mail address was given."),
    "phone": (lambda facts: facts.phone.strip(), "No phone number was given."),
    "address": (lambda facts: facts.ship_to, "The order lacks ship-to."),
    "bill_to": (lambda facts: facts.bill_to, "The order lacks bill-to."),
    "account": (lambda facts: not facts.is_guest, "Ordered as a guest."),
    "card": (lambda facts: facts.has_card, "The gateway gave no fingerprint of the card."),
    "ip": (lambda facts: facts.has_ip, "The IP address is not known."),
}


def counts(what: str) -> Callable[[OrderFacts, Limits], Answer]:
    """The rule that counts orders sharing `what`, a key of SHARED."""
    name = SHARED[what]
    has_it, missing = _NEEDS[what]

    def ask(facts: OrderFacts, limits: Limits) -> Answer:
        if not has_it(facts):
            return NoData(missing)
        said = ""
        for grade, window in in_order(limits):
            same = within(facts, window.span, what)
            count = len(same) + 1
            if count >= limits[grade]:
                orders = f"At least {count}" if len(same) >= MOST_EARLIER else f"{count}"
                told = f"{orders} orders with this {name} within {window.words}, including this one"
                return Hit(f"{told}; before it: {_name(same)}.", grade)
            said = f"{'1 order' if count == 1 else f'{count} orders'} with this {name} within {window.words}"
        return Clear(f"{said}, including this one.")

    ask.__doc__ = f"Orders with this {name} come too fast."
    return ask


def _name(orders: tuple[EarlierOrder, ...], most: int = 3) -> str:
    """A few of the order numbers, newest first."""
    more = f" and {len(orders) - most} more" if len(orders) > most else ""
    return ", ".join(order.number for order in orders[:most]) + more
