"""The addresses below /v1/checkout/sessions."""

from sandbox.ground.values import Json
from sandbox.stripe import store
from sandbox.stripe.api import Call, Endpoint
from sandbox.stripe.expand import line_items
from sandbox.stripe.params import ADDRESS, METADATA, Schema, merge_metadata, one_of, text, whole, yes_no
from sandbox.stripe.sessions import create_session, expire_session

SHIPPING_RATE: Schema = {
    "display_name": text,
    "type": one_of("fixed_amount"),
    "fixed_amount": {"amount": whole, "currency": text},
    "tax_behavior": one_of("exclusive", "inclusive", "unspecified"),
    "metadata": METADATA,
}
CREATE: Schema = {
    "mode": one_of("payment", "setup", "subscription"),
    "ui_mode": one_of("hosted_page"),
    "line_items": [
        {
            "price_data": {
                "currency": text,
                "unit_amount": whole,
                "unit_amount_decimal": text,
                "tax_behavior": one_of("exclusive", "inclusive", "unspecified"),
                "product_data": {"name": text, "description": text, "images": [text], "metadata": METADATA},
            },
            "quantity": whole,
            "metadata": METADATA,
        }
    ],
    "payment_intent_data": {
        "capture_method": one_of("automatic", "automatic_async", "manual"),
        "metadata": METADATA,
        "description": text,
        "receipt_email": text,
        "statement_descriptor": text,
        "statement_descriptor_suffix": text,
        "transfer_group": text,
        "shipping": {"address": ADDRESS, "name": text, "phone": text, "carrier": text, "tracking_number": text},
    },
    "client_reference_id": text,
    "metadata": METADATA,
    "customer_email": text,
    "customer_creation": one_of("always", "if_required"),
    "billing_address_collection": one_of("auto", "required"),
    "phone_number_collection": {"enabled": yes_no},
    "expires_at": whole,
    "success_url": text,
    "cancel_url": text,
    "locale": text,
    "submit_type": one_of("auto", "book", "donate", "pay"),
    "origin_context": one_of("mobile_app", "web"),
    "allow_promotion_codes": yes_no,
    "payment_method_types": [one_of("card")],
    "payment_method_options": {"card": {"request_three_d_secure": one_of("any", "automatic", "challenge")}},
    "shipping_address_collection": {"allowed_countries": [text]},
    "shipping_options": [{"shipping_rate_data": SHIPPING_RATE}],
    "custom_text": {
        name: {"message": text} for name in ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
    },
}
LIST: Schema = {
    **store.LISTING,
    "payment_intent": text,
    "status": one_of("complete", "expired", "open"),
    "customer_details": {"email": text},
}


def _create(call: Call) -> Json:
    return create_session(params=call.params, cause=call.cause, now=call.now).answer


def _retrieve(_call: Call, *, ref: str) -> Json:
    return store.find("checkout.session", ref, param="session").answer


def _update(call: Call, *, ref: str) -> Json:
    session = store.find("checkout.session", ref, param="session")
    session.body["metadata"] = merge_metadata(session.body["metadata"], call.params.get("metadata"))
    store.save(session)
    return session.answer


def _expire(call: Call, *, ref: str) -> Json:
    return expire_session(ref=ref, cause=call.cause, now=call.now).answer


def _list(call: Call) -> Json:
    where: Json = {}
    if intent := call.params.get("payment_intent"):
        where["payment_intent"] = intent
    if status := call.params.get("status"):
        where["body__status"] = status
    if email := (call.params.get("customer_details") or {}).get("email"):
        where["body__customer_details__email"] = email
    return store.listing("checkout.session", call.params, path=call.path, where=where)


def _line_items(call: Call, *, ref: str) -> Json:
    _retrieve(call, ref=ref)
    return line_items(ref)


create = Endpoint("create_session", _create, CREATE)
retrieve = Endpoint("retrieve", _retrieve)
update = Endpoint("update", _update, {"metadata": METADATA})
expire = Endpoint("expire", _expire)
listed = Endpoint("list", _list, LIST)
lines = Endpoint("list", _line_items, store.LISTING)
