"""Disputes, early fraud warnings and reviews."""

from sandbox.ground.values import Json
from sandbox.stripe.ids import new_id

_EVIDENCE = (
    "access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure",
    "cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name", "customer_purchase_ip",
    "customer_signature", "duplicate_charge_documentation", "duplicate_charge_explanation", "duplicate_charge_id",
    "product_description", "receipt", "refund_policy", "refund_policy_disclosure", "refund_refusal_explanation",
    "service_date", "service_documentation", "shipping_address", "shipping_carrier", "shipping_date",
    "shipping_documentation", "shipping_tracking_number", "uncategorized_file", "uncategorized_text",
)  # fmt: skip
EVIDENCE_WINDOW_SECONDS = 9 * 24 * 3600


def new_dispute(*, charge: Json, amount: int, reason: str, transaction: Json, now: int) -> Json:
    """A cardholder asks the bank for the money back; it is taken at once."""
    brand = charge["payment_method_details"]["card"]["brand"]
    code = "10.4" if brand == "visa" else "4837"
    return {
        "id": new_id("du"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [transaction],
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(_EVIDENCE) | {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": now + EVIDENCE_WINDOW_SECONDS,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {"brand": brand, "case_type": "chargeback", "network": brand, "network_reason_code": code},
            "type": "card",
        },
        "reason": reason,
        "status": "needs_response",
    }


def new_warning(*, charge: Json, fraud_type: str, now: int) -> Json:
    """The issuing bank suspects fraud. Actionable while the charge is neither disputed nor refunded in full."""
    return {
        "id": new_id("issfr"),
        "object": "radar.early_fraud_warning",
        "actionable": not charge["disputed"] and not charge["refunded"],
        "charge": charge["id"],
        "created": now,
        "fraud_type": fraud_type,
        "livemode": False,
        "payment_intent": charge["payment_intent"],
    }


def new_review(*, charge: Json, reason: str, now: int) -> Json:
    """A payment put into the company's own review queue; `reason` is `rule` or `manual`."""
    return {
        "id": new_id("prv"),
        "object": "review",
        "billing_zip": (charge["billing_details"]["address"] or {}).get("postal_code"),
        "charge": charge["id"],
        "closed_reason": None,
        "created": now,
        "ip_address": None,
        "ip_address_location": None,
        "livemode": False,
        "open": True,
        "opened_reason": reason,
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "session": None,
    }
