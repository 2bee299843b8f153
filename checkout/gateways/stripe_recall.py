"""What Stripe still knows of an order that the shop has lost.

Sources: docs.stripe.com/api/checkout/sessions/list, /api/checkout/sessions/line_items, /api/payment_intents/object.
"""

from __future__ import annotations

from typing import Any

import stripe

from checkout.gateways.base import GatewayError, GatewayPayment, LineToPay, PostalAddress, RecalledOrder
from checkout.gateways.reading import reading, text
from checkout.gateways.stripe_reading import call, moment


def find_session(client: stripe.StripeClient, reference: str) -> str:
    """The Checkout Session that led to a PaymentIntent. Raises GatewayError."""
    found = call(lambda: client.v1.checkout.sessions.list(params={"payment_intent": reference, "limit": 1}))
    with reading("Stripe"):
        if not found.data:
            raise GatewayError(f"Stripe knows no payment page of {reference}.", is_final=True)
        return text(found.data[0].id)


def read_recalled(client: stripe.StripeClient, session_id: str, payment: GatewayPayment) -> RecalledOrder:
    """The Session, its lines and both addresses. Raises GatewayError."""
    params: Any = {"expand": ["payment_intent.latest_charge"]}
    session = call(lambda: client.v1.checkout.sessions.retrieve(session_id, params=params))
    lines = call(lambda: client.v1.checkout.sessions.line_items.list(session_id, params={"limit": 100}))
    with reading("Stripe"):
        known: Any = session.to_dict()
        customer = known.get("customer_details") or {}
        intent = _expanded(known.get("payment_intent"))
        charge = _expanded(intent.get("latest_charge"))
        return RecalledOrder(
            payment=payment,
            number=text((known.get("metadata") or {}).get("order") or ""),
            lines=tuple(_line(line) for line in lines.to_dict()["data"]),
            email=text(known.get("customer_email") or customer.get("email") or ""),
            bill_to=_address(charge.get("billing_details")),
            ship_to=_address(intent.get("shipping")),
            began_at=moment(known["created"]),
        )


def _expanded(found: Any) -> dict[str, Any]:
    """An object that was asked for in full; empty where there is none."""
    return found if isinstance(found, dict) else {}


def _line(line: Any) -> LineToPay:
    quantity = int(line["quantity"])
    unit_amount, rest = divmod(int(line["amount_total"]), quantity)
    if rest:
        raise ValueError("a line that is no multiple of its quantity")
    return LineToPay(name=text(line["description"]), unit_amount=unit_amount, quantity=quantity)


def _address(found: Any) -> PostalAddress | None:
    address = (found or {}).get("address") or {}
    if not address.get("country"):
        return None
    return PostalAddress(
        name=text(found.get("name") or ""),
        line1=text(address.get("line1") or ""),
        line2=text(address.get("line2") or ""),
        city=text(address.get("city") or ""),
        region=text(address.get("state") or ""),
        postcode=text(address.get("postal_code") or ""),
        country=text(address["country"])[:2],
    )
