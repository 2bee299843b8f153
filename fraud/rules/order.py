"""The order among this shop's other orders, and the customer's earlier ones."""

from __future__ import annotations

from datetime import timedelta

from checkout.models import Order
from checkout.states import OrderStatus
from fraud.facts import EarlierOrder, OrderFacts
from fraud.rules.answers import Answer, Clear, Hit, NoData
from store.money import Money

# With fewer orders the figures say more about chance than about the shop.
FEWEST_ORDERS = 20
# A disputed charge shows up within weeks; an order this old without one was very likely the cardholder's.
PROVEN_AFTER = timedelta(days=60)
GOOD = frozenset({OrderStatus.RELEASED, OrderStatus.SHIPPED})
# Cancelled for these reasons, an order was very likely a theft; for the others it says nothing about the customer.
STOPPED = frozenset({Order.CancelReason.DENIED, Order.CancelReason.UNVERIFIED, Order.CancelReason.FALSE_NUMBER})


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


def first_as_guest(facts: OrderFacts) -> Answer:
    """Nothing is known of this customer. Weak: so it is with most good customers."""
    if own := _own(facts):
        return Clear(f"{_count(len(own))} before with this e-mail address.")
    if facts.is_guest:
        return Hit("First order with this e-mail address, as a guest.")
    return Clear("First order, but with an account.")


def express_on_first(facts: OrderFacts) -> Answer:
    """In a hurry at the first order. Weak."""
    if facts.is_express is None:
        return NoData("The delivery method is no longer known.")
    if not facts.is_express:
        return Clear("No express delivery.")
    if _own(facts):
        return Clear("Express delivery, but not the first order.")
    return Hit("Express delivery on the first order with this e-mail address.")


def good_orders(facts: OrderFacts) -> Answer:
    """Earlier orders that went well. Trust; much less when the parcel goes where none went before (a taken-over account)."""
    proven = [order for order in _own(facts) if order.placed_at <= facts.placed_at - PROVEN_AFTER]
    if not proven:
        return Clear(f"No order with this e-mail address that is older than {PROVEN_AFTER.days} days and went well.")
    ago = f"went well more than {PROVEN_AFTER.days} days ago"
    here = [order for order in proven if "address" in order.same]
    if here:
        return Hit(f"{_count(len(here))} to this address {ago}.", "known_address")
    return Hit(f"{_count(len(proven))} {ago}, none of them to this address.", "new_address")


def stopped_before(facts: OrderFacts) -> Answer:
    """Shares the e-mail, phone or delivery address with an order that a call unmasked."""
    stopped = [order for order in facts.earlier if order.cancel_reason in STOPPED]
    if not stopped:
        return Clear("No stopped order shares the e-mail address, phone number or ship-to.")
    words = {"email": "e-mail address", "phone": "phone number", "address": "ship-to"}
    told = "; ".join(
        f"{order.number} ({Order.CancelReason(order.cancel_reason).label.lower()}) shares the "
        + " and the ".join(words[what] for what in ("email", "phone", "address") if what in order.same)
        for order in stopped[:3]
    )
    more = f"; {len(stopped) - 3} more" if len(stopped) > 3 else ""
    return Hit(f"Stopped before: {told}{more}.")


def _count(number: int) -> str:
    return "1 order" if number == 1 else f"{number} orders"
