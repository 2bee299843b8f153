"""Checkout Sessions and their lines."""

from typing import Any

from sandbox.ground.values import Json
from sandbox.stripe.ids import new_id


def new_session(
    *, params: Json, subtotal: int, shipping: int, currency: str, expires_at: int, now: int, origin: str
) -> Json:
    """A session that nobody has paid yet."""
    ref = new_id("cs_test")
    card_options: Json = {"request_three_d_secure": "automatic"}
    card_options |= (params.get("payment_method_options") or {}).get("card") or {}
    return {
        "id": ref,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "after_expiration": None,
        "allow_promotion_codes": params.get("allow_promotion_codes"),
        "allowed_payment_method_types": None,
        "amount_subtotal": subtotal,
        "amount_total": subtotal + shipping,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": params.get("billing_address_collection"),
        "branding_settings": {
            "background_color": "#ffffff",
            "border_style": "rounded",
            "button_color": "#1f5fbf",
            "display_name": "Ringback",
            "font_family": "default",
            "icon": None,
            "logo": None,
        },
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": now,
        "currency": currency,
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": _custom_text(params.get("custom_text") or {}),
        "customer": None,
        "customer_account": None,
        "customer_creation": params.get("customer_creation") or "if_required",
        "customer_details": _customer_details(params.get("customer_email")),
        "customer_email": params.get("customer_email"),
        "discounts": [],
        "excluded_payment_method_types": None,
        "expires_at": expires_at,
        "integration_identifier": None,
        "invoice": None,
        "invoice_creation": {
            "enabled": False,
            "invoice_data": {
                "account_tax_ids": None,
                "custom_fields": None,
                "description": None,
                "footer": None,
                "issuer": None,
                "metadata": {},
                "rendering_options": None,
            },
        },
        "livemode": False,
        "locale": params.get("locale"),
        "managed_payments": {"enabled": False},
        "metadata": params.get("metadata") or {},
        "mode": "payment",
        "name_collection": None,
        "optional_items": [],
        "origin_context": params.get("origin_context"),
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": card_options},
        "payment_method_types": params.get("payment_method_types") or ["card"],
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": bool((params.get("phone_number_collection") or {}).get("enabled"))},
        "recovered_from": None,
        "redirect_on_completion": None,
        "return_url": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": params.get("shipping_address_collection"),
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": params.get("submit_type"),
        "subscription": None,
        "success_url": params.get("success_url"),
        "tax_id_collection": None,
        "total_details": {"amount_discount": 0, "amount_shipping": shipping, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{origin}/c/pay/{ref}",
        "wallet_options": None,
    }


def _custom_text(given: Json) -> Json:
    return {name: given.get(name) for name in ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")}


def _customer_details(email: str | None) -> Json | None:
    return None if email is None else customer_details(email=email)


def customer_details(*, email: str, name: str | None = None, phone: str | None = None, address: Json | None = None) -> Json:
    """Who paid, as far as the page asked."""
    return {
        "address": address,
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": name,
        "phone": phone,
        "tax_exempt": "none",
        "tax_ids": None if address is None else [],
    }


def new_line(*, line: Json, currency: str, unit_amount: int, now: int) -> Json:
    """One line of a session, with the price and product made for it on the fly."""
    data: Any = line["price_data"]
    total = unit_amount * line["quantity"]
    return {
        "id": new_id("li"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": currency,
        "description": data["product_data"]["name"],
        "metadata": line.get("metadata") or {},
        "price": {
            "id": new_id("price"),
            "object": "price",
            "active": False,
            "billing_scheme": "per_unit",
            "created": now,
            "currency": currency,
            "custom_unit_amount": None,
            "livemode": False,
            "lookup_key": None,
            "metadata": {},
            "nickname": None,
            "product": f"prod_{new_id('x')[-14:]}",
            "recurring": None,
            "tax_behavior": data.get("tax_behavior") or "unspecified",
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "one_time",
            "unit_amount": unit_amount,
            "unit_amount_decimal": str(unit_amount),
        },
        "quantity": line["quantity"],
    }
