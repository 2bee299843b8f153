"""Orders: created, approved by the buyer, authorised (or captured) by the shop, or gone."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.db import transaction

from sandbox.ground.values import Json
from sandbox.paypal import payments, store
from sandbox.paypal.buyers import Buyer
from sandbox.paypal.errors import not_found, unprocessable
from sandbox.paypal.events import emit
from sandbox.paypal.ids import moment, new_id
from sandbox.paypal.models import Resource
from sandbox.paypal.shapes import MERCHANT_ID, answer, approval_path, link
from sandbox.paypal.sums import check_unit

# PayPal's default: so long may the shop take to send the buyer over, and so long again to have the payment approved and
# authorised. Source: `links` of an order in Orders v2.
LIFE_SECONDS = 3 * 3600
WAITING = ("CREATED", "PAYER_ACTION_REQUIRED")


class OrderClosedError(Exception):
    """Nobody can approve or cancel this order any more."""


@dataclass(frozen=True)
class Approval:
    """What became of a visit to the approval page."""

    status: str
    order: str
    return_url: str
    payer_id: str = ""


def create_order(*, given: Json, now: int) -> Resource:
    """Open an order; raise ApiError (422) when its amounts are unfit or do not add up."""
    units: list[Json] = given["purchase_units"]
    if len(units) > 1:
        raise unprocessable("INVALID_PARAMETER_VALUE", field="/purchase_units", value="more than one in this stand-in")
    source = (given.get("payment_source") or {}).get("paypal")
    context: Json = (source or {}).get("experience_context") or given.get("application_context") or {}
    unit = {"reference_id": "default", **units[0]}
    check_unit(unit, field="/purchase_units/@reference_id=='default'")
    if context.get("shipping_preference") == "SET_PROVIDED_ADDRESS" and not (unit.get("shipping") or {}).get("address"):
        raise unprocessable("MISSING_SHIPPING_ADDRESS", field="/purchase_units/@reference_id=='default'/shipping/address")
    unit.setdefault("payee", {"email_address": "merchant@ringback.example", "merchant_id": MERCHANT_ID})
    body: Json = {
        "id": new_id(),
        "intent": given["intent"],
        "status": "CREATED" if source is None else "PAYER_ACTION_REQUIRED",
        "purchase_units": [unit],
        "create_time": moment(now),
    }
    if source is not None:
        kept = {name: value for name, value in source.items() if name in {"email_address", "name", "address"}}
        body["payment_source"] = {"paypal": kept}
    return store.put("order", body, now=now, due_at=now + LIFE_SECONDS, hidden={"context": context, "source": source or {}})


def find_order(ref: str) -> Resource:
    """An order; raise ApiError (404) when there is none, or it is gone."""
    order = store.find("order", ref)
    if order.hidden.get("gone"):
        raise not_found()
    return order


def visit(order: Resource, *, now: int) -> None:
    """The buyer has come: from now on there is time to approve and to authorise. Only the first visit counts."""
    if not order.hidden.get("visited"):
        order.hidden["visited"] = True
        order.due_at = now + LIFE_SECONDS
        order.save(update_fields=["hidden", "due_at"])


@transaction.atomic
def approve_order(*, ref: str, buyer: Buyer, now: int) -> Approval:
    """The buyer says yes; approving again changes the buyer. Raise OrderClosedError when it is paid already or gone."""
    order = store.find("order", ref)
    if order.hidden.get("gone") or order.body["status"] == "COMPLETED":
        raise OrderClosedError
    visit(order, now=now)
    order.body |= {
        "status": "APPROVED",
        "payer": buyer.payer(),
        "payment_source": {"paypal": buyer.source()},
    }
    if (shipping := _shipping(order, buyer)) is not None:
        order.body["purchase_units"][0]["shipping"] = shipping
    order.hidden |= {"declines": buyer.is_declined, "protected": buyer.is_protected}
    store.save(order, now=now)
    emit("CHECKOUT.ORDER.APPROVED", answer(order, full=True), now=now)
    return Approval("approved", order.ref, return_url(order), buyer.account_id)


def authorize_order(*, ref: str, now: int) -> Resource:
    """Hold the buyer's money; raise ApiError when it is not approved, held already, or the bank says no."""
    order = _payable(ref, intent="AUTHORIZE", done="ORDER_ALREADY_AUTHORIZED")
    payments.authorize(order, now=now)
    return _completed(order, now=now)


def capture_order(*, ref: str, now: int) -> Resource:
    """Take the buyer's money at once; raise ApiError as `authorize_order` does."""
    order = _payable(ref, intent="CAPTURE", done="ORDER_ALREADY_CAPTURED")
    payments.take_at_once(order, now=now)
    return _completed(order, now=now)


def close(order: Resource, *, now: int) -> None:
    """Its time is over: an approval is reversed, and nobody finds the order any more."""
    approved = order.body["status"] == "APPROVED"
    order.hidden["gone"] = True
    order.due_at = None
    store.save(order, now=now)
    if approved:
        units = [
            {name: unit[name] for name in ("reference_id", "custom_id", "invoice_id") if name in unit}
            for unit in order.body["purchase_units"]
        ]
        source = order.body["payment_source"]
        reversed_approval = {"order_id": order.ref, "purchase_units": units, "payment_source": source}
        emit("CHECKOUT.PAYMENT-APPROVAL.REVERSED", reversed_approval, now=now)


def return_url(order: Resource) -> str:
    """Where the buyer goes after approving; empty when the shop named none."""
    payer = (order.body.get("payer") or {}).get("payer_id", "")
    return _with_query(order.hidden["context"].get("return_url", ""), token=order.ref, PayerID=payer)


def cancel_url(order: Resource) -> str:
    """Where the buyer goes without approving; empty when the shop named none."""
    return _with_query(order.hidden["context"].get("cancel_url", ""), token=order.ref)


def _payable(ref: str, *, intent: str, done: str) -> Resource:
    order = find_order(ref)
    if order.body["intent"] != intent:
        raise unprocessable("ACTION_DOES_NOT_MATCH_INTENT")
    if order.body["status"] == "COMPLETED":
        raise unprocessable(done)
    if order.hidden.get("declines"):
        # Documented as `redirect` in older texts and `payer-action` in newer ones.
        ways = [link(approval_path(ref), rel) for rel in ("redirect", "payer-action")]
        raise unprocessable("INSTRUMENT_DECLINED", links=ways)
    if order.body["status"] != "APPROVED":
        raise unprocessable("ORDER_NOT_APPROVED")
    invoice = order.body["purchase_units"][0].get("invoice_id")
    if invoice and payments.is_paid(invoice, but_not=order.ref):
        raise unprocessable(
            "DUPLICATE_INVOICE_ID", field="/purchase_units/@reference_id=='default'/invoice_id", value=invoice
        )
    return order


def _completed(order: Resource, *, now: int) -> Resource:
    order.body["status"] = "COMPLETED"
    order.due_at = None
    store.save(order, now=now)
    return order


def _shipping(order: Resource, buyer: Buyer) -> Json | None:
    given: Json | None = order.body["purchase_units"][0].get("shipping")
    match order.hidden["context"].get("shipping_preference", "GET_FROM_FILE"):
        case "NO_SHIPPING":
            return None
        case "SET_PROVIDED_ADDRESS":
            return given
    return {"name": {"full_name": f"{buyer.given_name} {buyer.surname}"}, "address": buyer.address()}


def _with_query(url: str, **more: Any) -> str:
    if not url:
        return ""
    parts = urlsplit(url)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *more.items()])
    return urlunsplit(parts._replace(query=query))
