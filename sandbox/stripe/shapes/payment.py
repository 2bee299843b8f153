"""Payment intents, charges, refunds and what hangs on them."""

from sandbox.ground.values import Json
from sandbox.stripe.cards import CardFacts
from sandbox.stripe.ids import new_id, random_letters


def new_intent(*, session: Json, intent_data: Json, now: int) -> Json:
    """The payment intent that a session makes when the shopper first tries to pay."""
    ref = new_id("pi")
    return {
        "id": ref,
        "object": "payment_intent",
        "allowed_payment_method_types": None,
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": intent_data.get("capture_method") or "automatic_async",
        "client_secret": f"{ref}_secret_{random_letters(25)}",
        "confirmation_method": "automatic",
        "created": now,
        "currency": session["currency"],
        "customer": None,
        "customer_account": None,
        "description": intent_data.get("description"),
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": intent_data.get("metadata") or {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": session["payment_method_options"]["card"]["request_three_d_secure"],
            }
        },
        "payment_method_types": session["payment_method_types"],
        "processing": None,
        "receipt_email": intent_data.get("receipt_email"),
        "review": None,
        "setup_future_usage": None,
        "shipping": intent_data.get("shipping"),
        "source": None,
        "statement_descriptor": intent_data.get("statement_descriptor"),
        "statement_descriptor_suffix": intent_data.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": intent_data.get("transfer_group"),
    }


def new_payment_method(*, card: CardFacts, billing: Json, checks: Json, now: int) -> Json:
    """What the shopper paid with. Brand, last four digits and fingerprint; there is no field for more."""
    return {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": billing,
        "card": {
            "brand": card.brand,
            "checks": checks,
            "country": card.country,
            "display_brand": card.brand,
            "exp_month": card.exp_month,
            "exp_year": card.exp_year,
            "fingerprint": card.fingerprint,
            "funding": card.funding,
            "generated_from": None,
            "last4": card.last4,
            "networks": {"available": [card.brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "created": now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
    }


def new_charge(*, intent: Json, method: Json, network_id: str, capture_before: int | None, three_d_secure: Json | None,
               now: int) -> Json:  # fmt: skip
    """A charge that the bank has said yes to; `payments` changes it when the bank says no."""
    card = method["card"]
    details = {
        "amount_authorized": intent["amount"],
        "authorization_code": None,
        "brand": card["brand"],
        "checks": card["checks"],
        "country": card["country"],
        "exp_month": card["exp_month"],
        "exp_year": card["exp_year"],
        "extended_authorization": {"status": "disabled"},
        "fingerprint": card["fingerprint"],
        "funding": card["funding"],
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "last4": card["last4"],
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": card["brand"],
        "network_token": {"used": False},
        "network_transaction_id": network_id,
        "overcapture": {"maximum_amount_capturable": intent["amount"], "status": "unavailable"},
        "regulated_status": "unregulated",
        "three_d_secure": three_d_secure,
        "wallet": None,
    }
    if capture_before is not None:
        details["capture_before"] = capture_before
    return {
        "id": new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "RINGBACK",
        "captured": False,
        "created": now,
        "currency": intent["currency"],
        "customer": None,
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "on_behalf_of": None,
        "outcome": None,
        "paid": True,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"card": details, "type": "card"},
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": intent["shipping"],
        "source": None,
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "succeeded",
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
    }


def outcome(*, kind: str, network_status: str, reason: str | None, risk: tuple[str, int], message: str) -> Json:
    """How the bank and the company's own risk engine judged a charge; `risk` is level and score."""
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": network_status,
        "reason": reason,
        "risk_level": risk[0],
        "risk_score": risk[1],
        "seller_message": message,
        "type": kind,
    }


def three_d_secure(result: str) -> Json:
    """What came of a 3-D Secure challenge: `authenticated` or `failed`."""
    done = result == "authenticated"
    return {
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05" if done else "07",
        "exemption_indicator": None,
        "result": result,
        "result_reason": None if done else "rejected",
        "transaction_id": f"{random_letters(8)}-{random_letters(4)}",
        "version": "2.2.0",
    }


def new_refund(*, charge: Json, amount: int, reason: str | None, metadata: Json, transaction: str | None, kind: str,
               now: int) -> Json:  # fmt: skip
    """Money going back (`kind` refund) or an authorised amount let go (`kind` reversal)."""
    return {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": transaction,
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "customer": None,
        "customer_account": None,
        "destination_details": {"card": {"reference_status": "pending", "type": kind}, "type": "card"},
        "metadata": metadata,
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def new_transaction(*, source: Json, kind: str, amount: int, fee: int, now: int) -> Json:
    """A line of the merchant's balance; `amount` and `fee` in minor units, money leaving is negative."""
    return {
        "id": new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": now + 2 * 24 * 3600,
        "balance_type": "payments",
        "created": now,
        "currency": source["currency"],
        "description": None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [
            {
                "amount": fee,
                "application": None,
                "currency": source["currency"],
                "description": "Stripe processing fees",
                "type": "stripe_fee",
            }
        ]
        if fee
        else [],
        "net": amount - fee,
        "reporting_category": kind,
        "source": source["id"],
        "status": "pending",
        "type": kind,
    }
