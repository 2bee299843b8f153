"""What the API answers: an object's facts with its links, and for an order its payments."""

from typing import Any

from django.conf import settings

from sandbox.ground.values import Json
from sandbox.paypal import store
from sandbox.paypal.models import Resource

MERCHANT_ID = "RNGBCKDEM2345"


def link(path: str, rel: str, method: str = "GET") -> Json:
    """One HATEOAS link."""
    return {"href": f"{settings.SANDBOX_ORIGIN}{path}", "rel": rel, "method": method}


def approval_path(order_ref: str) -> str:
    """Where the buyer approves."""
    return f"/checkoutnow?token={order_ref}"


def answer(resource: Resource, *, full: bool) -> Json:
    """The JSON of an object: all of it, or what `Prefer: return=minimal` leaves."""
    if resource.kind == "order":
        return _order(resource, full=full)
    body = _refund(resource) if resource.kind in {"refund", "reversal"} else _payment(resource)
    if full:
        return body
    return {name: body[name] for name in ("id", "status", "links")}


def payments_of(order: Resource) -> Json:
    """An order's authorisations, captures and refunds."""
    found = {
        "authorizations": [_inside(item) for item in store.belonging("authorization", order=order.ref)],
        "captures": [_inside(item) for item in store.belonging("capture", order=order.ref)],
        "refunds": [_refund(item) for item in store.belonging("refund", order=order.ref)],
    }
    return {name: items for name, items in found.items() if items}


def _order(order: Resource, *, full: bool) -> Json:
    payments = payments_of(order)
    body: Json = {**order.body, "links": _order_links(order)}
    if payments:
        units = [dict(unit) for unit in body["purchase_units"]]
        units[0]["payments"] = payments
        body["purchase_units"] = units
    if full:
        return body
    kept = ["id", "status", "payment_source", "links"]
    if body["status"] == "COMPLETED":
        kept += ["payer", "purchase_units"]
        shown = ("reference_id", "shipping", "payments")
        body["purchase_units"] = [{name: unit[name] for name in shown if name in unit} for unit in body["purchase_units"]]
    return {name: body[name] for name in kept if name in body}


def _order_links(order: Resource) -> list[Json]:
    path = f"/v2/checkout/orders/{order.ref}"
    links = [link(path, "self")]
    wanted = "authorize" if order.body["intent"] == "AUTHORIZE" else "capture"
    match order.body["status"]:
        case "PAYER_ACTION_REQUIRED":
            links.append(link(approval_path(order.ref), "payer-action"))
        case "CREATED":
            links.append(link(approval_path(order.ref), "approve"))
            links += [link(path, "update", "PATCH"), link(f"{path}/{wanted}", wanted, "POST")]
        case "APPROVED":
            links += [link(path, "update", "PATCH"), link(f"{path}/{wanted}", wanted, "POST")]
    return links


def _payment(resource: Resource) -> Json:
    """An authorisation or capture by itself: with what it belongs to."""
    related = {"order_id": resource.order}
    if resource.kind == "capture" and resource.parent:
        related["authorization_id"] = resource.parent
    return {
        **_inside(resource),
        "supplementary_data": {"related_ids": related},
        "payee": {"email_address": "merchant@ringback.example", "merchant_id": MERCHANT_ID},
    }


def _inside(resource: Resource) -> Json:
    """An authorisation or capture as it stands inside its order."""
    links = _authorization_links if resource.kind == "authorization" else _capture_links
    return {**resource.body, "links": links(resource)}


def _authorization_links(authorization: Resource) -> list[Json]:
    path = f"/v2/payments/authorizations/{authorization.ref}"
    links = [link(path, "self")]
    if authorization.body["status"] in {"CREATED", "PARTIALLY_CAPTURED"}:
        links += [link(f"{path}/{verb}", verb, "POST") for verb in ("capture", "void", "reauthorize")]
    return [*links, link(f"/v2/checkout/orders/{authorization.order}", "up")]


def _capture_links(capture: Resource) -> list[Json]:
    path = f"/v2/payments/captures/{capture.ref}"
    up = f"/v2/payments/authorizations/{capture.parent}" if capture.parent else f"/v2/checkout/orders/{capture.order}"
    return [link(path, "self"), link(f"{path}/refund", "refund", "POST"), link(up, "up")]


def _refund(refund: Resource) -> Json:
    path = f"/v2/payments/refunds/{refund.ref}"
    return {**refund.body, "links": [link(path, "self"), link(f"/v2/payments/captures/{refund.parent}", "up")]}


def dispute_links(dispute: Resource) -> list[Json]:
    """What a dispute leads to."""
    return [link(f"/v1/customer/disputes/{dispute.ref}", "self")]


def seller_protection(*, eligible: bool) -> Json:
    """Whether PayPal stands in for the merchant when the buyer complains."""
    body: dict[str, Any] = {"status": "ELIGIBLE" if eligible else "NOT_ELIGIBLE"}
    if eligible:
        body["dispute_categories"] = ["ITEM_NOT_RECEIVED", "UNAUTHORIZED_TRANSACTION"]
    return body
