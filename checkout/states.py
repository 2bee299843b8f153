"""Which state may follow which, for whatever has states: one table per machine, one function that moves.

Order:    AWAITING_PAYMENT -> ON_HOLD -> RELEASED -> SHIPPED; each but the last may end CANCELLED, the first also EXPIRED.
Payment:  STARTED -> AUTHORIZED -> CAPTURING -> CAPTURED, or AUTHORIZED -> VOIDING -> VOIDED. CAPTURING, VOIDING and
          REFUNDING are stored before the gateway is called, so that a crash in between is visible and a sweep can finish
          the work. A payment of which only a part went back stays CAPTURED.
          What a dispute takes makes it CHARGED_BACK, what the shop must pay again OWED.
Refund:   REQUESTED -> DONE or FAILED; a refund that the customer's bank sends back goes from DONE to FAILED.
Return:   REQUESTED -> APPROVED -> RECEIVED -> REFUNDED; REFUSED instead of APPROVED; CLOSED when nothing (more) comes of it.
Review:   WAITING -> PUBLISHED or REJECTED; either can be changed into the other.
"""

from __future__ import annotations

from django.db.models import TextChoices


class OrderStatus(TextChoices):
    """Where an order stands."""

    AWAITING_PAYMENT = "awaiting_payment", "Awaiting payment"
    ON_HOLD = "on_hold", "On hold"  # authorised, not yet looked at or being looked at; no money has moved
    RELEASED = "released", "Released"  # captured, may ship
    SHIPPED = "shipped", "Shipped"
    CANCELLED = "cancelled", "Cancelled"
    EXPIRED = "expired", "Expired"  # never paid


class PaymentStatus(TextChoices):
    """Where a payment stands."""

    STARTED = "started", "Started"
    AUTHORIZED = "authorized", "Authorised"
    CAPTURING = "capturing", "Capturing"
    CAPTURED = "captured", "Captured"
    VOIDING = "voiding", "Voiding"
    VOIDED = "voided", "Voided"
    REFUNDING = "refunding", "Refunding"
    REFUNDED = "refunded", "Refunded"
    OWED = "owed", "Owed to the customer"  # a refund came back, or a dispute was won after the order was cancelled
    CHARGED_BACK = "charged_back", "Taken back by the bank"  # a dispute took what was left of it
    EXPIRED = "expired", "Expired"  # the hosted page was closed without a payment
    MISMATCHED = "mismatched", "Does not match"  # the gateway's object is not what we asked for; a person must look


ORDER_TRANSITIONS: dict[str, frozenset[str]] = {
    OrderStatus.AWAITING_PAYMENT: frozenset({OrderStatus.ON_HOLD, OrderStatus.CANCELLED, OrderStatus.EXPIRED}),
    # Paid in the last second: the goods are held again if there are any left.
    OrderStatus.EXPIRED: frozenset({OrderStatus.ON_HOLD}),
    OrderStatus.ON_HOLD: frozenset({OrderStatus.RELEASED, OrderStatus.CANCELLED}),
    OrderStatus.RELEASED: frozenset({OrderStatus.SHIPPED, OrderStatus.CANCELLED}),
    OrderStatus.SHIPPED: frozenset(),
    OrderStatus.CANCELLED: frozenset(),
}

PAYMENT_TRANSITIONS: dict[str, frozenset[str]] = {
    # Straight to VOIDING or REFUNDING: it came for an order that was over, or it is the second one.
    PaymentStatus.STARTED: frozenset(
        {
            PaymentStatus.AUTHORIZED,
            PaymentStatus.CAPTURED,
            PaymentStatus.EXPIRED,
            PaymentStatus.VOIDING,
            PaymentStatus.VOIDED,
            PaymentStatus.REFUNDING,
            PaymentStatus.MISMATCHED,
        }
    ),
    # The page was thought closed, yet the card went through.
    PaymentStatus.EXPIRED: frozenset(
        {
            PaymentStatus.AUTHORIZED,
            PaymentStatus.CAPTURED,
            PaymentStatus.VOIDING,
            PaymentStatus.REFUNDING,
            PaymentStatus.MISMATCHED,
        }
    ),
    PaymentStatus.AUTHORIZED: frozenset(
        {PaymentStatus.CAPTURING, PaymentStatus.CAPTURED, PaymentStatus.VOIDING, PaymentStatus.VOIDED}
    ),
    PaymentStatus.CAPTURING: frozenset({PaymentStatus.CAPTURED, PaymentStatus.AUTHORIZED, PaymentStatus.VOIDED}),
    PaymentStatus.VOIDING: frozenset({PaymentStatus.VOIDED, PaymentStatus.CAPTURED}),
    PaymentStatus.CAPTURED: frozenset({PaymentStatus.REFUNDING, PaymentStatus.REFUNDED, PaymentStatus.CHARGED_BACK}),
    PaymentStatus.REFUNDING: frozenset({PaymentStatus.REFUNDED, PaymentStatus.CHARGED_BACK}),
    PaymentStatus.VOIDED: frozenset(),
    PaymentStatus.REFUNDED: frozenset({PaymentStatus.OWED}),
    PaymentStatus.OWED: frozenset({PaymentStatus.REFUNDED, PaymentStatus.CHARGED_BACK}),
    # The dispute was won after all.
    PaymentStatus.CHARGED_BACK: frozenset({PaymentStatus.CAPTURED, PaymentStatus.OWED}),
    # What a person does with it at the gateway.
    PaymentStatus.MISMATCHED: frozenset(
        {PaymentStatus.VOIDING, PaymentStatus.VOIDED, PaymentStatus.REFUNDING, PaymentStatus.REFUNDED}
    ),
}


class RefundStatus(TextChoices):
    """Where a refund stands."""

    REQUESTED = "requested", "Under way"  # written down; the gateway may have it or not
    DONE = "done", "Refunded"  # the gateway has accepted it
    FAILED = "failed", "Failed"  # the gateway refused it, or the customer's bank sent it back


REFUND_TRANSITIONS: dict[str, frozenset[str]] = {
    RefundStatus.REQUESTED: frozenset({RefundStatus.DONE, RefundStatus.FAILED}),
    RefundStatus.DONE: frozenset({RefundStatus.FAILED}),
    # Taken for refused, yet the gateway shows it as made.
    RefundStatus.FAILED: frozenset({RefundStatus.DONE}),
}


class DisputeStatus(TextChoices):
    """Where a dispute stands; the gateway's word, never ours, so there is no table. See `checkout.gateways.base`."""

    NEEDS_RESPONSE = "needs_response", "Needs an answer"
    UNDER_REVIEW = "under_review", "Being decided"
    WON = "won", "Won"
    LOST = "lost", "Lost"


class ReturnStatus(TextChoices):
    """Where a return stands."""

    REQUESTED = "requested", "Waits for an answer"
    APPROVED = "approved", "Approved"  # the parcel may come
    REFUSED = "refused", "Refused"
    RECEIVED = "received", "Received"  # it is here, and looked at
    REFUNDED = "refunded", "Refunded"
    CLOSED = "closed", "Closed"  # it never came, or was settled without a refund


RETURN_TRANSITIONS: dict[str, frozenset[str]] = {
    ReturnStatus.REQUESTED: frozenset({ReturnStatus.APPROVED, ReturnStatus.REFUSED}),
    ReturnStatus.APPROVED: frozenset({ReturnStatus.RECEIVED, ReturnStatus.CLOSED}),
    ReturnStatus.RECEIVED: frozenset({ReturnStatus.REFUNDED, ReturnStatus.CLOSED}),
    ReturnStatus.REFUSED: frozenset(),
    ReturnStatus.REFUNDED: frozenset(),
    ReturnStatus.CLOSED: frozenset(),
}

# The units of these are spoken for: they can't be asked to return once more.
OPEN_RETURNS = (ReturnStatus.REQUESTED, ReturnStatus.APPROVED, ReturnStatus.RECEIVED)


class ReviewStatus(TextChoices):
    """Where a review stands."""

    WAITING = "waiting", "Waits to be read"
    PUBLISHED = "published", "Published"
    REJECTED = "rejected", "Rejected"


REVIEW_TRANSITIONS: dict[str, frozenset[str]] = {
    ReviewStatus.WAITING: frozenset({ReviewStatus.PUBLISHED, ReviewStatus.REJECTED}),
    ReviewStatus.PUBLISHED: frozenset({ReviewStatus.REJECTED}),
    ReviewStatus.REJECTED: frozenset({ReviewStatus.PUBLISHED}),
}


# Some of the money of these can be given back by hand.
REFUNDABLE_PAYMENTS = (PaymentStatus.CAPTURED, PaymentStatus.OWED)

# These pay for the order, or may come to: one per order. What is being given back (VOIDING, REFUNDING) does not count, so
# that a second payment can be given back while the first one stands.
LIVE_PAYMENTS = (
    PaymentStatus.STARTED,
    PaymentStatus.AUTHORIZED,
    PaymentStatus.CAPTURING,
    PaymentStatus.CAPTURED,
)
