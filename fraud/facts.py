"""What is known of one order when it is judged: plain values, gathered once (fraud/gather.py), so that rules stay pure.

Texts here are the customer's own and are never logged. `None` and "" mean "not known"; a rule answers no data for them.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from store.money import Money


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """One address and the name on it."""

    name: str
    line1: str
    line2: str
    city: str
    postcode: str
    region: str
    country: str  # ISO 3166 alpha-2
    is_as_typed: bool = False  # it failed the checks of its country, and the shopper stood by it

    @property
    def town(self) -> str:
        """The place in few words: city, region and country."""
        return ", ".join(part for part in (self.city, self.region, self.country) if part)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """So many of one thing, and where its price stands in this shop's own catalogue."""

    sku: str
    name: str
    quantity: int
    unit_price: Money
    share_cheaper: float | None  # of the catalogue, 0 to 1; None: no catalogue to compare with
    share_dearer: float | None


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """What the gateway said, in checkout's one vocabulary, and what the payer typed on the gateway's page."""

    cvc_check: str
    postcode_check: str
    line1_check: str
    risk_level: str
    is_liability_shifted: bool
    declines: int
    card_country: str
    has_fingerprint: bool
    payer_name: str
    payer_email: str
    payer_phone: str
    payer_postcode: str
    payer_country: str
    capture_before: datetime | None
    payer_status: str = ""  # PayPal: "verified" or "unverified"
    trouble: frozenset[str] = frozenset()  # of "disputed", "warning" (of the card's bank), "review" (the gateway's own)
    seller_protection: str = ""  # PayPal: "eligible", "partially_eligible" or "not_eligible"


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """What this shop's own recent paid orders come to, in the order's currency."""

    orders: int
    median: int  # minor units
    p95: int  # minor units: 95 of 100 orders cost no more


# What an earlier order can share with this one -> what the reviewer calls it. The order is that of the words in a reason.
SHARED = {
    "email": "e-mail address",
    "phone": "phone number",
    "address": "ship-to",
    "bill_to": "bill-to",
    "account": "customer account",
    "card": "card",
    "ip": "IP address",
}


@dataclass(frozen=True, slots=True)
class EarlierOrder:
    """An order placed before this one that shares one of `SHARED` with it.

    Who else was behind it is told by numbers that mean something within these facts only: 0 is the same as on this order, 1
    the first other one, and so on; None is not known. So rules can count strangers without any digest among the facts.
    """

    number: str
    placed_at: datetime
    status: str
    cancel_reason: str
    total: Money
    same: frozenset[str]  # of SHARED
    email: int | None = None
    surname: int | None = None  # on bill-to
    address: int | None = None  # ship-to
    cards: tuple[int, ...] = ()
    declines: int = 0
    is_disputed: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of the merchant's lists that applies to this order."""

    kind: str  # a value of ListEntry.Kind
    effect: str  # a value of ListEntry.Effect
    shown: str  # what is listed, in clear
    reason: str


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """Everything the rules may look at."""

    order_id: uuid.UUID
    number: str
    placed_at: datetime
    total: Money
    is_gift: bool
    is_guest: bool
    is_express: bool | None  # None: the delivery method is gone from the table
    email: str
    phone: str
    has_ip: bool
    ip_country: str  # ISO 3166 alpha-2; "" when there is no country file, or it does not know the address
    bill_to: PlaceFacts | None
    ship_to: PlaceFacts | None
    lines: tuple[LineFacts, ...]
    payment: PaymentFacts | None
    shop: ShopFacts
    earlier: tuple[EarlierOrder, ...]  # newest first; for each thing shared, the newest MOST_EARLIER only
    listed: tuple[Listed, ...] = ()
    hosting_network: str | None = None  # that the IP address is of; "": of none that is listed; None: nothing is listed
    # Kilometres between the postcodes of bill-to and ship-to; None: not known.
    ship_km: int | None = None
    # From the place of the IP address to the nearer of both, less what the file is inexact by; None: not known.
    ip_km: int | None = None
    customer_since: datetime | None = None  # when the account was opened; None: a guest, or not known
    ship_to_before: PlaceFacts | None = None  # as it was at the first look; None: this is the first
    _known: dict[str, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    def once[T](self, name: str, work: Callable[[], T]) -> T:
        """What `work` makes of these facts; several rules ask for the same reading, which is made once."""
        if name not in self._known:
            self._known[name] = work()
        found: T = self._known[name]
        return found

    @property
    def has_card(self) -> bool:
        """Whether the gateway gave a fingerprint, by which one card is told from another."""
        return self.payment is not None and self.payment.has_fingerprint

    def sharing(self, *what: str) -> tuple[EarlierOrder, ...]:
        """The earlier orders that share at least one of these things."""
        return self.once(
            " ".join(("sharing", *what)), lambda: tuple(order for order in self.earlier if order.same.intersection(what))
        )


# For each thing shared, so many of the newest orders are read: a forwarder's address may be shared by thousands.
MOST_EARLIER = 50
