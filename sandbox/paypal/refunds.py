"""Refunds: captured money back to the buyer."""

from decimal import Decimal

from sandbox.ground.values import Json
from sandbox.paypal import store
from sandbox.paypal.amounts import money, value_of
from sandbox.paypal.errors import unprocessable
from sandbox.paypal.events import emit
from sandbox.paypal.ids import moment, new_id
from sandbox.paypal.models import Resource
from sandbox.paypal.payments import total
from sandbox.paypal.shapes import answer
from sandbox.paypal.sums import check_money

# Source: "Refund captured payment" and PayPal's user agreement.
TIME_LIMIT_SECONDS = 180 * 24 * 3600


def refund_capture(*, ref: str, given: Json, now: int) -> Resource:
    """Give captured money back, all that is left of it or less; raise ApiError (422) when that cannot be."""
    capture = store.find("capture", ref)
    taken = capture.body["amount"]
    currency = taken["currency_code"]
    left = value_of(taken) - refunded(capture)
    if given.get("amount"):
        check_money(given["amount"], field="/amount")
        if given["amount"]["currency_code"] != currency:
            raise unprocessable(
                "REFUND_CAPTURE_CURRENCY_MISMATCH", field="/amount/currency_code", value=given["amount"]["currency_code"]
            )
    amount = given.get("amount") or money(left, currency)
    _check_refundable(capture, left=left, amount=amount, now=now)
    return give_back(capture, amount=amount, given=given, now=now)


def give_back(capture: Resource, *, amount: Json, given: Json, now: int) -> Resource:
    """Store a refund and say so in its capture."""
    currency = amount["currency_code"]
    back = refunded(capture) + value_of(amount)
    body: Json = {
        "id": new_id(),
        "status": "COMPLETED",
        "amount": amount,
        **{name: given[name] for name in ("invoice_id", "custom_id", "note_to_payer") if given.get(name)},
        "seller_payable_breakdown": {
            "gross_amount": amount,
            # PayPal keeps its fee.
            "paypal_fee": money(Decimal(0), currency),
            "net_amount": amount,
            "total_refunded_amount": money(back, currency),
        },
        "create_time": moment(now),
        "update_time": moment(now),
    }
    for name in ("invoice_id", "custom_id"):
        if name not in body and name in capture.body:
            body[name] = capture.body[name]
    refund = store.put("refund", body, now=now, order=capture.order, parent=capture.ref)
    capture.body["status"] = "REFUNDED" if back >= value_of(capture.body["amount"]) else "PARTIALLY_REFUNDED"
    store.save(capture, now=now)
    emit("PAYMENT.CAPTURE.REFUNDED", answer(refund, full=True), now=now)
    return refund


def refunded(capture: Resource) -> Decimal:
    """How much of a capture has been given back."""
    return total(store.belonging("refund", parent=capture.ref), capture.body["amount"]["currency_code"])


def _check_refundable(capture: Resource, *, left: Decimal, amount: Json, now: int) -> None:
    disputes = [item.body for item in store.belonging("dispute", parent=capture.ref)]
    issue = ""
    if capture.body["status"] == "PENDING":
        issue = "PENDING_CAPTURE"
    elif capture.body["status"] == "DECLINED":
        issue = "REFUND_NOT_ALLOWED"
    elif left == 0:
        issue = "CAPTURE_FULLY_REFUNDED"
    elif any(item["dispute_life_cycle_stage"] == "CHARGEBACK" for item in disputes):
        issue = "REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK"
    elif now > capture.created + TIME_LIMIT_SECONDS:
        issue = "REFUND_TIME_LIMIT_EXCEEDED"
    elif value_of(amount) > left:
        issue = "REFUND_AMOUNT_EXCEEDED"
    elif value_of(amount) < value_of(capture.body["amount"]) and any(item["status"] != "RESOLVED" for item in disputes):
        issue = "TRANSACTION_DISPUTED"
    if issue:
        raise unprocessable(issue, field="/amount/value", value=amount["value"])
