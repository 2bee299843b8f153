"""Disputes: the buyer asks PayPal, or the bank behind the card, for the money back."""

from decimal import Decimal

from sandbox.ground.values import Json
from sandbox.paypal import refunds, store
from sandbox.paypal.amounts import money, value_of
from sandbox.paypal.errors import unprocessable
from sandbox.paypal.events import emit
from sandbox.paypal.ids import moment, new_dispute_id, new_id
from sandbox.paypal.models import Resource
from sandbox.paypal.shapes import answer, dispute_links

REASONS = (
    "MERCHANDISE_OR_SERVICE_NOT_RECEIVED", "MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED", "UNAUTHORISED",
    "CREDIT_NOT_PROCESSED", "DUPLICATE_TRANSACTION", "INCORRECT_AMOUNT", "PAYMENT_BY_OTHER_MEANS",
    "CANCELED_RECURRING_BILLING", "PROBLEM_WITH_REMITTANCE", "OTHER",
)  # fmt: skip
STAGES = ("INQUIRY", "CHARGEBACK")
ENDS = {"buyer": "RESOLVED_BUYER_FAVOUR", "seller": "RESOLVED_SELLER_FAVOUR"}
ANSWER_SECONDS = 10 * 24 * 3600


def open_dispute(*, capture: Resource, amount: Json | None, reason: str, stage: str, now: int) -> Resource:
    """Somebody disputes a capture; raise ApiError (422) when there is nothing to dispute or it is disputed already."""
    if capture.body["status"] not in {"COMPLETED", "PARTIALLY_REFUNDED"}:
        raise unprocessable("REFUND_NOT_ALLOWED", value=capture.body["status"])
    if any(item.body["status"] != "RESOLVED" for item in store.belonging("dispute", parent=capture.ref)):
        raise unprocessable("TRANSACTION_DISPUTED")
    ref = new_dispute_id()
    order = store.find("order", capture.order)
    body: Json = {
        # `id` is how the stand-in keeps it; the API calls it dispute_id.
        "id": ref,
        "dispute_id": ref,
        "create_time": moment(now),
        "update_time": moment(now),
        "disputed_transactions": [
            {
                "seller_transaction_id": capture.ref,
                "create_time": capture.body["create_time"],
                "transaction_status": "COMPLETED",
                "gross_amount": capture.body["amount"],
                **({"invoice_number": capture.body["invoice_id"]} if "invoice_id" in capture.body else {}),
                **({"custom": capture.body["custom_id"]} if "custom_id" in capture.body else {}),
                "buyer": {"name": order.body["payer"]["name"]["given_name"], "payer_id": order.body["payer"]["payer_id"]},
                "seller": {"merchant_id": order.body["purchase_units"][0]["payee"].get("merchant_id", "")},
                "seller_protection_eligible": capture.body["seller_protection"]["status"] == "ELIGIBLE",
            }
        ],
        "reason": reason,
        "status": "WAITING_FOR_SELLER_RESPONSE",
        "dispute_state": "REQUIRED_ACTION",
        "dispute_amount": amount or capture.body["amount"],
        "dispute_life_cycle_stage": stage,
        "dispute_channel": "EXTERNAL" if stage == "CHARGEBACK" else "INTERNAL",
        "seller_response_due_date": moment(now + ANSWER_SECONDS),
        "messages": [],
    }
    dispute = store.put("dispute", body, now=now, order=capture.order, parent=capture.ref)
    emit("CUSTOMER.DISPUTE.CREATED", shown(dispute), now=now)
    return dispute


def close_dispute(*, ref: str, favour: str, now: int) -> Resource:
    """PayPal or the bank decides for `buyer` or `seller`; raise ApiError (422) when it is resolved already."""
    dispute = store.find("dispute", ref)
    if dispute.body["status"] == "RESOLVED":
        raise unprocessable("INVALID_PARAMETER_VALUE", field="/status", value="RESOLVED")
    lost = favour == "buyer"
    given = dispute.body["dispute_amount"]
    outcome: Json = {"outcome_code": ENDS[favour]}
    if lost:
        outcome["amount_refunded"] = given
    dispute.body |= {"status": "RESOLVED", "dispute_state": "RESOLVED", "dispute_outcome": outcome}
    store.save(dispute, now=now)
    if lost:
        _reverse(store.find("capture", dispute.parent), amount=given, now=now)
    emit("CUSTOMER.DISPUTE.RESOLVED", shown(dispute), now=now)
    return dispute


def shown(dispute: Resource) -> Json:
    """A dispute as the API answers it."""
    body = {name: value for name, value in dispute.body.items() if name != "id"}
    return {**body, "links": dispute_links(dispute)}


def _reverse(capture: Resource, *, amount: Json, now: int) -> None:
    """PayPal takes the money back from the merchant: no refund of the shop's, and reported as a reversal."""
    body: Json = {
        "id": new_id(),
        "status": "COMPLETED",
        "amount": amount,
        **{name: capture.body[name] for name in ("invoice_id", "custom_id") if name in capture.body},
        "seller_payable_breakdown": {
            "gross_amount": amount,
            "paypal_fee": money(Decimal(0), amount["currency_code"]),
            "net_amount": amount,
            "total_refunded_amount": money(refunds.refunded(capture) + value_of(amount), amount["currency_code"]),
        },
        "create_time": moment(now),
        "update_time": moment(now),
    }
    reversal = store.put("reversal", body, now=now, order=capture.order, parent=capture.ref)
    emit("PAYMENT.CAPTURE.REVERSED", answer(reversal, full=True), now=now)
