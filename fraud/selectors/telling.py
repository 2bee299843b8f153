"""Bits of a case put into words: addresses side by side, the gateway's checks, linked orders, the customer's history."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from checkout.models import Order, OrderLine, Payment
from checkout.states import OrderStatus
from fraud.addresses import Likeness
from fraud.facts import EarlierOrder, PlaceFacts
from fraud.models import Finding
from fraud.rules.links import GOOD, STOPPED
from fraud.selectors.masking import hide
from store.money import Money
from store.postal import fold


@dataclass(frozen=True, slots=True)
class AddressRow:
    """One line of bill-to and ship-to, side by side."""

    label: str
    bill_to: str
    ship_to: str
    differs: bool  # by more than typing


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the order with its money."""

    name: str
    options: str
    sku: str
    quantity: int
    unit_money: Money
    total_money: Money


@dataclass(frozen=True, slots=True)
class Check:
    """One of the gateway's checks, in words."""

    label: str
    said: str
    tone: str  # "good", "bad" or "none"


@dataclass(frozen=True, slots=True)
class LinkedOrder:
    """An earlier order and what it has in common with this one."""

    order: EarlierOrder
    status: str
    same: str
    tone: str
    task_id: uuid.UUID | None = None  # its own case, if it was rung about
    order_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """One step of the waterfall: a finding, and where its points begin and end. In hundredths of the widest sum."""

    finding: Finding
    begins: int
    width: int
    threshold: int
    sum: int  # points so far


@dataclass(frozen=True, slots=True)
class History:
    """The customer's earlier orders, by e-mail address, in numbers."""

    orders: int
    good: int
    stopped: int
    cancelled: int
    disputed: int
    calls: int
    since: datetime | None
    spent: str

    @property
    def tone(self) -> str:
        if self.stopped or self.disputed:
            return "bad"
        return "good" if self.good else "none"


LIKENESS = {
    Likeness.SAME: "The same address.",
    Likeness.TYPING: "The same address, typed differently.",
    Likeness.HOUSEHOLD: "The same building, another flat.",
    Likeness.SAME_CITY: "Another address in the same city.",
    Likeness.OTHER_CITY: "Another city.",
    Likeness.OTHER_REGION: "Another region.",
    Likeness.OTHER_COUNTRY: "Another country.",
}


def tell_line(line: OrderLine, currency: str) -> Line:
    """A line with its money."""
    unit, total = Money(line.unit_price, currency), Money(line.total, currency)
    return Line(line.name, line.options, line.sku, line.quantity, unit, total)


def tell_addresses(bill: PlaceFacts, ship: PlaceFacts, *, is_open: bool) -> list[AddressRow]:
    """Both addresses, row by row; which rows differ is told to everybody, what they say only where the case is open."""
    rows = [
        ("Name", bill.name, ship.name),
        ("Street", bill.line1, ship.line1),
        ("Flat, company", bill.line2, ship.line2),
        ("City", bill.city, ship.city),
        ("Postcode", bill.postcode, ship.postcode),
    ]
    told = [
        AddressRow(label, one if is_open else hide(one), other if is_open else hide(other), fold(one) != fold(other))
        for label, one, other in rows
        if one or other
    ]
    # These stand in the clear in the database, too: tax and figures need them.
    public = [("Region", bill.region, ship.region), ("Country", bill.country, ship.country)]
    return told + [AddressRow(label, one, other, fold(one) != fold(other)) for label, one, other in public if one or other]


def tell_waterfall(findings: Iterable[Finding], *, threshold: int) -> list[Bar]:
    """What counts, from the heaviest to what speaks for the customer, each beginning where the one before it ended."""
    counted = [one for one in findings if one.is_hit and not one.is_observed]
    against = sorted((one for one in counted if not one.is_trust), key=lambda one: (-one.points, one.position))
    trust = sorted((one for one in counted if one.is_trust), key=lambda one: (one.points, one.position))
    widest = max(sum(one.points for one in against), threshold, 1)
    bars, at = [], 0
    for one in (*against, *trust):
        before, at = at, at + one.points
        left, right = sorted((max(before, 0), max(at, 0)))
        begins = left * 100 // widest
        bars.append(Bar(one, begins, max(right * 100 // widest - begins, 1), threshold * 100 // widest, at))
    return bars


_TONES = {Payment.Check.PASS: "good", Payment.Check.FAIL: "bad"}


def tell_checks(payment: Payment | None, *, is_open: bool) -> list[Check]:
    """What any gateway said, in one vocabulary. What it did not check is no failure."""
    if payment is None:
        return []
    said = [
        Check(label, Payment.Check(value).label, _TONES.get(Payment.Check(value), "none"))
        for label, value in (
            ("Security code", payment.cvc_check),
            ("Postcode", payment.postcode_check),
            ("Street", payment.line1_check),
        )
    ]
    risk = Payment.Risk(payment.risk_level)
    risk_tone = {Payment.Risk.NORMAL: "good", Payment.Risk.UNKNOWN: "none"}.get(risk, "bad")
    score = "" if payment.risk_score is None else f" ({payment.risk_score})"
    shifted = payment.is_liability_shifted
    payer = ", ".join(_payer(payment))
    return [
        *said,
        Check("Gateway's rating", f"{risk.label}{score}", risk_tone),
        Check("3-D Secure", "The bank bears the loss" if shifted else "No liability shift", "good" if shifted else "none"),
        Check("Declined attempts", str(payment.declines), "none" if payment.declines < 2 else "bad"),
        Check("Paid with", " ".join(_card(payment)) or "Not known", "none"),
        *_account(payment),
        Check("Payer", (payer if is_open else hide(payer)) or "Not known", "none"),
    ]


def _card(payment: Payment) -> list[str]:
    ending = f"ending {payment.card_last4}" if payment.card_last4 else ""
    country = f"({payment.card_country})" if payment.card_country else ""
    brand = "PayPal" if payment.card_brand == "paypal" else payment.card_brand.capitalize()
    return [part for part in (brand, ending, country) if part]


def _account(payment: Payment) -> list[Check]:
    """What PayPal says of the payer's account, which has no security code and no address to check."""
    said = (
        ("Payer's account", payment.payer_status, "verified"),
        ("Seller protection", payment.seller_protection, "eligible"),
    )
    return [
        Check(label, value.replace("_", " ").capitalize(), "good" if value == good else "bad")
        for label, value, good in said
        if value
    ]


def _payer(payment: Payment) -> list[str]:
    parts = (payment.payer_name, payment.payer_line1, payment.payer_postcode, payment.payer_city, payment.payer_country)
    return [part for part in parts if part]


# What orders share, in the narrow column of a table.
_SAME = {
    "email": "e-mail",
    "phone": "phone",
    "address": "ship-to",
    "bill_to": "bill-to",
    "account": "account",
    "card": "card",
    "ip": "IP address",
}


def tell_linked(orders: Iterable[EarlierOrder]) -> list[LinkedOrder]:
    """Earlier orders: what each shares with this one, what became of it, and where to look. One query."""
    orders = tuple(orders)
    rows = Order.objects.filter(number__in=[order.number for order in orders]).order_by("call_tasks__created_at")
    ids = {number: (task_id, pk) for number, task_id, pk in rows.values_list("number", "call_tasks", "pk")}
    return [_tell_linked(order, *ids.get(order.number, (None, None))) for order in orders]


def _tell_linked(order: EarlierOrder, task_id: uuid.UUID | None, order_id: uuid.UUID | None) -> LinkedOrder:
    status: str = OrderStatus(order.status).label
    if order.cancel_reason:
        status = f"{status}: {Order.CancelReason(order.cancel_reason).label.lower()}"
    if order.is_disputed:
        status = f"{status}, disputed"
    is_bad = order.cancel_reason in STOPPED or order.is_disputed
    tone = "bad" if is_bad else "good" if order.status in GOOD else "none"
    same = ", ".join(_SAME[what] for what in _SAME if what in order.same)
    return LinkedOrder(order, status, same, tone, task_id, order_id)


def tell_history(earlier: Iterable[EarlierOrder], *, calls: int) -> History:
    """The orders with this e-mail address. `calls` is how many calls there were about them."""
    own = [one for one in earlier if "email" in one.same]
    good = [one for one in own if one.status in GOOD and not one.is_disputed]
    newest = own[0].total.currency if own else ""
    spent = sum(one.total.minor for one in good if one.total.currency == newest)
    return History(
        orders=len(own),
        good=len(good),
        stopped=sum(one.cancel_reason in STOPPED for one in own),
        cancelled=sum(one.status == OrderStatus.CANCELLED and one.cancel_reason not in STOPPED for one in own),
        disputed=sum(one.is_disputed for one in own),
        calls=calls,
        since=min((one.placed_at for one in own), default=None),
        spent=str(Money(spent, newest)) if spent else "",
    )
