"""Refunds: money back to the card, and authorised amounts let go."""

from sandbox.ground.values import Json
from sandbox.stripe import store
from sandbox.stripe.errors import bad_parameter, refused
from sandbox.stripe.events import BY_ITSELF, Cause, emit
from sandbox.stripe.models import Resource
from sandbox.stripe.shapes.payment import new_refund, new_transaction

REFUND_REASONS = ("duplicate", "fraudulent", "requested_by_customer")
# How long the refunds of the two slow test cards take to come to their end.
SETTLING_SECONDS = 60


def create_refund(*, params: Json, cause: Cause, now: int) -> Resource:
    """Give captured money back, all that is left of it or less; raise ApiError when that cannot be."""
    charge = _charge_of(params)
    body = charge.body
    if body["status"] != "succeeded" or not body["captured"]:
        raise refused(
            f"This PaymentIntent ({body['payment_intent']}) does not have a successful charge to refund.",
            param="payment_intent" if params.get("payment_intent") else "charge",
        )
    if body["disputed"]:
        raise refused(f"Charge {charge.ref} has been charged back; cannot issue a refund.", code="charge_disputed")
    left = body["amount"] - body["amount_refunded"]
    if left == 0:
        raise refused(f"Charge {charge.ref} has already been refunded.", code="charge_already_refunded")
    amount = left if params.get("amount") is None else params["amount"]
    if amount < 1:
        raise bad_parameter("Invalid positive integer", param="amount", code="parameter_invalid_integer")
    if amount > left:
        unit = body["currency"].upper()
        raise refused(
            f"Refund amount ({amount} {unit}) is greater than unrefunded amount on charge ({left} {unit})", param="amount"
        )
    refund = _give_back(charge, amount=amount, params=params, now=now)
    emit("charge.refunded", body, cause=cause, now=now)
    emit("refund.created", refund.body, cause=cause, now=now)
    return refund


def release(charge: Resource, *, amount: int, reason: str | None, now: int) -> None:
    """Let go of an authorised amount that was never taken: the real API shows that as a refund too."""
    store.put(
        new_refund(
            charge=charge.body, amount=amount, reason=reason, metadata={}, transaction=None, kind="reversal", now=now
        ),
        hidden={"reversal": True},
    )
    charge.body["amount_refunded"] += amount


def end_warnings(charge: Resource) -> None:
    """A charge that is disputed or given back leaves nothing to do about its early fraud warnings."""
    for warning in Resource.objects.filter(kind="radar.early_fraud_warning", charge=charge.ref):
        warning.body["actionable"] = False
        store.save(warning)


def settle(refund: Resource, *, now: int) -> None:
    """Bring a slow refund to its end: a pending one succeeds, a doomed one fails and the money comes back."""
    was = refund.body["status"]
    if refund.hidden["later"] == "refund_pending":
        refund.body["status"] = "succeeded"
    else:
        refund.body |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
        charge = store.find("charge", refund.body["charge"])
        charge.body["amount_refunded"] -= refund.body["amount"]
        charge.body["refunded"] = False
        back = new_transaction(source=refund.body, kind="refund_failure", amount=refund.body["amount"], fee=0, now=now)
        store.put(back)
        refund.body["failure_balance_transaction"] = back["id"]
        store.save(charge)
    refund.due_at = None
    store.save(refund)
    emit("refund.updated", refund.body, cause=BY_ITSELF, now=now, previous={"status": was})
    if refund.body["status"] == "failed":
        emit("refund.failed", refund.body, cause=BY_ITSELF, now=now)


def _charge_of(params: Json) -> Resource:
    if params.get("charge"):
        return store.find("charge", params["charge"], param="charge")
    if not params.get("payment_intent"):
        raise bad_parameter(
            "One of the following params should be provided for this request: payment_intent or charge.",
            code="parameter_missing",
        )
    intent = store.find("payment_intent", params["payment_intent"], param="payment_intent")
    if intent.body["latest_charge"] is None:
        raise refused(
            f"This PaymentIntent ({intent.ref}) does not have a successful charge to refund.", param="payment_intent"
        )
    return store.find("charge", intent.body["latest_charge"])


def _give_back(charge: Resource, *, amount: int, params: Json, now: int) -> Resource:
    later = charge.hidden.get("later", "")
    entry = new_transaction(source=charge.body, kind="refund", amount=-amount, fee=0, now=now)
    body = new_refund(
        charge=charge.body,
        amount=amount,
        reason=params.get("reason"),
        metadata=params.get("metadata") or {},
        transaction=entry["id"],
        kind="refund",
        now=now,
    )
    entry["source"] = body["id"]
    store.put(entry)
    slow = later in {"refund_pending", "refund_fails"}
    if later == "refund_pending":
        body["status"] = "pending"
        body["pending_reason"] = "processing"
    refund = store.put(body, due_at=now + SETTLING_SECONDS if slow else None, hidden={"later": later})
    charge.body["amount_refunded"] += amount
    charge.body["refunded"] = charge.body["amount_refunded"] == charge.body["amount"]
    if params.get("reason") == "fraudulent":
        charge.body["fraud_details"] = {"user_report": "fraudulent"}
    store.save(charge)
    if charge.body["refunded"]:
        end_warnings(charge)
    return refund
