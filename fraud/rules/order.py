"""The order among this shop's other orders, and the customer's earlier ones."""

from __future__ import annotations

from datetime import timedelta

from fraud.facts import EarlierOrder, OrderFacts
from fraud.rules.answers import Answer, Clear, Hit, Limits, NoData
from fraud.rules.links import GOOD, STOPPED
from fraud.zones import local_time
from store.money import Money

# With fewer orders the figures say more about chance than about the shop.
FEWEST_ORDERS = 20
FEWEST_OWN = 2


def large_for_shop(facts: OrderFacts) -> Answer:
    """Larger than almost every order of this shop."""
    shop, total = facts.shop, facts.total
    if shop.orders < FEWEST_ORDERS:
        return NoData(f"Only {shop.orders} earlier paid orders in {total.currency}; {FEWEST_ORDERS} are needed to compare.")
    # Twice the median as well: in a shop whose orders are all alike, the 95th percentile is nothing special.
    large = max(shop.p95, 2 * shop.median)
    limit = Money(large, total.currency)
    usual = f"half of all orders are below {Money(shop.median, total.currency)}"
    if total.minor > 2 * large:
        return Hit(f"{total}, more than twice what counts as large here ({limit}); {usual}.", "very_large")
    if total.minor > large:
        return Hit(f"{total}, above what counts as large here ({limit}); {usual}.", "large")
    return Clear(f"{total}, not above what counts as large here ({limit}).")


def _own(facts: OrderFacts) -> list[EarlierOrder]:
    """Earlier paid orders by the same e-mail address."""
    return [order for order in facts.earlier if "email" in order.same and order.status in GOOD]


def first_as_guest(facts: OrderFacts, limits: Limits) -> Answer:
    """Nothing is known of this customer, or not for long. Weak: so it is with most good customers."""
    own, fewest = _own(facts), limits["new_days"]
    if undisputed := [order for order in own if not order.is_disputed]:
        days = (facts.placed_at - min(order.placed_at for order in undisputed)).days
        said = f"{_count(len(undisputed))} before with this e-mail address, the oldest {_ago(days)}."
        return Hit(said, "young") if days < fewest else Clear(said)
    if own:
        return Hit(f"{_count(len(own))} before with this e-mail address, none of them undisputed.", "young")
    if facts.is_guest:
        return Hit("First order with this e-mail address, as a guest.")
    if facts.customer_since is None:
        return Clear("First order, but with an account.")
    days = (facts.placed_at - facts.customer_since).days
    said = f"First order; the account was opened {_ago(days)}."
    return Hit(said, "new_account") if days < fewest else Clear(said)


def express_on_first(facts: OrderFacts) -> Answer:
    """In a hurry at the first order. Weak."""
    if facts.is_express is None:
        return NoData("The delivery method is no longer known.")
    if not facts.is_express:
        return Clear("No express delivery.")
    if _own(facts):
        return Clear("Express delivery, but not the first order.")
    return Hit("Express delivery on the first order with this e-mail address.")


def good_orders(facts: OrderFacts, limits: Limits) -> Answer:
    """Earlier orders that went well. Trust; much less when the parcel goes where none went before (a taken-over account).

    A disputed charge shows up within weeks; an order older than the limit without one was very likely the cardholder's. One
    dispute or stopped order ends the trust.
    """
    same = facts.sharing("email")
    if any(order.is_disputed or order.cancel_reason in STOPPED for order in same):
        return Clear("An order with this e-mail address was stopped or disputed, so the others earn no trust.")
    days = limits["days"]
    proven = [order for order in _own(facts) if order.placed_at <= facts.placed_at - timedelta(days=days)]
    if len(proven) < limits["orders"]:
        return Clear(f"{_count(len(proven))} with this e-mail address, older than {days} days, that went well.")
    ago = f"went well more than {days} days ago"
    here = [order for order in proven if "address" in order.same]
    if here:
        return Hit(f"{_count(len(here))} to this address {ago}.", "known_address")
    return Hit(f"{_count(len(proven))} {ago}, none of them to this address.", "new_address")


def large_for_customer(facts: OrderFacts, limits: Limits) -> Answer:
    """Much larger than anything this customer bought before: a taken-over account spends as its owner never did."""
    own = [order.total for order in _own(facts) if order.total.currency == facts.total.currency]
    if len(own) < FEWEST_OWN:
        return NoData(f"{_count(len(own))} with this e-mail address in {facts.total.currency}; {FEWEST_OWN} are needed.")
    largest = max(own, key=lambda total: total.minor)
    said = f"{facts.total}; the largest of {_count(len(own))} with this e-mail address was {largest}."
    return Hit(said) if facts.total.minor * 100 > largest.minor * limits["percent"] else Clear(said)


def odd_hour(facts: OrderFacts, limits: Limits) -> Answer:
    """Ordered while the cardholder sleeps: night where the bill goes. Weak."""
    if facts.bill_to is None:
        return NoData("The order lacks bill-to.")
    there = local_time(facts.bill_to, facts.placed_at)
    if there is None:
        return NoData(f"The time in {facts.bill_to.town} is not known.")
    said = f"Ordered at {there:%H:%M}, by the clock in {facts.bill_to.town}."
    return Hit(said) if limits["from"] <= there.hour < limits["until"] else Clear(said)


def _ago(days: int) -> str:
    if days < 1:
        return "less than a day ago"
    return "1 day ago" if days == 1 else f"{days} days ago"


def _count(number: int) -> str:
    return "1 order" if number == 1 else f"{number} orders"
