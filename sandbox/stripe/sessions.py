"""Checkout Sessions: open, completed or expired."""

from decimal import Decimal

from django.conf import settings

from sandbox.ground.values import Json
from sandbox.stripe import store
from sandbox.stripe.errors import bad_parameter, refused
from sandbox.stripe.events import Cause, emit
from sandbox.stripe.models import Resource
from sandbox.stripe.params import require
from sandbox.stripe.shapes.session import new_line, new_session

SHORTEST_SECONDS = 30 * 60
LONGEST_SECONDS = 24 * 3600
MAX_LINES = 100
# Smallest amount that can be charged, in minor units, for the currencies that publish one.
SMALLEST = {"usd": 50, "eur": 50, "gbp": 30, "jpy": 50, "aud": 50, "cad": 50, "chf": 50, "sek": 300, "dkk": 250, "nok": 300}
THREE_DECIMALS = {"bhd", "iqd", "jod", "kwd", "lyd", "omr", "tnd"}


def create_session(*, params: Json, cause: Cause, now: int) -> Resource:
    """Open a session for a one-off payment; raise ApiError when a parameter is missing or wrong."""
    del cause  # the real API makes no event when a session opens
    _check(params, now=now)
    currency = params["line_items"][0]["price_data"]["currency"].lower()
    lines = [_line(line, at=at, currency=currency, now=now) for at, line in enumerate(params["line_items"])]
    subtotal = sum(line["amount_total"] for line in lines)
    shipping = _shipping(params, currency=currency)
    if subtotal + shipping < SMALLEST.get(currency, 1):
        raise bad_parameter(
            "The Checkout Session's total amount due must add up to at least "
            f"{SMALLEST.get(currency, 1)} in the smallest unit of {currency}.",
            code="amount_too_small",
        )
    expires_at = params.get("expires_at") or now + LONGEST_SECONDS
    body = new_session(
        params=params,
        subtotal=subtotal,
        shipping=shipping,
        currency=currency,
        expires_at=expires_at,
        now=now,
        origin=settings.SANDBOX_ORIGIN,
    )
    hidden = {"line_items": lines, "payment_intent_data": params.get("payment_intent_data") or {}}
    return store.put(body, due_at=expires_at, hidden=hidden)


def expire_session(*, ref: str, cause: Cause, now: int) -> Resource:
    """Close an open session, so that nobody can pay it any more; raise ApiError when it is not open."""
    session = store.find("checkout.session", ref)
    if session.body["status"] != "open":
        raise refused(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
            f"`{session.body['status']}`."
        )
    close(session, cause=cause, now=now)
    return session


def close(session: Resource, *, cause: Cause, now: int) -> None:
    """Turn an open session into an expired one, with its unpaid payment intent."""
    session.body["status"] = "expired"
    session.body["url"] = None
    session.due_at = None
    store.save(session)
    if session.body["payment_intent"]:
        intent = store.find("payment_intent", session.body["payment_intent"])
        intent.body |= {"status": "canceled", "canceled_at": now, "cancellation_reason": "expired", "next_action": None}
        store.save(intent)
        emit("payment_intent.canceled", intent.body, cause=cause, now=now)
    emit("checkout.session.expired", session.body, cause=cause, now=now)


def success_url(session: Resource) -> str:
    """Where the shopper goes after paying."""
    url: str = session.body["success_url"]
    return url.replace("{CHECKOUT_SESSION_ID}", session.ref)


def _check(params: Json, *, now: int) -> None:
    require(params, "mode", "line_items", "success_url")
    if params["mode"] != "payment":
        raise bad_parameter("This stand-in supports mode=payment only.", param="mode")
    if len(params["line_items"]) > MAX_LINES:
        raise bad_parameter(f"You can only specify up to {MAX_LINES} line items.", param="line_items")
    for name in ("success_url", "cancel_url"):
        if params.get(name) and not params[name].startswith(("http://", "https://")):
            raise bad_parameter("Not a valid URL", param=name, code="url_invalid")
    if len(params.get("client_reference_id") or "") > 200:
        raise bad_parameter("Invalid string: must be at most 200 characters", param="client_reference_id")
    if params.get("customer_email") and "@" not in params["customer_email"]:
        raise bad_parameter(
            f"Invalid email address: {params['customer_email']}", param="customer_email", code="email_invalid"
        )
    if expires_at := params.get("expires_at"):
        if expires_at < now + SHORTEST_SECONDS:
            raise bad_parameter(
                "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.", param="expires_at"
            )
        if expires_at > now + LONGEST_SECONDS:
            raise bad_parameter(
                "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.", param="expires_at"
            )


def _line(line: Json, *, at: int, currency: str, now: int) -> Json:
    where = f"line_items[{at}]"
    data = line.get("price_data")
    if not data:
        raise bad_parameter(
            f"Missing required param: {where}[price_data].", param=f"{where}[price_data]", code="parameter_missing"
        )
    for name in ("currency", "product_data"):
        if not data.get(name):
            param = f"{where}[price_data][{name}]"
            raise bad_parameter(f"Missing required param: {param}.", param=param, code="parameter_missing")
    if not data["product_data"].get("name"):
        param = f"{where}[price_data][product_data][name]"
        raise bad_parameter(f"Missing required param: {param}.", param=param, code="parameter_missing")
    if data["currency"].lower() != currency:
        raise bad_parameter(
            "All line items must have the same currency. "
            f"The line item at index {at} has currency `{data['currency'].lower()}`, not `{currency}`.",
            param=f"{where}[price_data][currency]",
        )
    line.setdefault("quantity", 1)
    if line["quantity"] < 1:
        raise bad_parameter("This value must be greater than or equal to 1.", param=f"{where}[quantity]")
    amount = _unit_amount(data, where=where)
    if currency in THREE_DECIMALS and amount % 10:
        raise bad_parameter(
            f"Invalid amount. The amount in {currency.upper()} must be evenly divisible by 10.",
            param=f"{where}[price_data][unit_amount]",
        )
    return new_line(line=line, currency=currency, unit_amount=amount, now=now)


def _unit_amount(data: Json, *, where: str) -> int:
    if data.get("unit_amount") is not None:
        amount = data["unit_amount"]
    elif data.get("unit_amount_decimal"):
        amount = int(Decimal(data["unit_amount_decimal"]))
    else:
        param = f"{where}[price_data][unit_amount]"
        raise bad_parameter(f"Missing required param: {param}.", param=param, code="parameter_missing")
    if amount < 0:
        raise bad_parameter("Invalid non-negative integer", param=f"{where}[price_data][unit_amount]")
    return int(amount)


def _shipping(params: Json, *, currency: str) -> int:
    """The price of the first shipping option: the one that is chosen unless the shopper chooses another."""
    options = params.get("shipping_options") or []
    if not options:
        return 0
    fixed = (options[0].get("shipping_rate_data") or {}).get("fixed_amount") or {}
    if fixed.get("currency", currency).lower() != currency or fixed.get("amount") is None:
        raise bad_parameter("Invalid shipping option.", param="shipping_options[0][shipping_rate_data][fixed_amount]")
    return int(fixed["amount"])
