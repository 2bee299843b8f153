"""What is known of one order when it is judged: plain values, gathered once (fraud/gather.py), so that rules stay pure.

Texts here are the customer's own and are never logged. `None` and "" mean "not known"; a rule answers no data for them.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

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
    payer_name: str
    payer_postcode: str
    payer_country: str
    capture_before: datetime | None


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """What this shop's own recent paid orders come to, in the order's currency."""

    orders: int
    median: int  # minor units
    p95: int  # minor units: 95 of 100 orders cost no more


@dataclass(frozen=True, slots=True)
class EarlierOrder:
    """An order placed before this one that shares the e-mail, the phone number or the delivery address."""

    number: str
    placed_at: datetime
    status: str
    cancel_reason: str
    total: Money
    same: frozenset[str]  # of "email", "phone", "address"


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
    phone: str
    bill_to: PlaceFacts | None
    ship_to: PlaceFacts | None
    lines: tuple[LineFacts, ...]
    payment: PaymentFacts | None
    shop: ShopFacts
    earlier: tuple[EarlierOrder, ...]  # newest first, capped
