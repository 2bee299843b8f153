"""What PayPal's objects say, in the shop's one vocabulary. Nothing here calls anybody.

Sources: developer.paypal.com/docs/api/orders/v2, /docs/api/payments/v2, /api/rest/webhooks/event-names,
/api/rest/reference/currency-codes, /docs/checkout/advanced/authorization-honor.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from checkout.gateways.base import (
    CardChecks,
    GatewayError,
    GatewayEvent,
    GatewayPayment,
    GatewayRefund,
    GatewayState,
    Payer,
)
from checkout.gateways.reading import text
from store.money import Money, decimals

type Json = dict[str, Any]

# The currencies PayPal takes, and how many decimals it wants: none at all for three of them, whatever ISO 4217 says.
CURRENCIES = {
    "AUD": 2, "BRL": 2, "CAD": 2, "CHF": 2, "CNY": 2, "CZK": 2, "DKK": 2, "EUR": 2, "GBP": 2, "HKD": 2, "HUF": 0, "ILS": 2,
    "JPY": 0, "MXN": 2, "MYR": 2, "NOK": 2, "NZD": 2, "PHP": 2, "PLN": 2, "SEK": 2, "SGD": 2, "THB": 2, "TWD": 0, "USD": 2,
}  # fmt: skip

# PayPal guarantees an authorised amount for three days of the 29 it is valid; after them a capture may fail.
HONOUR_PERIOD = timedelta(days=3)

# What a bank checks of a card nobody checks of an account: not available is no mismatch.
UNAVAILABLE = "unavailable"

_ORDER_STATES = {
    "CREATED": GatewayState.OPEN,
    "SAVED": GatewayState.OPEN,
    "PAYER_ACTION_REQUIRED": GatewayState.OPEN,
    "APPROVED": GatewayState.APPROVED,
    "VOIDED": GatewayState.EXPIRED,
}
_AUTHORIZATION_STATES = {
    "CREATED": GatewayState.AUTHORIZED,
    "PENDING": GatewayState.OPEN,  # PayPal is still looking at it: neither money nor a refusal
    "DENIED": GatewayState.EXPIRED,
    "VOIDED": GatewayState.VOIDED,
    "EXPIRED": GatewayState.VOIDED,
    # Without any money: PayPal is still looking at the capture, or has declined it.
    "CAPTURED": GatewayState.AUTHORIZED,
    "PARTIALLY_CAPTURED": GatewayState.AUTHORIZED,
}
# Captures of which we have the money, and refunds that were made or are on their way.
TAKEN = frozenset({"COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"})
_GIVEN_BACK = frozenset({"COMPLETED", "PENDING"})

# A refund of the shop's that has no name of its own carries its idempotency key behind this.
UNNAMED = "key:"


def can_write(money: Money) -> bool:
    """Whether PayPal takes this amount of this currency."""
    if money.currency not in CURRENCIES:
        return False
    smallest: int = 10 ** max(decimals(money.currency) - CURRENCIES[money.currency], 0)  # in minor units
    return money.minor % smallest == 0


def write_money(money: Money) -> Json:
    """An amount as PayPal wants it: a decimal string. Raises a final GatewayError where `can_write` says no."""
    if not can_write(money):
        raise GatewayError(f"PayPal does not take {money.currency} in this amount.", is_final=True)
    whole = Decimal(money.minor).scaleb(-decimals(money.currency))
    return {"currency_code": money.currency, "value": f"{whole:.{CURRENCIES[money.currency]}f}"}


def read_money(given: Json) -> Money:
    """PayPal's amount in minor units. Raises ValueError for a fraction of them."""
    currency = text(given["currency_code"])
    minor = Decimal(text(given["value"])).scaleb(decimals(currency))
    if not minor.is_finite() or minor != minor.to_integral_value():
        raise ValueError(currency)
    return Money(int(minor), currency)


def read_order(order: Json, *, authorization: Json | None, is_live: bool, merchant_id: str) -> GatewayPayment:
    """An order and the one authorisation of it that counts. Inside `reading`."""
    (unit,) = order["purchase_units"]
    captured = sum(read_money(capture["amount"]).minor for capture in captures_of(order) if capture["status"] in TAKEN)
    refunds = tuple(read_refund(refund) for refund in refunds_of(order))
    refunded = sum(refund.amount.minor for refund in refunds if not refund.has_failed)
    payee = unit.get("payee") or {}
    source = (order.get("payment_source") or {}).get("paypal") or {}
    return GatewayPayment(
        state=_state(order, authorization, captured=captured, refunded=refunded),
        payment_id=text(unit.get("custom_id") or ""),
        session_id=text(order["id"]),
        reference=text(authorization["id"]) if authorization else None,
        amount=read_money((authorization or unit)["amount"]),
        captured=captured,
        refunded=refunded,
        refunds=refunds,
        is_live=is_live,
        is_ours=not merchant_id or payee.get("merchant_id", merchant_id) == merchant_id,
        capture_before=_capture_before(authorization) if authorization else None,
        lapses_at=_lapses_at(authorization) if authorization else None,
        checks=_checks(source, authorization or {}),
        payer=_payer(source, order.get("payer") or {}),
    )


def read_refund(refund: Json) -> GatewayRefund:
    """One refund; a pending one counts as made. Inside `reading`."""
    name = text(refund.get("custom_id") or "")
    return GatewayRefund(
        reference=text(refund["id"]),
        amount=read_money(refund["amount"]),
        has_failed=refund["status"] not in _GIVEN_BACK,
        refund_id="" if name.startswith(UNNAMED) else name,
    )


def captures_of(order: Json) -> list[Json]:
    """The captures of an order, oldest first. Inside `reading`."""
    return _payments(order).get("captures") or []


def refunds_of(order: Json) -> list[Json]:
    """The refunds of an order, oldest first. Inside `reading`."""
    return _payments(order).get("refunds") or []


def find_authorization(order: Json, reference: str | None) -> Json | None:
    """The authorisation called `reference`, else the newest; None when there is none. Inside `reading`."""
    found: list[Json] = _payments(order).get("authorizations") or []
    named = [authorization for authorization in found if authorization["id"] == reference]
    return next(iter(named), None) or max(found, key=lambda one: text(one.get("create_time", "")), default=None)


def renewal_of(order: Json, authorization: Json | None) -> str:
    """The id under which an authorisation was authorised anew; empty if it was not. Inside `reading`."""
    newest = find_authorization(order, None)
    if authorization is None or newest is None or newest["status"] != "CREATED":
        return ""
    is_younger = moment(newest["create_time"]) > moment(authorization["create_time"])
    return text(newest["id"]) if is_younger else ""


def order_id_of(given: Json) -> str | None:
    """The order that an authorisation, a capture or a refund belongs to, when it says so."""
    related = (given.get("supplementary_data") or {}).get("related_ids") or {}
    return text(related["order_id"]) if related.get("order_id") else None


def read_event(event: Json) -> GatewayEvent:
    """Which object a webhook is about; none, if that can't be read. Raises what `reading` catches when it is no event."""
    kind, event_id = text(event["event_type"]), text(event["id"])
    session_id = reference = None
    with suppress(AttributeError, LookupError, TypeError):
        session_id, reference = _subject(kind.split("."), event.get("resource") or {})
    is_trouble = kind.startswith("CUSTOMER.DISPUTE.")
    return GatewayEvent(event_id=event_id, kind=kind, session_id=session_id, reference=reference, is_trouble=is_trouble)


def _subject(kind: list[str], resource: Json) -> tuple[str | None, str | None]:
    """The ids of the order and of what was made of it."""
    match kind:
        case ["CHECKOUT", "ORDER", *_]:
            return text(resource["id"]), None
        case ["CHECKOUT", "PAYMENT-APPROVAL", *_]:
            return text(resource["order_id"]), None
        case ["PAYMENT", "AUTHORIZATION", *_]:
            return order_id_of(resource), text(resource["id"])
        case ["PAYMENT", "CAPTURE" | "REFUND", *_]:
            order_id = order_id_of(resource)
            # A refund names no order, only the capture that it was made of.
            return order_id, None if order_id else _capture_of(resource)
        case ["CUSTOMER", "DISPUTE", *_]:
            return None, text(resource["disputed_transactions"][0]["seller_transaction_id"])
        case _:
            return None, None  # nothing that money of ours hangs on


def moment(value: str) -> datetime:
    """PayPal's time, which has a zone. Raises ValueError."""
    found = datetime.fromisoformat(text(value))
    if found.tzinfo is None:
        raise ValueError(value)
    return found


def _payments(order: Json) -> Json:
    (unit,) = order["purchase_units"]
    return unit.get("payments") or {}


def _state(order: Json, authorization: Json | None, *, captured: int, refunded: int) -> GatewayState:
    if authorization is None:
        return _ORDER_STATES[order["status"]]
    if authorization["status"] in {"CAPTURED", "PARTIALLY_CAPTURED"} and captured:
        return GatewayState.REFUNDED if refunded >= captured else GatewayState.CAPTURED
    return _AUTHORIZATION_STATES[authorization["status"]]


def _capture_before(authorization: Json) -> datetime:
    honoured = moment(authorization["create_time"]) + HONOUR_PERIOD
    lapses_at = _lapses_at(authorization)
    return min(honoured, lapses_at) if lapses_at else honoured


def _lapses_at(authorization: Json) -> datetime | None:
    until = authorization.get("expiration_time")
    return moment(until) if until else None


def _capture_of(resource: Json) -> str:
    for link in resource.get("links") or []:
        if link.get("rel") == "up":
            return text(link["href"]).rstrip("/").rpartition("/")[2]
    return text(resource["id"])


def _checks(source: Json, authorization: Json) -> CardChecks:
    account = str(source.get("account_id") or "")
    return CardChecks(
        cvc=UNAVAILABLE,
        postcode=UNAVAILABLE,
        line1=UNAVAILABLE,
        brand="paypal" if source else "",
        # The same payer again is known by it; the number itself, by which PayPal knows a person, is not kept.
        fingerprint=hashlib.sha256(f"paypal:{account}".encode()).hexdigest()[:32] if account else "",
        payer_status=str(source.get("account_status") or "").lower()[:20],
        seller_protection=str((authorization.get("seller_protection") or {}).get("status") or "").lower()[:20],
    )


def _payer(source: Json, payer: Json) -> Payer:
    name = source.get("name") or payer.get("name") or {}
    address = source.get("address") or payer.get("address") or {}
    phone = source.get("phone_number") or (payer.get("phone") or {}).get("phone_number") or {}
    full_name = " ".join(part for part in (name.get("given_name"), name.get("surname")) if part)
    return Payer(
        name=full_name or None,
        email=_optional(source.get("email_address") or payer.get("email_address")),
        phone=_optional(phone.get("national_number")),
        line1=_optional(address.get("address_line_1")),
        city=_optional(address.get("admin_area_2")),
        postcode=_optional(address.get("postal_code")),
        country=(_optional(address.get("country_code")) or "")[:2] or None,
    )


def _optional(value: Any) -> str | None:
    return text(value) if value else None
