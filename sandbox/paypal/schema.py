"""Requests: JSON in, checked against the published schema.

A schema is a dictionary: name -> how the value must look; a name that ends in `!` is required. Nested dictionaries nest,
a one-element list means a list. Names that the published schema does not have are refused, so that a misspelt one cannot
pass unnoticed; the real API lets some of them pass.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.ground.values import Json
from sandbox.paypal.errors import bad_request, detail

type Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Text:
    """A string of at most so many characters, of this form, or one of these words."""

    longest: int = 2048
    pattern: str = ""
    words: tuple[str, ...] = ()


class YesNo:
    """A boolean."""


class Anything:
    """Accepted and not looked at."""


YES_NO = YesNo()
ANYTHING = Anything()
MONEY: Schema = {
    "currency_code!": Text(3, r"[A-Z]{3}"),
    "value!": Text(32, r"((-?[0-9]+)|(-?([0-9]+)?[.][0-9]+))"),
}
PARTS = ("item_total", "shipping", "handling", "tax_total", "insurance", "shipping_discount", "discount")
COUNTRY = Text(2, r"([A-Z]{2}|C2)")
URL = Text(4000, r"https?://.+")
ADDRESS: Schema = {
    "address_line_1": Text(300),
    "address_line_2": Text(300),
    "admin_area_2": Text(120),
    "admin_area_1": Text(300),
    "postal_code": Text(60),
    "country_code!": COUNTRY,
}
PHONE: Schema = {"country_code": Text(3, r"[0-9]{1,3}"), "national_number!": Text(14, r"[0-9]{1,14}")}
NAME: Schema = {"given_name": Text(140), "surname": Text(140)}
CONTEXT: Schema = {
    "brand_name": Text(127),
    "locale": Text(10, r"[a-z]{2}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?"),
    "shipping_preference": Text(words=("GET_FROM_FILE", "NO_SHIPPING", "SET_PROVIDED_ADDRESS")),
    "contact_preference": Text(words=("NO_CONTACT_INFO", "UPDATE_CONTACT_INFO", "RETAIN_CONTACT_INFO")),
    "landing_page": Text(words=("LOGIN", "GUEST_CHECKOUT", "NO_PREFERENCE", "BILLING")),
    "user_action": Text(words=("CONTINUE", "PAY_NOW")),
    "payment_method_preference": Text(words=("UNRESTRICTED", "IMMEDIATE_PAYMENT_REQUIRED")),
    "payment_method_selected": Text(words=("PAYPAL",)),
    "payment_method": ANYTHING,
    "return_url": URL,
    "cancel_url": URL,
}
CREATE_ORDER: Schema = {
    "intent!": Text(words=("AUTHORIZE", "CAPTURE")),
    "processing_instruction": Text(words=("NO_INSTRUCTION", "ORDER_COMPLETE_ON_PAYMENT_APPROVAL")),
    "payer": ANYTHING,
    "purchase_units!": [
        {
            "reference_id": Text(256),
            "description": Text(127),
            "custom_id": Text(255),
            "invoice_id": Text(127),
            "soft_descriptor": Text(22),
            "payee": {"email_address": Text(254), "merchant_id": Text(13)},
            "amount!": {
                **MONEY,
                "breakdown": dict.fromkeys(PARTS, MONEY),
            },
            "items": [
                {
                    "name!": Text(127),
                    "quantity!": Text(10, r"[1-9][0-9]{0,9}"),
                    "unit_amount!": MONEY,
                    "tax": MONEY,
                    "description": Text(2048),
                    "sku": Text(127),
                    "url": URL,
                    "image_url": URL,
                    "category": Text(words=("DIGITAL_GOODS", "PHYSICAL_GOODS", "DONATION")),
                }
            ],
            "shipping": {
                "type": Text(words=("SHIPPING", "PICKUP_IN_PERSON", "PICKUP_IN_STORE", "PICKUP_FROM_PERSON")),
                "name": {"full_name": Text(300)},
                "email_address": Text(254),
                "phone_number": PHONE,
                "address": ADDRESS,
            },
            "supplementary_data": ANYTHING,
        }
    ],
    "payment_source": {
        "paypal": {
            "experience_context": CONTEXT,
            "email_address": Text(254, r"[^@\s]+@[^@\s]+"),
            "name": NAME,
            "phone": {"phone_type": Text(words=("FAX", "HOME", "MOBILE", "OTHER", "PAGER")), "phone_number!": PHONE},
            "birth_date": Text(10),
            "address": ADDRESS,
        }
    },
    "application_context": CONTEXT,
}
AUTHORIZE_ORDER: Schema = {"payment_source": ANYTHING, "amount": ANYTHING}
CAPTURE: Schema = {
    "amount": MONEY,
    "invoice_id": Text(127),
    "final_capture": YES_NO,
    "note_to_payer": Text(255),
    "soft_descriptor": Text(22),
    "payment_instruction": ANYTHING,
}
REAUTHORIZE: Schema = {"amount": MONEY}
REFUND: Schema = {
    "amount": MONEY,
    "custom_id": Text(127),
    "invoice_id": Text(127),
    "note_to_payer": Text(255),
    "payment_instruction": ANYTHING,
}
VERIFY: Schema = {
    "auth_algo!": Text(100),
    "cert_url!": Text(500),
    "transmission_id!": Text(50),
    "transmission_sig!": Text(500),
    "transmission_time!": Text(100),
    "webhook_id!": Text(50),
    "webhook_event!": ANYTHING,
}


def check(given: Any, schema: Schema) -> None:
    """Raise ApiError (400) naming everything in a request that does not fit its schema."""
    if details := _object(given, schema, ""):
        raise bad_request(details)


def _object(given: Any, schema: Schema, where: str) -> list[Json]:
    if not isinstance(given, dict):
        return [detail("INVALID_PARAMETER_SYNTAX", field=where or "/")]
    known = {name.rstrip("!"): how for name, how in schema.items()}
    details = [
        detail("MISSING_REQUIRED_PARAMETER", field=f"{where}/{name[:-1]}")
        for name in schema
        if name.endswith("!") and given.get(name[:-1]) is None
    ]
    for name, value in given.items():
        if name not in known:
            details.append(detail("INVALID_PARAMETER_VALUE", field=f"{where}/{name}", description="There is no such field."))
        elif value is not None:
            details += _value(value, known[name], f"{where}/{name}")
    return details


def _value(value: Any, how: Any, where: str) -> list[Json]:
    if isinstance(how, Text):
        return _text(value, how, where)
    if isinstance(how, YesNo):
        return [] if isinstance(value, bool) else [detail("INVALID_PARAMETER_SYNTAX", field=where)]
    if isinstance(how, list):
        if not isinstance(value, list) or not value:
            return [detail("INVALID_PARAMETER_SYNTAX", field=where)]
        return [problem for at, item in enumerate(value) for problem in _value(item, how[0], f"{where}/{at}")]
    if isinstance(how, Mapping):
        return _object(value, how, where)
    return []


def _text(value: Any, how: Text, where: str) -> list[Json]:
    if not isinstance(value, str):
        return [detail("INVALID_PARAMETER_SYNTAX", field=where)]
    if len(value) > how.longest:
        return [detail("INVALID_STRING_MAX_LENGTH", field=where, value=value)]
    if how.words and value not in how.words:
        return [detail("INVALID_PARAMETER_VALUE", field=where, value=value)]
    if how.pattern and not re.fullmatch(how.pattern, value):
        return [detail("INVALID_PARAMETER_SYNTAX", field=where, value=value)]
    return [] if value else [detail("INVALID_PARAMETER_SYNTAX", field=where)]
