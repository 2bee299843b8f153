"""What the shop asks of a payment company. Values in, values out: a gateway sees no model, no request and no database.

To add one, copy `stripe.py`, and let it pass `tests/checkout/test_gateway_contract.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from store.money import Money


def _must_be(kind: type, *values: object) -> None:
    """Raise TypeError unless all are of just this kind (a bool is no int here)."""
    for value in values:
        if type(value) is not kind:
            raise TypeError(type(value).__name__)


class GatewayError(Exception):
    """The gateway did not do what it was asked.

    `is_final`: it said no, and would say no again. Otherwise nobody knows whether it acted: ask with `fetch`, or call again
    with the same idempotency key. `is_key_spent`: it failed in the middle and keeps that answer under the key for good, so
    the same key will fail for ever; ask with `fetch`, then call with a new one. `is_declined`: the payer's bank or account
    said no; another one may do. `is_forgotten`: a page that nobody paid on is so old that the gateway threw it away.
    `is_locked_out`: it does not accept the shop's key at all; `is_forbidden`: the key has no right to this call.
    """

    def __init__(
        self,
        message: str,
        *,
        is_final: bool,
        is_key_spent: bool = False,
        is_declined: bool = False,
        is_forgotten: bool = False,
        is_locked_out: bool = False,
        is_forbidden: bool = False,
    ) -> None:
        super().__init__(message)
        self.is_final = is_final
        self.is_key_spent = is_key_spent
        self.is_declined = is_declined
        self.is_forgotten = is_forgotten
        self.is_locked_out = is_locked_out
        self.is_forbidden = is_forbidden


class BadSignature(Exception):
    """A webhook that the gateway did not send, or not so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineToPay:
    """One line as the hosted page shows it."""

    name: str
    unit_amount: int  # minor units
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PostalAddress:
    """Where the parcel goes, for gateways whose protection of the seller depends on it."""

    name: str
    line1: str
    line2: str
    city: str
    region: str
    postcode: str
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderToPay:
    """What to authorise. The lines add up to `total` exactly."""

    payment_id: str  # ours; comes back in every object of the gateway
    number: str
    lines: tuple[LineToPay, ...]
    total: Money
    email: str = field(repr=False)
    expires_at: datetime
    ship_to: PostalAddress | None = field(default=None, repr=False)
    language: str = "en"  # that the page should speak, one of `settings.LANGUAGES`


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnUrls:
    """Where the hosted page leads back to."""

    success: str
    cancel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedPage:
    """A page of the gateway's on which the shopper types the card."""

    session_id: str
    url: str
    expires_at: datetime

    def __post_init__(self) -> None:
        """Raise TypeError for what came in another shape: it goes into the database and into a redirect."""
        _must_be(str, self.session_id, self.url)


class GatewayState(StrEnum):
    """What the gateway says of a payment, in one vocabulary for all of them."""

    OPEN = "open"  # the hosted page is open
    APPROVED = "approved"  # the payer agreed, yet nothing is authorised before we call `authorise`
    EXPIRED = "expired"  # it was closed without a payment
    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    VOIDED = "voided"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """What the payer typed on the hosted page; `None` where the page did not ask."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    line1: str | None = None
    city: str | None = None
    postcode: str | None = None
    country: str | None = None

    def __post_init__(self) -> None:
        """Raise TypeError for what came in another shape."""
        parts = (self.name, self.email, self.phone, self.line1, self.city, self.postcode, self.country)
        _must_be(str, *(part for part in parts if part is not None))


@dataclass(frozen=True, slots=True, kw_only=True)
class CardChecks:
    """What the card's bank and the gateway found. Values are those of `Payment.Check` and `Payment.Risk`."""

    cvc: str = "unchecked"
    postcode: str = "unchecked"
    line1: str = "unchecked"
    risk_level: str = "unknown"
    risk_score: int | None = None
    is_liability_shifted: bool = False
    declines: int = 0
    # Fingerprints of the cards that were declined, oldest first; fewer than `declines` where the gateway tells none.
    declined_cards: tuple[str, ...] = ()
    brand: str = ""
    last4: str = ""
    country: str = ""
    fingerprint: str = ""
    payer_status: str = ""  # of the payer's account at the gateway: "verified", "unverified"
    seller_protection: str = ""  # whether the gateway bears the loss of a stolen account, if we ship to its address

    def __post_init__(self) -> None:
        """Raise TypeError for what came in another shape."""
        _must_be(str, self.cvc, self.postcode, self.line1, self.risk_level, self.brand, self.last4, self.country)
        _must_be(str, self.fingerprint, self.payer_status, self.seller_protection, *self.declined_cards)
        _must_be(int, self.declines, self.risk_score or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayRefund:
    """One refund as the gateway has it now; what a void or a smaller capture lets go is none."""

    reference: str  # the gateway's id of the refund
    amount: Money
    has_failed: bool = False  # refused, or sent back by the customer's bank; otherwise the gateway has accepted it
    refund_id: str = ""  # ours, as we gave it; empty when it was made by hand in the gateway's dashboard

    def __post_init__(self) -> None:
        """Raise TypeError for what came in another shape."""
        _must_be(str, self.reference, self.amount.currency, self.refund_id)
        _must_be(int, self.amount.minor)


class DisputeStatus(StrEnum):
    """How a dispute stands, in one vocabulary for all gateways."""

    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"  # also withdrawn, or an inquiry that came to nothing: the shop has the money
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayDispute:
    """The payer asks the bank, or the gateway, for the money back."""

    reference: str  # the gateway's id of the dispute
    payment_reference: str  # the gateway's id of the payment
    amount: Money
    status: DisputeStatus
    reason: str = ""  # the gateway's own word for it
    takes_money: bool = True  # False: an inquiry, for which nothing is withdrawn yet
    evidence_due: datetime | None = None


class NoticeKind(StrEnum):
    """What else a gateway may have to say against a payment."""

    EARLY_WARNING = "early_warning"  # the card's bank suspects fraud; it mostly becomes a dispute if nothing is done
    REVIEW = "review"  # the gateway's own rules want a person to look


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayNotice:
    """An early fraud warning or a review of the gateway's own."""

    reference: str  # the gateway's id of the notice
    payment_reference: str  # the gateway's id of the payment
    kind: NoticeKind
    is_open: bool  # a warning: refunding would still avert a dispute; a review: nobody has decided yet
    reason: str = ""  # the gateway's own word for it


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayTrouble:
    """Everything said against one payment, or lately against any."""

    disputes: tuple[GatewayDispute, ...] = ()
    notices: tuple[GatewayNotice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayPayment:
    """One payment as the gateway has it now."""

    state: GatewayState
    payment_id: str  # ours, as we gave it
    session_id: str | None
    reference: str | None
    amount: Money
    captured: int = 0  # minor units
    refunded: int = 0  # minor units: what of the captured money went back, refunds that failed left out
    refunds: tuple[GatewayRefund, ...] = ()  # every refund of the captured money, failed ones too
    is_live: bool = False
    is_ours: bool = True  # False: it pays into another account than the shop's
    capture_before: datetime | None = None  # until then the gateway promises the money
    lapses_at: datetime | None = None  # the authorisation's very end, where that is later (PayPal: 29 days)
    renewed_as: str = ""  # the authorisation asked about was authorised anew, under this reference
    checks: CardChecks = CardChecks()
    payer: Payer = field(default=Payer(), repr=False)

    def __post_init__(self) -> None:
        """Raise TypeError for what came in another shape: the shop's state hangs on it."""
        _must_be(str, self.payment_id, self.session_id or "", self.reference or "", self.amount.currency)
        _must_be(int, self.amount.minor, self.captured, self.refunded)
        _must_be(bool, self.is_live)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RecalledOrder:
    """All that the gateway knows of what was ordered, for a shop that has lost it: as `start` told it and as it was paid."""

    payment: GatewayPayment
    number: str  # ours, as we gave it
    lines: tuple[LineToPay, ...]
    email: str
    bill_to: PostalAddress | None
    ship_to: PostalAddress | None
    began_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayEvent:
    """A verified webhook: which object to look at again. Its own figures are never used."""

    event_id: str
    kind: str
    session_id: str | None = None
    reference: str | None = None
    is_trouble: bool = False  # about a dispute, a warning or a review
    is_live: bool | None = None  # None: it does not say


class MovementKind(StrEnum):
    """What a line of the gateway's books is about."""

    AUTHORIZED = "authorized"  # an authorisation that is open now
    CAPTURED = "captured"
    VOIDED = "voided"  # given back, or lapsed: nothing was charged
    REFUNDED = "refunded"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One line of the gateway's books, as it stands now. A payment gives one line; so does each refund and each dispute."""

    kind: MovementKind
    id: str  # the gateway's, of the payment, the refund or the dispute itself
    reference: str | None  # the gateway's id of the payment, as in `GatewayPayment`
    payment_id: str = ""  # ours; empty where the gateway does not tell it
    amount: Money  # captured, refunded, disputed; for what is open or voided: authorised
    refunded: int = 0  # minor units: all that ever went back of this payment (of a dispute: not told)
    at: datetime  # when the payment began, the refund was made, the dispute was opened
    is_live: bool = False


class Gateway(Protocol):
    """A hosted payment page with manual capture. All that use the network may raise GatewayError.

    A key makes a repeated call have the effect of one for as long as the gateway remembers it: 24 hours at Stripe, 6 at
    PayPal. Whoever repeats a call later than that must `fetch` first.
    """

    @property
    def is_live(self) -> bool:
        """Whether real money moves."""

    def start(self, order: OrderToPay, *, urls: ReturnUrls, idempotency_key: str) -> HostedPage:
        """Open a hosted page."""

    def fetch(self, *, session_id: str | None = None, reference: str | None = None) -> GatewayPayment:
        """Say how a payment stands; `session_id` is preferred when both are known."""

    def recall(self, *, session_id: str | None = None, reference: str | None = None) -> RecalledOrder:
        """Say all that is known of what was ordered, for a shop that has lost it (`checkout.recovery`)."""

    def takes(self, total: Money) -> bool:
        """Whether it can be paid so: not every company takes every currency. Asks nobody."""

    def authorise(self, session_id: str, *, idempotency_key: str) -> None:
        """Authorise what is APPROVED. Gateways whose page does that by itself refuse."""

    def reauthorise(self, reference: str, amount: Money, *, idempotency_key: str) -> str:
        """Authorise anew what was authorised too long ago; give the new reference. Not every gateway can."""

    def capture(self, reference: str, amount: Money, *, idempotency_key: str) -> None:
        """Take the authorised money, once and for all: what is left of it is released."""

    def void(self, reference: str, *, idempotency_key: str) -> None:
        """Give an authorisation back."""

    def refund(self, reference: str, amount: Money, *, idempotency_key: str, refund_id: str = "") -> GatewayRefund:
        """Give captured money back; `refund_id` is our own id of the refund, which `fetch` gives back."""

    def list_trouble(self, *, reference: str | None = None, since: datetime | None = None) -> GatewayTrouble:
        """Disputes, warnings and reviews: of one payment, or all that were opened `since`. Name one of the two."""

    def expire(self, session_id: str) -> None:
        """Close a hosted page; raise a final GatewayError when that comes too late (paid, approved, or expired already).

        Where the company closes no pages this says that nobody has paid yet: an approval that comes later is worth nothing,
        for the caller will never `authorise` it.
        """

    def parse_event(self, headers: Mapping[str, str], body: bytes) -> GatewayEvent:
        """Verify a webhook and say what it is about; raise BadSignature."""

    def movements(self, since: datetime, until: datetime) -> Iterator[Movement]:
        """Go through the books: payments that began, refunds made and disputes opened from `since` until `until`.

        Page by page, so that memory stays flat. What was never authorised, and refunds that failed, are left out.
        """
