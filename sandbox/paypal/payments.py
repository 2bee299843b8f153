"""Authorising, capturing, re-authorising and voiding.

An authorisation is good for 29 days; for three of them, the honour period, PayPal vouches for the money. From the fourth
day on it can be re-authorised, any number of times: each gives a new authorisation with three new days, within the 29 of
the first. Source: developer.paypal.com/payment-methods/auth-honor and Payments v2.
"""

from decimal import ROUND_DOWN, Decimal

from sandbox.ground.values import Json
from sandbox.paypal import store
from sandbox.paypal.amounts import money, plus, value_of
from sandbox.paypal.errors import ApiError, unprocessable
from sandbox.paypal.events import emit
from sandbox.paypal.ids import moment, new_id
from sandbox.paypal.models import Resource
from sandbox.paypal.shapes import answer, seller_protection
from sandbox.paypal.sums import check_money
from sandbox.paypal.switches import behaviour

VALID_SECONDS = 29 * 24 * 3600
HONOURED_SECONDS = 3 * 24 * 3600
OVERAGE = Decimal("1.15")
# In other currencies PayPal converts this; here it counts in dollars only.
OVERAGE_USD = Decimal(75)
OPEN = ("CREATED", "PARTIALLY_CAPTURED")
# What became of a capture -> the event that says so.
CAPTURE_EVENTS = {
    "COMPLETED": "PAYMENT.CAPTURE.COMPLETED",
    "PENDING": "PAYMENT.CAPTURE.PENDING",
    "DECLINED": "PAYMENT.CAPTURE.DENIED",
}
COUNTED = ("COMPLETED", "PENDING", "PARTIALLY_REFUNDED", "REFUNDED")


def authorize(order: Resource, *, now: int) -> Resource:
    """Hold the amount of an approved order."""
    unit = order.body["purchase_units"][0]
    amount = {name: unit["amount"][name] for name in ("currency_code", "value")}
    return _new_authorization(order, amount=amount, expires_at=now + VALID_SECONDS, root="", now=now)


def take_at_once(order: Resource, *, now: int) -> Resource:
    """Capture an approved order without authorising it first."""
    unit = order.body["purchase_units"][0]
    amount = {name: unit["amount"][name] for name in ("currency_code", "value")}
    return _new_capture(order.ref, "", unit, amount=amount, given={"final_capture": True}, now=now, protected=_covers(order))


def capture_authorization(*, ref: str, given: Json, now: int) -> Resource:
    """Take authorised money, all that is left of it or less; raise ApiError (422) when that cannot be."""
    authorization = store.find("authorization", ref)
    _check_open(authorization)
    held, taken = authorization.body["amount"], captured(authorization)
    currency = held["currency_code"]
    amount = given.get("amount") or money(value_of(held) - taken, currency)
    check_money(amount, field="/amount")
    if amount["currency_code"] != currency:
        raise unprocessable("AUTH_CAPTURE_CURRENCY_MISMATCH", field="/amount/currency_code", value=amount["currency_code"])
    if taken + value_of(amount) > most(held):
        raise unprocessable("MAX_CAPTURE_AMOUNT_EXCEEDED", field="/amount/value", value=amount["value"])
    if behaviour().late_captures == "refuse" and now >= authorization.hidden["honoured_until"]:
        raise unprocessable("PAYER_CANNOT_PAY")
    invoice = given.get("invoice_id")
    if invoice and is_paid(invoice, but_not=authorization.order):
        raise unprocessable("DUPLICATE_INVOICE_ID", field="/invoice_id", value=invoice)
    capture = _new_capture(
        authorization.order,
        authorization.ref,
        authorization.body,
        amount=amount,
        given=given,
        now=now,
        protected=authorization.body["seller_protection"]["status"] == "ELIGIBLE",
    )
    _count_captures(authorization, is_final=bool(given.get("final_capture")), now=now)
    return capture


def settle_capture(*, ref: str, status: str, now: int) -> Resource:
    """Bring a pending capture to its end: COMPLETED or DECLINED; raise ApiError when it is not pending."""
    capture = store.find("capture", ref)
    if capture.body["status"] != "PENDING":
        raise unprocessable("REFUND_NOT_ALLOWED", value=capture.body["status"])
    capture.body["status"] = status
    capture.body.pop("status_details", None)
    store.save(capture, now=now)
    if capture.parent:
        _count_captures(store.find("authorization", capture.parent), is_final=False, now=now)
    emit(CAPTURE_EVENTS[status], answer(capture, full=True), now=now)
    return capture


def void_authorization(*, ref: str, now: int) -> Resource:
    """Let go of what is held and not captured, re-authorised or not; raise ApiError (422) when there is nothing."""
    authorization = store.find("authorization", ref)
    if authorization.parent:
        raise unprocessable("CANNOT_BE_VOIDED")
    if authorization.body["status"] == "VOIDED":
        raise unprocessable("PREVIOUSLY_VOIDED")
    if authorization.body["status"] not in OPEN:
        raise unprocessable("PREVIOUSLY_CAPTURED")
    let_go(authorization, now=now)
    return authorization


def let_go(authorization: Resource, *, now: int, expired: bool = False) -> None:
    """Void an original authorisation and whatever it was re-authorised as."""
    for item in (authorization, *store.belonging("authorization", parent=authorization.ref)):
        if item.body["status"] in OPEN:
            item.body["status"] = "VOIDED"
            item.hidden["expired"] = expired
            item.due_at = None
            store.save(item, now=now)
            emit("PAYMENT.AUTHORIZATION.VOIDED", answer(item, full=True), now=now)


def reauthorize(*, ref: str, given: Json, now: int) -> Resource:
    """Hold the money for three more days under a new id; raise ApiError (422) when that cannot be."""
    authorization = store.find("authorization", ref)
    if authorization.parent:
        raise unprocessable("REAUTHORIZATION_NOT_SUPPORTED")
    _check_open(authorization, for_reauthorization=True)
    earlier = store.belonging("authorization", parent=ref)
    if now < (earlier[-1] if earlier else authorization).hidden["honoured_until"]:
        raise unprocessable("REAUTHORIZATION_TOO_SOON")
    held = authorization.body["amount"]
    amount = given.get("amount") or held
    check_money(amount, field="/amount")
    if amount["currency_code"] != held["currency_code"]:
        raise unprocessable("AUTH_CURRENCY_MISMATCH", field="/amount/currency_code", value=amount["currency_code"])
    if value_of(amount) > most(held):
        raise unprocessable("AUTHORIZATION_AMOUNT_EXCEEDED", field="/amount/value", value=amount["value"])
    if behaviour().reauthorizations == "refuse":
        raise unprocessable("PAYER_CANNOT_PAY")
    for item in (authorization, *earlier):
        item.hidden["superseded"] = True
        store.save(item, now=now)
    order = store.find("order", authorization.order)
    return _new_authorization(
        order, amount=amount, expires_at=authorization.hidden["expires_at"], root=authorization.ref, now=now
    )


def captured(authorization: Resource) -> Decimal:
    """How much of an authorisation has been taken."""
    found = store.belonging("capture", parent=authorization.ref)
    return sum((value_of(item.body["amount"]) for item in found if item.body["status"] in COUNTED), Decimal(0))


def most(held: Json) -> Decimal:
    """The most that may be taken of an authorised amount."""
    value = (value_of(held) * OVERAGE).quantize(Decimal(held["value"]), rounding=ROUND_DOWN)
    return min(value, value_of(held) + OVERAGE_USD) if held["currency_code"] == "USD" else value


def is_paid(invoice: str, *, but_not: str) -> bool:
    """Whether another order's money is held or was taken under this invoice number."""
    live = [*OPEN, "CAPTURED", *COUNTED]
    found = Resource.objects.filter(kind__in=("authorization", "capture"), body__invoice_id=invoice, body__status__in=live)
    return found.exclude(order=but_not).exists()


def _check_open(authorization: Resource, *, for_reauthorization: bool = False) -> None:
    """Raise ApiError (422) unless money can be taken."""
    status = authorization.body["status"]
    error: ApiError | None = None
    if authorization.hidden.get("expired"):
        error = unprocessable("AUTHORIZATION_EXPIRED")
    elif status == "VOIDED":
        error = unprocessable("AUTHORIZATION_VOIDED")
    elif status not in OPEN:
        error = unprocessable("AUTHORIZATION_ALREADY_CAPTURED")
    elif authorization.hidden.get("superseded") and not for_reauthorization:
        # PayPal's texts only say that captures "should be performed on the new authorization ID".
        error = unprocessable("TRANSACTION_REFUSED")
    if error is not None:
        raise error


def _covers(order: Resource) -> bool:
    return bool(order.hidden.get("protected", True))


def _new_authorization(order: Resource, *, amount: Json, expires_at: int, root: str, now: int) -> Resource:
    unit = order.body["purchase_units"][0]
    body: Json = {
        "id": new_id(),
        "status": "CREATED",
        "amount": amount,
        **{name: unit[name] for name in ("invoice_id", "custom_id") if name in unit},
        "seller_protection": seller_protection(eligible=_covers(order)),
        "expiration_time": moment(expires_at),
        "create_time": moment(now),
        "update_time": moment(now),
    }
    hidden = {"expires_at": expires_at, "honoured_until": min(now + HONOURED_SECONDS, expires_at)}
    # Those that were re-authorised lapse with the original.
    due_at = None if root else expires_at
    authorization = store.put("authorization", body, now=now, order=order.ref, parent=root, due_at=due_at, hidden=hidden)
    emit("PAYMENT.AUTHORIZATION.CREATED", answer(authorization, full=True), now=now)
    return authorization


def _new_capture(order: str, authorization: str, of: Json, *, amount: Json, given: Json, now: int,
                 protected: bool) -> Resource:  # fmt: skip
    status = {"complete": "COMPLETED", "pending": "PENDING", "declined": "DECLINED"}[behaviour().captures]
    fee = money((value_of(amount) * Decimal("0.029")).quantize(Decimal("0.01")), amount["currency_code"])
    names = {name: given.get(name) or of.get(name) for name in ("invoice_id", "custom_id")}
    body: Json = {
        "id": new_id(),
        "status": status,
        "amount": amount,
        "final_capture": bool(given.get("final_capture")),
        "disbursement_mode": "INSTANT",
        **{name: value for name, value in names.items() if value},
        "seller_protection": seller_protection(eligible=protected),
        "seller_receivable_breakdown": {
            "gross_amount": amount,
            "paypal_fee": fee,
            "net_amount": money(value_of(amount) - value_of(fee), amount["currency_code"]),
        },
        "create_time": moment(now),
        "update_time": moment(now),
    }
    if status == "PENDING":
        body["status_details"] = {"reason": "PENDING_REVIEW"}
    capture = store.put("capture", body, now=now, order=order, parent=authorization)
    emit(CAPTURE_EVENTS[status], answer(capture, full=True), now=now)
    return capture


def _count_captures(authorization: Resource, *, is_final: bool, now: int) -> None:
    """Say in the authorisation, and in the one it was re-authorised from, how much of it has been taken."""
    taken = captured(authorization)
    if is_final:
        authorization.hidden["final"] = True
    if taken and (authorization.hidden.get("final") or taken >= value_of(authorization.body["amount"])):
        status = "CAPTURED"
    else:
        status = "PARTIALLY_CAPTURED" if taken else "CREATED"
    for item in (authorization, *([store.find("authorization", authorization.parent)] if authorization.parent else [])):
        item.body["status"] = status
        if status == "CAPTURED":
            item.due_at = None
        store.save(item, now=now)


def total(items: list[Resource], currency: str) -> Decimal:
    """What some captures or refunds come to."""
    return value_of(plus(money(Decimal(0), currency), *(item.body["amount"] for item in items)))
