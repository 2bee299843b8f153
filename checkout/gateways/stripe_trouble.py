"""What comes after the money, as Stripe tells it: refunds, disputes, early fraud warnings, reviews.

Sources: docs.stripe.com/api/refunds, /api/disputes, /api/radar/early_fraud_warnings, /api/radar/reviews.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import stripe
from stripe.radar import EarlyFraudWarning

from checkout.gateways.base import (
    DisputeStatus,
    GatewayDispute,
    GatewayNotice,
    GatewayRefund,
    GatewayTrouble,
    NoticeKind,
)
from store.money import Money

# Events about these objects are trouble.
KINDS = frozenset({"dispute", "radar.early_fraud_warning", "review"})
# So many of each kind on one page; Stripe gives no more. The youngest come first.
PAGE = 100

_STATUSES = {
    "warning_needs_response": DisputeStatus.NEEDS_RESPONSE,
    "needs_response": DisputeStatus.NEEDS_RESPONSE,
    "warning_under_review": DisputeStatus.UNDER_REVIEW,
    "under_review": DisputeStatus.UNDER_REVIEW,
    "warning_closed": DisputeStatus.WON,
    "prevented": DisputeStatus.WON,
    "won": DisputeStatus.WON,
    "lost": DisputeStatus.LOST,
}


def read_refund(refund: stripe.Refund) -> GatewayRefund:
    """One refund. A pending one counts as made: should it come to nothing, Stripe says so later."""
    metadata = refund.metadata
    return GatewayRefund(
        reference=refund.id,
        amount=_money(refund.amount, refund.currency),
        has_failed=refund.status in ("failed", "canceled"),
        refund_id=str(metadata["refund"]) if metadata and "refund" in metadata else "",
    )


def read_refunds(refunds: Sequence[stripe.Refund], *, let_go: int) -> tuple[GatewayRefund, ...]:
    """All refunds of a charge, oldest first.

    `let_go` (minor units) is what was authorised and never taken. Stripe lists that as a refund, too, one that moved no
    balance; it is left out.
    """
    found = []
    for refund in reversed(refunds):
        if let_go and refund.amount == let_go and refund.balance_transaction is None:
            let_go = 0
            continue
        found.append(read_refund(refund))
    return tuple(found)


def list_trouble(
    client: stripe.StripeClient, *, reference: str | None = None, since: datetime | None = None
) -> GatewayTrouble:
    """List what is said against the PaymentIntent `reference`, or what was opened `since`."""
    params: Any = {"limit": PAGE}
    if since is not None:
        params["created"] = {"gte": int(since.timestamp())}
    if reference is not None:
        params["payment_intent"] = reference
    disputes = list(client.v1.disputes.list(params=params).auto_paging_iter())
    warnings = list(client.v1.radar.early_fraud_warnings.list(params=params).auto_paging_iter())
    if reference is None:
        reviews = list(client.v1.reviews.list(params=params).auto_paging_iter())
    else:  # these can't be listed for one payment, which names the one it is in
        review = client.v1.payment_intents.retrieve(reference, params={"expand": ["review"]}).review
        reviews = [review] if isinstance(review, stripe.Review) else []
    return GatewayTrouble(
        disputes=tuple(_dispute(dispute) for dispute in disputes),
        notices=(*(_warning(warning) for warning in warnings), *(_review(review) for review in reviews)),
    )


def _dispute(dispute: stripe.Dispute) -> GatewayDispute:
    details = dispute.evidence_details
    return GatewayDispute(
        reference=dispute.id,
        payment_reference=_id(dispute.payment_intent),
        amount=_money(dispute.amount, dispute.currency),
        # A status of next year is looked at by a person, too.
        status=_STATUSES.get(dispute.status, DisputeStatus.NEEDS_RESPONSE),
        reason=dispute.reason,
        takes_money=not dispute.status.startswith("warning_"),
        evidence_due=datetime.fromtimestamp(details.due_by, tz=UTC) if details.due_by else None,
    )


def _warning(warning: EarlyFraudWarning) -> GatewayNotice:
    return GatewayNotice(
        reference=warning.id,
        payment_reference=_id(warning.payment_intent),
        kind=NoticeKind.EARLY_WARNING,
        is_open=warning.actionable,
        reason=warning.fraud_type,
    )


def _review(review: stripe.Review) -> GatewayNotice:
    return GatewayNotice(
        reference=review.id,
        payment_reference=_id(review.payment_intent),
        kind=NoticeKind.REVIEW,
        is_open=review.open,
        reason=review.opened_reason if review.open else review.closed_reason or review.reason,
    )


def _money(minor: int, currency: str) -> Money:
    return Money(minor, currency.upper())


def _id(value: object) -> str:
    """An id, whether the object was expanded or not."""
    if isinstance(value, Mapping):
        return str(value.get("id", ""))
    return str(getattr(value, "id", value) or "")
