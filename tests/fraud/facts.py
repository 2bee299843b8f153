"""Believable facts for the rules: Ruth Gale orders a brush for herself, and nothing about it is odd."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from fraud.facts import EarlierOrder, LineFacts, Listed, OrderFacts, PaymentFacts, PlaceFacts, ShopFacts
from store.money import Money

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
HOME = PlaceFacts("Ruth Gale", "12 Elm Street", "Apt 4", "Boston", "02115", "MA", "US")
MIAMI = PlaceFacts("Victor Stone", "77 Ocean Drive", "", "Miami", "33139", "FL", "US")
BRUSH = LineFacts("BRUSH-1", "Bristle Brush", 1, Money(1900, "USD"), share_cheaper=0.3, share_dearer=0.65)
POLISHER = LineFacts("POL-9", "Dog Polisher Grand", 1, Money(89900, "USD"), share_cheaper=0.99, share_dearer=0.0)
PAYMENT = PaymentFacts(
    cvc_check="pass",
    postcode_check="pass",
    line1_check="pass",
    risk_level="normal",
    is_liability_shifted=False,
    declines=0,
    card_country="US",
    has_fingerprint=True,
    payer_name="Ruth Gale",
    payer_email="ruth.gale@example.com",
    payer_phone="",
    payer_postcode="02115",
    payer_country="US",
    capture_before=NOON + timedelta(days=7),
)


def make_facts(**changes: Any) -> OrderFacts:
    """Facts of the good order with some of them changed."""
    facts = OrderFacts(
        order_id=uuid.UUID(int=1),
        number="R-100001",
        placed_at=NOON,
        total=Money(2500, "USD"),
        is_gift=False,
        is_guest=True,
        is_express=False,
        email="ruth.gale@example.com",
        phone="+1 617 555 2368",
        has_ip=True,
        ip_country="US",
        bill_to=HOME,
        ship_to=HOME,
        lines=(BRUSH,),
        payment=PAYMENT,
        shop=ShopFacts(orders=200, median=4000, p95=20000),
        earlier=(),
    )
    return replace(facts, **changes)


def pay(**changes: Any) -> PaymentFacts:
    """The good payment with some of it changed."""
    return replace(PAYMENT, **changes)


def place(base: PlaceFacts = HOME, **changes: Any) -> PlaceFacts:
    """An address with some of it changed."""
    return replace(base, **changes)


def earlier(
    *, days: float, status: str = "shipped", reason: str = "", same: frozenset[str], number: str = "R-000007", **more: Any
) -> EarlierOrder:
    """An order so many days before."""
    return EarlierOrder(number, NOON - timedelta(days=days), status, reason, Money(5000, "USD"), same, **more)


def listed(kind: str, effect: str, shown: str = "x", reason: str = "Because.") -> Listed:
    """An entry of the merchant's lists that applies."""
    return Listed(kind, effect, shown, reason)
