"""PayPal's part of the control API; documented in `control/api.py`."""

from dataclasses import asdict
from decimal import Decimal

from django.db import transaction

from sandbox.control.answers import UnableToObeyError, answering
from sandbox.ground import switches
from sandbox.ground.values import Json
from sandbox.ground.worker import let_time_pass
from sandbox.paypal import disputes, orders, payments, refunds, store
from sandbox.paypal.amounts import from_minor_units, money
from sandbox.paypal.buyers import buyer_called
from sandbox.paypal.shapes import answer
from sandbox.paypal.signing import certificates

_DETAILS = ("given_name", "surname", "email", "phone", "line1", "city", "state", "postcode", "country")


@answering("POST")
def approve(given: Json) -> Json:
    """Approve as the page would."""
    let_time_pass()
    details = {name: str(given[name]) for name in _DETAILS if name in given}
    buyer = buyer_called(given.get("buyer", "good"), **details)
    return asdict(orders.approve_order(ref=given["order"], buyer=buyer, now=switches.now()))


@answering("POST")
def cancel(given: Json) -> Json:
    """Go back to the shop without approving, as the page would: nothing changes."""
    let_time_pass()
    return {"cancel_url": orders.cancel_url(orders.find_order(given["order"]))}


@answering("POST")
@transaction.atomic
def capture(given: Json) -> Json:
    """Capture in PayPal's own dashboard."""
    let_time_pass()
    body = _amount(given, store.find("authorization", given["authorization"]).body["amount"]["currency_code"])
    return answer(payments.capture_authorization(ref=given["authorization"], given=body, now=switches.now()), full=True)


@answering("POST")
@transaction.atomic
def void(given: Json) -> Json:
    """Void in PayPal's own dashboard."""
    let_time_pass()
    return answer(payments.void_authorization(ref=given["authorization"], now=switches.now()), full=True)


@answering("POST")
@transaction.atomic
def refund(given: Json) -> Json:
    """Refund in PayPal's own dashboard."""
    let_time_pass()
    body = _amount(given, store.find("capture", given["capture"]).body["amount"]["currency_code"])
    return answer(refunds.refund_capture(ref=given["capture"], given=body, now=switches.now()), full=True)


@answering("POST")
@transaction.atomic
def settle(given: Json) -> Json:
    """Bring a pending capture to its end."""
    if given["status"] not in {"COMPLETED", "DECLINED"}:
        raise UnableToObeyError("status is COMPLETED or DECLINED")
    return answer(payments.settle_capture(ref=given["capture"], status=given["status"], now=switches.now()), full=True)


@answering("POST")
@transaction.atomic
def make_dispute(given: Json) -> Json:
    """The buyer, or the bank behind the card, disputes a capture."""
    let_time_pass()
    reason, stage = given.get("reason", "UNAUTHORISED"), given.get("stage", "INQUIRY")
    if reason not in disputes.REASONS or stage not in disputes.STAGES:
        raise UnableToObeyError(f"reason is one of {', '.join(disputes.REASONS)}; stage one of {', '.join(disputes.STAGES)}")
    captured = store.find("capture", given["capture"])
    amount = _amount(given, captured.body["amount"]["currency_code"]).get("amount")
    opened = disputes.open_dispute(capture=captured, amount=amount, reason=reason, stage=stage, now=switches.now())
    return disputes.shown(opened)


@answering("POST")
@transaction.atomic
def end_dispute(given: Json) -> Json:
    """PayPal or the bank decides."""
    if given["favour"] not in disputes.ENDS:
        raise UnableToObeyError("favour is buyer or seller")
    return disputes.shown(disputes.close_dispute(ref=given["dispute"], favour=given["favour"], now=switches.now()))


@answering("GET")
def authority(_given: Json) -> Json:
    """The root that a shop must trust, and where the signing certificate lies."""
    keys = certificates()
    return {"ca_pem": keys.ca_pem, "cert_url": keys.url}


def _amount(given: Json, currency: str) -> Json:
    """The body of a capture or refund; amounts come in minor units, as in the ledger."""
    if given.get("amount") is None:
        return {}
    return {"amount": money(Decimal(from_minor_units(int(given["amount"]), currency)), currency)}
