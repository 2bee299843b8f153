"""What this order has in common with earlier ones: cards, names, refusals, and orders that turned out to be theft."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from checkout.models import Order
from checkout.states import OrderStatus
from fraud.facts import SHARED, EarlierOrder, OrderFacts
from fraud.rules.answers import Answer, Clear, Hit, Limits, NoData
from fraud.rules.velocity import within

# Cancelled for these reasons, an order was very likely a theft; for the others it says nothing about the customer.
STOPPED = frozenset({Order.CancelReason.DENIED, Order.CancelReason.UNVERIFIED, Order.CancelReason.FALSE_NUMBER})
# An IP address is shared by whole towns, so it alone proves nothing.
STRONG = ("email", "phone", "address", "account", "card")
LATELY = timedelta(days=90)
GOOD = frozenset({OrderStatus.RELEASED, OrderStatus.SHIPPED})
BURST = timedelta(hours=1)


def stopped_before(facts: OrderFacts) -> Answer:
    """Linked to an order that a call unmasked: the strongest thing our own records can say."""
    stopped = [order for order in facts.earlier if order.cancel_reason in STOPPED]
    linked = [order for order in stopped if order.same.intersection(STRONG)]
    if linked:
        return Hit(f"Stopped before: {_tell(linked, _why_stopped)}.")
    if stopped:
        return Hit(f"Stopped before: {_tell(stopped, _why_stopped)}.", "ip")
    return Clear("No stopped order shares anything with this one.")


def disputed_before(facts: OrderFacts) -> Answer:
    """Linked to an order whose cardholder took the money back."""
    disputed = [order for order in facts.earlier if order.is_disputed]
    linked = [order for order in disputed if order.same.intersection(STRONG)]
    if linked:
        return Hit(f"Disputed before: {_tell(linked, _why_disputed)}.")
    if disputed:
        return Hit(f"Disputed before: {_tell(disputed, _why_disputed)}.", "ip")
    return Clear("No disputed order shares anything with this one.")


def _why_stopped(order: EarlierOrder) -> str:
    return Order.CancelReason(order.cancel_reason).label.lower()


def _why_disputed(_order: EarlierOrder) -> str:
    return "disputed by the cardholder"


def _tell(orders: list[EarlierOrder], why: Callable[[EarlierOrder], str], most: int = 3) -> str:
    told = "; ".join(
        f"{order.number} ({why(order)}) shares the "
        + " and the ".join(SHARED[what] for what in SHARED if what in order.same)
        for order in orders[:most]
    )
    return told + (f"; {len(orders) - most} more" if len(orders) > most else "")


def _graded(count: int, limits: Limits, reason: str) -> Answer:
    """A count against the limits "few" and "many"."""
    for grade in ("many", "few"):
        if count >= limits[grade]:
            return Hit(reason, grade)
    return Clear(reason)


def _cards(orders: tuple[EarlierOrder, ...]) -> int:
    """Different cards on these orders and on this one."""
    return len({0, *(card for order in orders for card in order.cards)})


def good_address(facts: OrderFacts, limits: Limits) -> Answer:
    """Others had things sent here, and all went well: an office, a dormitory. Trust."""
    if facts.ship_to is None:
        return NoData("The order lacks ship-to.")
    here = facts.sharing("address")
    if any(order.is_disputed or order.cancel_reason in STOPPED for order in here):
        return Clear("An order to this ship-to was stopped or disputed, so the others earn no trust.")
    count = _went_well(here, facts, limits["days"])
    said = f"{_count(count, 'order')} to this ship-to went well more than {limits['days']} days ago."
    return Hit(said) if count >= limits["orders"] else Clear(said)


def _went_well(orders: tuple[EarlierOrder, ...], facts: OrderFacts, days: int) -> int:
    until = facts.placed_at - timedelta(days=days)
    return sum(order.status in GOOD and order.placed_at <= until for order in orders)


# From so many good old orders on, many cards and names at one address mean an office, not a drop.
OFFICE_ORDERS, OFFICE_DAYS = 3, 60


def _is_office(facts: OrderFacts) -> bool:
    return isinstance(good_address(facts, {"orders": OFFICE_ORDERS, "days": OFFICE_DAYS}), Hit)


def many_cards_to_address(facts: OrderFacts, limits: Limits) -> Answer:
    """Several cards, one ship-to: a drop. Fourteen days, as a household has two or three cards in all."""
    if facts.ship_to is None:
        return NoData("The order lacks ship-to.")
    if not facts.has_card:
        return NO_CARD
    count = _cards(within(facts, timedelta(days=14), "address"))
    if _is_office(facts):
        return Clear(f"{_count(count, 'card')} to this ship-to within 14 days, where many orders went well before.")
    return _graded(count, limits, f"{_count(count, 'card')} to this ship-to within 14 days, including this order's.")


def many_cards_of_customer(facts: OrderFacts, limits: Limits) -> Answer:
    """Several cards, one e-mail address or phone number."""
    if not facts.has_card:
        return NO_CARD
    count = _cards(within(facts, timedelta(days=14), "email", "phone"))
    return _graded(
        count,
        limits,
        f"{_count(count, 'card')} with this e-mail address or phone number within 14 days, including this one.",
    )


def card_to_many_addresses(facts: OrderFacts, limits: Limits) -> Answer:
    """One card, many ship-tos: gifts in December, a thief otherwise."""
    if not facts.has_card:
        return NO_CARD
    places = {0, *(order.address for order in within(facts, timedelta(days=14), "card") if order.address is not None)}
    count = len(places)
    word = "ship-to" if count == 1 else "ship-tos"
    return _graded(count, limits, f"{count} {word} with this card within 14 days, including this one.")


def card_of_others(facts: OrderFacts) -> Answer:
    """The card was used under another surname, or from several e-mail addresses."""
    if not facts.has_card:
        return NO_CARD
    same = within(facts, LATELY, "card")
    surnames = {order.surname for order in same if order.surname}
    emails = {order.email for order in same if order.email}
    if surnames:
        return Hit(f"This card was used with {_count(len(surnames), 'other surname')} within {LATELY.days} days.", "name")
    if emails:
        return Hit(
            f"This card was used with {_count(len(emails), 'other e-mail address')} within {LATELY.days} days.", "email"
        )
    return Clear("This card was used with no other name or e-mail address.")


def reused_by_others(what: str) -> Callable[[OrderFacts, Limits], Answer]:
    """The rule about `what` (a key of SHARED) that other people's orders carry as well."""
    name = SHARED[what]

    def ask(facts: OrderFacts, limits: Limits) -> Answer:
        if facts.bill_to is None:
            return NoData("The order lacks bill-to.")
        surnames = {order.surname for order in within(facts, LATELY, what) if order.surname}
        count = len(surnames)
        if count and what == "address" and _is_office(facts):
            return Clear(f"{_count(count, 'other surname')} with this {name}, where many orders went well before.")
        if not count:
            return Clear(f"No other surname with this {name} within {LATELY.days} days.")
        return _graded(count, limits, f"{_count(count, 'other surname')} with this {name} within {LATELY.days} days.")

    ask.__doc__ = f"Other surnames with this {name}."
    return ask


def declines_around(facts: OrderFacts, limits: Limits) -> Answer:
    """Refused cards on other orders of the same hand within a day: attempts count, not only what went through."""
    tried = within(facts, timedelta(hours=24), *SHARED)
    count = sum(order.declines for order in tried)
    return _graded(
        count, limits, f"{_count(count, 'declined attempt')} within 24 hours on orders that share something with this one."
    )


def card_testing(facts: OrderFacts, limits: Limits) -> Answer:
    """Card after card within the hour: somebody tries out which of the stolen ones still work."""
    burst = within(facts, BURST, *SHARED)
    cards = _cards(burst)
    failed = sum(order.declines for order in burst) + (facts.payment.declines if facts.payment else 0)
    unpaid = sum(order.status in (OrderStatus.EXPIRED, OrderStatus.AWAITING_PAYMENT) for order in burst)
    reason = (
        f"Within an hour, on this order and those that share something with it: {_count(cards, 'card')}, "
        f"{_count(failed, 'declined attempt')}, {_count(unpaid, 'unpaid order')}."
    )
    if cards >= limits["cards"] or failed >= limits["declines"] or unpaid >= limits["unpaid"]:
        return Hit(reason)
    return Clear(reason)


NO_CARD = NoData("The gateway gave no fingerprint of the card.")


def _count(number: int, what: str) -> str:
    if number == 1:
        return f"1 {what}"
    return f"{number} {what[:-1]}ies" if what.endswith("y") else f"{number} {what}{'es' if what.endswith('s') else 's'}"
