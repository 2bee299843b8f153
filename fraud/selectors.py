"""What the queue and the call page show: read once, ready to print."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from checkout.models import Order, OrderAddress, OrderLine, Payment
from checkout.states import OrderStatus, PaymentStatus
from fraud.addresses import Likeness, compare_places, fold
from fraud.facts import EarlierOrder, PlaceFacts
from fraud.gather import place_facts
from fraud.linked import earlier_orders
from fraud.models import Call, CallTask, Finding
from fraud.phones import LocalTime, PhoneReading, local_times, read_phone
from fraud.rules.links import GOOD, STOPPED
from fraud.states import CallTaskStatus
from store.models import User
from store.money import Money

# Somebody decided; checkout's sweep sees it through.
UNDER_WAY = (PaymentStatus.CAPTURING, PaymentStatus.VOIDING, PaymentStatus.REFUNDING)
# Most of what a reviewer compares is in the newest few; the page says how many more there are.
SHOWN_EARLIER = 10


@dataclass(frozen=True, slots=True)
class AddressRow:
    """One line of bill-to and ship-to, side by side."""

    label: str
    bill_to: str
    ship_to: str

    @property
    def differs(self) -> bool:
        """Whether more than typing is different."""
        return fold(self.bill_to) != fold(self.ship_to)


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
class Linked:
    """An earlier order and what it has in common with this one."""

    order: EarlierOrder
    status: str
    same: str
    tone: str


@dataclass(frozen=True, slots=True)
class Clock:
    """How much time is left."""

    left: str
    is_over: bool
    is_short: bool


@dataclass(frozen=True)
class CallPage:
    """Everything the call page prints."""

    task: CallTask
    order: Order
    now: datetime
    due: Clock
    lapses: Clock | None
    lines: list[Line]
    payment: Payment | None
    addresses: list[AddressRow]
    likeness: str
    hits: list[Finding]
    trust: list[Finding]
    errors: list[Finding]
    clear: list[Finding]
    no_data: list[Finding]
    checks: list[Check]
    earlier: list[Linked]
    earlier_more: int
    calls: list[Call]
    phone: PhoneReading
    clocks: tuple[LocalTime, ...]
    is_held: bool  # by whoever looks at the page
    is_claimed: bool

    @property
    def delivery(self) -> Money:
        """What delivery costs."""
        return Money(self.order.delivery_total, self.order.currency)

    @property
    def tax(self) -> Money:
        """What of it is tax."""
        return Money(self.order.tax_total, self.order.currency)

    @property
    def is_bad_hour(self) -> bool:
        """Whether it may be too early or too late to ring, in any place where the phone may be."""
        return any(not clock.is_decent for clock in self.clocks)

    @property
    def time_there(self) -> str:
        """The time where the phone is, or the span of it; "" when not known. Text, as templates print times in our zone."""
        if not self.clocks:
            return ""
        first, last = self.clocks[0].at, self.clocks[-1].at
        if len(self.clocks) == 1:
            return f"{first:%H:%M on %A}"
        return f"between {first:%H:%M on %A} and {last:%H:%M on %A}"

    @property
    def is_being_decided(self) -> bool:
        """Whether a decision is made and the gateway has not confirmed it yet."""
        return self.payment is not None and self.order.is_on_hold and self.payment.status in UNDER_WAY

    @property
    def is_confirmed(self) -> bool:
        """Whether the customer has confirmed the order on the phone, and not denied it since."""
        return next((call.confirms for call in self.calls if call.settles), False)

    @property
    def is_denied(self) -> bool:
        """Whether the customer knew nothing of the order when last reached."""
        return next((not call.confirms for call in self.calls if call.settles), False)

    @property
    def last_call(self) -> Call | None:
        """The newest call."""
        return self.calls[0] if self.calls else None


@dataclass(frozen=True, slots=True)
class QueueSummary:
    """The queue in three numbers."""

    waiting: int
    free: int
    overdue: int


def queue_summary(*, now: datetime) -> QueueSummary:
    """Count what waits, in one query."""
    nobody = Q(claimed_until=None) | Q(claimed_until__lte=now)
    counted = CallTask.objects.waiting().aggregate(
        waiting=Count("pk"), free=Count("pk", filter=nobody), overdue=Count("pk", filter=Q(due_at__lte=now))
    )
    return QueueSummary(**counted)


def call_page(*, task_id: uuid.UUID, user: User, now: datetime) -> CallPage:
    """Read everything about one call: eight queries. Raises CallTask.DoesNotExist."""
    task = CallTask.objects.select_related("order", "assessment__policy", "claimed_by").get(pk=task_id)
    order = task.order
    by_kind = {address.kind: address for address in OrderAddress.objects.filter(order=order)}
    bill_to, ship_to = by_kind.get(OrderAddress.Kind.BILL_TO), by_kind.get(OrderAddress.Kind.SHIP_TO)
    bill, ship = place_facts(bill_to), place_facts(ship_to)
    findings = task.assessment.all_findings()
    payment = Payment.objects.filter(order=order, authorized_at__isnull=False).order_by("-created_at").first()
    abroad = (ship.country if ship else "", payment.card_country if payment else "")
    phone = read_phone(order.phone or "", country=bill.country if bill else "", or_else=abroad)
    card = payment.card_fingerprint if payment else ""
    earlier = earlier_orders(order=order, bill_to=bill_to, ship_to=ship_to, card=card, now=now)
    hits = [one for one in findings if one.is_hit and not one.is_trust]
    trust = [one for one in findings if one.is_hit and one.is_trust]
    return CallPage(
        task=task,
        order=order,
        now=now,
        due=clock(task.due_at, now=now),
        lapses=clock(payment.capture_before, now=now) if payment and payment.capture_before else None,
        lines=[_line(line, order.currency) for line in OrderLine.objects.filter(order=order).order_by("pk")],
        payment=payment,
        addresses=_rows(bill, ship) if bill and ship else [],
        likeness=_LIKENESS[compare_places(bill, ship)] if bill and ship else "Bill-to or ship-to is missing.",
        hits=sorted(hits, key=lambda one: -one.points),
        trust=sorted(trust, key=lambda one: one.points),
        errors=[one for one in findings if one.is_error],
        clear=[one for one in findings if one.is_clear],
        no_data=[one for one in findings if one.answer == Finding.Answer.NO_DATA],
        checks=_checks(payment),
        earlier=[_linked(one) for one in earlier[:SHOWN_EARLIER]],
        earlier_more=max(0, len(earlier) - SHOWN_EARLIER),
        calls=list(task.calls.select_related("by").order_by("-at")),
        phone=phone,
        clocks=local_times(phone, now=now),
        is_held=task.is_held_by(user, now),
        is_claimed=task.status == CallTaskStatus.WAITING and task.is_claimed(now),
    )


def clock(until: datetime, *, now: datetime) -> Clock:
    """Say how long it is until then, in two units at most."""
    left = until - now
    minutes = int(abs(left).total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        words = f"{days} d {hours} h"
    elif hours:
        words = f"{hours} h {minutes} min"
    else:
        words = f"{minutes} min"
    is_over = left <= timedelta(0)
    return Clock(f"{words} late" if is_over else words, is_over, left <= timedelta(hours=1))


_LIKENESS = {
    Likeness.SAME: "The same address.",
    Likeness.TYPING: "The same address, typed differently.",
    Likeness.HOUSEHOLD: "The same building, another flat.",
    Likeness.SAME_CITY: "Another address in the same city.",
    Likeness.OTHER_CITY: "Another city.",
    Likeness.OTHER_REGION: "Another region.",
    Likeness.OTHER_COUNTRY: "Another country.",
}


def _line(line: OrderLine, currency: str) -> Line:
    unit, total = Money(line.unit_price, currency), Money(line.total, currency)
    return Line(line.name, line.options, line.sku, line.quantity, unit, total)


def _rows(bill: PlaceFacts, ship: PlaceFacts) -> list[AddressRow]:
    rows = [
        AddressRow("Name", bill.name, ship.name),
        AddressRow("Street", bill.line1, ship.line1),
        AddressRow("Flat, company", bill.line2, ship.line2),
        AddressRow("City", bill.city, ship.city),
        AddressRow("Postcode", bill.postcode, ship.postcode),
        AddressRow("Region", bill.region, ship.region),
        AddressRow("Country", bill.country, ship.country),
    ]
    return [row for row in rows if row.bill_to or row.ship_to]


_TONES = {Payment.Check.PASS: "good", Payment.Check.FAIL: "bad"}


def _checks(payment: Payment | None) -> list[Check]:
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
    return [
        *said,
        Check("Gateway's rating", f"{risk.label}{score}", risk_tone),
        Check("3-D Secure", "The bank bears the loss" if shifted else "No liability shift", "good" if shifted else "none"),
        Check("Declined attempts", str(payment.declines), "none" if payment.declines < 2 else "bad"),
        Check("Paid with", " ".join(_card(payment)) or "Not known", "none"),
        *_account(payment),
        Check("Payer", ", ".join(_payer(payment)) or "Not known", "none"),
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


def _linked(order: EarlierOrder) -> Linked:
    words = {"email": "e-mail", "phone": "phone", "address": "ship-to", "card": "card", "ip": "IP address"}
    status: str = OrderStatus(order.status).label
    if order.cancel_reason:
        status = f"{status}: {Order.CancelReason(order.cancel_reason).label.lower()}"
    tone = "bad" if order.cancel_reason in STOPPED else "good" if order.status in GOOD else "none"
    return Linked(order, status, ", ".join(words[what] for what in words if what in order.same), tone)
