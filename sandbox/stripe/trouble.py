"""What comes after the money: disputes, early fraud warnings, reviews."""

from sandbox.stripe import store
from sandbox.stripe.errors import refused
from sandbox.stripe.events import Cause, emit
from sandbox.stripe.models import Resource
from sandbox.stripe.refunds import end_warnings
from sandbox.stripe.shapes.payment import new_transaction
from sandbox.stripe.shapes.trouble import new_dispute, new_review, new_warning

# What a bank charges the merchant for a dispute, in minor units.
DISPUTE_FEE = 1500
DISPUTE_ENDS = ("won", "lost")
REVIEW_ENDS = ("approved", "refunded", "refunded_as_fraud", "disputed", "canceled")


def open_dispute(*, charge: Resource, amount: int | None, reason: str, cause: Cause, now: int) -> Resource:
    """The cardholder disputes a captured charge; raise ApiError when nothing was captured or it is disputed already."""
    if not charge.body["captured"]:
        raise refused(f"Charge {charge.ref} has not been captured: there is nothing to dispute.")
    if charge.body["disputed"]:
        raise refused(f"Charge {charge.ref} is disputed already.")
    amount = charge.body["amount_captured"] if amount is None else amount
    entry = new_transaction(source=charge.body, kind="adjustment", amount=-amount, fee=DISPUTE_FEE, now=now)
    body = new_dispute(charge=charge.body, amount=amount, reason=reason, transaction=entry, now=now)
    entry["source"] = body["id"]
    store.put(entry)
    dispute = store.put(body)
    charge.body["disputed"] = True
    store.save(charge)
    end_warnings(charge)
    emit("charge.dispute.created", dispute.body, cause=cause, now=now)
    return dispute


def answer_dispute(*, ref: str, cause: Cause, now: int) -> Resource:
    """The merchant has sent the evidence in the dashboard; raise ApiError when no answer is wanted."""
    dispute = store.find("dispute", ref, param="dispute")
    if dispute.body["status"] != "needs_response":
        raise refused("This dispute does not need a response.")
    dispute.body["status"] = "under_review"
    details = dispute.body["evidence_details"]
    details["has_evidence"], details["submission_count"] = True, details["submission_count"] + 1
    store.save(dispute)
    emit("charge.dispute.updated", dispute.body, cause=cause, now=now)
    return dispute


def close_dispute(*, ref: str, status: str, cause: Cause, now: int) -> Resource:
    """End a dispute as `won` or `lost`; raise ApiError when it has ended already."""
    dispute = store.find("dispute", ref, param="dispute")
    if dispute.body["status"] in DISPUTE_ENDS:
        raise refused("This dispute is already closed.")
    dispute.body["status"] = status
    if status == "won":
        back = new_transaction(source=dispute.body, kind="adjustment", amount=dispute.body["amount"], fee=0, now=now)
        store.put(back)
        dispute.body["balance_transactions"].append(back)
    store.save(dispute)
    emit("charge.dispute.closed", dispute.body, cause=cause, now=now)
    return dispute


def warn_early(*, charge: Resource, fraud_type: str, cause: Cause, now: int) -> Resource:
    """The issuing bank says that this charge may be fraud."""
    warning = store.put(new_warning(charge=charge.body, fraud_type=fraud_type, now=now))
    emit("radar.early_fraud_warning.created", warning.body, cause=cause, now=now)
    return warning


def open_review(*, charge: Resource, reason: str, cause: Cause, now: int) -> Resource:
    """Put a payment into the company's own review queue; raise ApiError when it is in it already."""
    if charge.body["review"]:
        raise refused(f"Charge {charge.ref} is in review already.")
    review = store.put(new_review(charge=charge.body, reason=reason, now=now))
    _show_review(charge, review.ref)
    emit("review.opened", review.body, cause=cause, now=now)
    return review


def close_review(*, ref: str, reason: str, cause: Cause, now: int) -> Resource:
    """Take a payment out of the review queue; approving captures nothing. Raises ApiError when it is closed already."""
    review = store.find("review", ref, param="review")
    if not review.body["open"]:
        raise refused("This review has already been closed.")
    review.body |= {"open": False, "closed_reason": reason, "reason": reason}
    store.save(review)
    _show_review(store.find("charge", review.body["charge"]), None)
    emit("review.closed", review.body, cause=cause, now=now)
    return review


def _show_review(charge: Resource, ref: str | None) -> None:
    charge.body["review"] = ref
    store.save(charge)
    intent = store.find("payment_intent", charge.body["payment_intent"])
    intent.body["review"] = ref
    store.save(intent)
