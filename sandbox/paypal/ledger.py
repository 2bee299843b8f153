"""The truth about everybody's money at PayPal, in the shape that Stripe's has in the control API's ledger."""

from decimal import Decimal

from sandbox.ground.values import Json
from sandbox.paypal import store
from sandbox.paypal.amounts import minor_units, value_of
from sandbox.paypal.models import Resource
from sandbox.paypal.payments import OPEN
from sandbox.paypal.refunds import refunded

TAKEN = ("COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED")


def ledger() -> list[Json]:
    """Every order whose money was held or taken, oldest first; amounts in minor units of ISO 4217."""
    orders = Resource.objects.filter(kind="order", body__status="COMPLETED").order_by("position")
    return [_entry(order) for order in orders]


def _entry(order: Resource) -> Json:
    authorizations = store.belonging("authorization", order=order.ref)
    tried = store.belonging("capture", order=order.ref)
    captures = [item for item in tried if item.body["status"] in TAKEN]
    unit = order.body["purchase_units"][0]
    # What was re-authorised counts once, with its last amount.
    held = value_of(authorizations[-1].body["amount"] if authorizations else unit["amount"])
    taken = sum((value_of(item.body["amount"]) for item in captures), Decimal(0))
    is_open = any(item.body["status"] in OPEN for item in authorizations)
    is_open = is_open or any(item.body["status"] == "PENDING" for item in tried)
    currency = unit["amount"]["currency_code"]
    disputes = store.belonging("dispute", order=order.ref)

    def minor(value: Decimal) -> int:
        return minor_units(value, currency)

    return {
        "company": "paypal",
        "charge": authorizations[0].ref if authorizations else captures[0].ref if captures else order.ref,
        "payment_intent": authorizations[-1].ref if authorizations else "",
        "session": order.ref,
        "client_reference_id": unit.get("custom_id"),
        "metadata": {name: unit[name] for name in ("custom_id", "invoice_id") if name in unit},
        "currency": currency.lower(),
        "authorised": minor(held),
        "captured": minor(taken),
        "refunded": minor(sum((refunded(item) for item in captures), Decimal(0))),
        "voided": 0 if is_open else minor(max(held - taken, Decimal(0))),
        "disputed": bool(disputes),
    }
